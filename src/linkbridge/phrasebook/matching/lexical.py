"""Compares a message with short texts by the pieces of their words: quick, and forgiving of spelling. Pure."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from linkbridge.phrasebook.matching.normalising import sound, words

Vector = npt.NDArray[np.float32]
Places = npt.NDArray[np.int32]

_SIZES = (2, 3, 4)
_SOUND_SIZES = (3,)
_WHOLE = 2
"""A whole word counts as much as so many of its parts."""
SECOND = 0.5
"""How much a phrase's second nearest text adds to its nearest."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text that stands for a phrase; ``weight`` is how much it counts beside the phrase's other texts."""

    key: str
    text: str
    weight: float = 1.0


def _pieces(text: str, *, by_sound: bool) -> Counter[str]:
    """Return the pieces of a text with how often each counts: words, pairs of words, parts of words, and sounds."""
    found: Counter[str] = Counter()
    in_order = words(text)
    for word in in_order:
        found[f"={word}"] += _WHOLE
        found.update(_parts(f"^{word}$", _SIZES))
        if by_sound and len(heard := sound(word)) > 1:
            found[f"~{heard}"] += _WHOLE
            found.update(f"~{part}" for part in _parts(f"^{heard}$", _SOUND_SIZES))
    for first, second in pairwise(in_order):
        found[f"={first} {second}"] += _WHOLE
    return found


def _parts(word: str, sizes: Iterable[int]) -> Iterator[str]:
    return (word[start : start + size] for size in sizes for start in range(len(word) - size + 1))


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a text is to each key, in the order of an index's keys, and to the nearest single document (0 to 1)."""

    of_keys: Vector
    nearest: float


class LexicalIndex:
    """An index of documents. ``by_sound`` compares words by their sound too, whatever script they are written in."""

    def __init__(self, documents: Iterable[Document], *, by_sound: bool = False) -> None:
        self._by_sound = by_sound
        listed = list(documents)
        self._keys = sorted({document.key for document in listed})
        places = {key: place for place, key in enumerate(self._keys)}
        self._place = np.array([places[document.key] for document in listed], dtype=np.int32)
        counted = [_pieces(document.text, by_sound=by_sound) for document in listed]
        seen = Counter(piece for pieces in counted for piece in pieces)
        total = len(listed)
        self._rarity = {piece: math.log(1 + total / count) for piece, count in seen.items()}
        postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, (document, pieces) in enumerate(zip(listed, counted, strict=True)):
            weights = {piece: (1 + math.log(count)) * self._rarity[piece] for piece, count in pieces.items()}
            length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
            for piece, weight in weights.items():
                postings[piece].append((number, document.weight * weight / length))
        self._postings = {
            piece: (
                np.array([number for number, _ in found], dtype=np.int32),
                np.array([weight for _, weight in found], dtype=np.float32),
            )
            for piece, found in postings.items()
        }

    @property
    def keys(self) -> Sequence[str]:
        """The keys in the order of ``Nearness``."""
        return self._keys

    def nearness(self, text: str) -> Nearness:
        """Return how near the text is to the documents of each key."""
        near = np.zeros(len(self._place), dtype=np.float32)
        unseen = math.log(1 + len(self._place))
        asked = {
            piece: (1 + math.log(count)) * self._rarity.get(piece, unseen)
            for piece, count in _pieces(text, by_sound=self._by_sound).items()
        }
        length = math.sqrt(sum(weight * weight for weight in asked.values()))
        for piece, weight in asked.items():
            found = self._postings.get(piece)
            if found is not None:
                near[found[0]] += found[1] * np.float32(weight / length)
        return by_key(near, self._place, len(self._keys))


def by_key(near: Vector, place: Places, count: int) -> Nearness:
    """Return what documents' nearness says of their keys; ``place`` is the number of each document's key."""
    first = np.zeros(count, dtype=np.float32)
    np.maximum.at(first, place, near)
    second = np.zeros(count, dtype=np.float32)
    is_first = np.zeros(len(near), dtype=bool)
    order = np.argsort(-near, kind="stable")
    _, nearest = np.unique(place[order], return_index=True)
    is_first[order[nearest]] = True
    np.maximum.at(second, place[~is_first], near[~is_first])
    return Nearness(first + np.float32(SECOND) * second, float(first.max(initial=0.0)))
