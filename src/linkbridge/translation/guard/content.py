"""What the output speaks of must be what the source speaks of.

Words of both sides that the lexicon knows are compared by their meaning, others by their letters: names, and words that
related languages share. A sentence of the output without anything of the source is invented; a sentence of the source
of which nothing arrives is lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from linkbridge.translation.guard.lexicon import meanings_known, words
from linkbridge.translation.guard.reading import Reading, without_accents
from linkbridge.translation.guard.signals import Signal
from linkbridge.translation.results import Reason

_SHORTEST_SHARED = 4
_LONGER = 4
_FEWEST = 2
_FEWEST_IN_SENTENCE = 3
_LEAST_COVERAGE = 0.5
"""The lexicon judges only texts of which it knows so large a share of the longer words."""
_WHOLE_FROM = 3
_INVENTED = 0.6


@dataclass(frozen=True, slots=True)
class _Content:
    """What a text speaks of: the meanings of each word that is known, and the beginnings of all longer words."""

    known: tuple[tuple[str, frozenset[str]], ...]
    coverage: float
    meanings: frozenset[str]
    beginnings: frozenset[str]


def content(source: Reading, output: Reading) -> Iterator[Signal]:
    """Yield a signal for what was invented, and for what was lost."""
    here, there = _content(source), _content(output)
    if min(here.coverage, there.coverage) < _LEAST_COVERAGE:
        return
    invented = max(_unsupported(output, here), _of_the_whole(there, here))
    if invented:
        yield Signal(Reason.INVENTED, invented)
    lost = max(_unsupported(source, there), _of_the_whole(here, there))
    if lost:
        yield Signal(Reason.SENTENCES, lost)


def _unsupported(reading: Reading, other: _Content) -> float:
    """Score the sentences with known words of which the other side knows nothing."""
    if len(reading.sentences) < 2:
        return 0.0
    worst = 0.0
    for part in reading.parts:
        own = _content(part)
        if len(own.known) >= _FEWEST_IN_SENTENCE and not any(_is_supported(word, other) for word in own.known):
            worst = max(worst, min(1.0, _INVENTED + 0.1 * (len(own.known) - _FEWEST_IN_SENTENCE)))
    return worst


def _of_the_whole(own: _Content, other: _Content) -> float:
    """Score a whole text by the share of its known words that the other side has nothing of."""
    if len(own.known) < _FEWEST or len(other.known) < _FEWEST:
        return 0.0
    supported = sum(_is_supported(word, other) for word in own.known) / len(own.known)
    if supported == 0:
        return min(0.95, 0.3 + 0.13 * min(len(own.known), len(other.known)))
    return max(0.0, 0.62 - supported * 1.6) if len(own.known) >= _WHOLE_FROM else 0.0


def _is_supported(word: tuple[str, frozenset[str]], other: _Content) -> bool:
    stem, meanings = word
    return bool(meanings & other.meanings) or without_accents(stem)[:_SHORTEST_SHARED] in other.beginnings


def _content(reading: Reading) -> _Content:
    table = words(reading.tag)
    known = []
    if reading.tag == "en":
        known = [(stem, frozenset({stem})) for stem in reading.stems if stem in meanings_known()]
    elif table is not None:
        known = [(stem, table.meanings[stem]) for stem in reading.stems if stem in table.meanings]
    unique = tuple(dict.fromkeys(known))
    beginnings = frozenset(
        without_accents(word)[:_SHORTEST_SHARED] for word in reading.words if len(word) >= _SHORTEST_SHARED
    )
    longer = [
        (word, each)
        for word, each in zip(reading.words, reading.stems, strict=True)
        if len(word) >= (_LONGER if reading.text.isascii() else 3)
    ]
    familiar = dict(known)
    common = table.common if table else frozenset()
    coverage = sum(each in familiar or word in common for word, each in longer) / max(1, len(longer))
    return _Content(unique, coverage, frozenset(meaning for _, each in unique for meaning in each), beginnings)
