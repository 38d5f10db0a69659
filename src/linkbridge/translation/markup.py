"""Translates the text of HTML and leaves everything else as it is, character by character, however broken it may be.

A parser that builds a tree writes back what it understood: other quotes, other entities, mended tags. Here tags are
only recognised, and the text between them replaced. Pure.
"""

import html
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from linkbridge.translation.markup_filling import fill
from linkbridge.translation.markup_lines import PRIVATE, SPACE, Line, read_line
from linkbridge.translation.markup_tokens import INLINE, Token, tokens
from linkbridge.translation.placing import MOST_PARTS

_AMONG_WORDS = {"text", "single", "word"}
_MOST_TOKENS = 10_000
"""So many tags and texts may one line have: there are not many more private characters."""

Answers = Sequence[str]
"""The translations of a text, best first; none where there is none."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """HTML taken apart: what stays as it is, and the lines between.

    ``texts`` are what its lines say. ``parts`` are stretches of them that stand in tags: their translations help to
    find the words that the tags go around.
    """

    _pieces: tuple[str | Line, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The text of each line, in which private characters stand for elements that must not be translated."""
        return tuple(piece.text for piece in self._pieces if isinstance(piece, Line))

    @property
    def parts(self) -> tuple[str, ...]:
        """Parts of these texts, each different one once."""
        lines = (piece for piece in self._pieces if isinstance(piece, Line))
        return tuple(dict.fromkeys(part for line in lines for part in line.parts()))

    def fill(self, answers: Sequence[Answers], hints: Mapping[str, Answers]) -> tuple[str, ...]:
        """Return the HTML with the translations of ``texts``, then other versions, as far as there are any.

        ``hints`` are the translations of ``parts``, as far as they are known. A text without a translation stays as
        it is.
        """
        rest = iter(answers)
        filled = [(piece,) if isinstance(piece, str) else _versions(piece, next(rest), hints) for piece in self._pieces]
        most = max(map(len, filled), default=1)
        made = ("".join(one[number] if number < len(one) else one[0] for one in filled) for number in range(most))
        return tuple(dict.fromkeys(made)) or ("",)


def read_fragment(source: str) -> Fragment:
    """Take a fragment of HTML apart. Never raises because of what it holds."""
    return Fragment(tuple(_pieces(source)))


def plain_text(source: str) -> str:
    """Return the words of a fragment, without tags and what must not be translated, a line for each of its lines."""
    return "\n".join(" ".join(PRIVATE.sub(" ", text).split()) for text in read_fragment(source).texts)


def _versions(line: Line, answers: Answers, hints: Mapping[str, Answers]) -> tuple[str, ...]:
    usable = [answer for answer in answers if line.is_filled_by(answer)] or answers[:1] or [line.text]
    return tuple(fill(line, answer, lambda part: hints.get(part, ())) for answer in usable)


def _pieces(source: str) -> Iterator[str | Line]:
    waiting: list[Token] = []
    preformatted = 0
    for token in tokens(source):
        if token.kind in _AMONG_WORDS or token.name in INLINE:
            waiting.append(token)
            if len(waiting) < _MOST_TOKENS:
                continue
            token = Token("", "void")  # noqa: PLW2901 - a line ends here, at nothing
        yield from _lines(_joined(waiting), keep_lines=preformatted > 0)
        waiting = []
        if token.name == "pre":
            preformatted += {"open": 1, "close": -1}.get(token.kind, 0)
        yield token.raw
    yield from _lines(_joined(waiting), keep_lines=preformatted > 0)


def _lines(found: Sequence[Token], *, keep_lines: bool) -> Iterator[str | Line]:
    """Return the line that these tokens are, or several; and what stands around."""
    pairs = _pairs(found)
    first, last = _core(found, pairs)
    inner = found[first:last]
    if not any(_has_words(token) for token in inner):
        yield "".join(token.raw for token in found)
        return
    yield "".join(token.raw for token in found[:first])
    inside = {start - first: end - first for start, end in pairs.items() if first <= start < last}
    end = _seam(inner, inside)
    if len(inside) > MOST_PARTS:
        for token in inner:
            yield from _lines([token], keep_lines=keep_lines) if token.kind == "text" else [token.raw]
    elif end:
        yield from _lines(inner[:end], keep_lines=keep_lines)
        yield from _lines(inner[end:], keep_lines=keep_lines)
    else:
        yield read_line(inner, inside, keep_lines=keep_lines)
    yield "".join(token.raw for token in found[last:])


def _joined(found: Sequence[Token]) -> list[Token]:
    """Put each element that shows no words into one token."""
    pairs = _pairs(found)
    shown = [0, *accumulate(map(_shows, found))]
    made: list[Token] = []
    number = 0
    while number < len(found):
        end = pairs.get(number, number)
        if end > number and shown[number] == shown[end + 1]:
            made.append(Token("".join(token.raw for token in found[number : end + 1]), "single", found[number].name))
            number = end
        else:
            made.append(found[number])
        number += 1
    return made


def _pairs(found: Sequence[Token]) -> dict[int, int]:
    """Return the number of the closing tag for that of each opening one that has one."""
    pairs: dict[int, int] = {}
    is_open: list[int] = []
    names: Counter[str] = Counter()
    for number, token in enumerate(found):
        if token.kind == "open":
            is_open.append(number)
            names[token.name] += 1
        elif token.kind == "close" and names[token.name]:
            while found[is_open[-1]].name != token.name:
                names[found[is_open.pop()].name] -= 1
            names[token.name] -= 1
            pairs[is_open.pop()] = number
    return pairs


def _core(found: Sequence[Token], pairs: Mapping[int, int]) -> tuple[int, int]:
    """Return where the words begin and end, without the tags around all of them."""
    tags = {*pairs, *pairs.values()}
    first, last = 0, len(found)
    while first < last:
        if _is_outer(found[first]) and first not in tags:
            first += 1
        elif _is_outer(found[last - 1]) and last - 1 not in tags:
            last -= 1
        elif pairs.get(first) == last - 1:
            first, last = first + 1, last - 1
        else:
            break
    return first, last


def _seam(found: Sequence[Token], pairs: Mapping[int, int]) -> int:
    """Return where an element ends that another one follows without a space, as in menus; 0 if none does.

    What they say are texts of their own: a browser shows them side by side.
    """
    number = 0
    while number < len(found):
        end = pairs.get(number, number)
        if end > number and end + 1 in pairs and not found[end - 1].raw[-1:].isspace():
            return end + 1
        number = end + 1
    return 0


def _is_outer(token: Token) -> bool:
    return token.kind != "word" and not (token.kind == "text" and token.raw.strip(SPACE))


def _shows(token: Token) -> bool:
    return token.kind == "word" or (token.kind == "text" and bool(html.unescape(token.raw).strip()))


def _has_words(token: Token) -> bool:
    return token.kind == "text" and any(map(str.isalpha, html.unescape(token.raw)))
