"""Other ways to have a sentence translated when the guard doubts the first one. Pure: the engine is a function.

Numbers are kept out of the engine's hands, it is asked for further answers, or for the sentence clause by clause.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from linkbridge.kernel.languages import babel_locale
from linkbridge.translation.pieces import cut, join
from linkbridge.translation.ports import LanguagePair
from linkbridge.translation.protection import ProtectedOutput, Translate, find_spans, translate_protected
from linkbridge.translation.results import ProtectedSpan, Reason

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w]|[.,]\d)")
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})+")
_DECIMAL = re.compile(r"(\d+)[.,](\d+)")
NUMBER = "number"


def keep_numbers(sentences: Sequence[str], pair: LanguagePair, translate: Translate) -> list[ProtectedOutput]:
    """Translate with the numbers of each sentence protected, and written as the target language writes them."""
    return translate_protected(sentences, translate, partial(_with_numbers, source=pair.source, target=pair.target))


def other_answers(sentences: Sequence[str], _pair: LanguagePair, translate: Translate) -> list[ProtectedOutput]:
    """Translate as before; the engine is asked for more than one answer."""
    return translate_protected(sentences, translate)


def by_clauses(sentences: Sequence[str], pair: LanguagePair, translate: Translate) -> list[ProtectedOutput]:
    """Translate each sentence in two or more parts, cut where a clause ends. What is too short to cut stays whole."""
    parts = [cut(sentence, max(len(sentence) * 2 // 3, 1), len) for sentence in sentences]
    outputs = iter(translate_protected([piece.text for pieces in parts for piece in pieces], translate))
    made: list[ProtectedOutput] = []
    for sentence, pieces in zip(sentences, parts, strict=True):
        mine = [next(outputs) for _ in pieces]
        whole = (
            join(pieces, [output.text for output in mine], pair.target) if all(output.text for output in mine) else ""
        )
        lost = tuple(kind for output in mine for kind in output.lost)
        made.append(ProtectedOutput(whole, find_spans(sentence), lost, cut=any(output.cut for output in mine)))
    return made


@dataclass(frozen=True, slots=True)
class Repair:
    """A way to try again: for which reasons, with how many further answers of the engine, and how."""

    reasons: frozenset[Reason]
    alternatives: int
    again: Callable[[Sequence[str], LanguagePair, Translate], list[ProtectedOutput]]


_LOST_OR_ADDED = frozenset({Reason.SENTENCES, Reason.LENGTH, Reason.REPETITION, Reason.INVENTED, Reason.EMPTY})
REPAIRS = (
    Repair(frozenset({Reason.NUMBERS}), 0, keep_numbers),
    Repair(_LOST_OR_ADDED | {Reason.NEGATION, Reason.PERSON, Reason.COPIED, Reason.NUMBERS}, 3, other_answers),
    Repair(_LOST_OR_ADDED | {Reason.NUMBERS}, 0, by_clauses),
)
"""In the order in which they are tried. The second is for engines that have further answers."""


def _with_numbers(sentence: str, *, source: str, target: str) -> tuple[ProtectedSpan, ...]:
    spans = list(find_spans(sentence))
    for number in _NUMBER.finditer(sentence):
        if not any(span.start < number.end() and number.start() < span.end for span in spans):
            written = rewrite_number(number[0], source, target)
            spans.append(ProtectedSpan(NUMBER, written, number.start(), number.end()))
    return tuple(sorted(spans, key=lambda span: span.start))


def rewrite_number(number: str, source: str, target: str) -> str:
    """Return a number of Western digits with the separators of another language; what is ambiguous stays as it is."""
    here, there = (babel_locale(tag).number_symbols.get("latn", {}) for tag in (source, target))
    group, decimal = there.get("group", ","), there.get("decimal", ".")
    grouped = _GROUPED.fullmatch(number)
    if grouped is not None and grouped[1] == here.get("group"):
        return number.replace(grouped[1], group)
    parts = _DECIMAL.fullmatch(number)
    if parts is not None and number[len(parts[1])] == here.get("decimal"):
        return f"{parts[1]}{decimal}{parts[2]}"
    return number
