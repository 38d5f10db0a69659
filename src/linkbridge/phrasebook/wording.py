"""Finds words in texts of any script: pure, and quick enough to look for thousands of them in thousands of texts.

A text is *folded* once: small letters, one space between words, and nothing of what writers of the same word do
differently (accents of Arabic, joiners, hyphens, apostrophes). A *pattern* such as ``asylum``, ``right to stay`` or
``refug*`` is then a plain piece of text to look for. ``*`` at an end stands for the rest of a word.
"""

import unicodedata

from linkbridge.kernel.languages import LANGUAGES

_UNSPACED_SCRIPTS = frozenset({"Hans", "Hant"})
TAKEN = " \0 "
"""What stands in a folded text instead of a word that was found: no pattern holds it."""

_DOTLESS_I, _DOT_ABOVE, _TATWEEL = "ı", "\u0307", "\u0640"
_ARABIC_MARKS = frozenset(map(chr, range(0x064B, 0x0653)))


class _Folding(dict[int, str]):
    """What each character becomes, worked out at its first use; characters are few, whatever the texts are."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if character == _DOTLESS_I:
            folded = "i"  # small letters of I and İ are i in most languages: no distinction is safe
        elif character in _ARABIC_MARKS or character in {_DOT_ABOVE, _TATWEEL} or category == "Cf":
            folded = ""
        else:
            folded = character if category[0] in "LMN" else " "
        self[code] = folded
        return folded


_FOLDING = _Folding()


def fold(text: str, tag: str) -> str:
    """Return ``text`` in the form in which patterns of the language are found, with a space at each end."""
    small = unicodedata.normalize("NFC", text).casefold().translate(_FOLDING)
    if has_spaces(tag):
        return f" {' '.join(small.split())} "
    return "".join(small.split())


def has_spaces(tag: str) -> bool:
    """Whether the language puts spaces between words; where it does not, a pattern is found anywhere."""
    language = LANGUAGES.get(tag)
    return language is None or language.script not in _UNSPACED_SCRIPTS


def needle(pattern: str, tag: str) -> str:
    """Return what to look for in a folded text. Empty: the pattern holds no word."""
    bare = fold(pattern.replace("*", ""), tag)
    if not bare.strip() or not has_spaces(tag):
        return bare.strip()
    start = bare.lstrip() if pattern.startswith("*") else bare
    return start.rstrip() if pattern.endswith("*") else start


def is_pattern(pattern: str) -> bool:
    """Whether ``pattern`` holds a word, and a ``*`` only at its ends."""
    bare = pattern.removeprefix("*").removesuffix("*")
    return "*" not in bare and any(character.isalnum() for character in bare)
