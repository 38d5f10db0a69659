"""Interpreters as a table of comma-separated values: the same columns out and in. Pure.

Lists within a cell are parted by ``;``. Languages are written ``am<>es:expert``, in one direction ``am>es:working``;
credentials ``iso-20228:2027-06-30`` or ``sworn``; contacts ``mail:name@example.org``, ``telegram:12345`` or ``push``.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from linkbridge.interpreting.directory.values import Contact, HeldCredential, InterpreterDetails, InterpreterRead
from linkbridge.interpreting.values import ContactKind, Credential, Domain, Gender, Level, Modality, WorkingLanguages
from linkbridge.kernel.cells import neutral_cell, original_cell
from linkbridge.kernel.errors import InvalidInput, TooLarge

COLUMNS = (
    "id",
    "name",
    "gender",
    "country",
    "time_zone",
    "language",
    "languages",
    "domains",
    "modalities",
    "credentials",
    "cost_per_hour",
    "contacts",
    "staff_email",
)
NEEDED = frozenset({"name", "country", "time_zone", "language", "languages", "domains", "modalities"})
MOST_BYTES = 1024 * 1024
MOST_ROWS = 5_000
W = TypeVar("W", bound=StrEnum)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a cell: the number of its row as a spreadsheet counts, its column, and why."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """One interpreter of a file. ``id`` is empty for a new one."""

    number: int
    id: str
    details: InterpreterDetails


class BadCell(Exception):
    """A cell that cannot be read."""


def write_interpreters(found: Iterable[InterpreterRead], emails: dict[str, str]) -> str:
    """Return interpreters as a table. ``emails`` are the addresses of their accounts, by the account's id."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in found:
        cells = (
            one.id,
            one.name,
            one.gender or "",
            one.country,
            one.time_zone,
            one.language,
            "; ".join(_pair(pair) for pair in one.languages),
            "; ".join(one.domains),
            "; ".join(one.modalities),
            "; ".join(f"{held.code}:{held.expires_on}" if held.expires_on else held.code for held in one.credentials),
            f"{(one.cost_per_hour or 0) / 100:.2f}",
            "; ".join(
                f"{contact.kind}:{contact.address}" if contact.address else contact.kind for contact in one.contacts
            ),
            emails.get(one.staff_id or "", ""),
        )
        writer.writerow([neutral_cell(cell) for cell in cells])
    return target.getvalue()


def _pair(pair: WorkingLanguages) -> str:
    return f"{pair.source}{'<>' if pair.both_ways else '>'}{pair.target}:{pair.level}"


def read_interpreters(data: bytes) -> tuple[tuple[Row, ...], tuple[RowProblem, ...]]:
    """Return the rows of a file that can be read, and what is wrong with the others.

    Raises:
        InvalidInput: it is not UTF-8, no CSV, lacks a needed column, has one that is unknown, or too many rows.
        TooLarge: it is larger than a megabyte.
    """
    table = _table(data)
    names = [name.strip().lower() for name in table[0]] if table else []
    if missing := sorted(NEEDED - set(names)):
        raise InvalidInput(f"the first row lacks the column {', '.join(missing)}", field="file", problem="columns")
    if unknown := [name for name in names if name not in COLUMNS]:
        raise InvalidInput(f"these columns are not known: {', '.join(unknown)[:100]}", field="file", problem="columns")
    if len(set(names)) < len(names):
        raise InvalidInput("a column is there twice", field="file", problem="columns")
    rows: list[Row] = []
    problems: list[RowProblem] = []
    for number, cells in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        found = _row(number, dict(zip(names, (original_cell(cell.strip()) for cell in cells), strict=False)), problems)
        if found is not None:
            rows.append(found)
    return tuple(rows), tuple(problems)


def _table(data: bytes) -> list[list[str]]:
    if len(data) > MOST_BYTES:
        raise TooLarge(f"the file is larger than {MOST_BYTES} bytes", limit=MOST_BYTES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("the file is not in UTF-8", field="file", problem="encoding") from None
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        raise InvalidInput("this is no table of comma-separated values", field="file", problem="columns") from None
    if len(table) > MOST_ROWS + 1:
        raise InvalidInput(f"the file has more than {MOST_ROWS} rows", field="file", problem="long")
    return table


def _row(number: int, cells: dict[str, str], problems: list[RowProblem]) -> Row | None:
    before = len(problems)

    def read(column: str, reader: Callable[[str], tuple[T, ...]]) -> tuple[T, ...]:
        try:
            return reader(cells.get(column, ""))
        except BadCell as error:
            problems.append(RowProblem(number, column, str(error)))
            return ()

    details = InterpreterDetails(
        name=cells.get("name", ""),
        country=cells.get("country", "").upper(),
        time_zone=cells.get("time_zone", ""),
        language=cells.get("language", "").lower(),
        languages=read("languages", _read_languages),
        domains=frozenset(read("domains", lambda cell: _words(Domain, cell))),
        modalities=frozenset(read("modalities", lambda cell: _words(Modality, cell))),
        gender=next(iter(read("gender", lambda cell: _words(Gender, cell))), None),
        cost_per_hour=sum(read("cost_per_hour", _read_cost)),
        credentials=read("credentials", _read_credentials),
        contacts=read("contacts", _read_contacts),
        staff_email=cells.get("staff_email", ""),
    )
    return Row(number, cells.get("id", ""), details) if len(problems) == before else None


def _parts(cell: str) -> Sequence[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _word(kind: type[W], word: str) -> W:
    if word not in set(kind):
        raise BadCell(f"write one of {', '.join(kind)}")
    return kind(word)


def _words(kind: type[W], cell: str) -> tuple[W, ...]:
    return tuple(_word(kind, part.lower()) for part in _parts(cell))


def _read_languages(cell: str) -> tuple[WorkingLanguages, ...]:
    found = []
    for part in _parts(cell):
        tags, _, level = part.partition(":")
        both_ways = "<>" in tags
        source, arrow, target = tags.partition("<>" if both_ways else ">")
        if not arrow or not source.strip() or not target.strip():
            raise BadCell("write languages as am<>es:expert, in one direction as am>es:expert")
        read = _word(Level, level.strip().lower()) if level else Level.WORKING
        found.append(WorkingLanguages(source.strip(), target.strip(), read, both_ways))
    return tuple(found)


def _read_credentials(cell: str) -> tuple[HeldCredential, ...]:
    found = []
    for part in _parts(cell):
        code, _, day = part.partition(":")
        try:
            expires_on = date.fromisoformat(day.strip()) if day else None
        except ValueError:
            raise BadCell("write days as 2027-06-30") from None
        found.append(HeldCredential(_word(Credential, code.strip().lower()), expires_on))
    return tuple(found)


def _read_contacts(cell: str) -> tuple[Contact, ...]:
    found = []
    for part in _parts(cell):
        kind, _, address = part.partition(":")
        found.append(Contact(_word(ContactKind, kind.strip().lower()), address.strip()))
    return tuple(found)


def _read_cost(cell: str) -> tuple[int, ...]:
    """Return dollars as cents; an empty cell as nothing."""
    if not cell:
        return ()
    whole, _, part = cell.replace(",", ".").partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 5) or not (
        part == "" or (part.isdigit() and len(part) <= 2)
    ):
        raise BadCell("write US dollars an hour, such as 25 or 25.50")
    return (int(whole) * 100 + int(f"{part}00"[:2]),)
