"""Local changes over the delivered files: pure, so that what a change does can be seen without a database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from linkbridge.phrasebook.schema import SOURCE_TAG, Book, Library, Phrase, Translation


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: the book, the phrase and the language."""

    book: str
    phrase: str
    tag: str

    @property
    def key(self) -> str:
        """The place in one word, such as ``detention-rights.lawyer.am``."""
        return f"{self.book}.{self.phrase}.{self.tag}"


def with_changes(library: Library, changes: Mapping[Place, Translation]) -> Library:
    """Return ``library`` as it is after the changes; those of phrases that no book has are left out.

    A changed English text makes every translation of the phrase outdated, because each names the English that it
    was made from.
    """
    if not changes:
        return library
    books = tuple(_changed_book(book, changes) for book in library.books)
    translations = dict(library.translations)
    for place, translation in changes.items():
        book = library.book(place.book)
        if place.tag == SOURCE_TAG or book is None or not _has(book, place.phrase):
            continue
        before = translations.get((place.book, place.tag), {})
        translations[place.book, place.tag] = MappingProxyType({**before, place.phrase: translation})
    return replace(library, books=books, translations=MappingProxyType(translations))


def find_phrase(library: Library, place: Place) -> tuple[Book, Phrase] | None:
    """Return the book and the phrase of a place, or ``None`` when there is no such phrase."""
    book = library.book(place.book)
    if book is None:
        return None
    return next(((book, phrase) for phrase in book.phrases if phrase.id == place.phrase), None)


def _changed_book(book: Book, changes: Mapping[Place, Translation]) -> Book:
    sources = {
        place.phrase: text for place, text in changes.items() if (place.book, place.tag) == (book.id, SOURCE_TAG)
    }
    if not sources:
        return book
    return replace(book, phrases=tuple(_with_source(phrase, sources.get(phrase.id)) for phrase in book.phrases))


def _with_source(phrase: Phrase, source: Translation | None) -> Phrase:
    if source is None:
        return phrase
    edited = replace(source, source=source.text, comments=(), unsure=False, same_as_source=False)
    return replace(phrase, text=source.text, edited=edited)


def _has(book: Book, phrase_id: str) -> bool:
    return phrase_id in _ids(book.phrases)


def _ids(phrases: Iterable[Phrase]) -> frozenset[str]:
    return frozenset(phrase.id for phrase in phrases)
