"""OpenDocument texts (ISO/IEC 26300): every paragraph and heading of the body, headers, footers, notes and frames."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lxml import etree
from lxml.etree import _Element as Element

from linkbridge.kernel.errors import InvalidInput
from linkbridge.translation.documents.odt_layout import add_notice, set_language
from linkbridge.translation.documents.odt_names import NS, name
from linkbridge.translation.documents.texts import Texts
from linkbridge.translation.documents.trees import (
    Paragraph,
    Role,
    Token,
    append_text,
    copy_of_part,
    empty_mixed,
    inner_text,
    mixed_tokens,
)
from linkbridge.translation.documents.values import Batch, Progress, Translate
from linkbridge.translation.documents.zips import Archive

_INSIDE = {name("text", each) for each in ("span", "a", "meta", "meta-field")}
_BREAKS = {name("text", each) for each in ("line-break", "tab")}
_SHOWING_NOTHING = {
    name("text", "note"), name("office", "annotation"), name("draw", "frame"), name("draw", "custom-shape"),
    name("draw", "g"), name("text", "ruby"),
}  # fmt: skip
_ROOTS = (name("text", "p"), name("text", "h"))
_DESCRIPTIONS = (name("svg", "title"), name("svg", "desc"))
_DELETED = name("text", "tracked-changes")
_MOST_SPACES = 1_000
_WHITE = re.compile(r"[ \t\r\n]+")
_SPACES = re.compile(r" +")


def translate_odt(content: bytes, texts: Texts, translate: Translate, on_progress: Progress, batch: Batch) -> bytes:
    """Return an OpenDocument text in the target language.

    Raises:
        InvalidInput: it is damaged or encrypted, or holds no text.
        TooLarge: see ``Archive.read``.
    """
    archive = Archive.read(content, texts.limits)
    if b"encryption-data" in archive.parts.get("META-INF/manifest.xml", b""):
        raise InvalidInput("the document is encrypted", field="document", problem="encrypted")
    body, styles = archive.tree("content.xml"), archive.tree("styles.xml")
    if body.find("office:body/office:text", NS) is None:
        raise InvalidInput("the document is damaged: it has no body", field="document")
    dialect = _OpenDocument(_plain_styles(body))
    paragraphs = [Paragraph(root, dialect, is_spaced=True) for tree in (body, styles) for root in _roots(tree)]
    described = [element for tree in (body, styles) for element in tree.iter(*_DESCRIPTIONS)]
    for paragraph in paragraphs:
        paragraph.want(texts)
    for element in described:
        texts.want(element.text or "")
    texts.translate(translate, on_progress, batch)
    for paragraph in paragraphs:
        paragraph.put(texts)
    for element in described:
        if element.text:
            element.text = texts.take(element.text).marked
    set_language(body, styles, texts.target)
    add_notice(body, styles, texts.notice)
    return archive.write()


def _roots(tree: Element) -> Iterator[Element]:
    for element in tree.iter(*_ROOTS):
        if next(element.iterancestors(_DELETED), None) is None:
            yield element


def _plain_styles(body: Element) -> frozenset[str]:
    """Return the names of automatic styles that change nothing one sees, such as those that mark an edit."""
    plain = set()
    for style in body.iterfind("office:automatic-styles/style:style[@style:family='text']", NS):
        seen = {
            key
            for properties in style
            for key in properties.attrib
            if not str(key).endswith(("}rsid", "}paragraph-rsid"))
            and "language" not in str(key)
            and "country" not in str(key)
        }
        if not seen and style.get(name("style", "parent-style-name")) is None:
            plain.add(style.get(name("style", "name"), ""))
    return frozenset(plain)


@dataclass(frozen=True, slots=True)
class _OpenDocument:
    """The dialect of OpenDocument: texts stand beside elements; runs of spaces are elements."""

    plain_styles: frozenset[str]

    def tokens(self, root: Element) -> list[Token]:
        return [
            token if token.elements else replace(token, text=_WHITE.sub(" ", token.text))
            for token in mixed_tokens(root, _role)
        ]

    def style(self, chain: Sequence[Element]) -> tuple[str, bool]:
        names = []
        is_link = False
        for element in chain:
            if element.tag == name("text", "a"):
                is_link = True
                names.append(repr(sorted((str(key), str(value)) for key, value in element.attrib.items())))
            elif (style := element.get(name("text", "style-name"), "")) not in self.plain_styles:
                names.append(style)
        return "\n".join(filter(None, names)), is_link

    def empty(self, root: Element) -> None:
        empty_mixed(root)

    def copy(self, element: Element, *, is_first: bool) -> Element:
        return copy_of_part(element, "{http://www.w3.org/XML/1998/namespace}id", is_first=is_first)

    def write(self, parent: Element, text: str) -> None:
        # White space at the beginning of an element, and all but the first of several, are not there for a reader.
        place = 0
        is_empty = not parent.text and not len(parent)
        for match in _SPACES.finditer(text):
            kept = 0 if is_empty and match.start() == 0 else 1
            append_text(parent, text[place : match.start() + kept])
            if len(match[0]) > kept:
                etree.SubElement(parent, name("text", "s"), {name("text", "c"): str(len(match[0]) - kept)})
            place = match.end()
        append_text(parent, text[place:])


def _role(element: Element) -> tuple[Role | None, str]:
    if element.tag == name("text", "s"):
        count = element.get(name("text", "c"), "1")
        return Role.TEXT, " " * (min(int(count), _MOST_SPACES) if count.isdecimal() else 1)
    if element.tag in _BREAKS:
        return Role.BREAK, ""
    if element.tag in _SHOWING_NOTHING:
        return Role.ATOM, ""
    if element.tag in _INSIDE and inner_text(element).strip():
        return None, ""
    return Role.ATOM, "" if any(True for _ in element.iter(*_ROOTS)) else inner_text(element)
