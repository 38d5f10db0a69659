"""Imports into a folder of phrasebooks: all of a file or nothing, whatever goes wrong."""

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from linkbridge.accounts.permissions import system_actor
from linkbridge.kernel.errors import Conflict, InvalidInput, NotFound, StorageFull, TooLarge, Unavailable
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.exchange.bundle import VoiceFile, write_bundle
from linkbridge.phrasebook.exchange.folder import FolderImport, prepare_folder_import, voices_in_folder
from linkbridge.phrasebook.exchange.formats import Format, read_file, write_files
from linkbridge.phrasebook.exchange.imported import FILE
from linkbridge.phrasebook.exchange.plan import Trust, Verdict
from linkbridge.phrasebook.exchange.stores import FolderStore
from linkbridge.phrasebook.exchange.units import TextUnit, units_of
from linkbridge.phrasebook.files import PhrasebookFileError, load_library
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.schema import Status, text_hash
from tests.support.exchange import OURS, SIGNER, TODAY

BY = system_actor("test")
NOW = datetime(2026, 12, 24, 12, tzinfo=UTC)
ROYAL = "Puede avisar a su consulado."
MORE = """\
id: more
kind: notice
date: 2026-11-24
phrases:
  - { id: title, kind: title, text: More }
  - { id: rest, text: You can rest here. }
"""
EVERYONE = Trust(everyone=True)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def edited(books: Path, words: str = ROYAL) -> TextUnit:
    units = units_of(load_library(books), tags=["es"], books=["rights"], with_base=False)
    return replace(units[1], text=words, date=date(2027, 1, 1))


@pytest.fixture
def bundle_file(books: Path, tmp_path: Path) -> Callable[..., Path]:
    def write(*units: TextUnit, name: str = "bundle.zip", now: datetime = NOW, **more: object) -> Path:
        library = load_library(books)
        path = tmp_path / name
        data = write_bundle(library, units, signer=SIGNER, sender="Panama", now=now, **more)  # type: ignore[arg-type] # the tests name its arguments
        path.write_bytes(data)
        return path

    return write


def prepare(books: Path, file: Path, **more: object) -> FolderImport:
    options: dict[str, object] = {"trust": Trust(), "today": TODAY, "by": BY, "prepare_voice": bytes.upper} | more
    return prepare_folder_import(books, read_file(file), **options)  # type: ignore[arg-type] # the tests name its options


# --- what is written


@pytest.mark.parametrize("kind", [Format.PO, Format.XLIFF, Format.TMX, Format.CSV])
def test_file_of_every_format_is_taken_over_whole(books: Path, tmp_path: Path, kind: Format) -> None:
    [(name, body)] = write_files(load_library(books), [edited(books)], kind).items()
    file = tmp_path / "out" / name
    file.parent.mkdir(parents=True)
    file.write_bytes(body)
    written = prepare(books, file, take_theirs=True).commit()
    assert written == (books / "rights" / "es.po",)
    found = load_library(books).translations["rights", "es"]
    assert (found["consulate"].text, found["consulate"].status) == (ROYAL, Status.DRAFT)
    assert found["title"].text == "Sus derechos"


def test_export_and_import_change_nothing(books: Path, tmp_path: Path) -> None:
    for kind in (Format.PO, Format.XLIFF, Format.TMX, Format.CSV):
        library = load_library(books)
        for name, body in write_files(library, units_of(library, tags=["es"]), kind).items():
            file = tmp_path / kind / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
            made = prepare(books, file)
            assert {text.verdict for text in made.plan.texts} == {Verdict.SAME}
            assert made.commit() == ()


def test_nothing_is_written_before_it_is_committed(books: Path, bundle_file: Callable[..., Path]) -> None:
    before = contents(books)
    prepare(books, bundle_file(edited(books)), take_theirs=True, trust=EVERYONE)
    assert contents(books) == before


def test_bundle_of_a_trusted_key_brings_its_approvals_and_of_another_none(
    books: Path, bundle_file: Callable[..., Path]
) -> None:
    file = bundle_file(edited(books))
    trusted = prepare(books, file, trust=EVERYONE, take_theirs=True)
    untrusted = prepare(books, file, take_theirs=True)
    assert [text.theirs.status for text in trusted.plan.texts] == [Status.VERIFIED]
    assert [text.theirs.status for text in untrusted.plan.texts] == [Status.DRAFT]
    trusted.commit()
    assert load_library(books).translations["rights", "es"]["consulate"].status is Status.VERIFIED


def test_older_bundle_of_the_key_is_refused_afterwards(books: Path, bundle_file: Callable[..., Path]) -> None:
    file = bundle_file(edited(books))
    prepare(books, file, take_theirs=True).commit()
    older = bundle_file(edited(books, "Puede llamar."), name="older.zip", now=NOW - timedelta(days=1))
    before = contents(books)
    with pytest.raises(Conflict, match="a newer bundle was taken over"):
        prepare(books, older)
    prepare(books, file, take_theirs=True).commit()
    assert contents(books) == before


def test_memory_of_bundles_that_cannot_be_read_is_no_reason_to_forget(
    books: Path, bundle_file: Callable[..., Path]
) -> None:
    (books / FILE).write_text("{")
    with pytest.raises(Unavailable, match="cannot be read"):
        prepare(books, bundle_file(edited(books)))


# --- new books


def test_new_book_is_added_when_asked_from_a_trusted_key(books: Path, bundle_file: Callable[..., Path]) -> None:
    file = bundle_file(books={"more": MORE.encode()})
    assert prepare(books, file, trust=EVERYONE).other_books == ("more",)
    made = prepare(books, file, trust=EVERYONE, with_new_books=True)
    assert (made.new_books, made.other_books) == (("more",), ())
    made.commit()
    assert load_library(books).book("more") is not None


def test_new_book_of_an_unknown_key_is_refused(books: Path, bundle_file: Callable[..., Path]) -> None:
    with pytest.raises(InvalidInput, match="from trusted keys alone"):
        prepare(books, bundle_file(books={"more": MORE.encode()}), with_new_books=True)


@pytest.mark.parametrize(("old", "new"), [("kind: title", "kind: other"), ("text: More", 'text: "Mo\\u202ere"')])
def test_new_book_with_a_fault_is_refused(books: Path, bundle_file: Callable[..., Path], old: str, new: str) -> None:
    assert old in MORE
    file = bundle_file(books={"more": MORE.replace(old, new).encode()})
    before = contents(books)
    with pytest.raises(PhrasebookFileError, match=r"more/book\.yaml:"):
        prepare(books, file, trust=EVERYONE, with_new_books=True)
    assert contents(books) == before


# --- voices


def voice(words: str, body: bytes = b"OggS") -> VoiceFile:
    return VoiceFile("rights", "es", "consulate", text_hash(words), "mp3", body)


def test_voice_comes_with_the_words_that_it_says(books: Path, bundle_file: Callable[..., Path]) -> None:
    other = replace(voice("otras"), suffix="ogg")
    made = prepare(books, bundle_file(edited(books), voices=[voice(ROYAL), other]), take_theirs=True, trust=EVERYONE)
    assert (made.voices, made.silent) == ((voice(ROYAL),), (other,))
    made.commit()
    path = books / "rights/voices/es" / f"consulate.{text_hash(ROYAL)}.ogg"
    assert path.read_bytes() == b"OGGS"
    found = voices_in_folder(books, books=frozenset({"rights"}), tags=frozenset({"es"}))
    assert found == (replace(voice(ROYAL, b"OGGS"), suffix="ogg"),)


def test_voice_of_a_key_that_is_not_trusted_is_left_out(books: Path, bundle_file: Callable[..., Path]) -> None:
    file = bundle_file(edited(books), voices=[voice(ROYAL, b"no sound, and not looked at")])
    made = prepare(books, file, take_theirs=True)
    assert (made.voices, made.silent, len(made.untrusted)) == ((), (), 1)
    made.commit()
    assert not (books / "rights/voices").exists()


def test_voice_of_english_or_of_the_name_of_a_language_comes_with_its_words(
    books: Path, bundle_file: Callable[..., Path]
) -> None:
    english = VoiceFile("rights", "en", "title", text_hash("Your rights"), "ogg", b"OggS")
    name = VoiceFile("languages", "es", "name", text_hash(LANGUAGES["es"].autonym), "ogg", b"OggS")
    other = replace(name, tag="fr")
    made = prepare(books, bundle_file(voices=[english, name, other]), trust=EVERYONE)
    assert (set(made.voices), set(made.silent)) == ({english, name}, {other})


def test_voice_that_is_no_sound_refuses_the_whole_file(books: Path, bundle_file: Callable[..., Path]) -> None:
    def refuse(_body: bytes) -> bytes:
        raise InvalidInput("this is not sound")

    file, before = bundle_file(edited(books), voices=[voice(ROYAL)]), contents(books)
    with pytest.raises(InvalidInput, match=r"consulate\.[0-9a-f]{12}\.mp3 in the bundle cannot be used: this is not"):
        prepare(books, file, take_theirs=True, trust=EVERYONE, prepare_voice=refuse)
    assert contents(books) == before


# --- what goes wrong


def test_file_that_is_far_too_large_is_refused_without_being_read(books: Path, tmp_path: Path) -> None:
    file = tmp_path / "es.po"
    with file.open("wb") as stream:
        stream.write(b'msgid ""\n')
        stream.truncate(200 * 1024 * 1024)
    with pytest.raises(TooLarge, match="larger than 1048576 bytes"):
        prepare(books, file)


@pytest.mark.parametrize("name", ["es.po", "es.csv", "es.xlf", "memory.tmx"])
def test_file_in_another_encoding_is_refused(books: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes('id,language,English,text\nrights.title,es,x,"señor"\n'.encode("latin-1"))
    before = contents(books)
    with pytest.raises(InvalidInput):
        prepare(books, file)
    assert contents(books) == before


def test_file_of_an_unknown_kind_is_refused(books: Path, tmp_path: Path) -> None:
    file = tmp_path / "texts.docx"
    file.touch()
    with pytest.raises(InvalidInput, match="none of the endings"):
        prepare(books, file)


def test_file_that_is_gone_is_named(books: Path, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be read: No such file"):
        prepare(books, tmp_path / "none.csv")


@pytest.mark.parametrize(("number", "error"), [(errno.ENOSPC, StorageFull), (errno.EACCES, Unavailable)])
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_failure_in_the_middle_leaves_the_folder_as_it_was(
    books: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception], step: str
) -> None:
    store = FolderStore(books, load_library(books))
    store.save(None, Place("rights", "lawyer", "fr"), OURS, by=BY)
    store.save(None, Place("interface", "listen", "es"), replace(OURS, text="Oír", source="Listen"), by=BY)
    store.add_file("rights/voices/es/a.ogg", b"OggS")
    before = contents(books)
    done: list[object] = []
    real = {"fsync": os.fsync, "replace": Path.replace}[step]

    def fail(*arguments: object) -> object:
        done.append(arguments)
        if len(done) == 3:
            raise OSError(number, os.strerror(number))
        return real(*arguments)  # type: ignore[operator] # either of the two

    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    with pytest.raises(error):
        store.commit()
    assert len(done) == 3
    assert contents(books) == before


def test_store_refuses_a_book_that_it_lacks(books: Path) -> None:
    with pytest.raises(NotFound):
        FolderStore(books, load_library(books)).save(None, Place("none", "a", "es"), OURS, by=BY)
