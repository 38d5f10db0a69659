"""HTML pages: the text of every block, titles, and the attributes that people read (lxml's HTML parser)."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from lxml import etree, html
from lxml.etree import _Element as Element

from linkbridge.kernel.errors import InvalidInput, TooLarge
from linkbridge.kernel.languages import Language
from linkbridge.translation.documents.decoding import decode
from linkbridge.translation.documents.texts import Texts
from linkbridge.translation.documents.trees import (
    Paragraph,
    Role,
    Token,
    append_text,
    copy_of_part,
    drop_attribute,
    empty_mixed,
    inner_text,
    mixed_tokens,
)
from linkbridge.translation.documents.values import Batch, NoticeLine, Progress, Translate

# HTML, section 3.2.5.2.5 (phrasing content): what stands among words. All else ends a text.
_INLINE_NAMES = (
    "a abbr acronym b bdi bdo big cite data del dfn em font i ins label mark nobr output q s small span strike "
    "strong sub sup time tt u"
)
_INLINE = frozenset(_INLINE_NAMES.split())
_ATOMS_NAMES = (
    "area audio button canvas code embed iframe img input kbd link map math meta meter noscript object param "
    "picture progress ruby samp script select source style svg template textarea track var video wbr"
)
_ATOMS = frozenset(_ATOMS_NAMES.split())
_OPAQUE_NAMES = "script style template svg math code samp kbd var iframe object canvas noscript textarea"
_OPAQUE = frozenset(_OPAQUE_NAMES.split())
"""Elements whose inside is no prose."""
_SPACED = frozenset({"pre", "listing"})
_ATTRIBUTES = ("alt", "title", "placeholder", "aria-label", "summary", "label")
_BUTTONS = {"submit", "button", "reset"}
_DESCRIPTIONS = {"description", "og:title", "og:description"}
_DECLARED = re.compile(
    rb"""<meta[^>]+charset\s*=\s*["']?\s*([a-z0-9_:-]+)|<\?xml[^>]+encoding=["']([a-z0-9_-]+)""", re.IGNORECASE
)
_DEEPEST = 200
_MOST_ELEMENTS = 300_000
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")


def translate_html(content: bytes, texts: Texts, translate: Translate, on_progress: Progress, batch: Batch) -> bytes:
    """Return an HTML page in the target language, in UTF-8.

    Raises:
        InvalidInput: it cannot be read as HTML.
        TooLarge: it has too many elements.
    """
    tree = parse_html(content)
    paragraphs = [
        Paragraph(root, HTML, is_spaced=_is_spaced(root)) for root in tree.iter(etree.Element) if _may_hold_texts(root)
    ]
    attributes = list(_attributes(tree))
    for paragraph in paragraphs:
        paragraph.want(texts)
    for element, key in attributes:
        texts.want(element.get(key, ""))
    texts.translate(translate, on_progress, batch)
    for paragraph in paragraphs:
        paragraph.put(texts)
    for element, key in attributes:
        element.set(key, texts.take(element.get(key, "")).marked)
    _set_language(tree, texts.target)
    _add_notice(tree, texts.notice)
    written: bytes = etree.tostring(tree.getroottree(), method="html", encoding="utf-8")
    return written


def parse_html(content: bytes) -> Element:
    """Return the root of a page.

    Raises:
        InvalidInput: nothing can be made of it, or it nests too deeply.
        TooLarge: it has too many elements.
    """
    found = _DECLARED.search(content[:4096])
    declared = (found[1] or found[2]).decode("ascii") if found else ""
    text = _XML_DECLARATION.sub("", decode(content, declared).text)
    parser = html.HTMLParser(  # type: ignore[call-arg] # the stubs do not know the last one
        encoding="utf-8", huge_tree=True, no_network=True, remove_pis=True, default_doctype=False
    )
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise InvalidInput("the page cannot be read as HTML", field="document") from error
    if _depth(tree) > _DEEPEST:
        raise InvalidInput("the page nests its elements too deeply", field="document")
    return tree


def _depth(tree: Element) -> int:
    depth = deepest = 0
    for steps, (event, _) in enumerate(etree.iterwalk(tree, events=("start", "end"))):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
        if steps > 2 * _MOST_ELEMENTS:
            raise TooLarge("the page has too many elements", limit=_MOST_ELEMENTS)
    return deepest


def _tag(element: Element) -> str:
    return element.tag.lower() if isinstance(element.tag, str) else ""


def _is_spaced(element: Element) -> bool:
    return any(_tag(each) in _SPACED for each in (element, *element.iterancestors()))


def _is_opaque(element: Element) -> bool:
    return any(
        _tag(each) in _OPAQUE or each.get("translate") == "no" or "notranslate" in each.get("class", "").split()
        for each in (element, *element.iterancestors())
    )


def _has_block(element: Element) -> bool:
    return any(_tag(inner) not in _INLINE | _ATOMS | {"br"} for inner in element.iterdescendants(etree.Element))


def _may_hold_texts(element: Element) -> bool:
    """Whether texts may stand in it that belong to no element inside or around it."""
    tag = _tag(element)
    if not tag or tag == "head" or _is_opaque(element):
        return False
    if tag in _INLINE:
        return _has_block(element)
    return bool((element.text or "").strip()) or any(
        (child.tail or "").strip() or (_tag(child) in _INLINE and not _has_block(child)) for child in element
    )


def _role(element: Element) -> tuple[Role | None, str]:
    tag = _tag(element)
    if tag == "br":
        return Role.BREAK, ""
    if tag in {"code", "kbd", "samp", "var"} or (tag in _INLINE and element.get("translate") == "no"):
        return Role.ATOM, inner_text(element)
    if not tag or tag in _ATOMS:
        return Role.ATOM, ""
    if tag in _INLINE and not _has_block(element):
        return (None, "") if inner_text(element).strip() else (Role.ATOM, "")
    return Role.BREAK, ""


class _Html:
    """The dialect of HTML: texts stand beside elements."""

    def tokens(self, root: Element) -> list[Token]:
        return list(mixed_tokens(root, _role))

    def style(self, chain: Sequence[Element]) -> tuple[str, bool]:
        names = [f"{element.tag} {sorted((str(k), str(v)) for k, v in element.attrib.items())}" for element in chain]
        return "\n".join(names), any(_tag(element) == "a" for element in chain)

    def empty(self, root: Element) -> None:
        empty_mixed(root)

    def copy(self, element: Element, *, is_first: bool) -> Element:
        return copy_of_part(element, "id", is_first=is_first)

    def write(self, parent: Element, text: str) -> None:
        append_text(parent, text)


HTML = _Html()


def _attributes(tree: Element) -> Iterator[tuple[Element, str]]:
    for element in tree.iter(etree.Element):
        tag = _tag(element)
        if _is_opaque(element):
            continue
        for key in _ATTRIBUTES:
            if (key != "label" or tag in {"option", "optgroup", "track"}) and element.get(key, "").strip():
                yield element, key
        if tag == "input" and element.get("type", "").lower() in _BUTTONS and element.get("value"):
            yield element, "value"
        if tag == "meta" and element.get("content") and _DESCRIPTIONS & {element.get("name"), element.get("property")}:
            yield element, "content"


def _set_language(tree: Element, target: Language) -> None:
    tree.set("lang", target.tag)
    tree.set("dir", target.direction)
    xml_lang = "xml:lang"
    if xml_lang in tree.attrib:
        tree.set(xml_lang, target.tag)
    for element in tree.iterdescendants(etree.Element):
        if element.get("translate") != "no":
            for key in ("lang", xml_lang, "dir"):
                drop_attribute(element, key)
    head = tree.find("head")
    if head is None:
        head = etree.Element("head")
        tree.insert(0, head)
    for meta in list(head.iterfind("meta")):
        if meta.get("charset") is not None or meta.get("http-equiv", "").lower() == "content-type":
            _drop(meta)
    head.insert(0, etree.Element("meta", {"charset": "utf-8"}))


def _drop(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _add_notice(tree: Element, notice: Sequence[NoticeLine]) -> None:
    body = tree.find("body")
    if body is None or not notice:
        return
    lines = "".join(
        f'<p lang="{line.language.tag}" dir="{line.language.direction}" style="margin:0">{escape(line.text)}</p>'
        for line in notice
    )
    style = "margin:0 0 1em;padding:.75em;border:2px solid #8a5a00;background:#fff4d6;color:#3d2700;font:1em sans-serif"
    banner = html.fragment_fromstring(
        f'<div class="linkbridge-notice" role="note" translate="no" style="{style}">{lines}</div>'
    )
    banner.tail = body.text
    body.text = None
    body.insert(0, banner)
