"""What was erased, kept as keyed digests, so that a restored backup can be made to forget it again."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from linkbridge.accounts.erasure_log import ErasureEntry, ErasureLog
from linkbridge.accounts.models import Erasure
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher


class Erasures:
    """The list of erased things."""

    def __init__(self, *, clock: Clock, cipher: FieldCipher, log: ErasureLog | None = None) -> None:
        self._clock = clock
        self._cipher = cipher
        self._log = log

    def digest(self, kind: str, subject: str) -> str:
        """Return what stands for ``subject`` in the list."""
        return self._cipher.digest(f"erasure:{kind}", subject)

    def record(self, session: Session, kind: str, subject: str) -> str:
        """Note that ``subject`` was erased and return its digest. Repeating changes nothing."""
        digest = self.digest(kind, subject)
        if not self._find(session, kind, digest):
            entry = ErasureEntry(kind, digest, self._clock.now())
            self._add(session, entry)
            session.flush()
            if self._log is not None:
                self._log.append(entry)
        return digest

    def bring_back(self, session: Session, entries: Iterable[ErasureEntry]) -> None:
        """Put erasures that a restored database lacks back into the list."""
        known = {(entry.kind, entry.subject_digest) for entry in self.all(session)}
        for entry in entries:
            if (entry.kind, entry.subject_digest) not in known:
                known.add((entry.kind, entry.subject_digest))
                self._add(session, entry)
        session.flush()

    @staticmethod
    def _add(session: Session, entry: ErasureEntry) -> None:
        session.add(Erasure(kind=entry.kind, subject_digest=entry.subject_digest, erased_at=entry.erased_at))

    def was_erased(self, session: Session, kind: str, subject: str) -> bool:
        """Whether ``subject`` was erased at any time."""
        return self._find(session, kind, self.digest(kind, subject))

    def all(self, session: Session) -> tuple[ErasureEntry, ...]:
        """Return every erasure, oldest first, in one query."""
        rows = session.exec(select(Erasure).order_by(col(Erasure.erased_at), col(Erasure.id)))
        return tuple(ErasureEntry(row.kind, row.subject_digest, row.erased_at) for row in rows)

    @staticmethod
    def _find(session: Session, kind: str, digest: str) -> bool:
        query = select(Erasure.id).where(Erasure.kind == kind, Erasure.subject_digest == digest)
        return session.exec(query).first() is not None
