"""Finds in a translation the words that stand for a part of its source, by the part's own translation. Pure.

A place is a (start, end) of characters. Engines lose or move marks that are put around words, and translate the
sentence otherwise because of them; so a part is translated once more by itself, and looked for.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

Place = tuple[int, int]
MOST_PARTS = 60
"""How many parts of one text are looked for."""
_ALIKE = 0.75
_LONGEST_LIKENESS = 200
"""Words in a text, above which only exact matches are looked for: likeness costs the square of the length."""
_SHORT = 3
"""Words so short are like many others; and in lower case, one may be another word of the target language, as "no"."""
_WORD = re.compile(r"\S+")
_PUNCTUATION = ".,;:!?"


def words(text: str) -> list[Place]:
    """Return the places of what stands between white space."""
    return [match.span() for match in _WORD.finditer(text)]


def is_free(start: int, end: int, taken: Sequence[Place]) -> bool:
    """Whether a stretch touches none of the places."""
    return all(end <= first or start >= last for first, last in taken)


def find_words(
    text: str, hints: Sequence[str], own: str, expected: int, taken: Sequence[Place], *, is_whole: bool = True
) -> Place | None:
    """Return where a part of the source is in its translation, or ``None``; of several places, that near ``expected``.

    ``hints`` are translations of the part, best first; ``own`` is the part itself, which may have been copied. It is
    looked for in any case, with other endings at last. ``is_whole``: as whole words, where it is ASCII.
    """
    is_closed = own.endswith(tuple(_PUNCTUATION))
    hints = [hint if is_closed else _bare(hint) for hint in hints if hint.strip()]
    for hint in hints:
        if place := _find_exact(text, hint, expected, taken, is_whole=is_whole):
            return place
    for hint in hints:
        if place := _find_alike(text, _bare(hint), expected, taken):
            return place
    if hints and own.islower() and len(own) <= _SHORT:
        return None
    return _find_exact(text, own, expected, taken, is_whole=is_whole)


def words_at_share(text: str, part: Place, length: int, count: int, taken: Sequence[Place]) -> Place | None:
    """Return ``count`` free words at that share of a text that ``part`` has of its source, which is ``length`` long.

    ``None`` if no word is free.
    """
    free = [place for place in words(text) if is_free(*place, taken)]
    if not free:
        return None
    middle = sum(part) / 2 / max(1, length) * len(text)
    first = last = min(range(len(free)), key=lambda index: abs(sum(free[index]) / 2 - middle))
    for _ in range(count - 1):
        if last + 1 < len(free) and is_free(free[first][0], free[last + 1][1], taken):
            last += 1
        elif first > 0 and is_free(free[first - 1][0], free[last][1], taken):
            first -= 1
    return free[first][0], free[last][1]


def _bare(text: str) -> str:
    return text.strip(f" {_PUNCTUATION}") or text


def _find_exact(text: str, wanted: str, expected: int, taken: Sequence[Place], *, is_whole: bool) -> Place | None:
    for words_wanted in dict.fromkeys((wanted, _bare(wanted))):
        for pattern in _patterns(words_wanted, is_whole=is_whole):
            found = [match.span(1) for match in re.finditer(f"(?=({pattern}))", text, re.IGNORECASE)]
            free = [place for place in found if is_free(*place, taken)]
            if free:
                return min(free, key=lambda place: abs(place[0] - expected))
    return None


def _patterns(wanted: str, *, is_whole: bool) -> Iterator[str]:
    if not wanted.strip():
        return
    before, after = r"(?<!\w)" if wanted[0].isalnum() else "", r"(?!\w)" if wanted[-1].isalnum() else ""
    exact = re.escape(wanted)
    yield before + exact + after
    if not (is_whole and wanted.isascii()):
        yield exact


def _find_alike(text: str, wanted: str, expected: int, taken: Sequence[Place]) -> Place | None:
    """Find words that differ a little from those wanted, as by their endings."""
    places = words(text)
    size = len(wanted.split())
    if len(places) > _LONGEST_LIKENESS or not _SHORT < len(wanted) <= _LONGEST_LIKENESS:
        return None
    matcher = SequenceMatcher(b=wanted.casefold(), autojunk=False)
    best: tuple[float, int, Place] | None = None
    for count in range(max(1, size - 1), size + 2):
        for first in range(len(places) - count + 1):
            start, end = places[first][0], places[first + count - 1][1]
            end = start + len(text[start:end].rstrip(_PUNCTUATION))
            if not is_free(start, end, taken):
                continue
            matcher.set_seq1(text[start:end].casefold())
            if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
                continue
            if (ratio := matcher.ratio()) < _ALIKE:
                continue
            entry = (ratio, -abs(start - expected), (start, end))
            best = entry if best is None else max(best, entry)
    return best[2] if best is not None else None
