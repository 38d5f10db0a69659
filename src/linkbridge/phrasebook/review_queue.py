"""What waits for a reader of a language, most urgent first. Pure: it looks at texts, not at a database."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from linkbridge.phrasebook.catalogue import source_as_translation
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.schema import SOURCE_TAG, Book, BookKind, Library, Origin, Phrase, Status, Translation

State = Literal["outdated", "missing", "draft", "reviewed", "verified"]
URGENCY: tuple[State, ...] = ("outdated", "missing", "draft", "reviewed", "verified")
"""Outdated first: somebody may have trusted it. Then what a person cannot read at all."""


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One text that may want a reader."""

    place: Place
    state: State
    source: str
    text: str
    readers: int
    waits_for_me: bool
    by_machine: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A run of words in a comparison: ``same``, ``gone`` or ``new``."""

    kind: Literal["same", "gone", "new"]
    text: str


def queue(library: Library, tag: str, *, reader: str, book: str = "") -> tuple[QueueItem, ...]:
    """Return the texts of a language in the order in which ``reader`` should look at them.

    Those that do not wait for this reader (verified, or approved by them already) come last.
    """
    found = [
        (_item(one, phrase, tag, library, reader), one.kind is BookKind.INTERFACE, place)
        for one in library.books
        if not book or one.id == book
        for place, phrase in enumerate(one.phrases)
    ]
    # The words of the screens come first in each group: without them a language is not offered at all.
    found.sort(key=lambda entry: (not entry[0].waits_for_me, URGENCY.index(entry[0].state), not entry[1]))
    return tuple(item for item, _, _ in found)


def compare(before: str, after: str) -> tuple[Part, ...]:
    """Return what changed between two texts, word by word."""
    old, new = before.split(), after.split()
    parts: list[Part] = []
    for action, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if action == "equal":
            parts.append(Part("same", " ".join(old[i:j])))
            continue
        parts += _change("gone", old[i:j])
        parts += _change("new", new[k:m])
    return tuple(parts)


def _change(kind: Literal["gone", "new"], words: Iterable[str]) -> list[Part]:
    text = " ".join(words)
    return [Part(kind, text)] if text else []


def _item(book: Book, phrase: Phrase, tag: str, library: Library, reader: str) -> QueueItem:
    text = text_of(library, book, phrase, tag)
    state = _state(text, phrase)
    readers = {review.reviewer for review in text.reviewers} if text and state in {"reviewed", "verified"} else set()
    return QueueItem(
        place=Place(book.id, phrase.id, tag),
        state=state,
        source=phrase.text,
        text=text.text if text else "",
        readers=len(readers),
        waits_for_me=state != "verified" and reader not in readers,
        by_machine=text is not None and text.origin is Origin.MACHINE,
    )


def text_of(library: Library, book: Book, phrase: Phrase, tag: str) -> Translation | None:
    """Return the text of a phrase in a language, in English too."""
    if tag == SOURCE_TAG:
        return source_as_translation(book, phrase)
    return library.translations.get((book.id, tag), {}).get(phrase.id)


def _state(text: Translation | None, phrase: Phrase) -> State:
    if text is None:
        return "missing"
    states: dict[Status, State] = {
        Status.OUTDATED: "outdated",
        Status.DRAFT: "draft",
        Status.REVIEWED: "reviewed",
        Status.VERIFIED: "verified",
    }
    return states[text.status_for(phrase)]
