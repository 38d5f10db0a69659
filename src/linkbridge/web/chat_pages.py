"""What the web chat's page shows: replies as bubbles, with their voices, links and choices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from linkbridge.accounts.quota import Rate
from linkbridge.chat.messages import Inbound, InboundKind, Reply
from linkbridge.chat.webchat import new_address
from linkbridge.container import Container
from linkbridge.kernel.errors import TooManyAttempts
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.web.auth import cookie_name
from linkbridge.web.forms import FormValues
from linkbridge.web.views import Views

COOKIE = "lb_chat"
COOKIE_SECONDS = 60 * 60 * 24 * 30
MESSAGES = Rate("chat-message", 40)
BEGINNINGS = Rate("chat-begin", 30)
_LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Bubble:
    """A reply as the page shows it. ``voice`` is where it can be heard."""

    text: str
    tag: str
    direction: str
    mark: str
    voice: str
    reply: Reply


def bubbles(container: Container, views: Views, replies: Iterable[Reply]) -> list[Bubble]:
    """Return replies as the page shows them."""
    found = []
    for reply in replies:
        phrase = container.catalogue.phrase(reply.audio, reply.tag) if reply.audio else None
        voice = views.voice(phrase) if phrase else None
        direction = LANGUAGES[reply.tag].direction
        found.append(Bubble(reply.text, reply.tag, direction, reply.mark, voice.url if voice else "", reply))
    return found


def language_hints(request: Request) -> tuple[str, ...]:
    """Return the languages of the person's device, as its browser names them."""
    header = request.headers.get("accept-language", "")[:200]
    return tuple(part.partition(";")[0].strip() for part in header.split(",") if part.strip())[:5]


def read_inbound(request: Request, form: FormValues) -> Inbound:
    """Return what the form says: a choice that was tapped, or words."""
    choice, text = form.text("choice")[:120], form.text("text")
    if choice:
        turn = form.text("turn")
        number = int(turn) if turn.isdecimal() and len(turn) < 10 else 0
        return Inbound(InboundKind.CHOICE, choice=choice, turn=number, quoted=form.text("quoted")[:4_000])
    if text.strip():
        return Inbound(InboundKind.TEXT, text=text, hints=language_hints(request))
    return Inbound(InboundKind.START, hints=language_hints(request))


def message_id(form: FormValues) -> str:
    """Return what the page calls this message, so that sending it again over a poor line is no second one."""
    return form.text("id")[:_LONGEST_ID] or new_address()


def address_of(request: Request, container: Container) -> str:
    """Return the secret of the chat that this browser is in; empty when it is in none."""
    return request.cookies.get(cookie_name(container, COOKIE), "")[:_LONGEST_ID]


def slow_down(container: Container, address: str, peer: str, *, is_new: bool) -> None:
    """Count a message.

    Raises:
        TooManyAttempts: too many came from this chat, or too many chats began at this address of the network.
    """
    wait = container.quota.take(BEGINNINGS, peer) if is_new else container.quota.take(MESSAGES, address)
    if wait:
        raise TooManyAttempts("too many messages", retry_after=wait)


def context_of(container: Container, address: str, tag: str, replies: Sequence[Bubble], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - for the template
    """Return what the templates need."""
    return {
        "page_lang": tag,
        "tag": tag,
        "texts": container.catalogue.interface(tag),
        "bubbles": replies,
        "address": address,
        "demo": container.web.demo,
        **more,
    }
