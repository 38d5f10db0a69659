"""Loads a folder of phrasebooks: ``<book>/book.yaml``, ``<book>/<tag>.po`` and ``instruments.yaml``."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import langcodes
import yaml

from linkbridge.kernel.errors import DomainError
from linkbridge.phrasebook.po import REVIEWER, read_po
from linkbridge.phrasebook.schema import (
    SOURCE_TAG,
    Book,
    BookKind,
    Instrument,
    LegalBasis,
    Library,
    Origin,
    Phrase,
    PhraseKind,
    PlaceholderKind,
    Problem,
    Review,
    Status,
    Translation,
    text_hash,
)
from linkbridge.phrasebook.yaml_source import Problems, YamlSource

MAX_FILE_BYTES = 1_048_576
"""A phrasebook file is a few kilobytes; one larger than this is a mistake or an attack."""

_BOOK_FILE = "book.yaml"
_INSTRUMENTS_FILE = "instruments.yaml"
_ID = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_TAG = r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
_CODE_POINTS = r"[0-9A-F]{4,5}(?:-[0-9A-F]{4,5})*"
_BOOK_REQUIRED = ("id", "kind", "date", "phrases")
_BOOK_OPTIONAL = ("order", "pictogram", "status", "origin", "reviewers")
_PHRASE_OPTIONAL = ("kind", "pictogram", "legal_basis", "context", "sample_questions", "placeholders", "revised")


class PhrasebookFileError(DomainError):
    """Phrasebook files cannot be used; ``problems`` lists everything that is wrong in all of them."""

    code = "phrasebook_file"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        shown = "\n".join(str(problem) for problem in problems)
        super().__init__(f"the phrasebooks have {len(problems)} problem(s):\n{shown}", count=len(problems))


def default_directory() -> Path:
    """Return the folder of the phrasebooks delivered with LinkBridge: inside the wheel, else of the checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_phrasebooks"
    return installed if installed.is_dir() else package.parent.parent / "phrasebooks"


def load_library(directory: Path) -> Library:
    """Return all phrasebooks in ``directory``.

    Raises:
        PhrasebookFileError: a file is not readable or not in the format; all problems of all files are named.
    """
    library, problems = read_library(directory)
    if problems:
        raise PhrasebookFileError(problems)
    return library


def read_library(directory: Path) -> tuple[Library, tuple[Problem, ...]]:
    """Return what can be read in ``directory``, and what is wrong with the rest, in the order of the files."""
    problems = Problems()
    books: list[Book] = []
    translations: dict[tuple[str, str], Mapping[str, Translation]] = {}
    for folder in _book_folders(directory, problems):
        book = _read_book(directory, folder.name, problems)
        if book is not None:
            books.append(book)
            for path in sorted(folder.glob("*.po")):
                translations[book.id, path.stem] = _read_translations(directory, book, path.stem, problems)
    library = Library(
        books=tuple(sorted(books, key=lambda book: (book.order, book.id))),
        instruments=MappingProxyType(_read_instruments(directory, problems)),
        translations=MappingProxyType(translations),
    )
    return library, tuple(sorted(problems.found))


def _book_folders(directory: Path, problems: Problems) -> list[Path]:
    folders: list[Path] = []
    for folder in sorted(path for path in directory.glob("*") if path.is_dir()):
        if (folder / _BOOK_FILE).exists():
            folders.append(folder)
        elif any(folder.glob("*.po")):
            problems.error(f"{folder.name}/{_BOOK_FILE}", 1, "missing_file", "translations without a book.yaml")
    if not folders:
        problems.error(".", 1, "missing_file", "no phrasebook (a folder with a book.yaml) was found here")
    return folders


def _read_text(directory: Path, file: str, problems: Problems) -> str | None:
    """Return a file's text; a file too large or not in UTF-8 is reported."""
    try:
        with (directory / file).open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        problems.error(file, 1, "missing_file", f"the file cannot be read: {error.strerror}")
        return None
    if len(data) > MAX_FILE_BYTES:
        problems.error(file, 1, "too_large", f"the file is larger than {MAX_FILE_BYTES} bytes")
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        problems.error(file, line, "not_utf8", "the file is not in UTF-8", column=column)
        return None


def read_yaml(directory: Path, file: str, problems: Problems) -> tuple[YamlSource, yaml.Node | None]:
    """Return a file's reader and its root node, which is ``None`` when it cannot be read; what is wrong is reported."""
    source = YamlSource(file, problems)
    text = _read_text(directory, file, problems)
    return source, None if text is None else source.parse(text)


def _read_instruments(directory: Path, problems: Problems) -> dict[str, Instrument]:
    source, root = read_yaml(directory, _INSTRUMENTS_FILE, problems)
    if root is None:
        return {}
    listed = source.fields(root, required=("instruments",)).get("instruments")
    instruments: dict[str, Instrument] = {}
    for key, node in (source.fields(listed, optional=None) if listed is not None else {}).items():
        values = source.fields(node, required=("name", "year", "source"))
        name, year, published = (
            source.text(values.get("name")),
            source.number(values.get("year")),
            source.text(values.get("source")),
        )
        if name and year and published:
            instruments[key] = Instrument(key, name, year, published)
    return instruments


def _read_book(directory: Path, name: str, problems: Problems) -> Book | None:
    source, root = read_yaml(directory, f"{name}/{_BOOK_FILE}", problems)
    if root is None:
        return None
    values = source.fields(root, required=_BOOK_REQUIRED, optional=_BOOK_OPTIONAL)
    book_id = source.matching(values.get("id"), _ID, "an id (small letters, digits and hyphens)")
    if book_id is not None and book_id != name:
        source.error(values["id"], "wrong_id", f"the id '{book_id}' differs from the folder's name '{name}'")
    kind = source.choice(values.get("kind"), BookKind)
    day = source.day(values.get("date"))
    order = source.number(values.get("order"))
    if kind is None or day is None:
        return None
    return Book(
        id=name,
        kind=kind,
        phrases=_read_phrases(source, name, values.get("phrases")),
        source_date=day,
        pictogram=_pictogram(source, values.get("pictogram")),
        order=100 if order is None else order,
        source_status=source.choice(values.get("status"), Status) or Status.DRAFT,
        source_origin=source.choice(values.get("origin"), Origin) or Origin.MACHINE,
        source_reviewers=read_reviewers(source, values.get("reviewers")),
    )


def read_reviewers(source: YamlSource, node: yaml.Node | None) -> tuple[Review, ...]:
    """Return a list of readers with their dates; what is wrong in it is reported."""
    reviews: list[Review] = []
    for item in source.items(node):
        values = source.fields(item, required=("id", "date"))
        reviewer, day = source.matching(values.get("id"), REVIEWER, "an opaque id"), source.day(values.get("date"))
        if reviewer and day:
            reviews.append(Review(reviewer, day))
    return tuple(reviews)


def _read_phrases(source: YamlSource, book_id: str, node: yaml.Node | None) -> tuple[Phrase, ...]:
    phrases: dict[str, Phrase] = {}
    for item in source.items(node):
        phrase = _read_phrase(source, book_id, item)
        if phrase is None:
            continue
        if phrase.id in phrases:
            first = phrases[phrase.id].line
            source.error(item, "duplicate_id", f"'{phrase.id}' stands here twice; first in line {first}")
        else:
            phrases[phrase.id] = phrase
    return tuple(phrases.values())


def _read_phrase(source: YamlSource, book_id: str, node: yaml.Node) -> Phrase | None:
    values = source.fields(node, required=("id", "text"), optional=_PHRASE_OPTIONAL)
    phrase_id = source.matching(values.get("id"), _ID, "an id (small letters, digits and hyphens)")
    text = source.text(values.get("text"))
    kind = source.choice(values["kind"], PhraseKind) if "kind" in values else PhraseKind.STATEMENT
    if phrase_id is None or text is None or kind is None:
        return None
    return Phrase(
        book=book_id,
        id=phrase_id,
        kind=kind,
        text=text,
        pictogram=_pictogram(source, values.get("pictogram")),
        legal_basis=read_legal_basis(source, values.get("legal_basis")),
        context=source.text(values.get("context")) or "",
        sample_questions=source.texts(values.get("sample_questions")),
        placeholders=MappingProxyType(dict(source.choices(values.get("placeholders"), PlaceholderKind))),
        line=node.start_mark.line + 1,
        edited=_read_revised(source, values.get("revised"), text),
    )


def _read_revised(source: YamlSource, node: yaml.Node | None, text: str) -> Translation | None:
    """Return what is known of an English text that the workshop changed; ``unsure``: it is known of other words."""
    if node is None:
        return None
    values = source.fields(node, required=("hash", "status", "date"), optional=("origin", "reviewers"))
    of = source.matching(values.get("hash"), r"[0-9a-f]{12}", "a hash (twelve hexadecimal digits)")
    status, day = source.choice(values.get("status"), Status), source.day(values.get("date"))
    if of is None or status is None or day is None:
        return None
    return Translation(
        text=text,
        source=text,
        date=day,
        status=status,
        origin=source.choice(values.get("origin"), Origin) or Origin.MACHINE,
        reviewers=read_reviewers(source, values.get("reviewers")),
        unsure=of != text_hash(text),
    )


def read_legal_basis(source: YamlSource, node: yaml.Node | None) -> tuple[LegalBasis, ...]:
    """Return a list of articles; what is wrong in it is reported."""
    named: list[LegalBasis] = []
    for item in source.items(node):
        values = source.fields(item, required=("instrument", "article"))
        instrument, article = source.text(values.get("instrument")), source.text(values.get("article"))
        if instrument and article:
            named.append(LegalBasis(instrument, article))
    return tuple(named)


def _pictogram(source: YamlSource, node: yaml.Node | None) -> str | None:
    return source.matching(node, _CODE_POINTS, "a pictogram: code points such as 1F3DB")


def _read_translations(directory: Path, book: Book, tag: str, problems: Problems) -> Mapping[str, Translation]:
    file = book.path_of(tag)
    if not re.fullmatch(_TAG, tag) or not langcodes.tag_is_valid(tag):
        problems.error(file, 1, "bad_tag", f"'{tag}' is not a BCP 47 language tag")
        return MappingProxyType({})
    if tag == SOURCE_TAG:
        problems.error(file, 1, "bad_tag", "English is the source; its status stands in book.yaml")
        return MappingProxyType({})
    text = _read_text(directory, file, problems)
    if text is None:
        return MappingProxyType({})
    found = read_po(text, file=file, tag=tag, problems=problems)
    known = {phrase.id for phrase in book.phrases}
    book_is_whole = not problems.has(book.path)
    for phrase_id, translation in found.items():
        if phrase_id not in known and book_is_whole:
            problems.error(file, translation.line, "unknown_phrase", f"the book has no phrase '{phrase_id}'")
    return MappingProxyType({phrase_id: found[phrase_id] for phrase_id in found if phrase_id in known})
