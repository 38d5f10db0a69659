"""Cuts HTML into texts and tags, however broken it may be: joined, the pieces are the source. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME, _VALUE = r"[^\s\"'<>/=]++", r"(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++)"
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<[!?][^>]*(?:>|\Z)"
    rf"|<(?P<close>/?)(?P<name>[A-Za-z][^\s/<>]*)(?:(?:[\s/]++{_NAME}(?:\s*+=\s*+{_VALUE})?+)*+[\s/]*+>|[^<>]*+>?)",
    re.DOTALL,
)
_STYLES = (
    "a abbr acronym b bdi bdo big cite del dfn em font i ins label mark q s small span strike strong sub sup time tt u"
)
INLINE = frozenset(_STYLES.split())
"""Elements that stand among the words of a sentence. All others end it, except for those of one token."""
_CODES = frozenset(["code", "kbd", "samp", "var", "math"])
_SINGLE = frozenset({"img", "wbr"})
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "input", "link", "meta", "param", "source", "track"})
_RAW = frozenset({"script", "style"})
_UNTOUCHED = _RAW | _CODES | {"svg", "template", "iframe", "object", "textarea"}
_UNTOUCHED_INLINE = INLINE | _CODES | {"svg"}
_NO = re.compile(
    r"\stranslate\s*=\s*[\"']?no\b|\sclass\s*=\s*(?:notranslate\b|\"[^\"]*\bnotranslate\b|'[^']*\bnotranslate\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the source.

    ``kind`` is ``text``; ``open`` or ``close``; ``single``, a tag or element among words that shows none; ``word``,
    an element among words whose own words stay; ``void`` or ``block``, what no sentence goes across. ``name`` is that
    of the element, if it is one.
    """

    raw: str
    kind: str
    name: str = ""


def tokens(source: str) -> Iterator[Token]:
    """Return all of a source. Each element that is not to be translated is one token, up to its end."""
    found = _tokens(source)
    for token in found:
        is_kept = token.kind == "open" and (token.name in _UNTOUCHED or _NO.search(token.raw))
        yield _whole(token, found) if is_kept else token


def _whole(first: Token, rest: Iterator[Token]) -> Token:
    """Return an element from its first tag to its last, or to the end of the source."""
    parts, depth, shows = [first.raw], 1, False
    for token in rest:
        parts.append(token.raw)
        shows = shows or (token.kind == "text" and not token.raw.isspace())
        if token.name == first.name:
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if not depth:
            break
    inside = "word" if shows and first.name != "svg" else "single"
    return Token("".join(parts), inside if first.name in _UNTOUCHED_INLINE else "block", first.name)


def _tokens(source: str) -> Iterator[Token]:
    place = 0
    while found := _TOKEN.search(source, place):
        if found.start() > place:
            yield Token(source[place : found.start()], "text")
        place = found.end()
        name = (found["name"] or "").lower()
        if not name or name in _SINGLE:
            yield Token(found[0], "single" if not found[0].startswith("<!D") else "block", name)
        elif found["close"]:
            yield Token(found[0], "close", name)
        else:
            empty = name in _VOID or found[0].endswith("/>")
            yield Token(found[0], "single" if empty and name in INLINE else "void" if empty else "open", name)
            if name in _RAW and not empty:
                end = re.compile(rf"</{name}\b", re.IGNORECASE).search(source, place)
                stop = end.start() if end else len(source)
                if stop > place:
                    yield Token(source[place:stop], "text")
                place = stop
    if place < len(source):
        yield Token(source[place:], "text")
