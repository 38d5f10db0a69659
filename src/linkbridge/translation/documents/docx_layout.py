"""Direction, language and notice of Word documents."""

import posixpath
from collections.abc import Iterable, Sequence

from lxml import etree
from lxml.etree import _Element as Element

from linkbridge.kernel.languages import Language
from linkbridge.translation.documents.docx_names import NS, ensure_first, put, w
from linkbridge.translation.documents.values import NoticeLine
from linkbridge.translation.documents.zips import Archive

_HEADER_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
_HEADER_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/header"
_ID = f"{{{NS['r']}}}id"
_COMPLEX = (("b", "bCs"), ("i", "iCs"), ("sz", "szCs"))


def set_language(parts: Sequence[Element], styles: Sequence[Element], target: Language) -> None:
    """Say what language everything is in, and in which direction paragraphs, tables and columns run."""
    is_rtl = target.direction == "rtl"
    for tree in (*parts, *styles):
        for properties in tree.iter(w("rPr")):
            _set_run(properties, target)
        if not is_rtl:
            for name in ("bidi", "bidiVisual", "rtl"):
                for element in list(tree.iter(w(name))):
                    _remove(element)
    for tree in styles:
        defaults = tree.find("w:docDefaults/w:rPrDefault/w:rPr", NS)
        if defaults is not None:
            _set_lang(defaults, target)
    if is_rtl:
        for tree in parts:
            _turn(tree)


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _set_run(properties: Element, target: Language) -> None:
    if properties.find("w:lang", NS) is not None:
        _set_lang(properties, target)
    if target.direction != "rtl":
        return
    # In a run from right to left, Word takes bold, italic and size from the properties of complex scripts.
    for name, complex_name in _COMPLEX:
        found = properties.find(f"w:{name}", NS)
        if found is not None:
            put(properties, complex_name, found.get(w("val")))


def _set_lang(properties: Element, target: Language) -> None:
    lang = put(properties, "lang", target.tag)
    lang.set(w("eastAsia"), target.tag)
    lang.set(w("bidi"), target.tag)


def _turn(tree: Element) -> None:
    for paragraph in tree.iter(w("p")):
        put(ensure_first(paragraph, "pPr"), "bidi")
    for run in tree.iter(w("r")):
        if run.find("w:t", NS) is not None:
            put(ensure_first(run, "rPr"), "rtl")
    for properties in tree.iter(w("tblPr")):
        put(properties, "bidiVisual")


def add_notice(archive: Archive, body_part: str, notice: Iterable[NoticeLine]) -> None:
    """Write the notice at the top of the document and of every page."""
    lines = list(notice)
    body = archive.tree(body_part).find("w:body", NS)
    if body is None or not lines:
        return
    for index, line in enumerate(lines):
        body.insert(index, _notice_paragraph([line]))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in _relations(archive, body_part)}
    sections = list(body.iter(w("sectPr")))
    if not sections:
        sections = [etree.SubElement(body, w("sectPr"))]
    folder = posixpath.dirname(body_part)
    headers = {
        posixpath.normpath(posixpath.join(folder, targets[reference.get(_ID)])).lstrip("/")
        for section in sections
        for reference in section.iterfind("w:headerReference", NS)
        if reference.get(_ID) in targets
    }
    for name in headers & archive.parts.keys():
        archive.tree(name).insert(0, _notice_paragraph(lines))
    if sections[0].find("w:headerReference[@w:type='default']", NS) is None:
        _add_header(archive, body_part, sections[0], lines)


def _relations(archive: Archive, part: str) -> Element:
    folder, file = posixpath.split(part)
    name = posixpath.join(folder, "_rels", f"{file}.rels")
    if name not in archive.parts:
        archive.add(name, etree.Element(f"{{{NS['pr']}}}Relationships", nsmap={"pr": NS["pr"]}))
    return archive.tree(name)


def _add_header(archive: Archive, body_part: str, section: Element, lines: Sequence[NoticeLine]) -> None:
    name = posixpath.join(posixpath.dirname(body_part), "header-notice.xml")
    root = etree.Element(w("hdr"), nsmap={"w": NS["w"]})
    root.append(_notice_paragraph(lines))
    archive.add(name, root)
    types = archive.tree("[Content_Types].xml")
    etree.SubElement(types, f"{{{NS['ct']}}}Override", {"PartName": f"/{name}", "ContentType": _HEADER_TYPE})
    relation = {"Id": "rIdNotice", "Type": _HEADER_RELATION, "Target": posixpath.basename(name)}
    etree.SubElement(_relations(archive, body_part), f"{{{NS['pr']}}}Relationship", relation)
    reference = etree.Element(w("headerReference"), {w("type"): "default", _ID: "rIdNotice"}, {"r": NS["r"]})
    section.insert(0, reference)


def _notice_paragraph(lines: Sequence[NoticeLine]) -> Element:
    """Return a framed paragraph; several lines stand behind one another, each in its direction."""
    paragraph = etree.Element(w("p"), nsmap={"w": NS["w"]})
    properties = etree.SubElement(paragraph, w("pPr"))
    borders = etree.SubElement(properties, w("pBdr"))
    for side in ("top", "left", "bottom", "right"):
        etree.SubElement(borders, w(side), {w("val"): "single", w("sz"): "6", w("space"): "4", w("color"): "8A5A00"})
    etree.SubElement(properties, w("shd"), {w("val"): "clear", w("color"): "auto", w("fill"): "FFF4D6"})
    etree.SubElement(properties, w("spacing"), {w("before"): "0", w("after"): "0"})
    if lines[0].language.direction == "rtl":
        put(properties, "bidi")
    for index, line in enumerate(lines):
        if index:
            _add_run(paragraph, " · ", lines[0].language)
        _add_run(paragraph, line.text, line.language)
    return paragraph


def _add_run(paragraph: Element, text: str, language: Language) -> None:
    run = etree.SubElement(paragraph, w("r"))
    properties = etree.SubElement(run, w("rPr"))
    etree.SubElement(properties, w("color"), {w("val"): "5A3A00"})
    for name in ("sz", "szCs"):
        etree.SubElement(properties, w(name), {w("val"): "18"})
    if language.direction == "rtl":
        etree.SubElement(properties, w("rtl"))
    etree.SubElement(properties, w("lang"), {w("val"): language.tag, w("bidi"): language.tag})
    node = etree.SubElement(run, w("t"))
    node.text = text
    node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
