"""Erasures on disk, outside the database: they must outlive it, so that a restored backup forgets again.

The file has one JSON object a line and is only ever appended to. It holds keyed digests, as the table does.
"""

import json
import os
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class ErasureEntry:
    """One erasure: the kind of thing and the digest that stands for it."""

    kind: str
    subject_digest: str
    erased_at: datetime


class Eraser(Protocol):
    """Deletes things of one kind when told their digests. The domains that erase on request implement it."""

    @property
    def kind(self) -> str:
        """The kind of thing, as in the list of erasures."""
        ...

    def erase_by_digest(self, session: Session, digests: AbstractSet[str]) -> int:
        """Delete every thing that one of ``digests`` stands for, and return how many there were."""
        ...


class ErasureLog:
    """The file of erasures."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, entry: ErasureEntry) -> None:
        """Write the entry through to the disk.

        This happens before the transaction ends, so that no erasure is ever forgotten. One that then failed to
        commit stays in the file all the same: it was asked for, and only a restore reads the file.
        """
        line = json.dumps([entry.kind, entry.subject_digest, entry.erased_at.astimezone(UTC).isoformat()])
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # A line that a crash cut short is ended first, so that ours does not become part of it.
            size = os.fstat(descriptor).st_size
            torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            os.write(descriptor, ("\n" if torn else "").encode() + line.encode() + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def entries(self) -> tuple[ErasureEntry, ...]:
        """Return what the file holds; lines that a crash cut short are left out."""
        try:
            lines = self.path.read_text("utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return ()
        return tuple(entry for line in lines if (entry := _parse(line)) is not None)


def _parse(line: str) -> ErasureEntry | None:
    try:
        kind, digest, erased_at = json.loads(line)
        return ErasureEntry(str(kind), str(digest), datetime.fromisoformat(erased_at))
    except (ValueError, TypeError):
        return None


def replay(session: Session, entries: Iterable[ErasureEntry], erasers: Sequence[Eraser]) -> int:
    """Erase again everything that ``entries`` name, and return how many things there were."""
    digests: dict[str, set[str]] = {}
    for entry in entries:
        digests.setdefault(entry.kind, set()).add(entry.subject_digest)
    return sum(eraser.erase_by_digest(session, digests.get(eraser.kind, set())) for eraser in erasers)
