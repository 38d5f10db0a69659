"""A line of HTML, such as a paragraph or a cell: the text that it shows, and where its tags stand in that. Pure."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from linkbridge.translation.markup_tokens import Token
from linkbridge.translation.protection.finding import SINGLE

PRIVATE = re.compile("[\U000f0000-\U0010ffff]")
SPACE = " \t\r\n\f"
_SPACES = re.compile(f"[{SPACE}]+")
_MOST_HINTS = 2
"""So many times the length of a line may all its parts have that are translated by themselves."""


@dataclass(slots=True)
class Element:
    """A pair of tags around a stretch of the text; ``parent`` is the number of the element around it."""

    first: str
    start: int
    parent: int | None
    is_link: bool
    end: int = 0
    last: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """What shows no words: its source, its place in the text, and the number of the element around it."""

    raw: str
    at: int
    parent: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """What is translated as one text. ``words`` are elements whose words stay: a private character stands for each."""

    raw: str
    before: str
    text: str
    after: str
    elements: tuple[Element, ...] = ()
    points: tuple[Point, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    def parts(self) -> Iterator[str]:
        """Return the texts of its elements, as far as they may be translated by themselves."""
        left = _MOST_HINTS * len(self.text)
        for element in self.elements:
            part = self.text[element.start : element.end]
            left -= len(part)
            if left >= 0 and any(map(str.isalpha, part)):
                yield part

    def is_filled_by(self, translation: str) -> bool:
        """Whether a translation holds each private character once."""
        return sorted(PRIVATE.findall(translation)) == sorted(self.words)


def read_line(tokens: Sequence[Token], pairs: Mapping[int, int], *, keep_lines: bool) -> Line:
    """Return a line of tokens; ``pairs`` gives the number of the closing tag for that of the opening one.

    White space is folded as browsers do, unless ``keep_lines``.
    """
    raw = "".join(token.raw for token in tokens)
    start, end = tokens[0], tokens[-1]
    before = start.raw[: len(start.raw) - len(start.raw.lstrip(SPACE))] if start.kind == "text" else ""
    after = end.raw[len(end.raw.rstrip(SPACE)) :] if end.kind == "text" else ""
    reader = _Reader(keep_lines=keep_lines)
    closing = set(pairs.values())
    for number, token in enumerate(tokens):
        if token.kind == "text":
            reader.add_text(token.raw)
        elif token.kind == "word":
            reader.add_word(token.raw)
        elif number in pairs:
            reader.open(token)
        elif number in closing:
            reader.close(token)
        else:
            reader.add_point(token)
    return reader.line(raw, before, after)


class _Reader:
    def __init__(self, *, keep_lines: bool) -> None:
        self._keep_lines = keep_lines
        self._text = ""
        self._elements: list[Element] = []
        self._open: list[int] = []
        self._points: list[Point] = []
        self._words: dict[str, str] = {}
        self._parts = False
        """Whether something stands before the next text that parts its words from those before."""

    def add_text(self, raw: str) -> None:
        text = PRIVATE.sub("\ufffd", html.unescape(raw if self._keep_lines else _SPACES.sub(" ", raw)))
        if not self._keep_lines and text.startswith(" ") and self._text[-1:] in {"", " "}:
            text = text[1:]
            last = self._points[-1] if self._points else None
            if last and last.at == len(self._text) and last.parent == (self._open[-1] if self._open else None):
                self._points[-1] = replace(last, raw=f"{last.raw} ")
        elif self._parts and self._text[-1:].isalnum() and text[:1].isalnum():
            text = f" {text}"
        self._text += text
        self._parts = False

    def add_word(self, raw: str) -> None:
        character = chr(SINGLE[len(self._words)])
        self._words[character] = raw
        self._text += character
        self._parts = False

    def open(self, token: Token) -> None:
        parent = self._open[-1] if self._open else None
        self._open.append(len(self._elements))
        self._elements.append(Element(token.raw, len(self._text), parent, token.name == "a"))

    def close(self, token: Token) -> None:
        element = self._elements[self._open.pop()]
        element.end, element.last = len(self._text), token.raw

    def add_point(self, token: Token) -> None:
        self._parts = self._parts or (token.kind == "single" and token.name not in {"", "wbr"})
        self._points.append(Point(token.raw, len(self._text), self._open[-1] if self._open else None))

    def line(self, raw: str, before: str, after: str) -> Line:
        """Return the line, without the white space at the edges of the text and of its elements."""
        cut = len(self._text) - len(self._text.lstrip(SPACE))
        text = self._text.strip(SPACE)
        for element in self._elements:
            element.start, element.end = (min(max(0, at - cut), len(text)) for at in (element.start, element.end))
            inside = text[element.start : element.end]
            element.start += len(inside) - len(inside.lstrip(SPACE))
            element.end -= len(inside) - len(inside.rstrip(SPACE))
        return Line(raw, before, text, after, tuple(self._elements), tuple(self._points_within(cut)), self._words)

    def _points_within(self, cut: int) -> Iterator[Point]:
        """Return each point between the words of its element, with the space that parted it from the last of them."""
        spaced: set[int] = set()
        for point in self._points:
            at = point.at - cut
            if point.parent is None:
                yield replace(point, at=at)
                continue
            element = self._elements[point.parent]
            is_first_after = at > element.end and point.parent not in spaced
            spaced.update([point.parent] if is_first_after else [])
            raw = f" {point.raw}" if is_first_after else point.raw
            yield replace(point, raw=raw, at=min(max(element.start, at), element.end))
