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

from linkbridge.kernel.db import is_full
from linkbridge.kernel.errors import StorageFull


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

        Raises:
            StorageFull: there is no room for it.
        """
        self._write([entry])

    def add_missing(self, entries: Iterable[ErasureEntry]) -> None:
        """Write those entries that the file lacks, in one go.

        Raises:
            StorageFull: there is no room for them.
        """
        known = {(entry.kind, entry.subject_digest) for entry in self.entries()}
        missing = {(entry.kind, entry.subject_digest): entry for entry in entries}
        self._write([entry for key, entry in missing.items() if key not in known])

    def _write(self, entries: Sequence[ErasureEntry]) -> None:
        if not entries:
            return
        text = "".join(f"{_line(entry)}\n" for entry in entries).encode()
        try:
            self._append(text)
        except OSError as error:
            if is_full(error):
                raise StorageFull("the server's disk is full; nothing was erased") from error
            raise

    def _append(self, text: bytes) -> None:
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # A line that a crash cut short is ended first, so that ours does not become part of it.
            size = os.fstat(descriptor).st_size
            if size > 0 and os.pread(descriptor, 1, size - 1) != b"\n":
                text = b"\n" + text
            while text:
                text = text[os.write(descriptor, text) :]
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


def _line(entry: ErasureEntry) -> str:
    return json.dumps([entry.kind, entry.subject_digest, entry.erased_at.astimezone(UTC).isoformat()])


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
