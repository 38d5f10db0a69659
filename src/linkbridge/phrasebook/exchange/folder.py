"""Takes a file into a folder of phrasebooks, with no database: all of it at once, or nothing."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from linkbridge.accounts.permissions import Actor
from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.checks import check_library
from linkbridge.phrasebook.exchange.bundle import Bundle, VoiceFile
from linkbridge.phrasebook.exchange.formats import FileRead
from linkbridge.phrasebook.exchange.imported import FILE, noted_in_folder
from linkbridge.phrasebook.exchange.plan import Plan, Trust, plan_import
from linkbridge.phrasebook.exchange.stores import FolderStore, apply_plan
from linkbridge.phrasebook.files import PhrasebookFileError, load_library, read_library
from linkbridge.phrasebook.glossary_files import load_glossary
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.schema import SOURCE_TAG, Book, Library, Severity, text_hash
from linkbridge.phrasebook.voice_coverage import NAMES

_INSTRUMENTS = "instruments.yaml"


@dataclass(frozen=True, slots=True)
class FolderImport:
    """What taking a file into a folder would do; ``commit`` does it.

    ``new_books`` come with the file and are added; ``other_books`` come with it and are left out. ``silent`` voices
    are left out because they say other words than the texts do, ``untrusted`` ones because of their key.
    """

    plan: Plan
    new_books: tuple[str, ...]
    other_books: tuple[str, ...]
    voices: tuple[VoiceFile, ...]
    silent: tuple[VoiceFile, ...]
    untrusted: tuple[VoiceFile, ...]
    store: FolderStore

    def commit(self) -> tuple[Path, ...]:
        """Write it, and return the files written.

        Raises:
            DomainError: see ``FolderStore.commit``; the folder is then as it was.
        """
        return self.store.commit()


def prepare_folder_import(
    directory: Path,
    read: FileRead,
    *,
    trust: Trust,
    today: date,
    by: Actor,
    take_theirs: bool = False,
    with_new_books: bool = False,
    prepare_voice: Callable[[bytes], bytes],
) -> FolderImport:
    """Return what taking ``read`` into ``directory`` would do, everything in it checked and nothing written.

    ``with_new_books``: add books that the folder lacks. ``prepare_voice`` returns a recording as it is to be stored.

    Raises:
        PhrasebookFileError: the folder, or a new book, has faults.
        Conflict: a newer bundle of the same key was taken over before.
        InvalidInput: new books come from a key that is not trusted, or a voice is no sound.
    """
    library = load_library(directory)
    bundle = read.bundle
    unknown = tuple(sorted((bundle.books.keys() if bundle else set()) - {book.id for book in library.books}))
    files: dict[str, bytes] = {}
    if bundle is not None:
        files[FILE] = noted_in_folder(directory, bundle)
    if bundle is not None and unknown and with_new_books:
        if not trust.everyone:
            raise InvalidInput(f"new books are taken from trusted keys alone: {trust.why_not}")
        library = replace(library, books=(*library.books, *_read_books(directory, bundle, unknown)))
        files.update({f"{book_id}/book.yaml": bundle.books[book_id] for book_id in unknown})
    glossary = load_glossary(directory)
    plan = plan_import(library, read.incoming.units, today=today, trust=trust, glossary=glossary)
    store = FolderStore(directory, library)
    apply_plan(plan, store, None, by=by, take_theirs=take_theirs)
    fitting, silent = _fitting_voices(bundle, plan, library, take_theirs=take_theirs)
    fitting, untrusted = (fitting, ()) if trust.everyone else ((), fitting)
    for voice in fitting:
        files[replace(voice, suffix="ogg").path] = _prepared(voice, prepare_voice)
    for path, body in files.items():
        store.add_file(path, body)
    added, left = (unknown, ()) if with_new_books else ((), unknown)
    return FolderImport(plan, added, left, fitting, silent, untrusted, store)


def _read_books(directory: Path, bundle: Bundle, wanted: tuple[str, ...]) -> tuple[Book, ...]:
    """Return the new books, read and checked as if they lay in the folder already."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if (directory / _INSTRUMENTS).exists():
            shutil.copyfile(directory / _INSTRUMENTS, folder / _INSTRUMENTS)
        for book_id in wanted:
            (folder / book_id).mkdir()
            (folder / book_id / "book.yaml").write_bytes(bundle.books[book_id])
        library, unreadable = read_library(folder)
        errors = [problem for problem in check_library(library) if problem.severity is Severity.ERROR]
        if unreadable or errors:
            raise PhrasebookFileError((*unreadable, *errors))
        return library.books


def _fitting_voices(
    bundle: Bundle | None, plan: Plan, library: Library, *, take_theirs: bool
) -> tuple[tuple[VoiceFile, ...], tuple[VoiceFile, ...]]:
    """Return the voices that say what the texts will say, and the others."""
    if bundle is None:
        return (), ()
    words = {
        Place(book, phrase, tag): text_hash(translation.text)
        for (book, tag), translations in library.translations.items()
        for phrase, translation in translations.items()
    }
    words |= {
        Place(book.id, phrase.id, SOURCE_TAG): text_hash(phrase.text)
        for book in library.books
        for phrase in book.phrases
    }
    words |= {Place(NAMES, "name", tag): text_hash(language.autonym) for tag, language in LANGUAGES.items()}
    words |= {text.place: text_hash(text.theirs.text) for text in plan.to_save(take_theirs=take_theirs)}
    fits = {voice: words.get(Place(voice.book, voice.phrase, voice.tag)) == voice.text_hash for voice in bundle.voices}
    return tuple(voice for voice in fits if fits[voice]), tuple(voice for voice in fits if not fits[voice])


def _prepared(voice: VoiceFile, prepare_voice: Callable[[bytes], bytes]) -> bytes:
    try:
        return prepare_voice(voice.body)
    except InvalidInput as error:
        raise InvalidInput(f"{voice.path} in the bundle cannot be used: {error.message}", field="voice") from error


def voices_in_folder(directory: Path, *, books: frozenset[str], tags: frozenset[str]) -> tuple[VoiceFile, ...]:
    """Return the recordings of a folder of phrasebooks for a bundle."""
    found = []
    for path in sorted(directory.glob("*/voices/*/*.*")):
        book, tag = path.parts[-4], path.parts[-2]
        phrase, _, words = path.stem.partition(".")
        if book in books and tag in tags and path.suffix in {".mp3", ".ogg", ".opus"} and path.is_file():
            found.append(VoiceFile(book, tag, phrase, words, path.suffix.removeprefix("."), path.read_bytes()))
    return tuple(found)
