"""What is uploaded as a recording: what is made of it, and what is refused with its reason."""

import numpy as np
import pytest

from linkbridge.kernel.errors import InvalidInput, TooLarge
from linkbridge.phrasebook.loudness import TARGET, loudness
from linkbridge.phrasebook.sound import MOST_BYTES, prepare_recording
from tests.support.sounds import MP4, RATE, WEBM, decoded, encoded, speech


def problem_of(body: bytes) -> str:
    with pytest.raises(InvalidInput) as raised:
        prepare_recording(body)
    assert raised.value.params["field"] == "sound"
    return str(raised.value.params["problem"])


@pytest.mark.parametrize(
    ("kind", "subtype", "rate"),
    [
        ("WAV", "PCM_16", 24_000),
        ("WAV", "FLOAT", 44_100),
        ("FLAC", "PCM_24", 48_000),
        ("OGG", "VORBIS", 22_050),
        ("OGG", "OPUS", 48_000),
        ("MP3", "MPEG_LAYER_III", 16_000),
    ],
)
def test_recording_becomes_opus_of_one_channel_and_one_loudness(kind: str, subtype: str, rate: int) -> None:
    samples = speech(2.0, level=0.03, before=1.0, after=1.0, rate=rate)
    recording = prepare_recording(encoded(np.stack([samples, samples], axis=1), rate=rate, kind=kind, subtype=subtype))
    found = decoded(recording.body)
    assert found.kind == ("OGG", "OPUS", 1, 48_000)
    assert recording.media_type == "audio/ogg"
    assert recording.seconds == pytest.approx(2.3, abs=0.1)
    assert len(found.samples) / RATE == pytest.approx(recording.seconds, abs=0.02)
    assert loudness(found.samples) == pytest.approx(TARGET, abs=0.5)
    assert len(recording.body) < recording.seconds * 8_000


def test_nothing_of_what_the_recorder_wrote_stays() -> None:
    body = encoded(speech())
    note = b"INFOIART\x0c\x00\x00\x00Nadia Name\x00\x00"
    chunk = b"LIST" + len(note).to_bytes(4, "little") + note
    body = body[:4] + (len(body) - 8 + len(chunk)).to_bytes(4, "little") + body[8:] + chunk
    assert decoded(body).notes["artist"] == "Nadia Name"
    stored = prepare_recording(body).body
    assert b"Nadia" not in stored
    assert "artist" not in decoded(stored).notes


@pytest.mark.parametrize(
    "body",
    [
        b"Tiene derecho a un abogado.",
        b"%PDF-1.7",
        b"<html></html>",
        WEBM,
        MP4,
        b"RIFF",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"RIFF\x24\x00\x00\x00AVI LIST" + bytes(64),
        b"OggS" + bytes(200),
        b"ID3" + bytes(200),
        b"fLaC" + bytes(200),
        encoded(speech(1.0), kind="AIFF"),
        encoded(speech(1.0))[:40],
    ],
)
def test_what_is_no_sound_is_refused(body: bytes) -> None:
    assert problem_of(body) in {"not-sound", "sound-short"}


def test_sound_that_nobody_records_is_refused() -> None:
    assert problem_of(encoded(speech(1.0, rate=4_000), rate=4_000)) == "not-sound"
    assert problem_of(encoded(speech(1.0, rate=192_000), rate=192_000)) == "not-sound"
    assert problem_of(encoded(np.stack([speech(1.0)] * 3, axis=1))) == "not-sound"


def test_length_is_bounded_at_both_ends() -> None:
    assert problem_of(b"") == "no-file"
    assert problem_of(encoded(speech(0.1))) == "sound-short"
    assert problem_of(encoded(np.zeros(0, np.float32))) == "sound-short"
    assert problem_of(encoded(speech(61.0, rate=16_000), rate=16_000)) == "sound-long"
    assert prepare_recording(encoded(speech(60.0, rate=16_000), rate=16_000)).seconds == 60.0


def test_file_that_claims_to_be_shorter_than_it_is_gives_no_more_than_it_claims() -> None:
    honest = encoded(speech(61.0, rate=16_000), rate=16_000)
    assert honest[36:40] == b"data"
    assert prepare_recording(honest[:40] + (32_000).to_bytes(4, "little") + honest[44:]).seconds == 1.0


def test_silence_is_refused() -> None:
    assert problem_of(encoded(np.zeros(2 * RATE, np.float32))) == "sound-silent"
    hiss = np.random.default_rng(7).normal(0, 0.0005, 2 * RATE).astype(np.float32)
    assert problem_of(encoded(hiss)) == "sound-silent"


def test_large_file_is_refused_unread() -> None:
    with pytest.raises(TooLarge) as raised:
        prepare_recording(bytes(MOST_BYTES + 1))
    assert raised.value.params == {"limit": MOST_BYTES}


def test_numbers_that_are_none_are_refused() -> None:
    samples = speech(1.0)
    samples[100] = np.nan
    assert problem_of(encoded(samples, subtype="FLOAT")) == "not-sound"
    samples[100] = np.inf
    assert problem_of(encoded(samples, subtype="FLOAT")) == "not-sound"
    samples[100] = 1e30
    assert problem_of(encoded(samples, subtype="FLOAT")) == "not-sound"
