"""Handovers as the person brings them about: an organisation is chosen, hears, and is left again."""

from datetime import timedelta

from sqlmodel import Session, col, delete, select

from linkbridge.accounts.permissions import Actor
from linkbridge.chat.dialogue.effects import BeginHandover
from linkbridge.chat.ledger import CHAT, CLOSED, WAITING, Ledger
from linkbridge.chat.models import ChatDesk, ChatMessage, Conversation, Handover
from linkbridge.chat.reads import HandoverRead, read_handover
from linkbridge.kernel.jobs import JobQueue

LATE_JOB = "chat.late"


class Handovers:
    """The handovers of all conversations."""

    def __init__(self, *, ledger: Ledger, jobs: JobQueue) -> None:
        self._ledger = ledger
        self._jobs = jobs

    def begin(self, session: Session, conversation: Conversation, wish: BeginHandover, tag: str) -> None:
        """Give a conversation to an organisation that answers chats. One that humans have already stays with them."""
        desk = session.get(ChatDesk, wish.organisation_id)
        if desk is None or not desk.is_open or self._open(session, conversation.id) is not None:
            return
        now = self._ledger.clock.now()
        row = Handover(
            conversation_id=conversation.id,
            organisation_id=desk.organisation_id,
            tag=tag,
            channel=conversation.channel,
            is_urgent=wish.is_urgent,
            asked_at=now,
            late_at=now + timedelta(minutes=desk.answer_minutes),
        )
        session.add(row)
        session.flush()
        self._ledger.record(session, CHAT, "handover.begun", row, urgent=row.is_urgent)
        if wish.text:
            self._ledger.keep(session, row, wish.text, tag)
        self._jobs.enqueue(session, LATE_JOB, row.id, row.id, delay=timedelta(minutes=desk.answer_minutes))

    def hear(self, session: Session, conversation_id: str, text: str, tag: str) -> bool:
        """Keep what the person wrote, encrypted; return whether humans have the conversation at all."""
        row = self._open(session, conversation_id)
        if row is None:
            return False
        row.tag = tag or row.tag
        session.add(row)
        self._ledger.keep(session, row, text, row.tag)
        return True

    def end_for(self, session: Session, conversation_id: str, *, by: Actor) -> None:
        """End a conversation's handover, if there is one: the person took it back, or it was given back."""
        row = self._open(session, conversation_id)
        if row is not None:
            self._ledger.close(session, row, by)

    def forget(self, session: Session, conversation_id: str) -> None:
        """Delete all handovers of a conversation with everything in them."""
        rows = session.exec(select(Handover).where(Handover.conversation_id == conversation_id)).all()
        ids = [row.id for row in rows]
        session.exec(delete(ChatMessage).where(col(ChatMessage.handover_id).in_(ids)))
        session.exec(delete(Handover).where(col(Handover.id).in_(ids)))

    def is_late(self, session: Session, handover_id: str) -> HandoverRead | None:
        """Note that nobody has answered in time; return the handover if the person is to be told of it now."""
        row = session.exec(select(Handover).where(Handover.id == handover_id).with_for_update()).first()
        if (
            row is None
            or row.state != WAITING
            or row.told_late_at is not None
            or self._ledger.clock.now() < row.late_at
        ):
            return None
        row.told_late_at = self._ledger.clock.now()
        session.add(row)
        self._ledger.record(session, CHAT, "handover.late", row)
        return read_handover(row)

    @staticmethod
    def _open(session: Session, conversation_id: str) -> Handover | None:
        query = select(Handover).where(Handover.conversation_id == conversation_id, Handover.state != CLOSED)
        return session.exec(query.with_for_update().execution_options(populate_existing=True)).first()
