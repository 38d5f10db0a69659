"""Who wants to know when a notice changes, and telling them."""

from collections.abc import Callable, Sequence

from sqlmodel import Session, col, delete, select

from linkbridge.chat.models import ChatSubscription, Conversation
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.errors import NotFound
from linkbridge.phrasebook.catalogue import Catalogue


class Subscriptions:
    """The wishes of all conversations. They begin with the person's own tap, and end with one."""

    def __init__(self, *, clock: Clock, current: Callable[[], Catalogue]) -> None:
        self._clock = clock
        self._current = current

    def change(self, session: Session, conversation_id: str, notice: str, tag: str) -> None:
        """Begin to follow a notice in a language; without a notice, follow none any more."""
        if not notice:
            session.exec(delete(ChatSubscription).where(col(ChatSubscription.conversation_id) == conversation_id))
            return
        version = self._version(notice, tag)
        if not version:
            return
        row = session.get(ChatSubscription, (conversation_id, notice))
        if row is None:
            row = ChatSubscription(
                conversation_id=conversation_id, notice=notice, version=version, asked_at=self._clock.now()
            )
        row.version = version
        session.add(row)

    def due(self, session: Session, *, after: str = "", limit: int = 100) -> Sequence[tuple[Conversation, str, str]]:
        """Return some conversations that follow a notice which has changed, with the notice and its version.

        ``after`` is the id of the last conversation looked at: all are looked at in turn.
        """
        query = (
            select(ChatSubscription, Conversation)
            .join(Conversation, col(Conversation.id) == ChatSubscription.conversation_id)
            .where(col(ChatSubscription.conversation_id) > after)
            .order_by(col(ChatSubscription.conversation_id), col(ChatSubscription.notice))
            .limit(limit)
        )
        found = []
        for subscription, conversation in session.exec(query):
            version = self._version(subscription.notice, conversation.tag)
            if version and version != subscription.version:
                found.append((conversation, subscription.notice, version))
        return found

    def told(self, session: Session, conversation_id: str, notice: str, version: str) -> bool:
        """Note that a person was told of a version; return whether they had not been told of it before."""
        row = session.get(ChatSubscription, (conversation_id, notice), with_for_update=True)
        if row is None or row.version == version:
            return False
        row.version = version
        session.add(row)
        return True

    def _version(self, notice: str, tag: str) -> str:
        try:
            return self._current().notice(notice, tag).version
        except NotFound:
            return ""
