"""Paragraphs of a tree of XML or HTML: taken apart into texts with their formats, and put together again (lxml)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from lxml import etree
from lxml.etree import _Element as Element

from linkbridge.translation.documents.inline import Piece, arrange, hints
from linkbridge.translation.documents.texts import Texts
from linkbridge.translation.placing import MOST_PARTS

_SPACE = re.compile(r"[ \t\n\r\f]+")


class Role(StrEnum):
    """What a part of a paragraph is."""

    TEXT = "text"
    ATOM = "atom"
    """Something between the words: a picture, a note's number, a field. It stays whole."""
    BREAK = "break"
    """What texts end at: a line break, a tab, a block inside the block. It stays whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """A part of a paragraph: words, or elements that stay whole.

    ``chain`` are the elements around it, from the paragraph inwards.
    """

    role: Role
    chain: tuple[Element, ...] = ()
    text: str = ""
    elements: tuple[tuple[tuple[Element, ...], Element], ...] = ()


class Dialect(Protocol):
    """What a format of documents knows of its paragraphs."""

    def tokens(self, root: Element) -> list[Token]:
        """Return the parts of a paragraph, in their order."""
        ...

    def style(self, chain: Sequence[Element]) -> tuple[str, bool]:
        """Return a name for the format that these elements give to a text, and whether they make it a link."""
        ...

    def empty(self, root: Element) -> None:
        """Take away whatever ``tokens`` returned."""
        ...

    def copy(self, element: Element, *, is_first: bool) -> Element:
        """Return an element of a chain without its content; only the first copy keeps what must be unique."""
        ...

    def write(self, parent: Element, text: str) -> None:
        """Append a text."""
        ...


@dataclass(slots=True)
class _Segment:
    """Tokens between two breaks, their joined text, and the break that ends them."""

    tokens: list[Token] = field(default_factory=list)
    end: Token | None = None

    @property
    def text(self) -> str:
        return "".join(token.text for token in self.tokens)


@dataclass(slots=True)
class Paragraph:
    """A paragraph whose words are to be translated."""

    root: Element
    dialect: Dialect
    is_spaced: bool = False
    """Whether white space counts as it is written."""
    _segments: list[_Segment] = field(default_factory=list)

    def want(self, texts: Texts) -> None:
        """Ask for the translations of all that it holds."""
        segment = _Segment()
        for token in self.dialect.tokens(self.root):
            if token.role is Role.BREAK:
                segment.end = token
                self._segments.append(segment)
                segment = _Segment()
            else:
                segment.tokens.append(token)
        self._segments.append(segment)
        self._segments = [part for whole in self._segments for part in self._parts(whole)]
        for segment in self._segments:
            texts.want(self._plain(segment.text))
            for hint in hints(self._pieces(segment)):
                texts.want(self._plain(hint))

    def _parts(self, segment: _Segment) -> list[_Segment]:
        """Return the segment; or each of its tokens alone where it has more formats than can be found again."""
        if len(hints(self._pieces(segment))) <= MOST_PARTS:
            return [segment]
        return [*(_Segment([token]) for token in segment.tokens), _Segment(end=segment.end)]

    def put(self, texts: Texts) -> None:
        """Write the translations in the places of the words."""
        results = [self._translated(segment, texts) for segment in self._segments]
        if all(result is None for result in results):
            return
        self.dialect.empty(self.root)
        builder = _Builder(self.root, self.dialect)
        for segment, result in zip(self._segments, results, strict=True):
            for token in segment.tokens if result is None else result:
                builder.add(token)
            if segment.end is not None:
                builder.add(segment.end)

    def _plain(self, text: str) -> str:
        return text if self.is_spaced else _SPACE.sub(" ", text)

    def _pieces(self, segment: _Segment) -> list[Piece]:
        pieces = []
        for token in segment.tokens:
            style, is_link = self.dialect.style(token.chain)
            pieces.append(Piece(self._plain(token.text), style, is_link, token.role is Role.ATOM))
        return pieces

    def _translated(self, segment: _Segment, texts: Texts) -> list[Token] | None:
        """Return the tokens of the translation, or ``None`` where the segment stays as it is."""
        pieces = self._pieces(segment)
        whole = self._plain("".join(piece.text for piece in pieces))
        taken = texts.take(whole)
        if taken.is_own and not taken.mark:
            return None
        if taken.is_own:
            return _mark(segment.tokens, taken.mark)
        placed = arrange(pieces, taken.text, lambda part: texts.hint(self._plain(part)))
        tokens = []
        for part in placed:
            token = segment.tokens[part.piece]
            is_atom = token.role is Role.ATOM
            tokens.append(token if is_atom else Token(Role.TEXT, token.chain, part.text))
        return _mark(tokens, taken.mark)


def _mark(tokens: list[Token], mark: str) -> list[Token]:
    if not mark:
        return tokens
    first = next((index for index, token in enumerate(tokens) if token.role is Role.TEXT and token.text.strip()), 0)
    token = tokens[first]
    bare = token.text.lstrip()
    spaced = token.text[: len(token.text) - len(bare)] + f"{mark} {bare}"
    return [*tokens[:first], Token(Role.TEXT, token.chain, spaced), *tokens[first + 1 :]]


class _Builder:
    """Opens and closes copies of the elements around each token."""

    def __init__(self, root: Element, dialect: Dialect) -> None:
        self._root = root
        self._dialect = dialect
        self._open: list[tuple[Element, Element]] = []
        self._seen: set[Element] = set()

    def add(self, token: Token) -> None:
        """Append a token."""
        if token.role is Role.TEXT:
            if token.text:
                self._dialect.write(self._parent(token.chain), token.text)
            return
        for chain, element in token.elements:
            element.tail = None
            self._parent(chain).append(element)

    def _parent(self, chain: Sequence[Element]) -> Element:
        common = 0
        while common < min(len(chain), len(self._open)) and self._open[common][0] is chain[common]:
            common += 1
        del self._open[common:]
        for element in chain[common:]:
            parent = self._open[-1][1] if self._open else self._root
            copy = self._dialect.copy(element, is_first=element not in self._seen)
            self._seen.add(element)
            parent.append(copy)
            self._open.append((element, copy))
        return self._open[-1][1] if self._open else self._root


def shallow(element: Element) -> Element:
    """Return an element with its attributes and nothing inside."""
    copy = etree.Element(element.tag, nsmap=element.nsmap)  # type: ignore[arg-type] # a default namespace has no prefix
    for key, value in element.attrib.items():
        copy.set(key, value)
    return copy


def deep(element: Element) -> Element:
    """Return a copy of an element with all that is inside, without what follows it."""
    copy = deepcopy(element)
    copy.tail = None
    return copy


def copy_of_part(element: Element, identity: str, *, is_first: bool) -> Element:
    """Return an element without its content; only the first copy keeps the attribute that must be unique."""
    copy = shallow(element)
    if not is_first:
        drop_attribute(copy, identity)
    return copy


def empty_mixed(root: Element) -> None:
    """Take away all that an element with mixed content holds."""
    root.text = None
    for child in list(root):
        root.remove(child)


def append_text(parent: Element, text: str) -> None:
    """Append a text to an element with mixed content."""
    if len(parent):
        last = parent[-1]
        last.tail = (last.tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def inner_text(element: Element) -> str:
    """Return all text inside an element, without comments."""
    inside = (
        (inner_text(child) if isinstance(child.tag, str) else "") + (child.tail or "")  # a comment's tag is a function
        for child in element
    )
    return (element.text or "") + "".join(inside)


def drop_attribute(element: Element, key: str) -> None:
    """Take an attribute away if it is there."""
    if key in element.attrib:
        del element.attrib[key]


def text_of(element: Element, tags: Iterable[str]) -> str:
    """Return the joined texts of all elements of these names inside an element."""
    return "".join(found.text or "" for found in element.iter(*tags))


def mixed_tokens(root: Element, roles: "Roles") -> Iterator[Token]:
    """Return the parts of an element in which texts stand beside and inside elements."""
    yield from _mixed(root, (), roles)


class Roles(Protocol):
    """Says what an element inside a paragraph is: its role (``None``: go inside), and the text that it shows."""

    def __call__(self, element: Element) -> tuple[Role | None, str]:
        """Return role and shown text. An element whose role is ``TEXT`` stands for the text that it shows."""
        ...


def _mixed(element: Element, chain: tuple[Element, ...], roles: Roles) -> Iterator[Token]:
    if element.text:
        yield Token(Role.TEXT, chain, element.text)
    for child in element:
        role, shown = roles(child)
        if role is None:
            yield from _mixed(child, (*chain, child), roles)
        elif role is Role.TEXT:
            yield Token(Role.TEXT, chain, shown, ((chain, child),))
        else:
            yield Token(role, chain, shown, ((chain, child),))
        if child.tail:
            yield Token(Role.TEXT, chain, child.tail)
