"""Reads a file of exchange, whatever its format, and writes units in one."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from linkbridge.kernel.errors import InvalidInput, TooLarge, Unavailable
from linkbridge.phrasebook.exchange import po_files, sheet, tmx, xliff, xliff_reading
from linkbridge.phrasebook.exchange.bundle import Bundle, read_bundle
from linkbridge.phrasebook.exchange.units import Format, Incoming, TextUnit
from linkbridge.phrasebook.files import MAX_FILE_BYTES
from linkbridge.phrasebook.schema import SOURCE_TAG, Library

SUFFIXES = {
    ".po": Format.PO,
    ".xlf": Format.XLIFF,
    ".xliff": Format.XLIFF,
    ".tmx": Format.TMX,
    ".csv": Format.CSV,
    ".zip": Format.BUNDLE,
    ".lbz": Format.BUNDLE,
}
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class FileRead:
    """What a file held; ``bundle`` is there when it was one."""

    incoming: Incoming
    bundle: Bundle | None = None


def read_file(path: Path, *, books: Collection[str] = (), book: str = "", tag: str = "") -> FileRead:
    """Return what a file, or a folder of PO files, holds. ``book`` and ``tag`` help where the file does not say it.

    Raises:
        InvalidInput: the file is of no format that is known by its name, or not what its name says.
        TooLarge: it passes the limit of its format; it is not read to its end.
        PhrasebookFileError: a PO file is not in the format.
        Unavailable: the file cannot be read.
    """
    kind = Format.PO if path.is_dir() else SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise InvalidInput(f"{path.name} has none of the endings {', '.join(SUFFIXES)}", field="file")
    try:
        return _read(path, kind, books, book, tag)
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}", component="file") from error


def _read(path: Path, kind: Format, books: Collection[str], book: str, tag: str) -> FileRead:
    if kind is Format.PO:
        incoming = Incoming(())
        for each in sorted(path.glob("**/*.po")) if path.is_dir() else [path]:
            text = _utf8(each)
            incoming += po_files.read_units(text, file=str(each.absolute()), books=books, book=book, tag=tag)
        return FileRead(incoming)
    if kind is Format.CSV:
        return FileRead(sheet.read_sheet(_bytes(path, sheet.MAX_BYTES), tag=tag))
    with path.open("rb") as stream:
        if kind is Format.BUNDLE:
            bundle = read_bundle(stream)
            return FileRead(bundle.incoming, bundle)
        if kind is Format.TMX:
            return FileRead(tmx.read_units(stream))
        return FileRead(xliff_reading.read_xliff(stream, book=book, tag=tag))


def _bytes(path: Path, limit: int) -> bytes:
    with path.open("rb") as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise TooLarge(f"{path.name} is larger than {limit} bytes", limit=limit)
    return data


def _utf8(path: Path) -> str:
    try:
        return _bytes(path, MAX_FILE_BYTES).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path.name} is not in UTF-8") from error


def write_files(library: Library, units: Sequence[TextUnit], kind: Format) -> dict[str, bytes]:
    """Return the files of an export by name: one, or one for each language (XLIFF) or book and language (PO).

    Raises:
        InvalidInput: a text cannot be carried, or the format cannot carry English alone.
    """
    if kind is Format.CSV:
        return {"phrasebooks.csv": (_BYTE_ORDER_MARK + sheet.write_sheet(units)).encode()}
    translated = [unit for unit in units if unit.tag != SOURCE_TAG]
    if not translated:
        raise InvalidInput("English is the source; choose another language, or CSV", field="language")
    if kind is Format.TMX:
        return {"phrasebooks.tmx": tmx.write_tmx(translated).encode()}
    if kind is Format.XLIFF:
        return _grouped(translated, lambda unit: f"{unit.tag}.xlf", xliff.write_xliff)

    def write_po(group: Sequence[TextUnit]) -> str:
        book = next(book for book in library.books if book.id == group[0].book)
        return po_files.write_units(book, group[0].tag, group)

    return _grouped(translated, lambda unit: f"{unit.book}/{unit.tag}.po", write_po)


def _grouped(
    units: Sequence[TextUnit], name: Callable[[TextUnit], str], write: Callable[[Sequence[TextUnit]], str]
) -> dict[str, bytes]:
    return {file: write(list(group)).encode() for file, group in groupby(units, key=name)}
