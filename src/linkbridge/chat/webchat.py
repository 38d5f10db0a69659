"""The web chat's channel: its page fetches what waits, so that nothing is sent."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from linkbridge.chat.dialogue.world import ChannelFacts
from linkbridge.chat.messages import Reply
from linkbridge.chat.models import Conversation, Outgoing
from linkbridge.kernel.crypto import FieldCipher

WEB = "web"
FACTS = ChannelFacts(company="", choices=12)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that the page has not said to have shown. ``number`` orders it."""

    number: int
    reply: Reply


def new_address() -> str:
    """Return the secret by which a web chat is found again: it is in the private link, and in no database."""
    return secrets.token_urlsafe(24)


class WebInbox:
    """What waits for the pages of web chats."""

    def __init__(self, cipher: FieldCipher) -> None:
        self._cipher = cipher

    def fetch(self, session: Session, address: str, *, after: int = 0) -> Sequence[Waiting]:
        """Return what waits for a page, in order, but for what it has shown up to the number ``after``."""
        row = self._find(session, address)
        if row is None:
            return ()
        query = select(Outgoing).where(Outgoing.conversation_id == row.id, col(Outgoing.sequence) > after)
        return tuple(
            Waiting(each.sequence or 0, Reply.from_json(json.loads(self._cipher.decrypt(each.body_encrypted))))
            for each in session.exec(query.order_by(col(Outgoing.sequence)))
        )

    def shown(self, session: Session, address: str, up_to: int) -> None:
        """Delete what a page has shown."""
        row = self._find(session, address)
        if row is not None and up_to:
            gone = (col(Outgoing.conversation_id) == row.id, col(Outgoing.sequence) <= up_to)
            session.exec(delete(Outgoing).where(*gone))

    def _find(self, session: Session, address: str) -> Conversation | None:
        digest = self._cipher.digest(f"chat:{WEB}", address)
        query = select(Conversation).where(Conversation.channel == WEB, Conversation.address_digest == digest)
        return session.exec(query).first()
