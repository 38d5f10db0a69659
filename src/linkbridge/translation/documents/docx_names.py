"""The names of WordprocessingML (ECMA-376), and the order in which its schema wants properties."""

from lxml import etree
from lxml.etree import _Element as Element

NS = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "ct": "http://schemas.openxmlformats.org/package/2006/content-types",
    "pr": "http://schemas.openxmlformats.org/package/2006/relationships",
}

# CT_PPrBase, CT_RPr and CT_TblPrBase: what must come after a property that is put in.
_AFTER = {
    "bidi": (
        "adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection "
        "textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
    ),
    "rtl": "cs em lang eastAsianLayout specVanish oMath rPrChange",
    "lang": "eastAsianLayout specVanish oMath rPrChange",
    "bCs": (
        "i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish webHidden color "
        "spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout "
        "specVanish oMath rPrChange"
    ),
    "iCs": (
        "caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish webHidden color spacing "
        "w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout "
        "specVanish oMath rPrChange"
    ),
    "szCs": "highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath rPrChange",
    "bidiVisual": (
        "tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar "
        "tblLook tblCaption tblDescription tblPrChange"
    ),
}


def w(name: str) -> str:
    """Return a name of WordprocessingML as lxml writes it."""
    return f"{{{NS['w']}}}{name}"


_SUCCESSORS = {name: frozenset(w(after) for after in names.split()) for name, names in _AFTER.items()}


def put(properties: Element, name: str, value: str | None = None) -> Element:
    """Set a property in its place among others, replacing one of the same name, and return it."""
    for old in properties.findall(f"w:{name}", NS):
        properties.remove(old)
    element = etree.Element(w(name))
    if value is not None:
        element.set(w("val"), value)
    place = next((index for index, child in enumerate(properties) if child.tag in _SUCCESSORS[name]), len(properties))
    properties.insert(place, element)
    return element


def ensure_first(parent: Element, name: str) -> Element:
    """Return the child of a name, which the schema wants first; it is made where there is none."""
    found = parent.find(f"w:{name}", NS)
    if found is None:
        found = etree.Element(w(name))
        parent.insert(0, found)
    return found
