"""The catalogue: every text of the phrasebooks, worked out once, immutable, in memory.

Each process builds one at its start. Reading from it is a dictionary look-up.
"""

from collections import Counter
from collections.abc import Iterable
from types import MappingProxyType

from linkbridge.kernel.errors import NotFound
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.kernel.text_checks import bidi_controls, forbidden_characters, placeholders
from linkbridge.phrasebook.interface import InterfaceTexts
from linkbridge.phrasebook.schema import (
    SOURCE_TAG,
    Book,
    BookKind,
    CoverageRow,
    Instrument,
    LegalBasis,
    Library,
    NoticeText,
    Origin,
    Phrase,
    PhraseKind,
    PhraseText,
    Status,
    Translation,
    digest,
)


class Catalogue:
    """All texts of a library by language. Nothing in it ever changes; a new library makes a new catalogue."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._phrases: dict[tuple[str, str], PhraseText] = {}
        self._notices: dict[tuple[str, str], NoticeText] = {}
        for book in library.books:
            for tag in self._tags(book):
                self._add_phrases(book, tag)
        notices = [book for book in library.books if book.kind is BookKind.NOTICE]
        for book in notices:
            for tag in self._tags(book):
                self._add_notice(book, tag)
        self._titles = {book.id: book.title.key for book in library.books if book.title is not None}
        self._notice_ids = tuple(book.id for book in notices)
        self._languages_of = {
            book.id: _by_speakers(tag for tag in self._tags(book) if (book.id, tag) in self._notices)
            for book in notices
        }
        self._interface_ids = tuple(
            phrase.key for book in library.books if book.kind is BookKind.INTERFACE for phrase in book.phrases
        )
        self._languages = _by_speakers(tag for tag in LANGUAGES if self._has_whole_interface(tag))
        self._interfaces = {tag: self._build_interface(tag) for tag in LANGUAGES}
        self._version = digest(
            [notice.version for _, notice in sorted(self._notices.items())]
            + [part for key, text in sorted(self._phrases.items()) for part in (*key, *_seen(text))]
        )

    @property
    def library(self) -> Library:
        """What the catalogue was made of."""
        return self._library

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits that change whenever any text, status or date does."""
        return self._version

    @property
    def notice_ids(self) -> tuple[str, ...]:
        """The notices in the order in which they are offered."""
        return self._notice_ids

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that have every phrase of the interface, most speakers first."""
        return self._languages

    def languages_of(self, notice_id: str) -> tuple[str, ...]:
        """Return the languages in which a notice can be shown, most speakers first.

        Raises:
            NotFound: there is no such notice.
        """
        if notice_id not in self._languages_of:
            raise NotFound("there is no such notice", notice=notice_id)
        return self._languages_of[notice_id]

    def notice(self, notice_id: str, tag: str) -> NoticeText:
        """Return a notice in a language. Phrases that the language lacks are left out and listed in ``missing``.

        Raises:
            NotFound: there is no such notice, or not in this language.
        """
        notice = self._notices.get((notice_id, tag))
        if notice is None:
            raise NotFound("there is no such notice in this language", notice=notice_id, language=tag)
        return notice

    def phrase(self, key: str, tag: str) -> PhraseText | None:
        """Return the phrase ``book.id`` in a language, or ``None`` when there is none."""
        return self._phrases.get((key, tag))

    def title(self, book_id: str, tag: str) -> PhraseText | None:
        """Return the title of a book in a language, or ``None`` when it has none there."""
        key = self._titles.get(book_id)
        return self._phrases.get((key, tag)) if key else None

    def phrases(self, tag: str, book: str | None = None) -> tuple[PhraseText, ...]:
        """Return all phrases in a language, or those of one book, in the order of the books."""
        books = [found for found in self._library.books if book is None or found.id == book]
        keys = [(phrase.key, tag) for found in books for phrase in found.phrases]
        return tuple(self._phrases[key] for key in keys if key in self._phrases)

    def interface(self, tag: str) -> InterfaceTexts:
        """Return the words of a person's own screens; what the language lacks comes in English and says so.

        Raises:
            NotFound: the language is unknown.
        """
        if tag not in self._interfaces:
            raise NotFound("this language is unknown", language=tag)
        return self._interfaces[tag]

    def instrument(self, instrument_id: str) -> Instrument:
        """Return a legal instrument.

        Raises:
            NotFound: the phrasebooks name no such instrument.
        """
        instrument = self._library.instruments.get(instrument_id)
        if instrument is None:
            raise NotFound("there is no such legal instrument", instrument=instrument_id)
        return instrument

    def legal_label(self, basis: LegalBasis) -> str:
        """Return the short form of an article, such as ``VCCR 36(1)(b)``."""
        return f"{basis.instrument} {basis.article}"

    def coverage(self) -> tuple[CoverageRow, ...]:
        """Return how much of each book exists in each language, with a row for every language of any book."""
        tags = _by_speakers({tag for _, tag in self._phrases})
        return tuple(self._coverage_row(book, tag) for book in self._library.books for tag in tags)

    def _coverage_row(self, book: Book, tag: str) -> CoverageRow:
        found = self.phrases(tag, book.id)
        counted = Counter(phrase.status for phrase in found)
        counts = MappingProxyType({status: counted[status] for status in Status})
        return CoverageRow(book.id, tag, counts, len(book.phrases), len(book.phrases) - len(found))

    def _tags(self, book: Book) -> tuple[str, ...]:
        return tuple(tag for tag in self._library.tags_of(book.id) if tag in LANGUAGES)

    def _add_phrases(self, book: Book, tag: str) -> None:
        translations = self._library.translations.get((book.id, tag), {})
        for phrase in book.phrases:
            if tag == SOURCE_TAG:
                translation: Translation | None = source_as_translation(book, phrase)
            else:
                translation = translations.get(phrase.id)
            if translation is not None and is_usable(translation, phrase):
                self._phrases[phrase.key, tag] = _translated(phrase, tag, translation)

    def _add_notice(self, book: Book, tag: str) -> None:
        title_id = next((phrase.id for phrase in book.phrases if phrase.kind is PhraseKind.TITLE), None)
        found = {phrase.id: phrase for phrase in self.phrases(tag, book.id)}
        title = found.pop(title_id, None) if title_id else None
        if title is None or not found:
            return
        missing = tuple(phrase.id for phrase in book.phrases if phrase.id not in found and phrase.id != title_id)
        self._notices[book.id, tag] = _notice_text(book, tag, title, tuple(found.values()), missing)

    def _has_whole_interface(self, tag: str) -> bool:
        return bool(self._interface_ids) and all((key, tag) in self._phrases for key in self._interface_ids)

    def _build_interface(self, tag: str) -> InterfaceTexts:
        found = [self._phrases.get((key, tag)) or self._phrases.get((key, SOURCE_TAG)) for key in self._interface_ids]
        return InterfaceTexts(tag, MappingProxyType({phrase.id: phrase for phrase in found if phrase is not None}))


def is_usable(translation: Translation, phrase: Phrase) -> bool:
    """Whether a translation can be shown at all: its placeholders are the phrase's and nothing hides in it.

    One made from an older source is judged by the placeholders of today, which are the ones that get filled.
    """
    text = translation.text
    same = sorted(placeholders(text)) == sorted(placeholders(phrase.text))
    return bool(text.strip()) and same and not bidi_controls(text) and not forbidden_characters(text)


def source_as_translation(book: Book, phrase: Phrase) -> Translation:
    """Return the English of a phrase as if it were a translation, with the status of its book or its own."""
    return phrase.edited or Translation(
        text=phrase.text,
        source=phrase.text,
        date=book.source_date,
        status=book.source_status,
        origin=book.source_origin,
        reviewers=book.source_reviewers,
    )


def _translated(phrase: Phrase, tag: str, translation: Translation) -> PhraseText:
    language = LANGUAGES[tag]
    return PhraseText(
        key=phrase.key,
        id=phrase.id,
        kind=phrase.kind,
        text=translation.text,
        tag=tag,
        direction=language.direction,
        script=language.script,
        status=translation.status_for(phrase),
        origin=translation.origin,
        date=translation.date,
        pictogram=phrase.pictogram,
        legal_basis=phrase.legal_basis,
        source_text=phrase.text,
    )


def _notice_text(
    book: Book, tag: str, title: PhraseText, phrases: tuple[PhraseText, ...], missing: tuple[str, ...]
) -> NoticeText:
    every = (title, *phrases)
    parts = [part for phrase in every for part in _seen(phrase)]
    return NoticeText(
        id=book.id,
        tag=tag,
        title=title,
        phrases=phrases,
        status=min((phrase.status for phrase in every), key=lambda status: status.rank),
        origin=Origin.MACHINE if any(phrase.origin is Origin.MACHINE for phrase in every) else Origin.HUMAN,
        date=max(phrase.date for phrase in every),
        version=digest([book.id, tag, book.pictogram, *parts, "missing", *missing]),
        pictogram=book.pictogram,
        missing=missing,
    )


def _seen(phrase: PhraseText) -> tuple[object, ...]:
    """Return everything about a phrase that a reader sees."""
    basis = "; ".join(f"{named.instrument} {named.article}" for named in phrase.legal_basis)
    return phrase.id, phrase.kind, phrase.text, phrase.status, phrase.origin, phrase.date, phrase.pictogram, basis


def _by_speakers(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(tags, key=lambda tag: (-LANGUAGES[tag].speakers, tag)))
