"""Where an import is saved: any store of texts, such as the workshop's database, or a folder of phrasebooks."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from linkbridge.accounts.permissions import Actor
from linkbridge.kernel.db import is_full
from linkbridge.kernel.errors import NotFound, StorageFull, Unavailable
from linkbridge.phrasebook.exchange.plan import Plan
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.po import write_po
from linkbridge.phrasebook.schema import Library, Translation

IMPORT = "import"
SessionT_contra = TypeVar("SessionT_contra", contravariant=True)


class TextStore(Protocol[SessionT_contra]):
    """Takes over texts that a plan has checked, in the caller's transaction."""

    def save(
        self, session: SessionT_contra, place: Place, text: Translation, *, by: Actor, action: str = IMPORT
    ) -> object:
        """Keep ``text`` at ``place``."""


def apply_plan(
    plan: Plan, store: TextStore[SessionT_contra], session: SessionT_contra, *, by: Actor, take_theirs: bool = False
) -> int:
    """Save what the plan says, and return how many texts that were.

    Raises:
        DomainError: whatever the store refuses; the caller's transaction then has to be given up whole.
    """
    texts = plan.to_save(take_theirs=take_theirs)
    for text in texts:
        store.save(session, text.place, text.theirs, by=by)
    return len(texts)


@dataclass
class FolderStore:
    """A folder of phrasebooks. Nothing is written before ``commit``, which writes all files or none."""

    directory: Path
    library: Library
    _texts: dict[tuple[str, str], dict[str, Translation]] = field(default_factory=dict)
    _files: dict[Path, bytes] = field(default_factory=dict)

    def save(self, session: None, place: Place, text: Translation, *, by: Actor, action: str = IMPORT) -> None:  # noqa: ARG002 - a folder has no session and no history
        """Keep ``text`` for the file of its book and language.

        Raises:
            NotFound: there is no such book.
        """
        if self.library.book(place.book) is None:
            raise NotFound("there is no such book", book=place.book)
        before = self.library.translations.get((place.book, place.tag), {})
        self._texts.setdefault((place.book, place.tag), dict(before))[place.phrase] = text

    def add_file(self, path: str, body: bytes) -> None:
        """Keep a file at ``path``, which is relative to the folder and whose form the caller has checked."""
        self._files[self.directory / path] = body

    def commit(self) -> tuple[Path, ...]:
        """Write everything that was saved, and return the files.

        Raises:
            InvalidInput: a text cannot stand in a PO file.
            StorageFull: the disk has no room; the folder is as it was.
            Unavailable: the folder cannot be written to; it is as it was.
        """
        files = dict(self._files)
        for (book_id, tag), texts in self._texts.items():
            book = self.library.book(book_id)
            if book is not None:
                files[self.directory / book.path_of(tag)] = write_po(book, tag, texts).encode()
        try:
            replace_files(files)
        except OSError as error:
            if is_full(error):
                raise StorageFull("the disk is full; nothing was changed") from error
            reason = error.strerror or "unknown"
            raise Unavailable(f"{self.directory} cannot be written to: {reason}", component="phrasebooks") from error
        return tuple(sorted(files))


def replace_files(files: Mapping[Path, bytes]) -> None:
    """Write all files beside their places first and move them there last; what goes wrong leaves all as it was.

    Raises:
        OSError: something went wrong.
    """
    before = {path: path.read_bytes() if path.exists() else None for path in files}
    waiting: dict[Path, Path] = {}
    moved: list[Path] = []
    try:
        for path, body in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            waiting[path] = path.with_name(f".{path.name}.new")
            _write(waiting[path], body)
        for path, new in waiting.items():
            moved.append(path)
            new.replace(path)
    except OSError:
        for path in moved:
            _put_back(path, before[path])
        for new in waiting.values():
            with suppress(OSError):
                new.unlink(missing_ok=True)
        raise


def _write(path: Path, body: bytes) -> None:
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _put_back(path: Path, body: bytes | None) -> None:
    if body is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(body)
