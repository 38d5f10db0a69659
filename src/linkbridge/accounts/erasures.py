"""What was erased, kept as keyed digests, so that a restored backup can be made to forget it again."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from linkbridge.accounts.models import Erasure
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher


@dataclass(frozen=True, slots=True)
class ErasureRead:
    """One erasure: the kind of thing and the digest that stands for it."""

    kind: str
    subject_digest: str
    erased_at: datetime


class Erasures:
    """The list of erased things."""

    def __init__(self, *, clock: Clock, cipher: FieldCipher) -> None:
        self._clock = clock
        self._cipher = cipher

    def digest(self, kind: str, subject: str) -> str:
        """Return what stands for ``subject`` in the list."""
        return self._cipher.digest(f"erasure:{kind}", subject)

    def record(self, session: Session, kind: str, subject: str) -> str:
        """Note that ``subject`` was erased and return its digest. Repeating changes nothing."""
        digest = self.digest(kind, subject)
        if not self._find(session, kind, digest):
            session.add(Erasure(kind=kind, subject_digest=digest, erased_at=self._clock.now()))
            session.flush()
        return digest

    def was_erased(self, session: Session, kind: str, subject: str) -> bool:
        """Whether ``subject`` was erased at any time."""
        return self._find(session, kind, self.digest(kind, subject))

    def all(self, session: Session) -> tuple[ErasureRead, ...]:
        """Return every erasure, oldest first, in one query."""
        rows = session.exec(select(Erasure).order_by(col(Erasure.erased_at), col(Erasure.id)))
        return tuple(ErasureRead(row.kind, row.subject_digest, row.erased_at) for row in rows)

    @staticmethod
    def _find(session: Session, kind: str, digest: str) -> bool:
        query = select(Erasure.id).where(Erasure.kind == kind, Erasure.subject_digest == digest)
        return session.exec(query).first() is not None
