"""Writes units as XLIFF 2.1, one document for each language, one ``file`` in it for each book.

A segment's ``state`` tells other tools how far it is, its ``subState`` our status exactly. What XLIFF has no place for
travels in the metadata module. A placeholder such as ``{phone}`` is a ``ph``, so that no tool lets it be translated.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, tostring

from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.text_checks import placeholders
from linkbridge.phrasebook.exchange.units import TextUnit, check_writable, fields_of
from linkbridge.phrasebook.schema import SOURCE_TAG, Status

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
METADATA = "urn:oasis:names:tc:xliff:metadata:2.0"
STATES = {
    Status.OUTDATED: "translated",
    Status.DRAFT: "translated",
    Status.REVIEWED: "reviewed",
    Status.VERIFIED: "final",
}
INITIAL = "initial"
CATEGORY = "linkbridge"
COMMENT, CONTEXT, LEGAL_BASIS = "comment", "context", "legal-basis"


def write_xliff(units: Iterable[TextUnit]) -> str:
    """Return the XLIFF document of units in one language.

    Raises:
        InvalidInput: the units are of several languages, or one would not survive.
    """
    listed = list(units)
    tags = {unit.tag for unit in listed}
    if len(tags) != 1 or tags == {SOURCE_TAG}:
        raise InvalidInput("an XLIFF document has exactly one language beside English", field="language")
    spaces = f'xmlns="{NAMESPACE}" xmlns:mda="{METADATA}"'
    head = f'<xliff {spaces} version="2.1" srcLang="{SOURCE_TAG}" trgLang="{tags.pop()}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *_files(listed), "</xliff>", ""])


def _files(units: list[TextUnit]) -> Iterator[str]:
    for book, found in groupby(units, key=lambda unit: unit.book):
        yield f'  <file id="{book}" original="{book}">'
        for unit in found:
            check_writable(unit)
            yield from _unit(unit)
        yield "  </file>"


def _unit(unit: TextUnit) -> Iterator[str]:
    yield f'    <unit id="{unit.phrase}" name="{unit.key}" xml:space="preserve">'
    yield from (f"      {tostring(part, encoding='unicode')}" for part in _parts(unit))
    yield "    </unit>"


def _parts(unit: TextUnit) -> Iterator[Element]:
    metadata = Element("mda:metadata")
    group = SubElement(metadata, "mda:metaGroup", category=CATEGORY)
    for name, value in fields_of(unit):
        SubElement(group, "mda:meta", type=name).text = value
    yield metadata
    notes = Element("notes")
    written = [(CONTEXT, unit.context), (LEGAL_BASIS, unit.legal_basis), *((COMMENT, text) for text in unit.comments)]
    for category, text in written:
        if text:
            SubElement(notes, "note", category=category).text = text
    if len(notes):
        yield notes
    names = sorted({*placeholders(unit.source), *placeholders(unit.text)})
    if names:
        original = Element("originalData")
        for name in names:
            SubElement(original, "data", id=_data_id(name)).text = f"{{{name}}}"
        yield original
    yield _segment(unit)


def _segment(unit: TextUnit) -> Element:
    if not unit.text:
        segment = Element("segment", state=INITIAL)
    else:
        segment = Element("segment", state=STATES[unit.status], subState=f"{CATEGORY}:{unit.status}")
    _fill(SubElement(segment, "source"), unit.source)
    if unit.text:
        _fill(SubElement(segment, "target"), unit.text)
    return segment


def _fill(element: Element, text: str) -> None:
    """Write ``text`` into ``element``, with a ``ph`` for each placeholder; both sides give the same one the same id."""
    seen: dict[str, int] = {}
    last: Element | None = None
    rest = text
    for name in placeholders(text):
        before, _, rest = rest.partition(f"{{{name}}}")
        _append(element, last, before)
        seen[name] = seen.get(name, 0) + 1
        written = f"{{{name}}}"
        last = SubElement(
            element,
            "ph",
            id=f"{name}-{seen[name]}",
            dataRef=_data_id(name),
            equiv=written,
            disp=written,
            canDelete="no",
        )
    _append(element, last, rest)


def _append(element: Element, last: Element | None, text: str) -> None:
    if last is None:
        element.text = text
    else:
        last.tail = text


def _data_id(name: str) -> str:
    return f"d-{name}"
