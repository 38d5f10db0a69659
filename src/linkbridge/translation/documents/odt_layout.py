"""Direction, language and notice of OpenDocument texts."""

from collections.abc import Iterable, Sequence

from lxml import etree
from lxml.etree import _Element as Element

from linkbridge.kernel.languages import Language
from linkbridge.translation.documents.odt_names import NS, name
from linkbridge.translation.documents.trees import drop_attribute
from linkbridge.translation.documents.values import NoticeLine

_MODE = name("style", "writing-mode")
_COMPLEX = ("font-weight", "font-style", "font-size")
# LibreOffice takes "start" for "left" in any direction (seen in 7.4), so sides are named as such.
_TURNED = {"left": "right", "start": "right", "right": "left", "end": "left"}
_BEFORE_CONTENT = {
    name("office", "forms"), name("text", "tracked-changes"), name("text", "sequence-decls"),
    name("text", "variable-decls"), name("text", "user-field-decls"), name("text", "dde-connection-decls"),
    name("text", "alphabetical-index-auto-mark-file"), name("table", "content-validations"),
}  # fmt: skip
_HEADERS = tuple(name("style", each) for each in ("header", "header-left", "header-first"))


def set_language(body: Element, styles: Element, target: Language) -> None:
    """Say what language everything is in, and in which direction pages, paragraphs and tables run."""
    is_rtl = target.direction == "rtl"
    _ensure_default(styles)
    for tree in (body, styles):
        for style in tree.iter(name("style", "default-style"), name("style", "style")):
            is_default = style.tag == name("style", "default-style")
            for properties in style.iterfind("style:text-properties", NS):
                _set_text(properties, target, is_default=is_default)
            kind = style.get(name("style", "family"), "")
            if kind in {"paragraph", "table"}:
                _set_direction(_ensure_properties(style, kind), is_default=is_default, is_rtl=is_rtl)
        for layout in tree.iterfind(".//style:page-layout/style:page-layout-properties", NS):
            layout.set(_MODE, "rl-tb" if is_rtl else "lr-tb")


def _ensure_default(styles: Element) -> None:
    """Make the default paragraph style, in which language and direction are said, where there is none."""
    parent = styles.find("office:styles", NS)
    if parent is None:
        parent = etree.Element(name("office", "styles"))
        styles.insert(0, parent)
    default = parent.find("style:default-style[@style:family='paragraph']", NS)
    if default is None:
        default = etree.Element(name("style", "default-style"), {name("style", "family"): "paragraph"})
        parent.insert(0, default)
    for index, kind in enumerate(("paragraph-properties", "text-properties")):
        if default.find(f"style:{kind}", NS) is None:
            default.insert(index, etree.Element(name("style", kind)))


def _set_text(properties: Element, target: Language, *, is_default: bool) -> None:
    for space, kind in (("fo", ""), ("style", "-asian"), ("style", "-complex")):
        language, country = name(space, f"language{kind}"), name(space, f"country{kind}")
        if (is_default or language in properties.attrib) and properties.get(language) != "zxx":
            properties.set(language, target.tag.partition("-")[0])
            properties.set(country, "none")
    if target.direction == "rtl":
        # Words from right to left take weight, slope and size from the properties of complex scripts.
        for each in _COMPLEX:
            value = properties.get(name("fo", each))
            if value is not None:
                properties.set(name("style", f"{each}-complex"), value)


def _ensure_properties(style: Element, kind: str) -> Element:
    found = style.find(f"style:{kind}-properties", NS)
    if found is None:
        found = etree.Element(name("style", f"{kind}-properties"))
        style.insert(0, found)
    return found


def _set_direction(properties: Element, *, is_default: bool, is_rtl: bool) -> None:
    properties.set(_MODE, "rl-tb" if is_rtl else "lr-tb")
    align = name("fo", "text-align")
    if is_rtl and (align in properties.attrib or is_default):
        side = properties.get(align, "start")
        properties.set(align, _TURNED.get(side, side))


def add_notice(body: Element, styles: Element, notice: Iterable[NoticeLine]) -> None:
    """Write the notice at the top of the document and of every page."""
    lines = list(notice)
    text = body.find("office:body/office:text", NS)
    if text is None or not lines:
        return
    place = next((index for index, child in enumerate(text) if child.tag not in _BEFORE_CONTENT), len(text))
    _add_style(body, [line.language for line in lines])
    for index, line in enumerate(lines):
        text.insert(place + index, _notice_paragraph([line]))
    _add_style(styles, [line.language for line in lines])
    for page in styles.iterfind("office:master-styles/style:master-page", NS):
        found = [header for header in page if header.tag in _HEADERS]
        if not any(header.tag == _HEADERS[0] for header in found):
            header = etree.Element(_HEADERS[0])
            page.insert(0, header)
            found.append(header)
            _ensure_header_style(styles, page.get(name("style", "page-layout-name"), ""))
        for header in found:
            drop_attribute(header, name("style", "display"))
            header.insert(0, _notice_paragraph(lines))


def _ensure_header_style(styles: Element, layout_name: str) -> None:
    for layout in styles.iterfind("office:automatic-styles/style:page-layout", NS):
        if layout.get(name("style", "name")) != layout_name:
            continue
        header = layout.find("style:header-style", NS)
        if header is None:
            properties = layout.find("style:page-layout-properties", NS)
            header = etree.Element(name("style", "header-style"))
            layout.insert(0 if properties is None else 1, header)
        if header.find("style:header-footer-properties", NS) is None:
            attributes = {name("fo", "min-height"): "0.5cm", name("fo", "margin-bottom"): "0.3cm"}
            etree.SubElement(header, name("style", "header-footer-properties"), attributes)


def _style_name(language: Language) -> str:
    return f"LinkBridgeNotice{language.direction.title()}"


def _add_style(tree: Element, languages: Sequence[Language]) -> None:
    parent = tree.find("office:automatic-styles", NS)
    if parent is None:
        parent = etree.Element(name("office", "automatic-styles"))
        before = tree.find("office:body", NS)
        before = tree.find("office:master-styles", NS) if before is None else before
        tree.insert(len(tree) if before is None else tree.index(before), parent)
    for language in {_style_name(each): each for each in languages}.values():
        attributes = {name("style", "name"): _style_name(language), name("style", "family"): "paragraph"}
        style = etree.SubElement(parent, name("style", "style"), attributes)
        paragraph = {
            name("fo", "border"): "0.5pt solid #8a5a00", name("fo", "padding"): "0.1cm",
            name("fo", "background-color"): "#fff4d6",
            name("fo", "text-align"): "right" if language.direction == "rtl" else "left",
            _MODE: "rl-tb" if language.direction == "rtl" else "lr-tb",
        }  # fmt: skip
        etree.SubElement(style, name("style", "paragraph-properties"), paragraph)
        sizes = {
            name("fo", "font-size"): "9pt",
            name("style", "font-size-complex"): "9pt",
            name("fo", "color"): "#5a3a00",
        }
        etree.SubElement(style, name("style", "text-properties"), sizes)


def _notice_paragraph(lines: Sequence[NoticeLine]) -> Element:
    attributes = {name("text", "style-name"): _style_name(lines[0].language)}
    paragraph = etree.Element(name("text", "p"), attributes)
    paragraph.text = " · ".join(line.text for line in lines)
    return paragraph
