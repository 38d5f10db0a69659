"""Translates the text of HTML and leaves everything else as it is, character by character, however broken it may be.

A parser that builds a tree writes back what it understood: other quotes, other entities, mended tags. Here tags are
only recognised, and the text between them replaced. Inline tags travel through the translation as single private
characters, which ``protection`` knows; where one gets lost, the text around each is translated alone.
"""

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from linkbridge.translation.protection.finding import CLOSING, OPENING, SINGLE

_NAME, _VALUE = r"[^\s\"'<>/=]++", r"(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++)"
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<[!?][^>]*(?:>|\Z)"
    rf"|<(?P<close>/?)(?P<name>[A-Za-z][^\s/<>]*)(?:(?:[\s/]++{_NAME}(?:\s*+=\s*+{_VALUE})?+)*+[\s/]*+>|[^<>]*+>?)",
    re.DOTALL,
)
_STYLES = (
    "a abbr acronym b bdi bdo big cite del dfn em font i ins label mark q s small span strike strong sub sup time tt u"
)
_CODES = "code kbd samp var svg math"
_INLINE = frozenset(_STYLES.split())
_SINGLE = frozenset({"img", "wbr"})
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "input", "link", "meta", "param", "source", "track"})
_RAW = frozenset({"script", "style"})
_UNTOUCHED = _RAW | frozenset(_CODES.split()) | {"template", "iframe", "object", "textarea"}
_UNTOUCHED_INLINE = _INLINE | frozenset(_CODES.split())
_NO = re.compile(
    r"\stranslate\s*=\s*[\"']?no\b|\sclass\s*=\s*(?:notranslate\b|\"[^\"]*\bnotranslate\b|'[^']*\bnotranslate\b)",
    re.IGNORECASE,
)
_SPACE = " \t\r\n\f"
_SPACES = re.compile(f"[{_SPACE}]+")
_MOST_TOKENS = 10_000
"""So many tags and texts may one block have: there are not many more private characters."""
_PRIVATE = re.compile("[\U000f0000-\U0010ffff]")

Translate = Callable[[Sequence[str]], list[tuple[str, ...]]]
"""Gives for each text its translation and other ones, best first; an empty tuple where there is none."""


@dataclass(frozen=True, slots=True)
class _Token:
    """A stretch of the source: ``name`` is empty for text; ``kind`` is ``text``, ``open``, ``close`` or ``single``."""

    raw: str
    kind: str
    name: str = ""


@dataclass(slots=True)
class Block:
    """A paragraph, heading or cell: ``text`` is what is translated; ``tags`` are what its private characters stand for.

    ``before`` and ``after`` are its outer space and tags.
    """

    before: str
    text: str
    after: str
    tags: dict[str, str] = field(default_factory=dict)

    def fill(self, translation: str) -> str | None:
        """Return a translation as HTML, or ``None`` if it does not hold each tag exactly once."""
        found = _PRIVATE.findall(translation)
        if len(found) != len(self.tags) or set(found) != self.tags.keys():
            return None
        escaped = html.escape(translation, quote=False)
        return self.before + _PRIVATE.sub(lambda tag: self.tags[tag[0]], escaped) + self.after


def translate_markup(source: str, translate: Translate) -> tuple[str, ...]:
    """Return a fragment of HTML translated, then its other translations as far as there are any.

    All its texts are translated in one call, and once more those in which a tag was lost. A text without a translation
    stays as it is. Never raises because of what ``source`` holds.
    """
    parts = list(_blocks(source))
    blocks = [part for part in parts if isinstance(part, Block)]
    answers = translate([block.text for block in blocks]) if blocks else []
    filled = [
        [done for text in texts if (done := block.fill(text)) is not None]
        for block, texts in zip(blocks, answers, strict=True)
    ]
    lost = [number for number, done in enumerate(filled) if not done and blocks[number].tags and answers[number]]
    if lost:
        for number, done in zip(lost, _by_pieces([blocks[number] for number in lost], translate), strict=True):
            filled[number] = [done]
    most = max((len(done) for done in filled), default=1) or 1
    versions = []
    for version in range(most):
        rest = iter(filled)
        made = [part if isinstance(part, str) else _version(part, next(rest), version) for part in parts]
        versions.append("".join(made))
    return tuple(dict.fromkeys(versions))


def plain_text(source: str) -> str:
    """Return the words of a fragment, without tags, a line for each block."""
    return "\n".join(_PRIVATE.sub(" ", part.text) for part in _blocks(source) if isinstance(part, Block))


def _version(block: Block, filled: Sequence[str], version: int) -> str:
    """Return a block in one of the versions of the whole: the best one where it has no other."""
    if not filled:
        return block.fill(block.text) or ""
    return filled[version] if version < len(filled) else filled[0]


def _by_pieces(blocks: Sequence[Block], translate: Translate) -> Iterator[str]:
    pieces = [re.split(f"({_PRIVATE.pattern})", block.text) for block in blocks]
    wanted = [piece.strip() for parts in pieces for piece in parts[::2] if _has_words(piece)]
    answers = iter(translate(wanted) if wanted else [])
    for block, parts in zip(blocks, pieces, strict=True):
        made = block.before
        for number, piece in enumerate(parts):
            text = piece
            if number % 2:
                made += block.tags[piece]
                continue
            if _has_words(piece):
                answer = next(answers)
                best = _PRIVATE.sub("", answer[0]).strip() if answer else ""
                text = piece.replace(piece.strip(), best or piece.strip())
            made += html.escape(text, quote=False)
        yield made + block.after


def _has_words(text: str) -> bool:
    return any(map(str.isalpha, text))


def _blocks(source: str) -> Iterator[str | Block]:
    """Return what stays as it is, and the blocks between."""
    waiting: list[_Token] = []
    preformatted = 0
    for token in _grouped(_tokens(source)):
        if token.kind in {"text", "single"} or token.name in _INLINE:
            waiting.append(token)
            if len(waiting) < _MOST_TOKENS:
                continue
            token = _Token("", "void")  # noqa: PLW2901 - a block ends here, at nothing
        yield from _block(waiting, keep_lines=preformatted > 0)
        waiting = []
        if token.name == "pre":
            preformatted += {"open": 1, "close": -1}.get(token.kind, 0)
        yield token.raw
    yield from _block(waiting, keep_lines=preformatted > 0)


def _block(tokens: Sequence[_Token], *, keep_lines: bool) -> Iterator[str | Block]:
    first, last = 0, len(tokens)
    while first < last and not _is_seen(tokens[first]):
        first += 1
    while last > first and not _is_seen(tokens[last - 1]):
        last -= 1
    inner = tokens[first:last]
    if not any(_has_words(html.unescape(token.raw)) for token in inner if token.kind == "text"):
        yield "".join(token.raw for token in tokens)
        return
    marks = _marks(inner)
    text = "".join(mark or _text(token.raw, keep_lines=keep_lines) for token, mark in zip(inner, marks, strict=True))
    tags = {mark: token.raw for token, mark in zip(inner, marks, strict=True) if mark}
    start, end = inner[0].raw, inner[-1].raw
    yield Block(
        "".join(token.raw for token in tokens[:first]) + start[: len(start) - len(start.lstrip(_SPACE))],
        text.strip(_SPACE),
        end[len(end.rstrip(_SPACE)) :] + "".join(token.raw for token in tokens[last:]),
        tags,
    )


def _is_seen(token: _Token) -> bool:
    return token.kind == "text" and bool(token.raw.strip(_SPACE))


def _text(raw: str, *, keep_lines: bool) -> str:
    """Return the text that a browser shows for a stretch of source."""
    return _PRIVATE.sub("\ufffd", html.unescape(raw if keep_lines else _SPACES.sub(" ", raw)))


def _marks(tokens: Sequence[_Token]) -> list[str]:
    """Return a private character for each tag: two that belong together for a pair; for text, nothing."""
    marks = [""] * len(tokens)
    is_open: list[int] = []
    pairs, singles = iter(zip(OPENING, CLOSING, strict=False)), iter(SINGLE)
    for number, token in enumerate(tokens):
        if token.kind == "open":
            is_open.append(number)
        elif token.kind == "close" and is_open and tokens[is_open[-1]].name == token.name:
            first, second = next(pairs)
            marks[is_open.pop()], marks[number] = chr(first), chr(second)
        elif token.kind != "text":
            marks[number] = chr(next(singles))
    for number in is_open:
        marks[number] = chr(next(singles))
    return marks


def _grouped(tokens: Iterator[_Token]) -> Iterator[_Token]:
    """Put each element that is not to be translated into one token, to its end or to that of the source."""
    for token in tokens:
        is_kept = token.kind == "open" and (token.name in _UNTOUCHED or _NO.search(token.raw))
        if not is_kept:
            yield token
            continue
        parts, depth = [token.raw], 1
        for inner in tokens:
            parts.append(inner.raw)
            if inner.name == token.name:
                depth += {"open": 1, "close": -1}.get(inner.kind, 0)
            if not depth:
                break
        inline = token.name in _UNTOUCHED_INLINE
        yield _Token("".join(parts), "single" if inline else "block", token.name)


def _tokens(source: str) -> Iterator[_Token]:
    place = 0
    while found := _TOKEN.search(source, place):
        if found.start() > place:
            yield _Token(source[place : found.start()], "text")
        place = found.end()
        name = (found["name"] or "").lower()
        if not name or name in _SINGLE:
            yield _Token(found[0], "single" if not found[0].startswith("<!D") else "block", name)
        elif found["close"]:
            yield _Token(found[0], "close", name)
        else:
            empty = name in _VOID or found[0].endswith("/>")
            yield _Token(found[0], "single" if empty and name in _INLINE else "void" if empty else "open", name)
            if name in _RAW and not empty:
                end = re.compile(rf"</{name}\b", re.IGNORECASE).search(source, place)
                stop = end.start() if end else len(source)
                if stop > place:
                    yield _Token(source[place:stop], "text")
                place = stop
    if place < len(source):
        yield _Token(source[place:], "text")
