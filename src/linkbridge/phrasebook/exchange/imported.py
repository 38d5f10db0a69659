"""Remembers the newest bundle of each key, so that none goes back to an older state."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlmodel import Session

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.errors import Conflict, Unavailable
from linkbridge.phrasebook.exchange.bundle import Bundle
from linkbridge.phrasebook.exchange.trust import fingerprint
from linkbridge.phrasebook.models import ImportedBundle

FILE = ".imported-bundles.json"


@dataclass(frozen=True, slots=True)
class Imported:
    """The newest bundle taken over from a key."""

    version: int
    sequence: int
    digest: str


def refuse_older(bundle: Bundle, last: Imported | None) -> None:
    """Return if a bundle may come after ``last``: it is newer, or the very same.

    Raises:
        Conflict: it would go back, or it is another one of the same number.
    """
    if last is None:
        return
    if bundle.version < last.version:
        raise Conflict(
            f"a bundle of version {last.version} was taken over from this key; this one is of version {bundle.version}"
        )
    if bundle.sequence < last.sequence:
        raise Conflict(
            f"a newer bundle was taken over from this key (number {last.sequence}, this one is {bundle.sequence})"
        )
    if bundle.sequence == last.sequence and bundle.digest != last.digest:
        raise Conflict(f"another bundle with the number {bundle.sequence} was taken over from this key")


class ImportedBundles:
    """The memory in the database."""

    def __init__(self, *, clock: Clock, audit: AuditLog) -> None:
        self._clock = clock
        self._audit = audit

    def last(self, session: Session, public_key: str) -> Imported | None:
        """Return the newest bundle taken over from a key."""
        row = session.get(ImportedBundle, fingerprint(public_key))
        return Imported(row.version, row.sequence, row.digest) if row else None

    def note(self, session: Session, bundle: Bundle, *, by: Actor) -> None:
        """Remember a bundle as the newest of its key.

        Raises:
            Conflict: it is older than the one remembered.
            NotAllowed: the actor does not review phrases.
        """
        require(by, Permission.REVIEW_PHRASES)
        refuse_older(bundle, self.last(session, bundle.public_key))
        key = fingerprint(bundle.public_key)
        session.merge(
            ImportedBundle(
                fingerprint=key,
                version=bundle.version,
                sequence=bundle.sequence,
                digest=bundle.digest,
                imported_by=by.reference,
                imported_at=self._clock.now(),
            )
        )
        session.flush()
        details = {"version": bundle.version, "sequence": bundle.sequence}
        self._audit.record(session, actor=by.reference, action="bundle.imported", subject=key, details=details)


def noted_in_folder(directory: Path, bundle: Bundle) -> bytes:
    """Return the folder's memory (the file ``FILE``) as it is once ``bundle`` was taken over.

    Raises:
        Conflict: it is older than the one remembered.
        Unavailable: the folder's memory cannot be read.
    """
    known, key = _read(directory), fingerprint(bundle.public_key)
    refuse_older(bundle, known.get(key))
    known[key] = Imported(bundle.version, bundle.sequence, bundle.digest)
    written = {key: asdict(imported) for key, imported in known.items()}
    return (json.dumps(written, indent=2, sort_keys=True) + "\n").encode()


def _read(directory: Path) -> dict[str, Imported]:
    path = directory / FILE
    if not path.exists():
        return {}
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return {
            key: Imported(int(found["version"]), int(found["sequence"]), str(found["digest"]))
            for key, found in known.items()
        }
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise Unavailable(f"{path} cannot be read", component="phrasebooks") from error
