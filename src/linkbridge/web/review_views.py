"""What the pages of the review show, as frozen values."""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from linkbridge.kernel.languages import LANGUAGES, Language
from linkbridge.phrasebook.glossary import Glossary, TermPair
from linkbridge.phrasebook.overlay import Place, find_phrase
from linkbridge.phrasebook.quality import Comparison
from linkbridge.phrasebook.review_queue import Part, QueueItem, compare, queue, text_of
from linkbridge.phrasebook.revisions import Action, Revision, undoable
from linkbridge.phrasebook.schema import SOURCE_TAG, Library, Phrase, Translation
from linkbridge.phrasebook.terminology import check_words
from linkbridge.phrasebook.workshop import state_of

_HINT = re.compile(r"(back-translation|doubt)\s*:\s*(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quality:
    """What a text is held against: the other texts and the glossary."""

    comparison: Comparison
    glossary: Glossary


@dataclass(frozen=True, slots=True)
class Hints:
    """What other readers left beside a text: what they understood, what they doubted, and further comments."""

    back_translation: str
    doubts: tuple[str, ...]
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change: who made it (``you`` or the first letters of an opaque id), and whether it can be undone now."""

    sequence: int
    action: str
    who: str
    is_you: bool
    at: datetime
    remark: str
    text: str
    changes: tuple[Part, ...]
    can_undo: bool


@dataclass(frozen=True, slots=True)
class Basis:
    """An article with the name of its instrument and where that is published."""

    label: str
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """All that a reader needs to judge one text."""

    item: QueueItem
    language: Language
    base: str
    phrase: Phrase
    basis: tuple[Basis, ...]
    hints: Hints
    other: str
    source_change: tuple[Part, ...]
    revokes: int
    approved_by_me: bool
    history: tuple[HistoryEntry, ...]
    previous: Place | None
    following: Place | None
    number: int
    total: int
    terms: tuple[TermPair, ...]
    warnings: tuple[str, ...]


def item_view(
    library: Library, place: Place, history: tuple[Revision, ...], *, quality: Quality, reader: str, ui: str
) -> ItemView | None:
    """Return the view of a place, or ``None`` when there is no such phrase."""
    found = find_phrase(library, place)
    if found is None or place.tag not in LANGUAGES:
        return None
    book, phrase = found
    items = queue(library, place.tag, reader=reader, book=place.book)
    order = [phrase.id for phrase in book.phrases]
    items = tuple(sorted(items, key=lambda item: order.index(item.place.phrase)))
    number = order.index(place.phrase)
    text = text_of(library, book, phrase, place.tag)
    official = text_of(library, book, phrase, ui) if ui not in {SOURCE_TAG, place.tag} else None
    is_source = place.tag == SOURCE_TAG
    return ItemView(
        item=items[number],
        language=LANGUAGES[place.tag],
        base=state_of(text, phrase),
        phrase=phrase,
        basis=tuple(_basis(library, phrase)),
        hints=_hints(text),
        other=official.text if official else "",
        source_change=compare(text.source, phrase.text)
        if text and not is_source and not text.is_made_from(phrase)
        else (),
        revokes=_trusted_translations(library, phrase) if is_source else 0,
        approved_by_me=items[number].state in {"reviewed", "verified"} and _approved(text, reader),
        history=_history(history, f"staff:{reader}"),
        previous=items[number - 1].place if number else None,
        following=items[number + 1].place if number + 1 < len(items) else None,
        number=number + 1,
        total=len(items),
        terms=() if is_source else quality.glossary.pairs_in(phrase.text, SOURCE_TAG, place.tag),
        warnings=_warnings(quality, phrase, text, place.tag),
    )


def _approved(text: Translation | None, reader: str) -> bool:
    return text is not None and any(review.reviewer == reader for review in text.reviewers)


def _warnings(quality: Quality, phrase: Phrase, text: Translation | None, tag: str) -> tuple[str, ...]:
    """Return the codes of what is doubtful in a text; the words for each are in the template."""
    if text is None or tag == SOURCE_TAG:
        return ()
    words = check_words(quality.glossary, quality.glossary.find(phrase.text), phrase, text.text, tag)
    found = [*quality.comparison.check(phrase, text.text, tag), *words]
    return tuple(dict.fromkeys(code for _, code, _ in found))


def _basis(library: Library, phrase: Phrase) -> list[Basis]:
    found = []
    for basis in phrase.legal_basis:
        instrument = library.instruments.get(basis.instrument)
        label = f"{basis.instrument} {basis.article}"
        found.append(Basis(label, instrument.name if instrument else "", instrument.source if instrument else ""))
    return found


def _hints(text: Translation | None) -> Hints:
    back, doubts, comments = "", [], []
    for comment in text.comments if text else ():
        match = _HINT.fullmatch(comment)
        if match is None:
            comments.append(comment)
        elif match[1].lower() == "doubt":
            doubts.append(match[2])
        else:
            back = match[2]
    return Hints(back, tuple(doubts), tuple(comments))


def _trusted_translations(library: Library, phrase: Phrase) -> int:
    """Return how many translations would lose what readers said of them if the English changed."""
    return sum(
        1
        for (book, _), texts in library.translations.items()
        if book == phrase.book and (text := texts.get(phrase.id)) is not None and text.reviewers
        and text.is_made_from(phrase)
    )  # fmt: skip


def _history(revisions: tuple[Revision, ...], me: str) -> tuple[HistoryEntry, ...]:
    changes = [revision for revision in revisions if revision.action is not Action.COMMENT]
    can_undo = undoable(changes)
    older = {revision.sequence: before.text.text for revision, before in pairwise(changes)}
    return tuple(
        HistoryEntry(
            sequence=revision.sequence,
            action=revision.action.value,
            who=revision.made_by.partition(":")[2][:6],
            is_you=revision.made_by == me,
            at=revision.made_at,
            remark=revision.remark,
            text=revision.text.text,
            changes=compare(older[revision.sequence], revision.text.text) if revision.sequence in older else (),
            can_undo=revision.sequence in can_undo,
        )
        for revision in revisions
    )
