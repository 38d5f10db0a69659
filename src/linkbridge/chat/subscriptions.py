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

    def due(self, session: Session, *, limit: int = 100) -> Sequence[tuple[Conversation, str, str]]:
        """Return some conversations that follow a notice which has changed, with the notice and its version."""
        pairs = (
            select(ChatSubscription.notice, Conversation.tag)
            .join(Conversation, col(Conversation.id) == ChatSubscription.conversation_id)
            .distinct()
        )
        found: list[tuple[Conversation, str, str]] = []
        for notice, tag in session.exec(pairs).all():
            version = self._version(notice, tag)
            if not version:
                continue
            query = (
                select(Conversation)
                .join(ChatSubscription, col(ChatSubscription.conversation_id) == Conversation.id)
                .where(ChatSubscription.notice == notice, Conversation.tag == tag, ChatSubscription.version != version)
                .order_by(col(Conversation.id))
            )
            found.extend((row, notice, version) for row in session.exec(query.limit(limit - len(found))))
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
