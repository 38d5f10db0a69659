"""What leaves the chat's domain: frozen, decrypted for those who may read it."""

from dataclasses import dataclass, field
from datetime import datetime

from linkbridge.chat.models import ChatMessage, Handover
from linkbridge.kernel.crypto import FieldCipher


@dataclass(frozen=True, slots=True)
class HandoverRead:
    """A handover. ``claimed_by`` names the actor who answers."""

    id: str
    conversation_id: str
    organisation_id: str
    tag: str
    channel: str
    is_urgent: bool
    state: str
    asked_at: datetime
    late_at: datetime
    claimed_by: str
    claimed_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rendering:
    """What was said, in the other side's language.

    ``mark`` says how far it can be trusted: empty for what is verified, status and origin of another phrase
    (``draft/machine``), or a word for what a machine translated.
    """

    text: str = field(repr=False)
    tag: str
    mark: str


@dataclass(frozen=True, slots=True)
class MessageRead:
    """Something said; ``rendering`` is absent until it has been translated, or where no translation is needed."""

    sequence: int
    author: str
    staff: str
    tag: str
    text: str = field(repr=False)
    rendering: Rendering | None
    said_at: datetime


def read_handover(row: Handover) -> HandoverRead:
    """Return a row as it leaves the domain."""
    return HandoverRead(
        id=row.id,
        conversation_id=row.conversation_id,
        organisation_id=row.organisation_id,
        tag=row.tag,
        channel=row.channel,
        is_urgent=row.is_urgent,
        state=row.state,
        asked_at=row.asked_at,
        late_at=row.late_at,
        claimed_by=row.claimed_by or "",
        claimed_at=row.claimed_at,
        closed_at=row.closed_at,
    )


def read_message(row: ChatMessage, cipher: FieldCipher) -> MessageRead:
    """Return a row as it leaves the domain, decrypted."""
    return MessageRead(
        sequence=row.sequence or 0,
        author=row.author,
        staff=row.staff or "",
        tag=row.tag,
        text=cipher.decrypt(row.text_encrypted),
        rendering=_rendering(row, cipher),
        said_at=row.said_at,
    )


def _rendering(row: ChatMessage, cipher: FieldCipher) -> Rendering | None:
    if row.translation_encrypted is None:
        return None
    return Rendering(cipher.decrypt(row.translation_encrypted), row.translation_tag or "", row.mark or "")
