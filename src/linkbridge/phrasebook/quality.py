"""Looks for what is probably wrong in a text: too short or too long, a negation lost, digits mixed, a text twice.

All of it warns only: a translation may have its reasons. Where a reader has looked and the text is right, the comment
``# accepted: negation`` before it in its PO file says so, and that warning is not given again.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from statistics import median

from linkbridge.kernel.text_checks import without_placeholders
from linkbridge.phrasebook.negations import NEGATIONS
from linkbridge.phrasebook.schema import SOURCE_TAG, Book, Library, Phrase, Problem, Severity, Translation
from linkbridge.phrasebook.wording import fold, needle

Finding = tuple[Severity, str, str]

SHORT_TEXT, MIN_LENGTH = 60, 20
"""English shorter than the second is not measured, between the two loosely: one word is much of it."""

LOOSE, STRICT = (0.4, 2.0), (0.6, 1.7)
"""A text is as long as the others lead to expect, times something between these; measured on the delivered texts."""

MIN_LANGUAGES = 5
"""So many other languages must have a phrase before its length in one can be judged."""

_NUMBERED = re.compile(r"\bno\.\s*(?=\d)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_ACCEPTED = re.compile(r"accepted\s*:\s*(.*)", re.IGNORECASE)


def warning(code: str, message: str) -> Finding:
    """Return a finding that wants a look."""
    return Severity.WARNING, code, message


class Comparison:
    """What the texts of a library lead to expect of each one: made once for a library, asked for many texts."""

    def __init__(self, library: Library) -> None:
        self._lengths = _Lengths(library)
        self._digits = _usual_digits(library)
        self._first: dict[tuple[str, str], Phrase] = {}
        for _, phrase, tag, translation in translations(library):
            self._first.setdefault((tag, translation.text), phrase)

    def check(self, phrase: Phrase, text: str, tag: str) -> Iterator[Finding]:
        """Yield what is doubtful in one text of a phrase, which may be in the library already or not."""
        yield from check_text(phrase, text, tag)
        yield from self._lengths.check(phrase, text, tag)
        yield from _check_digits(phrase, text, self._digits.get(tag))
        first = self._first.get((tag, text), phrase)
        if first.text != phrase.text:
            # One of the two is probably in the wrong place.
            yield warning("duplicate_text", f"'{phrase.id}' is the same text as '{first.key}', whose English differs")


def check_quality(library: Library) -> Iterator[Problem]:
    """Yield what is doubtful in the translations of a library, compared with each other and with the English."""
    comparison = Comparison(library)
    for book, phrase, tag, translation in translations(library):
        yield from problems_at(book, tag, translation, comparison.check(phrase, translation.text, tag))


def check_text(phrase: Phrase, text: str, tag: str) -> Iterator[Finding]:
    """Yield what is doubtful in one translation, seen alone: a lost negation, digits of several systems."""
    if negates(_NUMBERED.sub("", phrase.text), SOURCE_TAG) and tag in NEGATIONS and not negates(text, tag):
        yield warning(
            "negation", f"'{phrase.id}': the English says no or not, and the translation seems to say neither"
        )
    if len(systems := digit_systems(text)) > 1:
        yield warning("mixed_digits", f"'{phrase.id}' mixes the digits of {' and '.join(sorted(systems))}")


def translations(library: Library) -> Iterator[tuple[Book, Phrase, str, Translation]]:
    """Yield all translations of phrases, by book, language and phrase."""
    for book in library.books:
        for tag in library.tags_of(book.id)[1:]:
            found = library.translations[book.id, tag]
            for phrase in book.phrases:
                if phrase.id in found:
                    yield book, phrase, tag, found[phrase.id]


def problems_at(book: Book, tag: str, translation: Translation, findings: Iterable[Finding]) -> Iterator[Problem]:
    """Yield the problems of a translation, except warnings that its comments accept."""
    accepted: set[str] | None = None
    for severity, code, message in findings:
        if accepted is None:
            accepted = accepted_codes(translation.comments)
        if severity is Severity.ERROR or code not in accepted:
            yield Problem(book.path_of(tag), max(translation.line, 1), 1, severity, code, message)


def accepted_codes(comments: Iterable[str]) -> set[str]:
    """Return the codes of warnings that a text's comments accept."""
    matches = [match for comment in comments if (match := _ACCEPTED.fullmatch(comment.strip()))]
    return {code for match in matches for code in re.findall(r"\w+", match[1])}


def negates(text: str, tag: str) -> bool:
    """Whether a text holds a word or form of its language that negates."""
    folded = fold(text, tag)
    return any(each in folded for each in _negations(tag))


def digit_systems(text: str) -> set[str]:
    """Return the names of the systems whose digits stand in a text, such as DIGIT and DEVANAGARI DIGIT."""
    return {_system_of(digit) for digit in _DIGIT.findall(without_placeholders(text))}


@cache
def _system_of(digit: str) -> str:
    return unicodedata.name(digit).rpartition(" ")[0]


@cache
def _negations(tag: str) -> tuple[str, ...]:
    return tuple(needle(pattern, tag) for pattern in NEGATIONS.get(tag, ()))


class _Lengths:
    """How long a text is to be expected, from its English, its language's habit and the phrase in all languages."""

    def __init__(self, library: Library) -> None:
        ratios: dict[tuple[str, str], float] = {}
        for _, phrase, tag, translation in translations(library):
            if len(phrase.text) >= MIN_LENGTH and translation.text:
                ratios[phrase.key, tag] = math.log(len(translation.text) / len(phrase.text))
        self._of_language = _medians((tag, ratio) for (_, tag), ratio in ratios.items())
        beyond = [(key, ratio - self._of_language[tag]) for (key, tag), ratio in ratios.items()]
        self._of_phrase = _medians(beyond, at_least=MIN_LANGUAGES)

    def check(self, phrase: Phrase, text: str, tag: str) -> Iterator[Finding]:
        if phrase.key not in self._of_phrase or tag not in self._of_language or not text:
            return
        expected = len(phrase.text) * math.exp(self._of_language[tag] + self._of_phrase[phrase.key])
        share = len(text) / expected
        shortest, longest = LOOSE if len(phrase.text) < SHORT_TEXT else STRICT
        if not shortest <= share <= longest:
            than = "shorter" if share < 1 else "longer"
            message = (
                f"'{phrase.id}' is much {than} than in other languages: {len(text)} characters, not {expected:.0f}"
            )
            yield warning("length", message)


def _medians(pairs: Iterable[tuple[str, float]], *, at_least: int = 1) -> Mapping[str, float]:
    gathered: dict[str, list[float]] = {}
    for key, value in pairs:
        gathered.setdefault(key, []).append(value)
    return {key: median(values) for key, values in gathered.items() if len(values) >= at_least}


def _usual_digits(library: Library) -> Mapping[str, str]:
    """Return the system of digits that most texts of a language use."""
    counts: dict[str, dict[str, int]] = {}
    for _, _, tag, translation in translations(library):
        for system in digit_systems(translation.text):
            of_tag = counts.setdefault(tag, {})
            of_tag[system] = of_tag.get(system, 0) + 1
    return {tag: max(sorted(of_tag), key=lambda system: of_tag[system]) for tag, of_tag in counts.items()}


def _check_digits(phrase: Phrase, text: str, usual: str | None) -> Iterator[Finding]:
    systems = digit_systems(text)
    if len(systems) == 1 and usual not in systems:
        yield warning("mixed_digits", f"'{phrase.id}' has other digits than the other texts of this language")
