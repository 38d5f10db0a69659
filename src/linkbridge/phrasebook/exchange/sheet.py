"""Units as a spreadsheet (CSV), for lawyers and others who review in one.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, and loses it when it comes back.
"""

import csv
import io
from collections.abc import Iterable

from linkbridge.kernel.cells import neutral_cell, original_cell
from linkbridge.kernel.errors import InvalidInput, TooLarge
from linkbridge.phrasebook.exchange.units import (
    Incoming,
    Skipped,
    TextUnit,
    UnreadableEntry,
    check_writable,
    parse_key,
    read_tag,
    unit_from_fields,
)
from linkbridge.phrasebook.overlay import Place

MAX_BYTES = 32 * 1_048_576
COLUMNS = (
    "id",
    "language",
    "English",
    "context",
    "legal basis",
    "text",
    "status",
    "comment",
    "origin",
    "date",
    "reviewers",
    "remarks",
    "base",
)
_NEEDED = ("id", "language", "English", "text")
_SEPARATORS = (",", ";", "\t")
_BYTE_ORDER = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def write_sheet(units: Iterable[TextUnit]) -> str:
    """Return the CSV of the units, one row each, to be written in UTF-8 with a byte order mark.

    Raises:
        InvalidInput: a text, comment or reviewer would not survive.
    """
    target = io.StringIO()
    writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for unit in units:
        check_writable(unit)
        writer.writerow([neutral_cell(value) for value in _row(unit)])
    return target.getvalue()


def _row(unit: TextUnit) -> list[str]:
    remarks = [*(["identical: intended"] if unit.same_as_source else []), *(["unsure"] if unit.unsure else [])]
    return [
        unit.key,
        unit.tag,
        unit.source,
        unit.context,
        unit.legal_basis,
        unit.text,
        unit.status.value if unit.text else "",
        "\n".join(unit.comments),
        unit.origin.value,
        unit.date.isoformat(),
        "\n".join(f"{review.reviewer} {review.date.isoformat()}" for review in unit.reviewers),
        "\n".join(remarks),
        unit.base,
    ]


def read_sheet(data: bytes, *, tag: str = "") -> Incoming:
    """Return the units of a CSV. Commas, semicolons and tabs are understood, and the columns in any order.

    Raises:
        InvalidInput: it is not in UTF-8 or UTF-16, is no CSV, or lacks a column.
        TooLarge: it is larger than any export is.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(f"the file is larger than {MAX_BYTES} bytes", limit=MAX_BYTES)
    text = _decoded(data)
    header = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=header.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise InvalidInput(f"this is no CSV: {error}") from error
    names = {name.strip().lower(): place for place, name in enumerate(rows[0] if rows else [])}
    if missing := [name for name in _NEEDED if name.lower() not in names and not (name == "language" and tag)]:
        raise InvalidInput(f"the first row of the CSV lacks the column {', '.join(missing)}")
    units: list[TextUnit] = []
    skipped: list[Skipped] = []
    for number, cells in enumerate(rows[1:], start=2):
        row = {name: _original(cells[place]) for name, place in names.items() if place < len(cells)}
        if not row.get("text", "").strip():
            continue
        try:
            units.append(_unit(row, tag))
        except UnreadableEntry as error:
            skipped.append(Skipped(f"row {number}", str(error)))
        except InvalidInput as error:
            skipped.append(Skipped(f"row {number}", error.message))
    return Incoming(tuple(units), tuple(skipped))


def _unit(row: dict[str, str], tag: str) -> TextUnit:
    key = parse_key(row.get("id", ""))
    if key is None:
        raise UnreadableEntry("its id names no phrase")
    remarks = row.get("remarks", "").split("\n")
    fields = [
        (name, row[name].strip().lower()) for name in ("status", "origin", "date", "base") if row.get(name, "").strip()
    ]
    fields += [("reviewer", review.strip()) for review in row.get("reviewers", "").split("\n") if review.strip()]
    fields += [("identical", "intended")] if "identical: intended" in remarks else []
    fields += [("unsure", "yes")] if "unsure" in remarks else []
    return unit_from_fields(
        fields,
        place=Place(*key, read_tag(tag or row.get("language", ""))),
        source=row.get("english", ""),
        text=row["text"],
        comments=[row.get("comment", "")],
    )


def _decoded(data: bytes) -> str:
    encoding = next((name for mark, name in _BYTE_ORDER.items() if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidInput("the CSV is not in UTF-8; save it as “CSV UTF-8”") from error


def _original(cell: str) -> str:
    return original_cell(cell.replace("\r\n", "\n"))
