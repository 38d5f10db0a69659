"""Does what ``linkbridge phrasebook export`` and ``import`` ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from linkbridge.accounts.first import OPERATOR
from linkbridge.bootstrap.exchange import (
    ExchangeDoor,
    build_handed_voices,
    build_workshop,
    load_signer,
    open_exchange,
)
from linkbridge.cli.environment import load_settings
from linkbridge.cli.exchange_report import plan_lines, voice_lines
from linkbridge.cli.local_changes import local_changes, local_voices
from linkbridge.kernel.clock import SystemClock
from linkbridge.kernel.errors import InvalidInput, Unavailable
from linkbridge.phrasebook.exchange.bundle import VoiceFile, write_bundle
from linkbridge.phrasebook.exchange.folder import prepare_folder_import, voices_in_folder
from linkbridge.phrasebook.exchange.formats import FileRead, read_file, write_files
from linkbridge.phrasebook.exchange.handed_voices import (
    PlannedVoice,
    judged,
    library_after,
    prepare_sounds,
    voices_to_take,
    with_own_voices,
)
from linkbridge.phrasebook.exchange.imported import refuse_older
from linkbridge.phrasebook.exchange.plan import Plan, Trust, plan_import
from linkbridge.phrasebook.exchange.stores import apply_plan, replace_files
from linkbridge.phrasebook.exchange.trust import fingerprint, trust_in
from linkbridge.phrasebook.exchange.units import Format, TextUnit, units_of
from linkbridge.phrasebook.files import default_directory, load_library
from linkbridge.phrasebook.glossary_files import load_glossary
from linkbridge.phrasebook.overlay import with_changes
from linkbridge.phrasebook.revisions import lock_texts
from linkbridge.phrasebook.schema import SOURCE_TAG, Library
from linkbridge.phrasebook.sound import Recording, prepare_recording
from linkbridge.phrasebook.voice_coverage import NAMES
from linkbridge.settings import Settings


@dataclass(frozen=True, slots=True)
class Choices:
    """What the operator decided about an import."""

    dry_run: bool = False
    take_theirs: bool = False
    trusted_keys: tuple[str, ...] = ()
    trusted_reviewers: frozenset[str] = frozenset()
    new_books: bool = False
    book: str = ""
    language: str = ""


def export(
    kind: Format, output: Path, *, tags: list[str], books: list[str], directory: Path | None, sender: str
) -> None:
    """Write phrasebooks in a format, and say what was written.

    Without a ``directory`` they are the phrasebooks in use, with what was changed in the workshop.

    Raises:
        DomainError: something asked for does not exist, or cannot be written.
    """
    settings = load_settings()
    folder = directory or settings.phrasebooks_dir or default_directory()
    library = load_library(folder)
    if directory is None:
        library = with_changes(library, local_changes(settings))
    wanted = tags or sorted({tag for _, tag in library.translations})
    units = units_of(library, tags=wanted, books=books, with_base=kind is not Format.BUNDLE)
    if kind is Format.BUNDLE:
        voices = _voices_of(settings, folder, library, units, whole=not (tags or books), own=directory is None)
        _export_bundle(folder, library, units, voices, output, sender)
        return
    files = write_files(library, units, kind)
    _write(files, output)
    print(f"{sum(bool(unit.text) for unit in units)} texts in {len(files)} file(s)")


def _voices_of(
    settings: Settings, folder: Path, library: Library, units: tuple[TextUnit, ...], *, whole: bool, own: bool
) -> tuple[VoiceFile, ...]:
    """Return the voices for a bundle of ``units``: of the folder and, with ``own``, those in the database.

    ``whole``: no book or language was chosen, so English and the languages' names come along, which are no units.
    """
    books, tags = frozenset(unit.book for unit in units), frozenset(unit.tag for unit in units)
    if whole:
        books, tags = books | {NAMES}, tags | {SOURCE_TAG}
    delivered = voices_in_folder(folder, books=books, tags=tags)
    return with_own_voices(delivered, local_voices(settings, library, books=books, tags=tags) if own else ())


def _export_bundle(
    folder: Path,
    library: Library,
    units: tuple[TextUnit, ...],
    voices: tuple[VoiceFile, ...],
    output: Path,
    sender: str,
) -> None:
    signer = load_signer(load_settings())
    books = frozenset(unit.book for unit in units)
    bundle = write_bundle(
        library,
        units,
        signer=signer,
        sender=sender,
        now=SystemClock().now(),
        books={book_id: (folder / book_id / "book.yaml").read_bytes() for book_id in sorted(books)},
        voices=voices,
    )
    _write({"phrasebooks.zip": bundle}, output)
    print(f"{sum(bool(unit.text) for unit in units)} texts and {len(voices)} voices")
    print(f"Signed by {signer.key_id}. The receiver trusts it with:")
    print(f"  linkbridge phrasebook trust add {signer.public_key_b64} --label …")


def _write(files: dict[str, bytes], output: Path) -> None:
    if len(files) == 1 and not output.is_dir():
        places = {output: next(iter(files.values()))}
    elif output.is_file():
        raise InvalidInput(f"there are {len(files)} files; name a folder", field="output")
    else:
        places = {output / name: body for name, body in files.items()}
    try:
        replace_files(places)
    except OSError as error:
        raise Unavailable(f"{output} cannot be written: {error.strerror}", component="output") from error


def take(file: Path, directory: Path | None, choices: Choices) -> None:
    """Take a file into a folder, or into the database where none is named, and say what changes.

    Raises:
        DomainError: the file, or something in it, cannot be taken; nothing was changed.
    """
    known = {path.parent.name for path in (directory or default_directory()).glob("*/book.yaml")}
    read = read_file(file, books=known, book=choices.book, tag=choices.language)
    if directory is not None:
        _take_into_folder(directory, read, choices)
    elif choices.trusted_keys or choices.new_books:
        raise InvalidInput("--trust-key and --new-books go with --directory")
    else:
        _take_into_database(read, choices)


def _take_into_folder(directory: Path, read: FileRead, choices: Choices) -> None:
    trust = Trust(reviewers=choices.trusted_reviewers)
    if read.bundle is not None:
        trusted = {fingerprint(key) for key in choices.trusted_keys}
        trust = trust_in(read.bundle.public_key, is_trusted=fingerprint(read.bundle.public_key) in trusted)
    made = prepare_folder_import(
        directory,
        read,
        trust=trust,
        today=SystemClock().now().date(),
        by=OPERATOR,
        take_theirs=choices.take_theirs,
        with_new_books=choices.new_books,
        prepare_voice=lambda body: prepare_recording(body).body,
    )
    _show(read, made.plan)
    for name in made.other_books:
        print(f"the book {name} is not here; add it with --new-books")
    for voice in made.silent:
        print(f"left out, because it says other words than the text: {voice.path}")
    for voice in made.untrusted:
        print(f"left out, because {trust.why_not}: {voice.path}")
    if not choices.dry_run:
        print(f"{len(made.commit())} file(s) written")


def _take_into_database(read: FileRead, choices: Choices) -> None:
    settings = load_settings()
    with open_exchange(settings) as door:
        taking = _Taking(settings, door, read, choices)
        with door.sessions.reading() as session:
            plan, voices = taking.look(session)
        # Before the transaction, so that no lock of the database is held while the sound is worked on.
        taking.sounds = prepare_sounds(voices_to_take(voices, take_theirs=choices.take_theirs))
        saved = kept = 0
        if choices.dry_run:
            voices = judged(voices, taking.sounds, take_theirs=choices.take_theirs)
        else:
            with door.sessions.transaction() as session:
                lock_texts(session)
                plan, voices = taking.look(session)
                voices = judged(voices, taking.sounds, take_theirs=choices.take_theirs)
                saved, kept = taking.save(session, plan, voices)
    _show(read, plan)
    if read.bundle is not None and read.bundle.voices:
        for line in voice_lines(voices):
            print(line)
    if not choices.dry_run:
        print(f"{saved} text(s) saved" + (f", {kept} voice(s) taken over" if voices else ""))


class _Taking:
    """One import into the database. ``sounds`` are the bundle's voices as they are to be stored."""

    def __init__(self, settings: Settings, door: ExchangeDoor, read: FileRead, choices: Choices) -> None:
        self._door = door
        self._incoming, self._bundle = read.incoming, read.bundle
        self._choices = choices
        self._workshop = build_workshop(settings, door)
        self._voices = build_handed_voices(settings, door)
        self.sounds: Mapping[str, Recording | str] = {}
        self._glossary = load_glossary(load_settings().phrasebooks_dir or default_directory())

    def look(self, session: Session) -> tuple[Plan, tuple[PlannedVoice, ...]]:
        """Return what would change."""
        trust = Trust(reviewers=self._choices.trusted_reviewers)
        if self._bundle is not None:
            trust = self._door.trusted_keys.trust(session, self._bundle.public_key)
            refuse_older(self._bundle, self._door.imported.last(session, self._bundle.public_key))
        library = self._workshop.library(session)
        today = self._door.clock.now().date()
        plan = plan_import(library, self._incoming.units, today=today, trust=trust, glossary=self._glossary)
        if self._bundle is None:
            return plan, ()
        after = library_after(library, plan, take_theirs=self._choices.take_theirs)
        return plan, self._voices.plan(session, self._bundle, after, trust=trust)

    def save(self, session: Session, plan: Plan, voices: tuple[PlannedVoice, ...]) -> tuple[int, int]:
        """Save it, and return how many texts and voices that were."""
        theirs = self._choices.take_theirs
        saved = apply_plan(plan, self._workshop, session, by=OPERATOR, take_theirs=theirs)
        if self._bundle is None:
            return saved, 0
        wanted = voices_to_take(voices, take_theirs=theirs)
        kept = self._voices.apply(session, wanted, self.sounds, bundle=self._bundle, by=OPERATOR)
        self._door.imported.note(session, self._bundle, by=OPERATOR)
        return saved, kept


def _show(read: FileRead, plan: Plan) -> None:
    if read.bundle is not None:
        print(f"bundle of {read.bundle.sender}, {read.bundle.created}, signed by {fingerprint(read.bundle.public_key)}")
    for line in plan_lines(plan, read.incoming.skipped):
        print(line)
