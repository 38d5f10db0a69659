"""Reads XLIFF 2: our own documents without loss, and those of other tools as far as they have a meaning here."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO
from xml.etree.ElementTree import Element

from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.text_checks import placeholders
from linkbridge.phrasebook.exchange.units import (
    Incoming,
    Skipped,
    TextUnit,
    UnreadableEntry,
    parse_key,
    read_tag,
    unit_from_fields,
)
from linkbridge.phrasebook.exchange.xliff import CATEGORY, CONTEXT, INITIAL, LEGAL_BASIS, STATES
from linkbridge.phrasebook.exchange.xml_source import Found, iter_elements, local_name
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.schema import SOURCE_TAG, Status

MAX_BYTES = 64 * 1_048_576
_WITH_TEXT_INSIDE = frozenset({"pc", "mrk"})
_WITHOUT_TEXT = frozenset({"sc", "ec", "sm", "em"})


def read_xliff(stream: BinaryIO, *, book: str = "", tag: str = "") -> Incoming:
    """Return the units of an XLIFF 2 document. ``book`` and ``tag`` win over what it says.

    Raises:
        InvalidInput: it is no XLIFF 2 from English into a language that LinkBridge knows, or its XML is unsafe.
        TooLarge: it is larger than any export is.
    """
    units: list[TextUnit] = []
    skipped: list[Skipped] = []
    language = ""
    for found in iter_elements(stream, {"unit", "trans-unit"}, limit=MAX_BYTES):
        language = language or _language(found, tag)
        try:
            unit = _read_unit(found, book, language)
        except UnreadableEntry as error:
            name: str = found.element.get("name") or found.element.get("id") or "?"
            skipped.append(Skipped(name[:80], str(error)))
        else:
            units.extend([unit] if unit else [])
    if not language:
        raise InvalidInput("this is no XLIFF, or it holds no units")
    return Incoming(tuple(units), tuple(skipped))


def _language(found: Found, tag: str) -> str:
    version = found.attribute("xliff", "version")
    if not version.startswith("2."):
        raise InvalidInput(f"this is XLIFF {version[:10] or 'of no version'}; LinkBridge reads 2.0 and later")
    source = found.attribute("xliff", "srcLang")
    if read_tag(source) != SOURCE_TAG:
        raise InvalidInput("an XLIFF document must have English as its source", field="language")
    return read_tag(tag or found.attribute("xliff", "trgLang"))


def _read_unit(found: Found, book: str, tag: str) -> TextUnit | None:
    """Return the unit, or ``None`` when it is not translated yet."""
    unit = found.element
    file_id, unit_id = found.attribute("file", "id"), unit.get("id", "")
    named = parse_key(unit.get("name", "")) or parse_key(f"{file_id}.{unit_id}")
    if named is None:
        raise UnreadableEntry("neither its name nor its file and id name a phrase")
    data = {each.get("id", ""): "".join(each.itertext()) for each in _all(unit, "data")}
    parts = [part for part in unit if local_name(part.tag) in {"segment", "ignorable"}]
    source = "".join(_content(_child(part, "source"), data) for part in parts)
    text = _target(parts, data)
    if not text:
        return None
    fields = _fields(unit)
    status = _status(parts, dict(fields).get("status"))
    place = Place(book or named[0], named[1], tag)
    return unit_from_fields(
        [*fields, ("status", status.value)], place=place, source=source, text=text, comments=_comments(unit)
    )


def _target(parts: list[Element], data: Mapping[str, str]) -> str:
    """Return the translation in the order that its segments ask for; between segments the source's white space does."""
    pieces: list[tuple[int, str]] = []
    for number, part in enumerate(parts, start=1):
        target = _child(part, "target")
        is_segment = local_name(part.tag) == "segment"
        if target is None and is_segment:
            if _content(_child(part, "source"), data).strip():
                if any(_child(other, "target") is not None for other in parts):
                    raise UnreadableEntry("only some of its segments are translated")
                return ""
            continue
        order = (target.get("order") if target is not None else None) or str(number)
        if not order.isascii() or not order.isdigit():
            raise UnreadableEntry("the order of its segments is no number")
        pieces.append((int(order[:9]), _content(target if target is not None else _child(part, "source"), data)))
    text = "".join(piece for _, piece in sorted(pieces, key=lambda piece: piece[0]))
    return text if any(_child(part, "target") is not None for part in parts) else ""


def _content(element: Element | None, data: Mapping[str, str]) -> str:
    return "" if element is None else "".join(_pieces(element, data))


def _pieces(element: Element, data: Mapping[str, str]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = local_name(child.tag)
        if name in _WITH_TEXT_INSIDE:
            yield from _pieces(child, data)
        elif name == "ph":
            yield _placeholder(child, data)
        elif name == "cp":
            yield _code_point(child.get("hex", ""))
        elif name not in _WITHOUT_TEXT:
            raise UnreadableEntry(f"it holds the element '{name[:20]}', which means nothing here")
        yield child.tail or ""


def _placeholder(element: Element, data: Mapping[str, str]) -> str:
    for written in (data.get(element.get("dataRef", ""), ""), element.get("equiv", ""), element.get("disp", "")):
        if [f"{{{name}}}" for name in placeholders(written)] == [written]:
            return written
    raise UnreadableEntry("it holds an inline code that is no placeholder such as {phone}")


def _code_point(written: str) -> str:
    try:
        return chr(int(written, 16))
    except (ValueError, OverflowError) as error:
        raise UnreadableEntry("it holds a character that does not exist") from error


def _status(parts: list[Element], noted: str | None) -> Status:
    """Return the lowest status of the segments.

    Ours counts only where it agrees with the state beside it: a tool that changed the state and left our part alone
    says less than we once did, or more than it can know.
    """
    statuses = []
    for part in parts:
        if local_name(part.tag) != "segment":
            continue
        state, (prefix, _, ours) = part.get("state", INITIAL), part.get("subState", "").partition(":")
        written = ours if prefix == CATEGORY else noted
        if written in set(Status) and STATES[Status(written)] == state:
            statuses.append(Status(written))
        else:
            statuses.append(next((status for status in reversed(Status) if STATES[status] == state), Status.DRAFT))
    return min(statuses, key=lambda status: status.rank, default=Status.DRAFT)


def _fields(unit: Element) -> list[tuple[str, str]]:
    groups = [group for group in _all(unit, "metaGroup") if group.get("category") == CATEGORY]
    return [(meta.get("type", ""), meta.text or "") for group in groups for meta in _all(group, "meta")]


def _comments(unit: Element) -> list[str]:
    notes = [note for note in _all(unit, "note") if note.get("category") not in {CONTEXT, LEGAL_BASIS}]
    return ["".join(note.itertext()) for note in notes]


def _all(element: Element, name: str) -> list[Element]:
    return [found for found in element.iter() if local_name(found.tag) == name]


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if local_name(child.tag) == name), None)
