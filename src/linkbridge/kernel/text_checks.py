"""Facts about a text that a machine can compare: placeholders, numbers, scripts, hidden characters.

Everything here is pure. The phrasebook checks its files with it; anything that compares a text with
its source can.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from fontTools import unicodedata as script_data

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_GROUPED_BY = ".,'’٫٬،\u00a0\u202f"
_ANY_NUMBER = re.compile(rf"\d+(?:[{_GROUPED_BY}]\d+)*")
_ETHIOPIC_NUMBER = re.compile("[፩-፼]+")
_SHARED_SCRIPTS = frozenset({"Zyyy", "Zinh", "Zzzz"})
_LOOK_ALIKE = frozenset({"Latn", "Grek", "Cyrl", "Armn", "Cher"})
_KEPT_CHARACTERS = 4096
_WRITTEN_WITH = {"Hans": "Hani", "Hant": "Hani"}

BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""The explicit controls of the Unicode Bidirectional Algorithm (UAX #9): they can make a text read as another."""

JOINERS = frozenset("\u200c\u200d")
"""ZWNJ and ZWJ: invisible, but the orthographies of Persian, Bengali and others need them."""


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names of the placeholders such as ``{phone}`` in ``text``, in order and with repetitions."""
    return tuple(_PLACEHOLDER.findall(text))


def stray_braces(text: str) -> tuple[str, ...]:
    """Return the braces in ``text`` that belong to no well-formed placeholder."""
    return tuple(character for character in without_placeholders(text) if character in "{}")


def without_placeholders(text: str) -> str:
    """Return ``text`` with each placeholder replaced by a space."""
    return _PLACEHOLDER.sub(" ", text)


def numbers(text: str) -> tuple[str, ...]:
    """Return the numbers in ``text`` in order, as ASCII digits whatever digits they are written in.

    Separators of thousands are dropped (``1,000``, ``1.000`` and ``١٬٠٠٠`` are all ``1000``), a decimal
    mark becomes a point, and the parts of dates and times are numbers of their own. Ethiopic numerals
    count too; numbers written as words do not.
    """
    plain = without_placeholders(text)
    found = [(match.start(), _normalised(match.group())) for match in _ANY_NUMBER.finditer(plain)]
    ethiopic = _ETHIOPIC_NUMBER.finditer(plain)
    found.extend((match.start(), (str(_ethiopic_value(match.group())),)) for match in ethiopic)
    return tuple(number for _, parts in sorted(found) for number in parts)


def _normalised(written: str) -> tuple[str, ...]:
    groups = ["".join(str(unicodedata.digit(digit)) for digit in group) for group in re.findall(r"\d+", written)]
    first, *others = groups
    if not others:
        return (first,)
    if len(first) <= 3 and all(len(group) == 3 for group in others):
        return ("".join(groups),)
    if len(others) == 1:
        return (f"{first}.{others[0]}",)
    if len(first) <= 3 and all(len(group) == 3 for group in others[:-1]):
        return (f"{''.join(groups[:-1])}.{groups[-1]}",)
    return tuple(groups)


def _ethiopic_value(numeral: str) -> int:
    """Return the value of an Ethiopic numeral, in which ፻ and ፼ multiply what stands before them."""
    total = part = 0
    for sign in numeral:
        value = int(unicodedata.numeric(sign))
        if value == 10_000:
            total, part = (total + max(part, 0 if total else 1)) * value, 0
        elif value == 100:
            part = max(part, 1) * value
        else:
            part += value
    return total + part


def scripts(text: str) -> set[str]:
    """Return the ISO 15924 codes of the scripts in which ``text`` is written.

    Placeholders, digits, punctuation and other characters that scripts share do not count.
    Simplified and traditional Han are both ``Hani``: Unicode does not tell them apart.
    """
    return set(_script_counts(text))


def dominant_script(text: str) -> str | None:
    """Return the script of most characters of ``text``, or ``None`` when none has a script of its own."""
    counts = _script_counts(text)
    return min(counts, key=lambda script: (-counts[script], script)) if counts else None


def written_in(script: str) -> str:
    """Return the code that ``scripts`` uses for a language's ``script`` (``Hans`` is written in ``Hani``)."""
    return _WRITTEN_WITH.get(script, script)


def lookalike_words(text: str) -> tuple[str, ...]:
    """Return the words of ``text`` that mix scripts with look-alike letters (Cyrillic ``а`` in Latin ``case``)."""
    words = re.findall(r"\w+", without_placeholders(text))
    return tuple(word for word in words if len(_LOOK_ALIKE.intersection(map(_script_of, word))) > 1)


def _script_counts(text: str) -> Counter[str]:
    counts = Counter(map(_script_of, without_placeholders(text)))
    return Counter({script: count for script, count in counts.items() if script not in _SHARED_SCRIPTS})


@lru_cache(maxsize=_KEPT_CHARACTERS)
def _script_of(character: str) -> str:
    code: str = script_data.script(character)
    return code


def bidi_controls(text: str) -> tuple[str, ...]:
    """Return the bidirectional control characters in ``text``, each once, in order."""
    return _distinct(character for character in text if character in BIDI_CONTROLS)


def forbidden_characters(text: str, *, allowed: str = "") -> tuple[str, ...]:
    """Return the characters that no text for people may hold, each once, in order.

    These are control characters, lone surrogates, private-use and unassigned code points, line and
    paragraph separators, the replacement character, and invisible formatting (soft hyphen, zero-width
    space, byte order mark …) other than ZWJ, ZWNJ and bidi controls. ``allowed`` lists exceptions,
    such as a line feed in a longer text.
    """
    return _distinct(
        character
        for character in text
        if character not in allowed and character not in BIDI_CONTROLS and _is_forbidden(character)
    )


@lru_cache(maxsize=_KEPT_CHARACTERS)
def _is_forbidden(character: str) -> bool:
    if character == "\ufffd":
        return True
    category = unicodedata.category(character)
    return category in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} or (category == "Cf" and character not in JOINERS)


def stray_joiners(text: str) -> tuple[str, ...]:
    """Return ZWJ and ZWNJ that stand where they join nothing: at an end, beside a space, or doubled."""
    padded = f" {text} "
    return tuple(
        here
        for (before, here), (_, after) in pairwise(pairwise(padded))
        if here in JOINERS and (before.isspace() or before in JOINERS or after.isspace())
    )


def is_normalised(text: str) -> bool:
    """Whether ``text`` is in Unicode normalisation form C."""
    return unicodedata.is_normalized("NFC", text)


def describe_character(character: str) -> str:
    """Return a printable description such as ``U+202E RIGHT-TO-LEFT OVERRIDE``."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'unnamed')}"


def _distinct(characters: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(characters))
