"""Puts the tags of a line of HTML into its translation, which was made of its plain text. Pure.

An element goes around the words that stand for its own (see ``placing``); a link whose words are not found, around
those at its share of the text; emphasis that is not found is dropped, since emphasis on a wrong word would mislead.
What shows no words, such as a picture, keeps its place between words. Elements inside others stay inside.
"""

import html
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence

from linkbridge.translation.markup_lines import PRIVATE, Line, Point
from linkbridge.translation.placing import Place, find_words, is_free, words, words_at_share

Hints = Callable[[str], Sequence[str]]
"""Gives the translations of a part of a line, best first."""


def fill(line: Line, translation: str, hints: Hints) -> str:
    """Return a translation of a line as HTML. Where it is the text itself, that is the source, unchanged."""
    if translation == line.text:
        return line.raw
    return f"{line.before}{_Filling(line, translation, hints).html}{line.after}"


class _Filling:
    """Puts the tags of a line into one translation."""

    def __init__(self, line: Line, translation: str, hints: Hints) -> None:
        self._source = line.text
        self._hints = hints if line.text not in translation else lambda _part: ()
        self._elements = line.elements
        self._words = line.words
        self._text = _once(translation, line.words)
        self._inside: dict[int | None, list[int]] = {}
        for number, element in enumerate(line.elements):
            self._inside.setdefault(element.parent, []).append(number)
        self._places: dict[int, Place] = {}
        self._placed: dict[int | None, list[int]] = {}
        self._points = [*line.points, *self._lost_words()]
        self._settle(None)
        self.html = self._write(None)

    def _lost_words(self) -> Iterator[Point]:
        for character, raw in self._words.items():
            if character not in self._text:
                at = self._source.index(character)
                around = [n for n, element in enumerate(self._elements) if element.start <= at < element.end]
                space = " " if self._source[at + 1 : at + 2].isspace() else ""
                yield Point(raw + space, at, around[-1] if around else None)

    def _sides(self, parent: int | None) -> tuple[Place, Place]:
        """Return where an element that has its place is in the source and in the translation; ``None``: all."""
        if parent is None:
            return (0, len(self._source)), (0, len(self._text))
        return (self._elements[parent].start, self._elements[parent].end), self._places[parent]

    def _settle(self, parent: int | None) -> None:
        """Give a place to each element in another one; what is in an element without a place goes where that was."""
        waiting = list(self._inside.get(parent, ()))
        placed = self._placed[parent] = []
        while waiting:
            number = min(waiting, key=self._rank)
            waiting.remove(number)
            place = self._place(number, parent)
            if place is None:
                waiting += self._inside.get(number, ())
                self._keep_link(number)
            else:
                self._places[number] = place
                placed.append(number)
        for number in placed:
            self._settle(number)

    def _rank(self, number: int) -> tuple[bool, int, int]:
        element = self._elements[number]
        return not element.is_link, element.start - element.end, number

    def _place(self, number: int, parent: int | None) -> Place | None:
        element = self._elements[number]
        (start, end), target = self._sides(parent)
        if parent is not None and (element.start, element.end) == (start, end):
            return target if is_free(*target, [self._places[other] for other in self._placed[parent]]) else None
        text = self._text[target[0] : target[1]]
        taken = [
            (self._places[other][0] - target[0], self._places[other][1] - target[0]) for other in self._placed[parent]
        ]
        own = self._source[element.start : element.end]
        length = max(1, end - start)
        expected = round((element.start - start) * len(text) / length)
        is_whole = any(map(str.isalpha, own))
        place = find_words(text, self._hints(own), own, expected, taken, is_whole=is_whole)
        if place is None and element.is_link:
            part = (element.start - start, element.end - start)
            place = words_at_share(text, part, length, len(own.split()), taken)
        return (place[0] + target[0], place[1] + target[0]) if place else None

    def _keep_link(self, number: int) -> None:
        """Keep a link for which no words are left, with words of its own."""
        element = self._elements[number]
        if element.is_link:
            own = self._source[element.start : element.end]
            label = html.escape(PRIVATE.sub("", next(iter(self._hints(own)), own)), quote=False)
            self._points.append(Point(f" {element.first}{label}{element.last} ", element.start, element.parent))

    def _write(self, parent: int | None) -> str:
        _, (at, end) = self._sides(parent)
        things: list[tuple[int, bool, str, int]] = [
            (self._places[number][0], True, self._wrapped(number), self._places[number][1])
            for number in self._placed[parent]
        ]
        things += [(place, False, raw, place) for place, raw in self._points_in(parent)]
        made = ""
        for place, _, raw, after in sorted(things, key=lambda thing: thing[:2]):
            made += self._escaped(at, place) + raw
            at = after
        return made + self._escaped(at, end)

    def _wrapped(self, number: int) -> str:
        element = self._elements[number]
        return element.first + self._write(number) + element.last

    def _escaped(self, start: int, end: int) -> str:
        escaped = html.escape(self._text[start:end], quote=False)
        return PRIVATE.sub(lambda found: self._words[found[0]], escaped)

    def _points_in(self, parent: int | None) -> Iterator[tuple[int, str]]:
        """Return the place of each point in an element, in the order of the source."""
        least = 0
        around_words: tuple[list[int], list[Place]] | None = None
        for point in self._points:
            around = point.parent
            while around is not None and around not in self._places:
                around = self._elements[around].parent
            if around == parent:
                around_words = around_words or self._words_of(parent)
                least = max(least, self._outside(self._point_place(point, parent, *around_words), parent))
                yield least, point.raw

    def _words_of(self, parent: int | None) -> tuple[list[int], list[Place]]:
        """Return where words begin in the source of an element, and all places of words up to its translation's end.

        Of the source only what did arrive counts: a word of lost characters alone is none.
        """
        (start, end), target = self._sides(parent)
        lost = "".join(character for character in self._words if character not in self._text)
        starts = []
        for first, last in words(self._source[start:end]):
            word = self._source[start + first : start + last]
            bare = word.lstrip(lost) if lost else word
            if bare:
                starts.append(start + last - len(bare))
        return starts, words(self._text[: target[1]])

    def _point_place(self, point: Point, parent: int | None, starts: Sequence[int], places: Sequence[Place]) -> int:
        """Return where a point goes: to an edge, beside the element that it stood beside, or to its share of words."""
        source, target = self._sides(parent)
        for side, edge in zip(source, target, strict=True):
            if point.at == side:
                return edge
        follows = self._source[point.at - 1].isspace()
        for number in self._placed[parent]:
            element, place = self._elements[number], self._places[number]
            if element.start == point.at:
                return place[0]
            if element.end == point.at:
                return place[1]
            if follows and element.end < point.at and not self._source[element.end : point.at].strip():
                after = bisect_left(places, (place[1], 0))
                return places[after][0] if after < len(places) else target[1]
        first = bisect_left(places, (target[0], 0))
        count = len(places) - first
        index = round(bisect_left(starts, point.at) * count / max(1, len(starts)))
        if follows:
            return places[first + index][0] if index < count else target[1]
        return places[first + index - 1][1] if 0 < index <= count else target[0]

    def _outside(self, place: int, parent: int | None) -> int:
        for number in self._placed[parent]:
            start, end = self._places[number]
            if start < place < end:
                return start if place - start < end - place else end
        return place


def _once(translation: str, words: Mapping[str, str]) -> str:
    """Return a translation with the private characters of a line at most once each, and no others.

    Spaces around one that is lost become one.
    """
    seen: set[str] = set()

    def keep(found: re.Match[str]) -> str:
        is_new = found[0] in words and found[0] not in seen
        seen.add(found[0])
        return found[0] if is_new else ""

    kept = PRIVATE.sub(keep, translation)
    return kept if len(seen) == len(words) else re.sub(" {2,}", " ", kept).strip()
