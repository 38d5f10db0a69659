"""An engine that is lost says the same again and again."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from linkbridge.translation.guard.reading import Reading
from linkbridge.translation.guard.signals import Signal
from linkbridge.translation.results import Reason

_SIGN = re.compile(r"(?:\w|[\u0300-\u036f\u064b-\u0652\u0900-\u0dff\u200c\u200d])+|[^\w\s]")
_PIECE_AGAIN = re.compile(r"(\S{1,12}?)\1{2,}")
_NUMBERS_APART = re.compile(r"\d+")
_LONGEST_RUN_OF_WORDS = 8
_SHORTEST_RUN_OF_SIGNS = 4
_MORE_FOR_SIGNS = 2
_WORDS_FOR_ONE_MORE = 25
_FEWEST_WORDS, _MOST_WORDS = 12, 60
_POOR, _POORER = 0.5, 0.25
"""A text is poor in words where fewer than half of them differ, and a quarter less than in its source."""


def repetition(source: Reading, output: Reading) -> Iterator[Signal]:
    """Yield a signal where the output repeats more than the source does."""
    score = max(_again_at_once(source, output), _again_later(source, output), _within_words(source, output))
    if score:
        yield Signal(Reason.REPETITION, score)


def _again_at_once(source: Reading, output: Reading) -> float:
    """Score words, and runs of words, that follow themselves."""
    excess = _most_at_once(_signs(output.small)) - _most_at_once(_signs(source.small))
    return 0.0 if excess <= 0 else min(1.0, 0.6 + 0.15 * (excess - 1))


def _most_at_once(signs: Sequence[str]) -> int:
    """Return how often at most a run of words follows itself; one word may stand twice ("nous nous", "very very")."""
    most = 0
    for size in range(1, min(_LONGEST_RUN_OF_WORDS, len(signs) // 2) + 1):
        same = 0
        for at in range(len(signs) - size):
            same = same + 1 if signs[at] == signs[at + size] else 0
            times = same // size - (1 if size == 1 else 0)
            if times > most and same % size == 0:
                has_words = any(sign[0].isalpha() for sign in signs[at : at + size + 1])
                most = max(most, times if has_words else times - _MORE_FOR_SIGNS)
    return most


def _again_later(source: Reading, output: Reading) -> float:
    """Score runs of three words, and sentences, that come back more often than in the source."""
    excess = 0
    for size, allowed in ((3, 1), (4, 0), (5, 0)):
        here, there = _most_common(source.words, size), _most_common(output.words, size)
        excess = max(excess, there - max(here, 1) - allowed - len(output.words) // _WORDS_FOR_ONE_MORE)
    again = _sentences_again(output) - _sentences_again(source)
    poor = 0.6 if _is_poor(source.words, output.words) else 0.0
    return max(0.0 if excess <= 0 else min(1.0, 0.3 + 0.15 * excess), 0.8 if again > 0 else 0.0, poor)


def _is_poor(here: Sequence[str], there: Sequence[str]) -> bool:
    """Whether a text says few words again and again."""
    if not _FEWEST_WORDS <= len(there) <= _MOST_WORDS:
        return False
    variety = len(set(there)) / len(there)
    return variety < _POOR and variety < len(set(here)) / max(len(here), 1) - _POORER


def _most_common(words: Sequence[str], size: int) -> int:
    if len(words) < size:
        return 0
    return max(Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1)).values())


def _sentences_again(reading: Reading) -> int:
    sentences = [sentence.casefold().rstrip(".!?。।። ") for sentence in reading.sentences]
    return len(sentences) - len(set(sentences))


def _within_words(source: Reading, output: Reading) -> float:
    """Score a piece of a word, or a sign, that is written several times in a row."""
    longest = _longest_again(output.small) - _longest_again(source.small)
    return 0.0 if longest < _SHORTEST_RUN_OF_SIGNS else min(1.0, 0.5 + 0.05 * (longest - _SHORTEST_RUN_OF_SIGNS))


def _longest_again(small: str) -> int:
    bare = _NUMBERS_APART.sub(" ", small).replace("...", "…")
    return max((len(match.group()) for match in _PIECE_AGAIN.finditer(bare)), default=0)


def _signs(small: str) -> list[str]:
    signs = _SIGN.findall(small)
    return [sign for sign, after in pairwise([*signs, ""]) if sign != "." or after != "."]
