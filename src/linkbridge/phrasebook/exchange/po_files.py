"""Units as PO files, one for each book and language: what Weblate and Poedit edit."""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from linkbridge.kernel.errors import InvalidInput
from linkbridge.phrasebook.exchange.units import Incoming, TextUnit, check_writable, read_base, read_tag
from linkbridge.phrasebook.files import PhrasebookFileError
from linkbridge.phrasebook.po import read_po, write_po
from linkbridge.phrasebook.schema import Book, Translation
from linkbridge.phrasebook.yaml_source import Problems

_LANGUAGE = re.compile(r'^"Language:\s*([\w@.-]*)', re.MULTILINE)
_PROJECT = re.compile(r'^"Project-Id-Version:\s*linkbridge ([a-z0-9-]+)\s*(?:\\n)?"', re.MULTILINE)
_BASE = "base: "


def write_units(book: Book, tag: str, units: Iterable[TextUnit]) -> str:
    """Return the PO file of one book in one language.

    Raises:
        InvalidInput: a text, comment or reviewer would not survive.
    """
    translations: dict[str, Translation] = {}
    for unit in units:
        check_writable(unit)
        if unit.text:
            base = (f"{_BASE}{unit.base}",) if unit.base else ()
            translations[unit.phrase] = replace(unit.translation, comments=(*unit.comments, *base))
    return write_po(book, tag, translations)


def read_units(text: str, *, file: str, books: Collection[str] = (), book: str = "", tag: str = "") -> Incoming:
    """Return the units of a PO file. Its header names book and language, unless they are given.

    ``books`` are the ids that exist, among which the name of the folder of ``file`` is looked for.

    Raises:
        InvalidInput: book or language cannot be told.
        PhrasebookFileError: the file is not in the format; everything wrong in it is named.
    """
    language = _LANGUAGE.search(text)
    project = _PROJECT.search(text)
    folder = file.replace("\\", "/").split("/")[-2:-1]
    book_id = book or (project[1] if project else "") or next((name for name in folder if name in books), "")
    if not book_id:
        raise InvalidInput(f"{file}: its header does not say which book this is; name it", field="book")
    written = language[1] if language else tag
    wanted = read_tag(tag or written)
    problems = Problems()
    found = read_po(text, file=file, tag=written.replace("_", "-"), problems=problems)
    if problems.found:
        raise PhrasebookFileError(tuple(problems.found))
    return Incoming(tuple(_unit(book_id, phrase, wanted, translation) for phrase, translation in found.items()))


def _unit(book: str, phrase: str, tag: str, found: Translation) -> TextUnit:
    bases = [comment for comment in found.comments if comment.startswith(_BASE) and read_base(comment[len(_BASE) :])]
    return TextUnit(
        book=book,
        phrase=phrase,
        tag=tag,
        source=found.source,
        text=found.text,
        status=found.status,
        origin=found.origin,
        date=found.date,
        reviewers=found.reviewers,
        comments=tuple(comment for comment in found.comments if comment and comment not in bases),
        unsure=found.unsure,
        same_as_source=found.same_as_source,
        base=bases[-1][len(_BASE) :] if bases else "",
    )
