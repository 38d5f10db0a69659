"""Word documents (OOXML, ECMA-376): every paragraph of the body, headers, footers, notes, comments and text boxes."""

from collections.abc import Iterator, Sequence

from lxml import etree
from lxml.etree import _Element as Element

from linkbridge.kernel.errors import InvalidInput
from linkbridge.translation.documents.docx_fields import join_fields
from linkbridge.translation.documents.docx_layout import add_notice, set_language
from linkbridge.translation.documents.docx_names import NS, w
from linkbridge.translation.documents.texts import Texts
from linkbridge.translation.documents.trees import Paragraph, Role, Token, deep, shallow, text_of
from linkbridge.translation.documents.values import Batch, Progress, Translate
from linkbridge.translation.documents.zips import Archive

_CONTENT_TYPES = "[Content_Types].xml"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_PARTS = tuple(
    f"{_WORD_TYPE}{kind}+xml"
    for kind in ("document.main", "template.main", "header", "footer", "footnotes", "endnotes", "comments")
)
_STYLES = f"{_WORD_TYPE}styles+xml"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

_INSIDE = {w("hyperlink"), w("ins"), w("moveTo"), w("dir"), w("bdo")}
_UNWRAPPED = {w("smartTag"), w("customXml")}
_BREAKS = {w("tab"), w("br"), w("cr"), w("ptab")}
_DROPPED = {w("lastRenderedPageBreak"), w("softHyphen"), w("rPr")}
_NO_FORMAT = {w("lang"), w("noProof"), w("rtl"), w("webHidden"), w("bCs"), w("iCs"), w("szCs")}


def translate_docx(content: bytes, texts: Texts, translate: Translate, on_progress: Progress, batch: Batch) -> bytes:
    """Return a Word document in the target language.

    Raises:
        InvalidInput: it is damaged, encrypted, or holds no paragraphs.
        TooLarge: see ``Archive.read``.
    """
    archive = Archive.read(content, texts.limits)
    parts = find_parts(archive)
    paragraphs = [Paragraph(root, WORD, is_spaced=True) for name in parts for root in _roots(archive.tree(name))]
    described = [element for name in parts for element in archive.tree(name).iter(f"{{{NS['wp']}}}docPr")]
    for paragraph in paragraphs:
        paragraph.want(texts)
    for element in described:
        texts.want(element.get("descr", ""))
    texts.translate(translate, on_progress, batch)
    for paragraph in paragraphs:
        paragraph.put(texts)
    for element in described:
        if description := element.get("descr"):
            element.set("descr", texts.take(description).marked)
    styles = [archive.tree(name) for name in _named(archive, (_STYLES,))]
    set_language([archive.tree(name) for name in parts], styles, texts.target)
    add_notice(archive, parts[0], texts.notice)
    return archive.write()


def find_parts(archive: Archive) -> list[str]:
    """Return the names of the parts that hold paragraphs, the body first.

    Raises:
        InvalidInput: there is no body.
    """
    parts = _named(archive, _PARTS)
    bodies = [name for name in parts if archive.tree(name).tag == w("document")]
    if len(bodies) != 1 or archive.tree(bodies[0]).find("w:body", NS) is None:
        raise InvalidInput("the document is damaged: it has no body", field="document")
    return [*bodies, *(name for name in parts if name not in bodies)]


def _named(archive: Archive, types: Sequence[str]) -> list[str]:
    found = []
    for override in archive.tree(_CONTENT_TYPES).iterfind("ct:Override", NS):
        name = override.get("PartName", "").lstrip("/")
        if override.get("ContentType") in types and name in archive.parts and name not in found:
            found.append(name)
    return found


def _roots(tree: Element) -> Iterator[Element]:
    """Return paragraphs, and the content of controls inside paragraphs, which stay whole there."""
    for element in tree.iter(w("p"), w("sdtContent")):
        if element.tag == w("p") or (element.find("w:r", NS) is not None and _is_in_paragraph(element)):
            yield element


def _is_in_paragraph(content: Element) -> bool:
    return next((True for around in content.iterancestors(w("p"))), False)


class _Word:
    """The dialect of WordprocessingML: texts stand in ``w:t`` inside runs, whose ``w:rPr`` is their format."""

    def tokens(self, root: Element) -> list[Token]:
        return join_fields(list(_tokens(root, ())))

    def style(self, chain: Sequence[Element]) -> tuple[str, bool]:
        names = []
        is_link = False
        for element in chain:
            if element.tag == w("hyperlink"):
                is_link = True
                names.append(repr(sorted((str(key), str(value)) for key, value in element.attrib.items())))
            elif element.tag == w("r") and (properties := element.find("w:rPr", NS)) is not None:
                names += [_format(child) for child in properties if child.tag not in _NO_FORMAT]
        return "\n".join(names), is_link

    def empty(self, root: Element) -> None:
        for child in list(root):
            if child.tag not in {w("pPr"), w("sdtPr")}:
                root.remove(child)

    def copy(self, element: Element, *, is_first: bool) -> Element:  # noqa: ARG002 - the protocol's signature
        copy = shallow(element)
        if element.tag == w("r") and (properties := element.find("w:rPr", NS)) is not None:
            copy.append(deep(properties))
        return copy

    def write(self, parent: Element, text: str) -> None:
        # Text outside of a run has no place in a paragraph: an atom's chain may end before its run.
        run = parent if parent.tag == w("r") else etree.SubElement(parent, w("r"))
        node = etree.SubElement(run, w("t"))
        node.text = text
        node.set(_SPACE, "preserve")


WORD = _Word()


def _format(element: Element) -> str:
    if element.tag == w("rFonts"):
        return f"fonts {element.get(w('ascii'))} {element.get(w('hAnsi'))}"
    values = sorted((str(key), str(value)) for key, value in element.attrib.items())
    return f"{element.tag} {values}"


def _tokens(element: Element, chain: tuple[Element, ...]) -> Iterator[Token]:
    for child in element:
        if child.tag == w("r"):
            yield from _run(child, (*chain, child))
        elif child.tag in _INSIDE:
            yield from _tokens(child, (*chain, child))
        elif child.tag in _UNWRAPPED:
            yield from _tokens(child, chain)
        elif child.tag == w("fldSimple"):
            yield Token(Role.ATOM, chain, text_of(child, [w("t")]), ((chain, child),))
        elif child.tag not in {w("pPr"), w("sdtPr"), w("proofErr")}:
            yield Token(Role.ATOM, chain, "", ((chain, child),))


def _run(run: Element, chain: tuple[Element, ...]) -> Iterator[Token]:
    for child in run:
        if child.tag == w("t"):
            if child.text:
                yield Token(Role.TEXT, chain, child.text, ((chain, child),))
        elif child.tag == w("noBreakHyphen"):
            yield Token(Role.TEXT, chain, "\u2011", ((chain, child),))
        elif child.tag in _BREAKS:
            yield Token(Role.BREAK, chain, "", ((chain, child),))
        elif child.tag not in _DROPPED:
            yield Token(Role.ATOM, chain, "", ((chain, child),))
