"""Translation memories in TMX 1.4: ours with status and readers as properties, and those of others as a stream."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.etree.ElementTree import Element, SubElement, tostring

from linkbridge import __version__
from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.text_checks import placeholders
from linkbridge.phrasebook.exchange.units import (
    Incoming,
    Skipped,
    TextUnit,
    UnreadableEntry,
    check_writable,
    fields_of,
    parse_key,
    read_tag,
    unit_from_fields,
)
from linkbridge.phrasebook.exchange.xml_source import iter_elements, local_name
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.schema import SOURCE_TAG

MAX_BYTES = 2 * 1_073_741_824
PROPERTY = "x-linkbridge-"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CODES = frozenset({"bpt", "ept", "it", "ph", "ut"})
_HEADER = (
    f'<header creationtool="LinkBridge" creationtoolversion="{__version__}" segtype="block" o-tmf="linkbridge-po" '
    f'adminlang="en" srclang="{SOURCE_TAG}" datatype="plaintext"/>'
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One ``tu``: its texts by the language tag that the file writes, and what it says about them."""

    name: str
    texts: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...] = ()
    comments: tuple[str, ...] = ()
    source_tag: str = ""


def write_tmx(units: Iterable[TextUnit]) -> str:
    """Return a TMX document of all units that are translated; one ``tu`` for each text and language.

    Raises:
        InvalidInput: a text, comment or reviewer would not survive.
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<tmx version="1.4">', _HEADER, "<body>"]
    for unit in units:
        if unit.text and unit.tag != SOURCE_TAG:
            check_writable(unit)
            lines.append(tostring(_tu(unit), encoding="unicode"))
    return "\n".join([*lines, "</body>", "</tmx>", ""])


def _tu(unit: TextUnit) -> Element:
    entry = Element("tu", tuid=unit.place.key, srclang=SOURCE_TAG)
    for comment in unit.comments:
        SubElement(entry, "note").text = comment
    for name, value in (("key", unit.key), ("context", unit.context), *fields_of(unit)):
        if value:
            SubElement(entry, "prop", type=f"{PROPERTY}{name}").text = value
    for tag, text in ((SOURCE_TAG, unit.source), (unit.tag, unit.text)):
        SubElement(SubElement(entry, "tuv", {"xml:lang": tag}), "seg").text = text
    return entry


def read_units(stream: BinaryIO) -> Incoming:
    """Return the units of a TMX document that LinkBridge wrote, whatever tools it went through since.

    Raises:
        InvalidInput: it is no TMX, none that LinkBridge wrote, or its XML is unsafe.
        TooLarge: it is larger than any memory is.
    """
    units: list[TextUnit] = []
    skipped: list[Skipped] = []
    for entry in iter_entries(stream):
        if isinstance(entry, Skipped):
            skipped.append(entry)
            continue
        try:
            units.append(_unit(entry))
        except UnreadableEntry as error:
            skipped.append(Skipped(entry.name, str(error)))
        except InvalidInput as error:
            skipped.append(Skipped(entry.name, error.message))
    if not units:
        raise InvalidInput(
            "no entry of this TMX names a phrase; import a memory of others with: linkbridge phrasebook memory"
        )
    return Incoming(tuple(units), tuple(skipped))


def _unit(entry: Entry) -> TextUnit:
    key = parse_key(dict(entry.fields).get("key", ""))
    if key is None:
        raise UnreadableEntry("it names no phrase")
    sources = [text for tag, text in entry.texts if read_tag(tag) == SOURCE_TAG]
    others = [(read_tag(tag), text) for tag, text in entry.texts if read_tag(tag) != SOURCE_TAG]
    if len(sources) != 1 or len(others) != 1:
        raise UnreadableEntry("it is not one English text with one translation")
    tag, text = others[0]
    return unit_from_fields(entry.fields, place=Place(*key, tag), source=sources[0], text=text, comments=entry.comments)


def iter_entries(stream: BinaryIO) -> Iterator[Entry | Skipped]:
    """Yield each ``tu`` of a TMX document as it is read; one that cannot be used comes with the reason.

    Raises:
        InvalidInput: it is no TMX, or its XML is unsafe.
        TooLarge: it is larger than any memory is.
    """
    source_tag, is_tmx = "", False
    for found in iter_elements(stream, {"header", "tu"}, limit=MAX_BYTES):
        is_tmx = is_tmx or any(name == "tmx" for name, _ in found.around)
        if not is_tmx:
            break
        if local_name(found.element.tag) == "header":
            source_tag = found.element.get("srclang", "")
            continue
        try:
            yield _entry(found.element, source_tag)
        except UnreadableEntry as error:
            yield Skipped(_name(found.element), str(error))
    if not is_tmx:
        raise InvalidInput("this is no TMX, or it holds nothing")


def _entry(element: Element, source_tag: str) -> Entry:
    texts = []
    for tuv in _children(element, "tuv"):
        segments = _children(tuv, "seg")
        if len(segments) != 1:
            raise UnreadableEntry("a language has no text, or several")
        texts.append((tuv.get(_LANG) or tuv.get("lang") or "", _text(segments[0])))
    props = _children(element, "prop")
    kept = [prop for prop in props if prop.get("type", "").startswith(PROPERTY)]
    return Entry(
        name=_name(element),
        texts=tuple(texts),
        fields=tuple((prop.get("type", "")[len(PROPERTY) :], prop.text or "") for prop in kept),
        comments=tuple("".join(note.itertext()) for note in _children(element, "note")),
        source_tag=element.get("srclang") or source_tag,
    )


def _text(element: Element) -> str:
    """Return the words of a segment. Inline codes are formatting and fall away, unless they are a placeholder."""
    pieces = [element.text or ""]
    for child in element:
        if local_name(child.tag) in _CODES:
            code = "".join(child.itertext())
            pieces.append(code if [f"{{{name}}}" for name in placeholders(code)] == [code] else "")
        elif local_name(child.tag) == "hi":
            pieces.append(_text(child))
        else:
            raise UnreadableEntry("it holds an element that TMX does not know")
        pieces.append(child.tail or "")
    return "".join(pieces)


def _name(element: Element) -> str:
    return (element.get("tuid") or "without an id")[:80]


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if local_name(child.tag) == name]
