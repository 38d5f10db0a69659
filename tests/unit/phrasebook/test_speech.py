"""Voices: recorded ones first, then espeak-ng; what happens when it is missing, slow, or the disk is full."""

import errno
import hashlib
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from linkbridge.kernel.errors import NotFound, StorageFull, Unavailable
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook import speech
from linkbridge.phrasebook.schema import Origin, PhraseKind, PhraseText, Status, text_hash
from linkbridge.phrasebook.speech import Audio, NoRecordings, Speech, Utterance, language_name

HELLO = Utterance("first.hello", "es", "Hola, ¿cómo está?")
NO_VOICE = Utterance("first.hello", "ti", "ሰላም")

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def program(folder: Path, script: str) -> str:
    """Write a program that stands in for espeak-ng."""
    path = folder / "fake-espeak"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def counting(folder: Path) -> str:
    """Return a program that answers with a short sound and leaves a line for each time it ran."""
    return program(
        folder,
        f'cat >/dev/null; echo "$@" >>{folder}/runs; printf RIFF; head -c 40 /dev/zero; head -c 44100 /dev/zero',
    )


def make(folder: Path, name: str = "espeak-ng", **options: float) -> Speech:
    return Speech(folder / "cache", folder / "books", program=name, **options)  # type: ignore[arg-type]


def record(folder: Path, utterance: Utterance, ending: str = "mp3", *, text: str | None = None) -> Path:
    spoken = hashlib.sha256((text or utterance.text).encode()).hexdigest()[:12]
    book, phrase_id = utterance.key.split(".")
    path = folder / "books" / book / "voices" / utterance.tag / f"{phrase_id}.{spoken}.{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"sound")
    return path


@needs_espeak
def test_say_speaks_and_leaves_nothing_behind(tmp_path: Path) -> None:
    body = make(tmp_path).say(Utterance("conversation.said", "es", "Espere aquí, por favor."))
    assert body[:2] in {b"\xff\xfb", b"\xff\xf3"}
    assert len(body) > 2_000
    assert list(tmp_path.rglob("*")) == []


def test_say_refuses_a_language_without_a_voice_and_gives_its_place_back(tmp_path: Path) -> None:
    voice = make(tmp_path, program(tmp_path, "exit 1"), concurrency=1, timeout=0.5)
    with pytest.raises(NotFound):
        voice.say(NO_VOICE)
    for _ in range(2):
        with pytest.raises(Unavailable, match="failed"):
            voice.say(HELLO)


@needs_espeak
def test_render_makes_a_small_mp3_once(tmp_path: Path) -> None:
    voice = make(tmp_path)
    found = voice.find(HELLO)
    assert found is not None
    assert (found.kind, found.media_type) == ("synthetic", "audio/mpeg")
    path = voice.render(HELLO)
    assert path == found.path
    data = path.read_bytes()
    assert data[0] == 0xFF or data.startswith(b"ID3")
    assert 2_000 < len(data) < 20_000
    assert list((tmp_path / "cache").rglob("*.part")) == []


@needs_espeak
def test_render_takes_a_phrase(tmp_path: Path) -> None:
    phrase = PhraseText(
        key="first.hello",
        id="hello",
        kind=PhraseKind.STATEMENT,
        text="Bonjour.",
        tag="fr",
        direction="ltr",
        script="Latn",
        status=Status.DRAFT,
        origin=Origin.MACHINE,
        date=date(2026, 11, 24),
        pictogram=None,
        legal_basis=(),
        source_text="Hello.",
    )
    assert make(tmp_path).render(phrase).stat().st_size > 1_000


@needs_espeak
def test_voices_tells_recorded_and_synthetic(tmp_path: Path) -> None:
    record(tmp_path, NO_VOICE)
    voices = {voice.tag: voice for voice in make(tmp_path).voices()}
    assert (voices["ti"].recordings, voices["ti"].synthetic) == (1, False)
    assert {tag for tag in _DELIVERED if not voices[tag].synthetic} == {"ps", "so", "ti"}


_DELIVERED = {"am", "ar", "bn", "en", "es", "fr", "hi", "ne", "nl", "ps", "pt", "so", "sw", "ti", "ur", "zh-Hans"}


def test_find_prefers_a_recording(tmp_path: Path) -> None:
    path = record(tmp_path, HELLO)
    found = make(tmp_path, "no-such-program").find(HELLO)
    assert found is not None
    assert (found.kind, found.path, found.media_type) == ("recorded", path, "audio/mpeg")
    assert make(tmp_path, "no-such-program").render(HELLO) == path


class MadeHere(NoRecordings):
    """One recording that was made here, of the words of ``HELLO``."""

    def find(self, tag: str, words: str) -> Audio | None:
        is_hello = (tag, words) == (HELLO.tag, text_hash(HELLO.text))
        return Audio("recorded", None, "audio/ogg", "id") if is_hello else None

    def counts(self) -> dict[str, int]:
        return {"es": 1}

    def read(self, voice_id: str) -> bytes:
        return f"sound of {voice_id}".encode()


def test_recording_made_here_comes_before_the_delivered_one(tmp_path: Path) -> None:
    delivered = record(tmp_path, HELLO)
    voice = Speech(tmp_path / "cache", tmp_path / "books", recordings=MadeHere(), program="no-such-program")
    found = voice.find(HELLO)
    assert found is not None
    assert (found.path, found.etag, found.is_made) == (None, "id", True)
    assert voice.read(HELLO) == b"sound of id"
    other = voice.find_delivered(HELLO)
    assert other is not None
    assert other.path == delivered
    assert voice.find(Utterance("first.hello", "es", "Adiós.")) is None
    assert {status.tag: status.recordings for status in voice.voices() if status.recordings} == {"es": 2}


def test_delivered_recording_is_read_when_none_was_made_here(tmp_path: Path) -> None:
    record(tmp_path, HELLO)
    assert make(tmp_path, "no-such-program").read(HELLO) == b"sound"


@pytest.mark.parametrize("ending", ["ogg", "opus"])
def test_find_knows_other_kinds_of_recordings(tmp_path: Path, ending: str) -> None:
    record(tmp_path, HELLO, ending)
    found = make(tmp_path, "no-such-program").find(HELLO)
    assert found is not None
    assert found.media_type == "audio/ogg"


def test_recording_of_other_words_is_silent(tmp_path: Path) -> None:
    record(tmp_path, NO_VOICE, text="ደሓን ኩን")
    assert make(tmp_path).find(NO_VOICE) is None


def test_find_touches_no_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path, NO_VOICE)
    voice = make(tmp_path, counting(tmp_path))

    def touched(*_arguments: object, **_options: object) -> None:
        raise AssertionError("the disk was touched")

    for name in ("stat", "exists", "is_file", "glob"):
        monkeypatch.setattr(Path, name, touched)
    assert voice.find(NO_VOICE) is not None
    assert voice.find(HELLO) is not None


def test_recording_cannot_be_looked_for_outside_its_folder(tmp_path: Path) -> None:
    voice = make(tmp_path, "no-such-program")
    assert voice.find(Utterance("../../etc.passwd", "es", "x")) is None
    assert voice.find(Utterance("a.b", "../es", "x")) is None


def test_find_without_espeak_or_voice_is_none(tmp_path: Path) -> None:
    assert make(tmp_path, "no-such-program").find(HELLO) is None
    assert make(tmp_path, counting(tmp_path)).find(NO_VOICE) is None


def test_render_of_a_language_without_a_voice_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        make(tmp_path, counting(tmp_path)).render(NO_VOICE)


def test_render_without_espeak_names_the_component(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as raised:
        make(tmp_path, "espeak-ng-that-is-missing").render(HELLO)
    assert raised.value.params == {"component": "espeak-ng-that-is-missing"}
    assert not (tmp_path / "cache").exists()


def test_rendered_voice_is_found_when_espeak_is_gone(tmp_path: Path) -> None:
    path = make(tmp_path, counting(tmp_path)).render(HELLO)
    found = make(tmp_path, "no-such-program").find(HELLO)
    assert found is not None
    assert found.path == path


def test_render_again_takes_the_cache(tmp_path: Path) -> None:
    voice = make(tmp_path, counting(tmp_path))
    assert voice.render(HELLO) == voice.render(HELLO)
    assert (tmp_path / "runs").read_text(encoding="utf-8") == "-v es-419 -s 140 --stdin --stdout\n"


def test_render_of_another_text_or_voice_is_another_file(tmp_path: Path) -> None:
    voice = make(tmp_path, counting(tmp_path))
    others = [Utterance("first.hello", "es", "Adiós."), Utterance("first.hello", "pt", HELLO.text)]
    assert len({voice.render(utterance) for utterance in (HELLO, *others)}) == 3


def test_render_from_many_threads_runs_espeak_once(tmp_path: Path) -> None:
    voice = make(tmp_path, counting(tmp_path), concurrency=1)
    with ThreadPoolExecutor(8) as pool:
        paths = set(pool.map(voice.render, [HELLO] * 8))
    assert len(paths) == 1
    assert len((tmp_path / "runs").read_text(encoding="utf-8").splitlines()) == 1


def test_render_passes_words_through_stdin_only(tmp_path: Path) -> None:
    script = f'cat >{tmp_path}/words; echo "$@" >{tmp_path}/arguments; printf RIFF; head -c 1000 /dev/zero'
    hostile = Utterance("a.b", "es", "--voice=x; $(touch /tmp/x) `id` \u2014 [[t'Est]]")
    make(tmp_path, program(tmp_path, script)).render(hostile)
    assert (tmp_path / "words").read_text(encoding="utf-8") == hostile.text
    assert "touch" not in (tmp_path / "arguments").read_text(encoding="utf-8")


@pytest.mark.parametrize("script", ["exit 1", "cat >/dev/null", "cat >/dev/null; echo no sound"])
def test_render_with_a_failing_espeak_is_unavailable(tmp_path: Path, script: str) -> None:
    voice = make(tmp_path, program(tmp_path, script))
    with pytest.raises(Unavailable):
        voice.render(HELLO)
    assert list((tmp_path / "cache").rglob("*")) == []


def test_render_gives_up_on_a_hanging_espeak(tmp_path: Path) -> None:
    voice = make(tmp_path, program(tmp_path, "exec sleep 60"), timeout=0.2)
    with pytest.raises(Unavailable, match="too long"):
        voice.render(HELLO)


def test_render_gives_up_when_too_many_are_being_made(tmp_path: Path) -> None:
    started = tmp_path / "started"
    release = tmp_path / "release"
    script = (
        f"cat >/dev/null; touch {started}; while [ ! -e {release} ]; do :; done; printf RIFF; head -c 999 /dev/zero"
    )
    voice = make(tmp_path, program(tmp_path, script), concurrency=1, timeout=5.0)
    first = threading.Thread(target=voice.render, args=(HELLO,))
    first.start()
    while not started.exists():
        assert first.is_alive()
    impatient = voice
    impatient._timeout = 0.01
    with pytest.raises(Unavailable, match="too many"):
        impatient.render(Utterance("first.bye", "es", "Adiós."))
    release.touch()
    first.join()


def test_render_on_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    voice = make(tmp_path, counting(tmp_path))
    monkeypatch.setattr(speech.os, "fsync", full)
    with pytest.raises(StorageFull):
        voice.render(HELLO)
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []
    monkeypatch.undo()
    assert voice.render(HELLO).exists()


def test_render_into_an_unwritable_place_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, not a folder", encoding="utf-8")
    with pytest.raises(Unavailable) as raised:
        make(tmp_path, counting(tmp_path)).render(HELLO)
    assert raised.value.params == {"component": "audio cache"}


def test_voices_without_espeak_are_none(tmp_path: Path) -> None:
    assert not any(voice.synthetic for voice in make(tmp_path, "no-such-program").voices())


def test_language_name_speaks_the_autonym() -> None:
    assert language_name("am") == Utterance("languages.name", "am", LANGUAGES["am"].autonym)
    with pytest.raises(NotFound):
        language_name("xx")
