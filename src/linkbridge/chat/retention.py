"""How long the chat keeps what: deletion of what is past its time, and of what a restored backup brought back."""

from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlmodel import Session, col, delete, select

from linkbridge.accounts.erasures import Erasures
from linkbridge.chat.ledger import CLOSED
from linkbridge.chat.models import ChatMessage, ChatSubscription, ChatUpdate, Conversation, Handover, Outgoing

ERASURE = "conversation"


def purge_handovers(session: Session, *, before: datetime) -> int:
    """Delete handovers that ended before that moment, with everything that was said in them; return how many."""
    old = select(Handover.id).where(col(Handover.closed_at) < before)
    session.exec(delete(ChatMessage).where(col(ChatMessage.handover_id).in_(old)))
    return session.exec(delete(Handover).where(col(Handover.closed_at) < before)).rowcount


def purge_conversations(session: Session, *, before: datetime) -> int:
    """Delete conversations silent since that moment, but for those that humans have or news are wanted in."""
    held = select(Handover.conversation_id).where(Handover.state != CLOSED)
    followed = select(ChatSubscription.conversation_id)
    silent = (
        col(Conversation.seen_at) < before,
        col(Conversation.id).not_in(held),
        col(Conversation.id).not_in(followed),
    )
    return session.exec(delete(Conversation).where(*silent)).rowcount


def purge_traffic(session: Session, *, before: datetime) -> int:
    """Delete the names of updates taken, and messages that nobody fetched, since that moment; return how many."""
    updates = session.exec(delete(ChatUpdate).where(col(ChatUpdate.received_at) < before)).rowcount
    return updates + session.exec(delete(Outgoing).where(col(Outgoing.created_at) < before)).rowcount


class ConversationEraser:
    """Deletes again, after a restore, the conversations that people had erased."""

    kind = ERASURE

    def __init__(self, erasures: Erasures) -> None:
        self._erasures = erasures

    def erase_by_digest(self, session: Session, digests: AbstractSet[str]) -> int:
        """Delete the conversations that ``digests`` stand for, and return how many there were."""
        if not digests:
            return 0
        ids = session.exec(select(Conversation.id)).all()
        gone = [each for each in ids if self._erasures.digest(ERASURE, each) in digests]
        handovers = select(Handover.id).where(col(Handover.conversation_id).in_(gone))
        session.exec(delete(ChatMessage).where(col(ChatMessage.handover_id).in_(handovers)))
        session.exec(delete(Handover).where(col(Handover.conversation_id).in_(gone)))
        session.exec(delete(ChatSubscription).where(col(ChatSubscription.conversation_id).in_(gone)))
        session.exec(delete(Outgoing).where(col(Outgoing.conversation_id).in_(gone)))
        return session.exec(delete(Conversation).where(col(Conversation.id).in_(gone))).rowcount
