"""Tells what cannot wait: messages about danger to life or freedom, by lists of words for each language. Pure."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache

from linkbridge.phrasebook.matching.normalising import words

_GAP = 3
"""How many words ``*`` may stand for."""
_HAN_GAP = 6
_HAN = re.compile(r"[\u3400-\u9fff]")


class UrgencyKind(StrEnum):
    """What a message speaks of; the order is that in which one is named when several are found."""

    SELF_HARM = "self-harm"
    MEDICAL = "medical"
    DANGER = "danger"
    CHILD_ALONE = "child-alone"
    TRAFFICKING = "trafficking"


Patterns = Mapping[UrgencyKind, tuple[str, ...]]


@lru_cache(maxsize=20_000)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return a pattern as an expression over a message whose words are joined by single spaces, one before and after.

    A pattern is words that follow each other. ``*`` stands for up to three words. ``~`` at an end of a word stands for
    the rest of it. Chinese has no spaces between words: there a pattern is found anywhere, and ``*`` is up to six
    characters.

    Raises:
        ValueError: the pattern holds no word.
    """
    parts = pattern.split()
    made: list[str] = []
    has_word = False
    for part in parts:
        if part == "*":
            made.append("*")
            continue
        for word in _expressions(part):
            has_word = True
            made.append(word)
    if not has_word:
        raise ValueError("a pattern needs a word")
    is_han = bool(_HAN.search(pattern))
    gap = rf"(?:\S+ ){{0,{_HAN_GAP if is_han else _GAP}}}"
    return re.compile(" " + "".join(gap if part == "*" else f"{part} " for part in made))


def _expressions(part: str) -> Iterable[str]:
    """Return the expressions of a part of a pattern: more than one where the text's words would be split too."""
    before, after = part.startswith("~"), part.endswith("~")
    found = [re.escape(word) for word in words(part.replace("~", " ").replace("*", " "))]
    for number, word in enumerate(found):
        start = r"\S*" if before and number == 0 else ""
        end = r"\S*" if after and number == len(found) - 1 else ""
        yield f"{start}{word}{end}"


class UrgencyLists:
    """The patterns of all languages. A message is compared with those of its language and with English ones."""

    def __init__(self, lists: Mapping[str, Patterns]) -> None:
        self._lists = lists

    def kinds(self, text: str, tags: Iterable[str]) -> tuple[UrgencyKind, ...]:
        """Return what the text speaks of, judged by the lists of these languages; empty when nothing is found."""
        message = f" {' '.join(words(text))} "
        patterns = [self._lists[tag] for tag in tags if tag in self._lists]
        return tuple(
            kind
            for kind in UrgencyKind
            if any(compile_pattern(pattern).search(message) for each in patterns for pattern in each.get(kind, ()))
        )
