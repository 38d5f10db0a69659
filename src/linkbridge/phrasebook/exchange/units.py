"""Units: what every format of exchange carries of one text, pure and frozen."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.languages import LANGUAGES, find_language
from linkbridge.kernel.text_checks import forbidden_characters
from linkbridge.phrasebook.catalogue import source_as_translation
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.po import REVIEWER, parse_review
from linkbridge.phrasebook.schema import (
    SOURCE_TAG,
    Book,
    Library,
    Origin,
    Phrase,
    Review,
    Status,
    Translation,
    text_hash,
)
from linkbridge.phrasebook.yaml_source import parse_day

NEVER = date(1970, 1, 1)
"""The date of a text whose file tells none."""

_KEY = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)\.([a-z0-9]+(?:-[a-z0-9]+)*)")
_RESERVED = re.compile(r"(status|origin|date|reviewer|identical|base)\s*:.*", re.IGNORECASE)
_HASH = re.compile(r"[0-9a-f]{12}")


class Format(StrEnum):
    """The formats in which phrasebooks leave and come back."""

    PO = "po"
    XLIFF = "xliff"
    TMX = "tmx"
    CSV = "csv"
    BUNDLE = "bundle"


@dataclass(frozen=True, slots=True)
class TextUnit:
    """One text of one phrase in one language, with all that travels with it.

    ``source`` is the English that the text was made from; an empty ``text`` waits for its translation. ``base`` is the
    hash of the text as it was when it was sent out for editing, or nothing where that is not known.
    """

    book: str
    phrase: str
    tag: str
    source: str
    text: str
    status: Status = Status.DRAFT
    origin: Origin = Origin.MACHINE
    date: date = NEVER
    reviewers: tuple[Review, ...] = ()
    comments: tuple[str, ...] = ()
    context: str = ""
    legal_basis: str = ""
    unsure: bool = False
    same_as_source: bool = False
    base: str = ""

    @property
    def key(self) -> str:
        """The phrase's name among all books."""
        return f"{self.book}.{self.phrase}"

    @property
    def place(self) -> Place:
        """Where the text belongs."""
        return Place(self.book, self.phrase, self.tag)

    @property
    def translation(self) -> Translation:
        """The text as a phrasebook holds it."""
        return Translation(
            text=self.text,
            source=self.source,
            date=self.date,
            status=self.status,
            origin=self.origin,
            reviewers=self.reviewers,
            comments=self.comments,
            unsure=self.unsure,
            same_as_source=self.same_as_source,
        )


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry of a file that could not be used, and why."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a file held: the units that can be used, and the entries that cannot."""

    units: tuple[TextUnit, ...]
    skipped: tuple[Skipped, ...] = ()

    def __add__(self, other: "Incoming") -> "Incoming":
        return Incoming(self.units + other.units, self.skipped + other.skipped)


class UnreadableEntry(ValueError):
    """One entry of a file cannot be used; the others can."""


def units_of(
    library: Library, *, tags: Collection[str], books: Collection[str] = (), with_base: bool = True
) -> tuple[TextUnit, ...]:
    """Return every phrase of the books in the languages, those not translated yet with an empty text.

    ``with_base``: note what each text was, so that an import can see who changed it since.

    Raises:
        InvalidInput: there is no such book or language.
    """
    known = {book.id for book in library.books}
    for book_id in books:
        if book_id not in known:
            raise InvalidInput(f"there is no book '{book_id}'; there are {', '.join(sorted(known))}", field="book")
    for tag in tags:
        if tag not in LANGUAGES:
            raise InvalidInput(f"LinkBridge does not know the language '{tag}'", field="language")
    chosen = [book for book in library.books if not books or book.id in books]
    return tuple(unit for tag in tags for book in chosen for unit in _units(library, book, tag, with_base=with_base))


def _units(library: Library, book: Book, tag: str, *, with_base: bool) -> Iterator[TextUnit]:
    translations = library.translations.get((book.id, tag), {})
    for phrase in book.phrases:
        found = source_as_translation(book, phrase) if tag == SOURCE_TAG else translations.get(phrase.id)
        yield unit_of(phrase, tag, found, book=book, with_base=with_base)


def unit_of(phrase: Phrase, tag: str, found: Translation | None, *, book: Book, with_base: bool) -> TextUnit:
    """Return the unit of a phrase in a language."""
    return TextUnit(
        book=book.id,
        phrase=phrase.id,
        tag=tag,
        source=found.source if found else phrase.text,
        text=found.text if found else "",
        status=found.status if found else Status.DRAFT,
        origin=found.origin if found else Origin.MACHINE,
        date=found.date if found else book.source_date,
        reviewers=found.reviewers if found else (),
        comments=tuple(comment for comment in found.comments if comment) if found else (),
        context=phrase.context,
        legal_basis="; ".join(f"{basis.instrument} {basis.article}" for basis in phrase.legal_basis),
        unsure=found.unsure if found else False,
        same_as_source=found.same_as_source if found else False,
        base=text_hash(found.text) if found and with_base else "",
    )


def check_writable(unit: TextUnit) -> None:
    """Return if every format can carry the unit without changing it.

    Raises:
        InvalidInput: a text holds control characters, or a comment or a reviewer would be read back as something else.
    """
    if forbidden_characters(unit.text + unit.source, allowed="\n\t"):
        raise InvalidInput(f"the text of {unit.key} holds control characters", field="text")
    for comment in unit.comments:
        if not comment or _RESERVED.fullmatch(comment) or comment != comment.strip() or forbidden_characters(comment):
            raise InvalidInput(
                f"a comment of {unit.key} is empty, looks like a status line, has outer spaces or spans lines",
                field="comments",
            )
    for review in unit.reviewers:
        if not re.fullmatch(REVIEWER, review.reviewer):
            raise InvalidInput("a reviewer is an opaque id of letters, digits, - and _", field="reviewers")


def fields_of(unit: TextUnit) -> list[tuple[str, str]]:
    """Return what formats without a place of their own for it carry as names and values."""
    return [
        ("status", unit.status.value),
        ("origin", unit.origin.value),
        ("date", unit.date.isoformat()),
        *(("reviewer", f"{review.reviewer} {review.date.isoformat()}") for review in unit.reviewers),
        *([("identical", "intended")] if unit.same_as_source else []),
        *([("unsure", "yes")] if unit.unsure else []),
        *([("base", unit.base)] if unit.base else []),
    ]


def unit_from_fields(
    fields: Iterable[tuple[str, str]], *, place: Place, source: str, text: str, comments: Iterable[str] = ()
) -> TextUnit:
    """Return the unit that ``fields_of`` described; fields left out have the values of a machine's draft.

    Raises:
        UnreadableEntry: a value makes no sense.
    """
    given = list(fields)
    single = dict(given)
    try:
        status = Status(single.get("status", Status.DRAFT))
        origin = Origin(single.get("origin", Origin.MACHINE))
    except ValueError as error:
        raise UnreadableEntry(f"unknown status or origin: {error}") from error
    return TextUnit(
        book=place.book,
        phrase=place.phrase,
        tag=place.tag,
        source=source,
        text=text,
        status=status,
        origin=origin,
        date=_day(single.get("date", "")),
        reviewers=tuple(_review(value) for name, value in given if name == "reviewer"),
        comments=tuple(tidy_comments(comments)),
        unsure=single.get("unsure") == "yes",
        same_as_source=single.get("identical") == "intended",
        base=read_base(single.get("base", "")),
    )


def read_base(value: str) -> str:
    """Return the hash of the text that was sent out, or nothing when ``value`` is none."""
    return value if _HASH.fullmatch(value) else ""


def tidy_comments(comments: Iterable[str]) -> Iterator[str]:
    """Yield comments as a phrasebook can hold them: in single lines, none of which reads as a status line."""
    for comment in comments:
        for line in comment.splitlines():
            plain = "".join(character for character in line if not forbidden_characters(character)).strip()
            if plain:
                yield f"note: {plain}" if _RESERVED.fullmatch(plain) else plain


def parse_key(key: str) -> tuple[str, str] | None:
    """Return the book and the phrase that ``book.phrase`` names, or ``None``."""
    match = _KEY.fullmatch(key.strip())
    return (match[1], match[2]) if match else None


def read_tag(written: str) -> str:
    """Return the tag under which LinkBridge knows the language that a tool wrote in its own way (``pt_BR``).

    Raises:
        InvalidInput: it is none that LinkBridge knows.
    """
    language = find_language(written.strip().replace("_", "-"))
    if language is None:
        raise InvalidInput(f"LinkBridge does not know the language '{written[:40]}'", field="language")
    return language.tag


def _day(written: str) -> date:
    if not written:
        return NEVER
    day = parse_day(written)
    if day is None:
        raise UnreadableEntry("its date is none")
    return day


def _review(written: str) -> Review:
    review = parse_review(written)
    if review is None:
        raise UnreadableEntry("a reviewer is not an opaque id and a date")
    return review
