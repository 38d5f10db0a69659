"""Writes local changes back into a folder of phrasebooks, so that version control shows nothing but them."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from linkbridge.kernel.errors import InvalidInput
from linkbridge.phrasebook.book_text import revise_phrases
from linkbridge.phrasebook.exchange.stores import FolderStore
from linkbridge.phrasebook.files import PhrasebookFileError, load_library
from linkbridge.phrasebook.overlay import Place, find_phrase, with_changes
from linkbridge.phrasebook.po import write_po
from linkbridge.phrasebook.schema import SOURCE_TAG, Library, Translation

_READ = ("instruments.yaml", "*/book.yaml", "*/*.po")


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file as it will be, relative to the folder, and the texts that differ in it."""

    path: str
    body: bytes
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class WriteBack:
    """What writing the changes back would do. ``unknown``: changed texts of phrases that the folder does not have."""

    directory: Path
    library: Library
    files: tuple[ChangedFile, ...]
    unknown: tuple[Place, ...]

    def write(self) -> tuple[Path, ...]:
        """Write all files or none, and return them.

        Raises:
            StorageFull: the disk has no room; the folder is as it was.
            Unavailable: the folder cannot be written to; it is as it was.
        """
        store = FolderStore(self.directory, self.library)
        for file in self.files:
            store.add_file(file.path, file.body)
        return store.commit()


def plan_write_back(directory: Path, changes: Mapping[Place, Translation]) -> WriteBack:
    """Return what it takes for the files in ``directory`` to say what they say with ``changes`` over them.

    Raises:
        PhrasebookFileError: a file there is not readable or not in the format.
        InvalidInput: a change cannot be written, or the files would say something else afterwards.
    """
    library = load_library(directory)
    wanted = with_changes(library, changes)
    files = tuple(sorted([*_books(directory, library, wanted), *_translations(library, wanted)], key=_by_path))
    _verify(directory, files, wanted)
    unknown = sorted((place for place in changes if find_phrase(library, place) is None), key=lambda place: place.key)
    return WriteBack(directory, library, files, tuple(unknown))


def _by_path(file: ChangedFile) -> str:
    return file.path


def _books(directory: Path, library: Library, wanted: Library) -> Iterator[ChangedFile]:
    for before, after in zip(library.books, wanted.books, strict=True):
        pairs = zip(before.phrases, after.phrases, strict=True)
        texts = {new.id: new.edited for old, new in pairs if new != old and new.edited is not None}
        if texts:
            source = (directory / after.path).read_bytes().decode()
            places = tuple(Place(after.id, phrase_id, SOURCE_TAG) for phrase_id in texts)
            yield ChangedFile(after.path, revise_phrases(source, texts).encode(), places)


def _translations(library: Library, wanted: Library) -> Iterator[ChangedFile]:
    """Yield the files whose texts changed, and those in which translators would still see the former English."""
    english = {
        after.id: {new.id for old, new in zip(before.phrases, after.phrases, strict=True) if new.text != old.text}
        for before, after in zip(library.books, wanted.books, strict=True)
    }
    for (book_id, tag), after in wanted.translations.items():
        book, before = wanted.book(book_id), library.translations.get((book_id, tag), {})
        changed = [phrase_id for phrase_id in after if after[phrase_id] != before.get(phrase_id)]
        if book is not None and (changed or english[book_id] - after.keys()):
            places = tuple(Place(book_id, phrase.id, tag) for phrase in book.phrases if phrase.id in changed)
            yield ChangedFile(book.path_of(tag), write_po(book, tag, after).encode(), places)


def _verify(directory: Path, files: tuple[ChangedFile, ...], wanted: Library) -> None:
    """Read a copy of the folder with the changed files, and return if it says what is wanted."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for path in (path for pattern in _READ for path in directory.glob(pattern)):
            target = copy / path.relative_to(directory)
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, target)
        for file in files:
            (copy / file.path).write_bytes(file.body)
        try:
            is_right = load_library(copy) == wanted
        except PhrasebookFileError as error:
            raise InvalidInput(f"these changes cannot be written: {error.problems[0]}") from error
        if not is_right:
            raise InvalidInput("these changes cannot be written without changing something else")
