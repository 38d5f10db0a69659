"""What caseworkers see of a chat: each message with the other side's, translated where a machine can."""

from collections.abc import Sequence
from dataclasses import dataclass

from linkbridge.accounts.permissions import Actor
from linkbridge.chat.reads import MessageRead, Rendering
from linkbridge.container import Container
from linkbridge.kernel.errors import DomainError, InvalidInput
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.schema import PhraseKind, Status
from linkbridge.translation.ports import Patience
from linkbridge.translation.requests import TranslationRequest
from linkbridge.translation.results import Quality, Translation

SECONDS = 10.0
MACHINE, SUSPECT, REFUSED, PHRASE = "machine", "suspect", "refused", "phrase"


@dataclass(frozen=True, slots=True)
class Line:
    """A message as the caseworker reads it: what was said, and what the other side reads."""

    author: str
    text: str
    tag: str
    direction: str
    other: str
    other_tag: str
    other_direction: str
    mark: str
    said: str


def render_message(container: Container, message: MessageRead, by: Actor) -> Rendering | None:
    """Return a person's message in the caseworker's language, or ``None`` where none is needed or can be made.

    What the guard refuses is kept as refused, so that nobody waits for it again.
    """
    if message.rendering is not None or message.tag == by.language or message.author != "person":
        return message.rendering
    return _translate(container, message.text, message.tag, by.language)


def render_answer(container: Container, text: str, tag: str, by: Actor, *, as_written: bool) -> Rendering | None:
    """Return a caseworker's words in the person's language; ``as_written`` sends them as they are.

    Raises:
        InvalidInput: no translation can be made, or the guard refuses it: a phrase or an interpreter helps.
    """
    if as_written or tag == by.language:
        return None
    found = _translate(container, text, by.language, tag)
    if found is None or found.mark == REFUSED:
        raise InvalidInput("this cannot be translated reliably", field="text", problem="translation")
    return found


def phrase_answer(container: Container, key: str, tag: str, by: Actor) -> tuple[str, Rendering]:
    """Return a phrase in the caseworker's language, and as the person reads it.

    Raises:
        InvalidInput: there is no such phrase in the person's language.
    """
    own = container.catalogue.phrase(key, by.language) or container.catalogue.phrase(key, "en")
    theirs = container.catalogue.phrase(key, tag)
    if own is None or theirs is None:
        raise InvalidInput("choose a phrase that exists in this language", field="phrase", problem="choice")
    mark = "" if theirs.status is Status.VERIFIED else f"{theirs.status}/{theirs.origin}"
    return own.text, Rendering(theirs.text, tag, mark)


def phrases_to_send(container: Container, tag: str, ui: str) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """Return the phrases of notices that exist in the person's language, by the titles of their notices."""
    found = []
    for notice_id in container.catalogue.notice_ids:
        if tag not in container.catalogue.languages_of(notice_id):
            continue
        title = container.catalogue.title(notice_id, ui) or container.catalogue.title(notice_id, "en")
        phrases = [
            (phrase.key, phrase.text)
            for phrase in container.catalogue.phrases(ui, notice_id) or container.catalogue.phrases("en", notice_id)
            if phrase.kind is PhraseKind.STATEMENT and container.catalogue.phrase(phrase.key, tag) is not None
        ]
        found.append((title.text if title else notice_id, phrases))
    return found


def line(message: MessageRead, rendering: Rendering | None, said: str) -> Line:
    """Return a message as the page shows it."""
    other_tag = rendering.tag if rendering else message.tag
    mark = rendering.mark if rendering else ""
    return Line(
        author=message.author,
        text=message.text,
        tag=message.tag,
        direction=LANGUAGES[message.tag].direction,
        other=rendering.text if rendering else "",
        other_tag=other_tag,
        other_direction=LANGUAGES[other_tag].direction,
        mark=PHRASE if "/" in mark else mark,
        said=said,
    )


def _translate(container: Container, text: str, source: str, target: str) -> Rendering | None:
    if not container.translator.can_translate(source, target):
        return None
    request = TranslationRequest(text, source, target)
    try:
        made = container.translator.translate(request, Patience(client="inbox", seconds=SECONDS))
    except DomainError:
        return None
    return Rendering(made.text, target, _mark(made))


def _mark(made: Translation) -> str:
    return {Quality.OK: MACHINE, Quality.SUSPECT: SUSPECT, Quality.REFUSED: REFUSED}[made.quality]
