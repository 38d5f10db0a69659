"""What a phrasebook is made of: pure, frozen, and free of files, databases and web pages."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

SOURCE_TAG = "en"
"""The language in which phrases are written first and from which they are translated."""

HASH_LENGTH = 12
"""How many hexadecimal digits of a SHA-256 stand for a text or a version."""


class Status(StrEnum):
    """How far a text can be trusted. ``outdated``: its source changed after it was made."""

    OUTDATED = "outdated"
    DRAFT = "draft"
    REVIEWED = "reviewed"
    VERIFIED = "verified"

    @property
    def rank(self) -> int:
        """The place in the order of trust: the higher, the more trusted."""
        return _RANKS[self]


_RANKS = {status: rank for rank, status in enumerate(Status)}


class Origin(StrEnum):
    """Who wrote a text."""

    HUMAN = "human"
    MACHINE = "machine"


class BookKind(StrEnum):
    """What the phrases of a book are for.

    ``notice``: one document shown to a person. ``screening``: questions of a guided interview, which alone may show
    them, because they promise what only the interview keeps. ``interface``: the words of the person's own screens.
    """

    NOTICE = "notice"
    SCREENING = "screening"
    INTERFACE = "interface"


class PhraseKind(StrEnum):
    """The part that a phrase plays in its notice."""

    TITLE = "title"
    STATEMENT = "statement"
    QUESTION = "question"


class PlaceholderKind(StrEnum):
    """What fills a placeholder, and so how it is formatted."""

    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    PHONE = "phone"
    COUNTRY = "country"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Instrument:
    """A legal instrument; ``source`` says where its authentic text is published."""

    id: str
    name: str
    year: int
    source: str


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """An article of an instrument, such as 36(1)(b) of VCCR."""

    instrument: str
    article: str


@dataclass(frozen=True, slots=True)
class Review:
    """One qualified reader's approval. ``reviewer`` is an opaque id, never a name."""

    reviewer: str
    date: date


@dataclass(frozen=True, slots=True)
class Phrase:
    """One curated unit of a book, in English. ``line`` is where it stands in ``book.yaml``."""

    book: str
    id: str
    kind: PhraseKind
    text: str
    pictogram: str | None = None
    legal_basis: tuple[LegalBasis, ...] = ()
    context: str = ""
    sample_questions: tuple[str, ...] = ()
    placeholders: Mapping[str, PlaceholderKind] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    line: int = field(default=0, compare=False)
    edited: "Translation | None" = None
    """The English of a phrase that was changed here, with a status of its own; else the book's counts."""

    @property
    def key(self) -> str:
        """The name of the phrase among all books: ``book.id``."""
        return f"{self.book}.{self.id}"

    @property
    def source_hash(self) -> str:
        """The hash by which a translation knows whether it was made from this text."""
        return text_hash(self.text)


@dataclass(frozen=True, slots=True)
class Translation:
    """A phrase in another language, as its file tells it.

    ``source`` is the English that it was made from; ``status`` is the one claimed (``status_for`` tells
    the one earned). ``unsure`` is set by PO tools when they carried the text over from another source
    (``fuzzy``); ``same_as_source`` says that being identical to the English is meant.
    """

    text: str
    source: str
    date: date
    status: Status = Status.DRAFT
    origin: Origin = Origin.MACHINE
    reviewers: tuple[Review, ...] = ()
    comments: tuple[str, ...] = ()
    unsure: bool = False
    same_as_source: bool = False
    line: int = field(default=0, compare=False)

    def is_made_from(self, phrase: Phrase) -> bool:
        """Whether the phrase still says what it said when this translation was made."""
        return not self.unsure and text_hash(self.source) == phrase.source_hash

    def status_for(self, phrase: Phrase) -> Status:
        """Return the status to show: outdated if the phrase changed, and never more than readers have earned it."""
        if not self.is_made_from(phrase):
            return Status.OUTDATED
        return earned_status(self.status, self.reviewers)


@dataclass(frozen=True, slots=True)
class Book:
    """A set of phrases in order. ``order`` places it among the others; ``source_*`` tell of the English text."""

    id: str
    kind: BookKind
    phrases: tuple[Phrase, ...]
    source_date: date
    pictogram: str | None = None
    order: int = 100
    source_status: Status = Status.DRAFT
    source_origin: Origin = Origin.MACHINE
    source_reviewers: tuple[Review, ...] = ()

    @property
    def path(self) -> str:
        """The book's file, relative to the folder of phrasebooks."""
        return f"{self.id}/book.yaml"

    @property
    def title(self) -> Phrase | None:
        """The phrase that names the book on a button; the interface has none."""
        return next((phrase for phrase in self.phrases if phrase.kind is PhraseKind.TITLE), None)

    def path_of(self, tag: str) -> str:
        """The file of the book's translation into ``tag``, relative to the folder of phrasebooks."""
        return f"{self.id}/{tag}.po"


@dataclass(frozen=True, slots=True)
class Library:
    """All books, their translations by (book id, tag) and phrase id, and the instruments they name."""

    books: tuple[Book, ...] = ()
    instruments: Mapping[str, Instrument] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    translations: Mapping[tuple[str, str], Mapping[str, Translation]] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )

    def book(self, book_id: str) -> Book | None:
        """Return the book of that id, or ``None``."""
        return next((book for book in self.books if book.id == book_id), None)

    @property
    def phrase_keys(self) -> frozenset[str]:
        """The keys of all phrases."""
        return frozenset(phrase.key for book in self.books for phrase in book.phrases)

    def tags_of(self, book_id: str) -> tuple[str, ...]:
        """Return the languages in which a book has a file, English first."""
        return (SOURCE_TAG, *sorted(tag for book, tag in self.translations if book == book_id))


@dataclass(frozen=True, slots=True)
class PhraseText:
    """A phrase in one language, as a reader meets it. ``source_text`` is the English of today."""

    key: str
    id: str
    kind: PhraseKind
    text: str
    tag: str
    direction: Literal["ltr", "rtl"]
    script: str
    status: Status
    origin: Origin
    date: date
    pictogram: str | None
    legal_basis: tuple[LegalBasis, ...]
    source_text: str


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A notice in one language, as a reader meets it.

    ``status`` is that of its weakest phrase, ``origin`` is a machine's if any phrase is, ``date`` is the
    newest. ``version`` changes whenever anything that a reader sees does. ``missing`` lists the ids of
    phrases that this language lacks.
    """

    id: str
    tag: str
    title: PhraseText
    phrases: tuple[PhraseText, ...]
    status: Status
    origin: Origin
    date: date
    version: str
    pictogram: str | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """How much of a book exists in a language: phrases by status, all phrases, and those missing."""

    book: str
    tag: str
    counts: Mapping[Status, int]
    total: int
    missing: int


class Severity(StrEnum):
    """An error keeps a phrasebook from being released; a warning wants a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong at a place in a file. ``file`` is relative to the folder of phrasebooks; lines count from 1."""

    file: str
    line: int
    column: int
    severity: Severity
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.severity}: {self.message} [{self.code}]"


def text_hash(text: str) -> str:
    """Return the short hash of a text; how its spaces and accents are encoded makes no difference."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_LENGTH]


def digest(parts: Iterable[object]) -> str:
    """Return the short hash of several values, in order and without ambiguity about where each ends."""
    whole = hashlib.sha256()
    for part in parts:
        data = str(part).encode("utf-8", "surrogatepass")
        whole.update(len(data).to_bytes(4, "big") + data)
    return whole.hexdigest()[:HASH_LENGTH]


def earned_status(claimed: Status, reviewers: Iterable[Review]) -> Status:
    """Return the claimed status, lowered to what its readers allow.

    It takes one reader for ``reviewed`` and two different ones for ``verified``.
    """
    readers = len({review.reviewer for review in reviewers})
    earned = (Status.DRAFT, Status.REVIEWED, Status.VERIFIED)[min(readers, 2)]
    return min(claimed, earned, key=lambda status: status.rank)
