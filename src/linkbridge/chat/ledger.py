"""What both sides of a handover do to its rows: messages kept encrypted, ends noted, each step in the audit log."""

from sqlmodel import Session

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import Actor, system_actor
from linkbridge.chat.models import ChatMessage, Handover
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher

CHAT = system_actor("chat")
WAITING, CLAIMED, CLOSED = "waiting", "claimed", "closed"
PERSON, STAFF = "person", "staff"


class Ledger:
    """Writes the rows of handovers."""

    def __init__(self, *, clock: Clock, cipher: FieldCipher, audit: AuditLog) -> None:
        self.clock = clock
        self.cipher = cipher
        self._audit = audit

    def keep(self, session: Session, row: Handover, text: str, tag: str, *, staff: str | None = None) -> ChatMessage:
        """Keep what was said, encrypted; ``staff`` said it, or else the person."""
        message = ChatMessage(
            handover_id=row.id,
            author=STAFF if staff else PERSON,
            staff=staff,
            tag=tag,
            text_encrypted=self.cipher.encrypt(text),
            said_at=self.clock.now(),
        )
        session.add(message)
        session.flush()
        return message

    def close(self, session: Session, row: Handover, by: Actor) -> None:
        """End a handover that is locked."""
        row.state, row.closed_at = CLOSED, self.clock.now()
        session.add(row)
        session.flush()
        self.record(session, by, "handover.closed", row)

    def record(
        self, session: Session, by: Actor, action: str, row: Handover, **details: str | int | bool | None
    ) -> None:
        """Write one step of a handover into the audit log: opaque ids and fixed words alone."""
        self._audit.record(session, actor=by.reference, action=action, subject=row.id, details=details)
