"""Finds texts that need no machine: phrases of the phrasebooks, and pairs of the translation memory."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from threading import Lock

from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.languages import find_language
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.exchange.memory import TranslationMemory
from linkbridge.phrasebook.schema import SOURCE_TAG, BookKind, PhraseText, Status
from linkbridge.translation.results import TextSource

_FULL_STOPS = ".。।።۔．"
"""What may be missing at the end of a sentence without changing it. A question mark changes it."""
_SOURCES = {
    Status.VERIFIED: TextSource.VERIFIED,
    Status.REVIEWED: TextSource.REVIEWED,
    Status.DRAFT: TextSource.DRAFT,
}


@dataclass(frozen=True, slots=True)
class Known:
    """The words for a text, and where they come from. ``key`` names the phrase or the collection of the memory."""

    text: str
    source: TextSource
    key: str


class KnownTexts:
    """Looks in the phrasebooks, then in the memory. What neither has is left to the machine."""

    def __init__(self, catalogue: Catalogue, memory: TranslationMemory, sessions: SessionFactory) -> None:
        self._catalogue = catalogue
        self._memory = memory
        self._sessions = sessions
        self._lock = Lock()
        self._version = ""
        self._keys: dict[str, Mapping[str, tuple[str, ...]]] = {}

    def find(self, texts: Collection[str], source: str, target: str) -> Mapping[str, Known]:
        """Return what is known of texts, by text, the most trusted of each."""
        found = {text: known for text in set(texts) if (known := self._phrase(text, source, target)) is not None}
        unsure = {text: _plain(text) for text in texts if text not in found or found[text].source is TextSource.DRAFT}
        if unsure:
            with self._sessions.reading() as session:
                remembered = self._memory.find(session, set(unsure.values()), _kept_as(source), _kept_as(target))
            for text, plain in unsure.items():
                pair = remembered.get(plain)
                if pair is None:
                    continue
                kind = TextSource.REVIEWED_MEMORY if pair.reviewed else TextSource.MEMORY
                if text not in found or kind.rank < found[text].source.rank:
                    found[text] = Known(pair.text, kind, pair.collection)
        return found

    def _phrase(self, text: str, source: str, target: str) -> Known | None:
        here, there = find_language(source), find_language(target)
        if here is None or there is None:
            return None
        keys = self._index(here.tag).get(matching_form(text), ())
        candidates = [known for key in keys if (known := self._known(key, here.tag, there.tag)) is not None]
        return min(candidates, key=lambda known: known.source.rank, default=None)

    def _known(self, key: str, source: str, target: str) -> Known | None:
        """Return a phrase's words; no more trusted than the words by which it was found.

        Readers compare a translation with the English. That one says what the other says is therefore known between
        English and a language by that language's status, and between two languages by the lesser of theirs.
        """
        texts = [self._catalogue.phrase(key, tag) for tag in (source, target)]
        statuses = [text.status for text in texts if text is not None and text.tag != SOURCE_TAG]
        there = texts[-1]
        if there is None or None in texts or not statuses or not _SOURCES.keys() >= set(statuses):
            return None
        return Known(there.text, _SOURCES[min(statuses, key=lambda status: status.rank)], key)

    def _index(self, tag: str) -> Mapping[str, tuple[str, ...]]:
        with self._lock:
            if self._version != self._catalogue.version:
                self._version = self._catalogue.version
                self._keys = {}
            if tag not in self._keys:
                self._keys[tag] = self._build(tag)
            return self._keys[tag]

    def _build(self, tag: str) -> Mapping[str, tuple[str, ...]]:
        # The words of buttons mean what they mean on their screen: "Back" is no sentence.
        said = {book.id for book in self._catalogue.library.books if book.kind is not BookKind.INTERFACE}
        index: dict[str, list[str]] = {}
        for phrase in self._catalogue.phrases(tag):
            if phrase.key.split(".")[0] in said and not _has_placeholder(phrase):
                index.setdefault(matching_form(phrase.text), []).append(phrase.key)
        return {form: tuple(keys) for form, keys in index.items()}


def _kept_as(tag: str) -> str:
    """Return the tag under which the memory keeps a language: without a region."""
    language = find_language(tag)
    return language.tag if language is not None else tag


def matching_form(text: str) -> str:
    """Return the form in which two texts are the same text: small letters, single spaces, no full stop at the end."""
    return _plain(text).casefold().rstrip(_FULL_STOPS).rstrip()


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _has_placeholder(phrase: PhraseText) -> bool:
    return "{" in phrase.text
