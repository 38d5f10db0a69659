"""Voices in signed bundles, from one installation's database into another's, with real sound and its real decoder."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import soundfile
from sqlmodel import Session, col, select

from linkbridge.accounts.models import AuditEntry
from linkbridge.accounts.permissions import system_actor
from linkbridge.bootstrap.exchange import ExchangeDoor, build_voice_shelf, load_signer, open_exchange
from linkbridge.cli import exchange_texts
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.errors import Unavailable
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.exchange import handed_voices
from linkbridge.phrasebook.exchange.bundle import VoiceFile, read_bundle, write_bundle
from linkbridge.phrasebook.exchange.imported import ImportedBundles
from linkbridge.phrasebook.exchange.units import units_of
from linkbridge.phrasebook.files import load_library
from linkbridge.phrasebook.models import Voice
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.revisions import current_texts, head_version, next_version
from linkbridge.phrasebook.schema import text_hash
from linkbridge.phrasebook.sound import prepare_recording
from tests.support.countries import Installation
from tests.support.exchange import SIGNER
from tests.support.sounds import decoded, encoded, speech

CONSULATE = Place("rights", "consulate", "es")
TITLE = Place("rights", "title", "es")
WORDS = "Puede pedir que avisemos a su consulado."
NEW_WORDS = "Puede pedirnos que avisemos a su consulado."
READING, OTHER_READING = encoded(speech(0.6), rate=48_000), encoded(speech(0.9), rate=48_000)
READER = system_actor("a-reader")


@pytest.fixture
def panama(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """Sends; on SQLite."""
    clock = FrozenClock(datetime(2026, 12, 24, 12, tzinfo=UTC))

    def next_second() -> FrozenClock:
        clock.advance(timedelta(seconds=1))
        return clock

    monkeypatch.setattr(exchange_texts, "SystemClock", next_second)
    return Installation(tmp_path / "panama", monkeypatch)


@pytest.fixture
def colombia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Installation:
    """Receives; on each kind of database."""
    return Installation(tmp_path / "colombia", monkeypatch, database_url)


@contextmanager
def opened(installation: Installation) -> Iterator[tuple[ExchangeDoor, Session]]:
    with open_exchange(installation.settings) as door, door.sessions.transaction() as session:
        yield door, session


def record(installation: Installation, place: Place, text: str, body: bytes = READING) -> str:
    """Record a reading of a text, and return its id."""
    with opened(installation) as (door, session):
        next_version(session)
        shelf = build_voice_shelf(installation.settings, door)
        return shelf.keep(session, place, prepare_recording(body), words=text_hash(text), by=READER)


def remove(installation: Installation, voice_id: str) -> None:
    with opened(installation) as (door, session):
        next_version(session)
        row = session.get(Voice, voice_id)
        assert row is not None
        build_voice_shelf(installation.settings, door).remove(session, row, by=READER)


def heard(installation: Installation) -> dict[str, Voice]:
    """Return the recordings that are kept, by their place."""
    with opened(installation) as (_, session):
        rows = session.exec(select(Voice).where(col(Voice.removed_at).is_(None))).all()
        session.expunge_all()
        return {Place(row.book, row.phrase, row.tag).key: row for row in rows}


def state(installation: Installation) -> tuple[int, int, int]:
    """Return what changes with every change of a text or a voice, and with every import of a bundle."""
    with opened(installation) as (_, session):
        imported = session.exec(select(AuditEntry).where(AuditEntry.action == "bundle.imported")).all()
        return head_version(session), len(current_texts(session)), len(imported)


def send(installation: Installation, *more: str) -> str:
    path = installation.folder / f"bundle{len(list(installation.folder.glob('*.zip')))}.zip"
    installation.lines("export", "--format", "bundle", "--output", str(path), "--sender", "Panama", *more)
    return str(path)


def made(installation: Installation, *voices: VoiceFile, words: str = WORDS, second: int = 0) -> str:
    """Return a bundle that another program made: one text and these voices."""
    library = load_library(installation.books)
    unit = units_of(library, tags=["es"], books=["rights"], with_base=False)[1]
    now = datetime(2026, 12, 24, 12, 0, second, tzinfo=UTC)
    path = installation.folder / f"made{second}.zip"
    path.write_bytes(
        write_bundle(library, [replace(unit, text=words)], signer=SIGNER, sender="Peru", now=now, voices=voices)
    )
    return str(path)


def voice(place: Place, words: str, body: bytes = READING, suffix: str = "ogg") -> VoiceFile:
    return VoiceFile(place.book, place.tag, place.phrase, text_hash(words), suffix, body)


def trust(installation: Installation, key: str = SIGNER.public_key_b64) -> None:
    installation.lines("trust", "add", key, "--label", "Them")


# --- out of the database


def test_export_holds_the_recordings_that_fit_their_words_and_no_name(colombia: Installation) -> None:
    name = LANGUAGES["es"].autonym
    record(colombia, CONSULATE, WORDS)
    record(colombia, TITLE, "Words of last year")
    record(colombia, Place("languages", "name", "es"), name, OTHER_READING)
    record(colombia, Place("rights", "title", "en"), "Your rights")
    old = colombia.books / "rights/voices/es" / f"consulate.{text_hash(WORDS)}.mp3"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"of the same words, and not heard while there is another in the database")
    path = colombia.folder / "bundle.zip"
    arguments = ["export", "--format", "bundle", "--output", str(path), "--sender", "Colombia"]
    assert colombia.lines(*arguments)[0] == "6 texts and 3 voices"
    with path.open("rb") as stream:
        voices = {sent.path: sent.body for sent in read_bundle(stream).voices}
    kept = {key: row.body for key, row in heard(colombia).items()}
    assert voices == {
        f"rights/voices/es/consulate.{text_hash(WORDS)}.ogg": kept["rights.consulate.es"],
        f"rights/voices/en/title.{text_hash('Your rights')}.ogg": kept["rights.title.en"],
        f"languages/voices/es/name.{text_hash(name)}.ogg": kept["languages.name.es"],
    }
    with zipfile.ZipFile(path) as archive:
        assert not any(READER.id.encode() in archive.read(member) for member in archive.namelist())


def test_export_of_some_books_or_from_a_folder_holds_no_other_voices(colombia: Installation) -> None:
    record(colombia, CONSULATE, WORDS)
    record(colombia, Place("languages", "name", "es"), LANGUAGES["es"].autonym)

    def sent(*more: str) -> list[str]:
        path = colombia.folder / f"{len(more)}{'-'.join(more).replace('/', '')[-20:]}.zip"
        colombia.lines("export", "--format", "bundle", "--output", str(path), "--sender", "Colombia", *more)
        with path.open("rb") as stream:
            return [f"{voice.book}.{voice.phrase}" for voice in read_bundle(stream).voices]

    assert sent("--book", "rights") == ["rights.consulate"]
    assert sent("--book", "interface") == []
    assert sent("--directory", str(colombia.books)) == []


def test_export_without_a_database_makes_none(panama: Installation) -> None:
    send(panama)
    assert not (panama.settings.data_dir / "linkbridge.db").exists()


# --- into the database


def test_voices_go_from_one_database_to_another_and_a_repeat_changes_nothing(
    panama: Installation, colombia: Installation
) -> None:
    record(panama, CONSULATE, WORDS)
    record(panama, Place("languages", "name", "es"), LANGUAGES["es"].autonym, OTHER_READING)
    file = send(panama)
    signer = load_signer(panama.settings)
    untrusted = [line for line in colombia.lines("import", file) if "voice" in line]
    why = f"the key {signer.key_id} is not trusted here"
    assert untrusted == [
        f"voice refused: languages.name.es: {why}",
        f"voice refused: rights.consulate.es: {why}",
        "voices: 0 new, 0 changed, 0 same, 0 conflict, 2 refused",
        "0 text(s) saved, 0 voice(s) taken over",
    ]
    assert heard(colombia) == {}

    trust(colombia, signer.public_key_b64)
    planned = [
        "voice new: languages.name.es",
        "voice new: rights.consulate.es",
        "voices: 2 new, 0 changed, 0 same, 0 conflict, 0 refused",
    ]
    before = state(colombia)
    assert colombia.lines("import", file, "--dry-run")[-3:] == planned
    assert (heard(colombia), state(colombia)) == ({}, before)
    assert colombia.lines("import", file)[-4:] == [*planned, "0 text(s) saved, 2 voice(s) taken over"]

    theirs, ours = heard(panama), heard(colombia)
    assert theirs.keys() == ours.keys()
    for key, row in ours.items():
        assert row.body != theirs[key].body
        assert decoded(row.body).kind == ("OGG", "OPUS", 1, 48_000)
        assert row.seconds == pytest.approx(theirs[key].seconds, abs=0.05)
        assert (row.text_hash, row.recorded_by) == (theirs[key].text_hash, f"key:{signer.key_id}")
    with opened(colombia) as (_, session):
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "voice.imported")).all()
        noted = {entry.subject: (entry.actor, entry.details) for entry in entries}
    details = {"book": "rights", "phrase": "consulate", "language": "es", "key": signer.key_id}
    assert len(noted) == 2
    assert noted[ours["rights.consulate.es"].id] == ("system:operator", details)

    version = state(colombia)[0]
    assert colombia.lines("import", file)[-2:] == [
        "voices: 0 new, 0 changed, 2 same, 0 conflict, 0 refused",
        "0 text(s) saved, 0 voice(s) taken over",
    ]
    assert {key: (row.id, row.body) for key, row in heard(colombia).items()} == {
        key: (row.id, row.body) for key, row in ours.items()
    }
    assert state(colombia)[0] == version


def test_voice_is_taken_with_its_new_words_and_what_cannot_be_used_is_left_out_alone(colombia: Installation) -> None:
    trust(colombia)
    file = made(
        colombia,
        voice(CONSULATE, NEW_WORDS),
        voice(CONSULATE, NEW_WORDS, OTHER_READING, "mp3"),
        voice(CONSULATE, WORDS, OTHER_READING),
        voice(TITLE, "Sus derechos", b"This is text, not sound."),
        voice(Place("rights", "no-such-phrase", "es"), "No está."),
        voice(Place("rights", "deadline", "es"), "Tiene 3 días, hasta el {date}."),
        voice(Place("rights", "title", "tlh"), "Sus derechos"),
        words=NEW_WORDS,
    )
    absent = "the words that it says are not here"
    expected = {
        "voice new: rights.consulate.es",
        "voice refused: rights.consulate.es: the bundle has another voice of these words",
        f"voice refused: rights.consulate.es: {absent}",
        "voice refused: rights.title.es: this is not sound",
        f"voice refused: rights.no-such-phrase.es: {absent}",
        f"voice refused: rights.deadline.es: {absent}",
        f"voice refused: rights.title.tlh: {absent}",
        "voices: 1 new, 0 changed, 0 same, 0 conflict, 6 refused",
    }
    dry = colombia.lines("import", file, "--take-theirs", "--dry-run")
    assert {line for line in dry if line.startswith("voice")} == expected
    lines = colombia.lines("import", file, "--take-theirs")
    assert {line for line in lines if line.startswith("voice")} == expected
    assert lines[-1] == "1 text(s) saved, 1 voice(s) taken over"
    assert heard(colombia).keys() == {"rights.consulate.es"}
    with opened(colombia) as (_, session):
        assert current_texts(session)[CONSULATE].text == NEW_WORDS


def test_nothing_that_the_sender_wrote_into_the_sound_is_kept(colombia: Installation) -> None:
    target = io.BytesIO()
    with soundfile.SoundFile(target, "w", samplerate=48_000, channels=1, format="OGG", subtype="OPUS") as file:
        file.artist = "Nadia Name"
        file.write(speech(0.6))
    assert decoded(target.getvalue()).notes["artist"] == "Nadia Name"
    trust(colombia)
    colombia.lines("import", made(colombia, voice(CONSULATE, WORDS, target.getvalue())))
    body = heard(colombia)["rights.consulate.es"].body
    assert "artist" not in decoded(body).notes
    assert b"Nadia" not in body


def test_voice_is_taken_into_a_folder_from_a_key_that_is_trusted_for_once(panama: Installation) -> None:
    sent = voice(CONSULATE, WORDS, READING, "mp3")
    arguments = ["import", made(panama, sent), "--directory", str(panama.books)]
    why = f"the key {SIGNER.key_id} is not trusted here"
    assert f"left out, because {why}: {sent.path}" in panama.lines(*arguments)
    assert not (panama.books / "rights/voices").exists()
    lines = panama.lines(*arguments, "--trust-key", SIGNER.public_key_b64)
    assert not any(line.startswith("left out") for line in lines)
    kept = panama.books / replace(sent, suffix="ogg").path
    assert decoded(kept.read_bytes()).kind == ("OGG", "OPUS", 1, 48_000)


def test_own_recording_stays_unless_theirs_is_chosen(colombia: Installation) -> None:
    own = record(colombia, CONSULATE, WORDS)
    trust(colombia)
    file = made(colombia, voice(CONSULATE, WORDS, OTHER_READING))
    line = "voice conflict: rights.consulate.es: these words have another recording here"
    assert line in colombia.lines("import", file)
    assert heard(colombia)["rights.consulate.es"].id == own
    assert colombia.lines("import", file, "--take-theirs")[-1] == "0 text(s) saved, 1 voice(s) taken over"
    assert heard(colombia)["rights.consulate.es"].id != own
    with opened(colombia) as (_, session):
        row = session.get(Voice, own)
        assert row is not None
        assert row.body == b""


def test_newer_reading_of_the_same_key_replaces_its_older_one(colombia: Installation) -> None:
    trust(colombia)
    colombia.lines("import", made(colombia, voice(CONSULATE, WORDS)))
    first = heard(colombia)["rights.consulate.es"]
    newer = made(colombia, voice(CONSULATE, WORDS, OTHER_READING), second=1)
    assert "voice changed: rights.consulate.es" in colombia.lines("import", newer)
    second = heard(colombia)["rights.consulate.es"]
    assert [first.seconds, second.seconds] == pytest.approx([0.6, 0.9], abs=0.05)


def test_removed_voice_does_not_come_back_with_its_bundle(colombia: Installation) -> None:
    trust(colombia)
    file = made(colombia, voice(CONSULATE, WORDS))
    colombia.lines("import", file)
    voice_id = heard(colombia)["rights.consulate.es"].id
    remove(colombia, voice_id)
    refused = "voice refused: rights.consulate.es: it was removed or replaced here"
    assert refused in colombia.lines("import", file, "--take-theirs")
    with opened(colombia) as (_, session):
        session.delete(session.get(Voice, voice_id))  # as a restored backup leaves it
    assert refused in colombia.lines("import", file, "--take-theirs")
    assert heard(colombia) == {}


def test_voice_that_is_in_the_database_or_in_the_phrasebooks_as_sent_is_the_same(colombia: Installation) -> None:
    record(colombia, CONSULATE, WORDS)
    delivered = voice(TITLE, "Sus derechos", OTHER_READING)
    path = colombia.books / delivered.path
    path.parent.mkdir(parents=True)
    path.write_bytes(OTHER_READING)
    trust(colombia)
    body = heard(colombia)["rights.consulate.es"].body
    lines = colombia.lines("import", made(colombia, delivered, voice(CONSULATE, WORDS, body)))
    assert "voices: 0 new, 0 changed, 2 same, 0 conflict, 0 refused" in lines
    assert heard(colombia).keys() == {"rights.consulate.es"}


def test_import_that_fails_at_its_end_keeps_neither_texts_nor_voices(
    colombia: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(colombia)
    before = state(colombia)

    def fail(*_arguments: object, **_named: object) -> None:
        raise Unavailable("the database went away", component="database")

    monkeypatch.setattr(ImportedBundles, "note", fail)
    file = made(colombia, voice(CONSULATE, NEW_WORDS), words=NEW_WORDS)
    result = colombia.run("import", file, "--take-theirs")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "linkbridge: the database went away\n"
    assert (heard(colombia), state(colombia)) == ({}, before)


def test_voice_whose_words_come_while_it_is_decoded_is_left_for_the_next_import(
    colombia: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(colombia)
    own = record(colombia, CONSULATE, WORDS)
    file = made(colombia, voice(CONSULATE, WORDS, OTHER_READING))
    real = handed_voices.prepare_sounds

    def remove_meanwhile(*arguments: object) -> object:
        remove(colombia, own)
        return real(*arguments)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(exchange_texts, "prepare_sounds", remove_meanwhile)
    late = "the texts or voices here were changed meanwhile; import it once more"
    assert f"voice refused: rights.consulate.es: {late}" in colombia.lines("import", file)
    monkeypatch.setattr(exchange_texts, "prepare_sounds", real)
    assert "voice new: rights.consulate.es" in colombia.lines("import", file)


def test_voice_is_noted_with_the_fingerprint_that_the_operator_trusted(colombia: Installation) -> None:
    [trusted] = colombia.lines("trust", "add", SIGNER.public_key_b64, "--label", "Peru")
    colombia.lines("import", made(colombia, voice(CONSULATE, WORDS)))
    found = re.search(r"Trusted: (\S+)", trusted)
    assert found is not None
    assert heard(colombia)["rights.consulate.es"].recorded_by == f"key:{found[1]}"
