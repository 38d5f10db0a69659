"""Finds the phrases that may answer a free message."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from linkbridge.phrasebook.matching.lexical import Document, LexicalIndex, Places, Vector, by_key
from linkbridge.phrasebook.matching.meaning import Meaning
from linkbridge.phrasebook.matching.samples import SampleQuestions
from linkbridge.phrasebook.schema import SOURCE_TAG, BookKind, Library, PhraseText

CANDIDATES = 3
LEAST_NEAR = 0.12
"""Below this nearness to any single text, a message has nothing in common with what can be answered."""
LONGEST = 500
"""Characters of a message that are compared: what comes later in a long one says no more."""
SOUND_ALIKE = frozenset({"ar", "bn", "fa", "gu", "hi", "ne", "pa", "prs", "ps", "ta", "ur", "am", "ti"})
"""Languages that people also write in Latin letters."""
_PHRASE_WEIGHT = 0.8


class Texts(Protocol):
    """The texts of a moment: the catalogue, which stands beside this package."""

    @property
    def version(self) -> str:
        """What changes whenever any text does."""
        ...

    @property
    def library(self) -> Library:
        """The books with their phrases."""
        ...

    def phrase(self, key: str, tag: str) -> PhraseText | None:
        """Return a phrase in a language, or ``None`` when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A phrase that may answer, the better the higher its score; scores of different messages can't be compared."""

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class _Index:
    lexical: LexicalIndex
    texts: tuple[str, ...]
    places: Places


class PhraseFinder:
    """Looks for phrases of notices in the language of the message, by words and, where possible, by meaning.

    What a language needs is worked out when it is first asked in; ``in_background`` runs what takes seconds. Until that
    has ended, a message is compared by its words alone.
    """

    def __init__(
        self,
        current: Callable[[], Texts],
        questions: Callable[[], SampleQuestions],
        meaning: Meaning,
        *,
        in_background: Callable[[Callable[[], None]], None],
    ) -> None:
        self._current = current
        self._questions = questions
        self._meaning = meaning
        self._in_background = in_background
        self._indexed = lru_cache(maxsize=16)(self._index)
        self._directions: dict[tuple[str, str], Vector] = {}
        self._asked: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def find(self, text: str, tag: str, *, limit: int = CANDIDATES) -> tuple[Candidate, ...]:
        """Return the phrases that may answer ``text``, the best first; none if nothing is near to it."""
        text = text[:LONGEST]
        catalogue = self._current()
        index = self._indexed(catalogue.version, tag)
        near = index.lexical.nearness(text)
        if near.nearest < LEAST_NEAR:
            return ()
        total = _standard(near.of_keys)
        if self._meaning.is_available:
            total = total + self._by_meaning(text, catalogue.version, tag, index)
        best = np.argsort(-total, kind="stable")[:limit]
        return tuple(Candidate(index.lexical.keys[place], float(total[place])) for place in best)

    def _by_meaning(self, text: str, version: str, tag: str, index: _Index) -> Vector:
        found = np.zeros(len(index.lexical.keys), dtype=np.float32)
        direction: Vector | None = None
        for each in dict.fromkeys((tag, SOURCE_TAG)):
            directions = self._known_directions(version, each)
            if directions is None:
                continue
            if direction is None:
                direction = self._meaning.of(text)
            other = index if each == tag else self._indexed(version, each)
            near = by_key(directions @ direction, other.places, len(other.lexical.keys)).of_keys
            found = found + _standard(_in_order(near, other.lexical.keys, index.lexical.keys))
        return found

    def _known_directions(self, version: str, tag: str) -> Vector | None:
        """Return the directions of a language's texts, or ``None`` while they are being worked out."""
        place = (version, tag)
        known = self._directions.get(place)
        if known is None:
            with self._lock:
                is_new = place not in self._asked
                self._asked.add(place)
            if is_new:
                self._in_background(lambda: self._work_out(version, tag))
        return self._directions.get(place)

    def _work_out(self, version: str, tag: str) -> None:
        directions = self._meaning.of_many(self._indexed(version, tag).texts)
        stale = [place for place in self._directions if place[0] != version]
        self._directions[(version, tag)] = directions
        for place in stale:
            self._directions.pop(place, None)

    def _index(self, _version: str, tag: str) -> _Index:
        documents = tuple(_documents(self._current(), self._questions().of(tag), tag))
        lexical = LexicalIndex(documents, by_sound=tag in SOUND_ALIKE)
        number = {key: place for place, key in enumerate(lexical.keys)}
        places = np.array([number[document.key] for document in documents], dtype=np.int32)
        return _Index(lexical, tuple(document.text for document in documents), places)


def _documents(catalogue: Texts, questions: Mapping[str, Sequence[str]], tag: str) -> Sequence[Document]:
    """Return the texts that stand for the phrases of notices in a language: themselves, and what people ask."""
    found: list[Document] = []
    for book in catalogue.library.books:
        if book.kind is not BookKind.NOTICE:
            continue
        for phrase in book.phrases:
            text = catalogue.phrase(phrase.key, tag)
            if text is None:
                continue
            found.append(Document(phrase.key, text.text, _PHRASE_WEIGHT))
            asked = questions.get(phrase.key, ())
            if tag == SOURCE_TAG:
                asked = (*asked, *phrase.sample_questions)
            found.extend(Document(phrase.key, question) for question in dict.fromkeys(asked))
    return found


def _in_order(values: Vector, keys: Sequence[str], wanted: Sequence[str]) -> Vector:
    by_name = dict(zip(keys, values, strict=True))
    lowest = float(values.min(initial=0.0))
    return np.array([by_name.get(key, lowest) for key in wanted], dtype=np.float32)


def _standard(values: Vector) -> Vector:
    """Return the values with mean 0 and deviation 1, so that words and meanings count alike."""
    deviation = float(values.std()) if len(values) else 0.0
    return (values - values.mean()) / np.float32(deviation or 1.0) if len(values) else values
