"""A negation that is lost or added reverses what was said.

Each side is counted twice: the negations that are certain, and with them all words that could stand for one. A
negation is lost where one side has a certain one and the other nothing that could be it; it is added the other way
round. In English, French, Portuguese and Spanish, negations are also counted within a text that has several.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from linkbridge.phrasebook.negations import NEGATIONS
from linkbridge.phrasebook.wording import fold, needle
from linkbridge.translation.guard import negation_words as words
from linkbridge.translation.guard.reading import Reading
from linkbridge.translation.guard.signals import Signal
from linkbridge.translation.results import Reason

_LOST, _ADDED, _LOST_ONE, _ADDED_ONE = 0.92, 0.85, 0.6, 0.55
_LOST_UNSURE, _LOST_OPPOSITE = 0.7, 0.65
_CLAUSE = re.compile(r"[.,;:!?¿¡()\n]|\s[-–—]\s")


@dataclass(frozen=True, slots=True)
class _Count:
    """How often a text may negate.

    ``sure`` are certain negations, ``None`` where the language has no certain ones; ``lexical`` are they and the words
    that hold one, such as "unable"; ``around`` are all these and the words around which another language may negate.
    """

    sure: int | None
    lexical: int
    around: int


def negation(source: Reading, output: Reading) -> Iterator[Signal]:
    """Yield a signal where a negation was lost or added, sentence by sentence where both sides have as many."""
    pairs = [(source, output)]
    if len(source.sentences) == len(output.sentences) > 1:
        pairs = list(zip(source.parts, output.parts, strict=True))
    score = max(_score(here, there) for here, there in pairs)
    if score:
        yield Signal(Reason.NEGATION, score)


def _score(source: Reading, output: Reading) -> float:
    here, there = _counted(source.small, source.tag), _counted(output.small, output.tag)
    if here is None or there is None:
        return 0.0
    sure_here, sure_there = here.sure or 0, there.sure or 0
    opposite = words.OPPOSITES.get(source.tag)
    one_by_one = source.tag in _COUNTED and output.tag in _COUNTED
    joined = words.COORDINATION.search(source.small) is not None
    rules = (
        (sure_here > 0 and not there.lexical, _LOST if there.sure is not None else _LOST_UNSURE),
        (sure_there > 0 and not here.around, _ADDED),
        (not there.around and opposite is not None and opposite.search(source.small) is not None, _LOST_OPPOSITE),
        (one_by_one and sure_here > there.lexical, _LOST_ONE),
        (one_by_one and sure_there > here.around and not joined, _ADDED_ONE),
    )
    return max((score for holds, score in rules if holds), default=0.0)


def _counted(small: str, tag: str) -> _Count | None:
    """Return the negations of a text, or ``None`` where this language's are not known."""
    if tag in _COUNTED:
        sure, lexical, around = _COUNTED[tag](small)
        return _Count(sure, sure + lexical, sure + lexical + around)
    if tag in words.SURE:
        certain = len(words.SURE[tag].findall(small))
        possible = certain + len(words.NEAR[tag].findall(small))
        return _Count(certain, possible, possible)
    if tag in NEGATIONS:
        folded = fold(small, tag)
        possible = sum(folded.count(each) for each in _needles(tag))
        return _Count(None, possible, possible)
    return None


@lru_cache(maxsize=64)
def _needles(tag: str) -> tuple[str, ...]:
    return tuple(needle(pattern, tag) for pattern in NEGATIONS[tag])


def _english(small: str) -> tuple[int, int, int]:
    unsure = len(words.ENGLISH_NOT_REALLY.findall(small))
    sure = max(0, len(words.ENGLISH_NOT.findall(small)) - unsure)
    return sure, unsure + len(words.ENGLISH_LEXICAL.findall(small)), len(words.ENGLISH_AROUND.findall(small))


def _spanish(small: str) -> tuple[int, int, int]:
    return _romance(small, words.SPANISH_NOT, words.SPANISH_WORDS, words.SPANISH_NOT_REALLY)


def _portuguese(small: str) -> tuple[int, int, int]:
    return _romance(small, words.PORTUGUESE_NOT, words.PORTUGUESE_WORDS, words.PORTUGUESE_NOT_REALLY)


def _romance(
    small: str, plain: re.Pattern[str], others: re.Pattern[str], not_really: re.Pattern[str]
) -> tuple[int, int, int]:
    """Count by clause: "no vive nadie" negates once."""
    without, unsure = not_really.subn(" ", small)
    sure, lexical, around = 0, unsure, 0
    for clause in _CLAUSE.split(without):
        certain, further = _in_turn(clause, plain, others)
        sure += certain
        around += further + len(words.ROMANCE_AROUND.findall(clause))
        lexical += len(words.ROMANCE_LEXICAL.findall(clause))
    continued = len(words.ROMANCE_NOR.findall(without))
    return max(sure, min(continued, 1)), lexical, around + continued


def _in_turn(clause: str, plain: re.Pattern[str], others: re.Pattern[str]) -> tuple[int, int]:
    """Count "no", and words such as "nadie" unless a "no" before them needs them; return also how many need it."""
    negated = [match.start() for match in plain.finditer(clause)]
    named = [match.start() for match in others.finditer(clause)]
    first = min(negated, default=len(clause))
    own = 1 if any(at < first for at in named) else 0
    return len(negated) + own, len(named) - own


def _french(small: str) -> tuple[int, int, int]:
    without, unsure = words.FRENCH_NOT_REALLY.subn(" ", small)
    sure = 0
    lexical, around = unsure, 0
    for clause in _CLAUSE.split(words.FRENCH_EXPLETIVE.sub(" ", without)):
        particles, negators = len(words.FRENCH_NE.findall(clause)), len(words.FRENCH_WITH_NE.findall(clause))
        alone = len(words.FRENCH_ALONE.findall(clause))
        certain = min(particles, negators) + len(words.FRENCH_WITHOUT.findall(clause)) if particles else alone
        sure += certain
        lexical += len(words.ROMANCE_LEXICAL.findall(clause))
        around += max(0, particles + alone - certain) + len(words.ROMANCE_AROUND.findall(clause))
    return sure, lexical, around


_COUNTED = {"en": _english, "es": _spanish, "pt": _portuguese, "fr": _french}
