"""Reads and writes sound through libsndfile: what people upload, and what is stored and played.

What is stored is always written here: nothing that a recorder put into its file, such as a name or a place, stays.
"""

import io
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linkbridge.kernel.errors import InvalidInput, TooLarge, Unavailable

if TYPE_CHECKING:
    from linkbridge.phrasebook.loudness import Samples

MOST_BYTES = 3 * 1024 * 1024
MOST_SECONDS = 60
LEAST_SECONDS = 0.2
FIELD = "sound"
OGG_OPUS = "audio/ogg"

_MP3_RATE = 22_050
_MP3_COMPRESSION = 0.8
_OPUS_COMPRESSION = 0.896
"""libsndfile's 0 is 256 kbit/s and its 1 is 6; this is 32, at which one voice loses nothing that matters."""
_WRITTEN_AT_ONCE = 48_000
"""Samples: the encoders overflow the stack when handed many (libsndfile issue 424)."""
_RATES = range(8_000, 96_001)
_MOST_CHANNELS = 2
_BEGINNINGS = (b"RIFF", b"OggS", b"fLaC", b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2")
"""How WAV, Ogg, FLAC and MP3 begin. libsndfile knows thirty formats more, which nobody records with: not tried."""
_slots = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Recording:
    """A reading as it is stored: Ogg/Opus, one channel, trimmed, at the loudness of all others."""

    body: bytes
    seconds: float
    media_type: str = OGG_OPUS


def prepare_recording(body: bytes) -> Recording:
    """Return an uploaded reading as it is stored. Takes some tenths of a second and at most two at once.

    Raises:
        TooLarge: it has more than 3 MB.
        InvalidInput: ``problem`` in ``params`` is ``no-file``, ``not-sound``, ``sound-long``, ``sound-short`` or
            ``sound-silent``.
        Unavailable: libsndfile is missing or cannot write Opus.
    """
    from linkbridge.phrasebook import loudness  # noqa: PLC0415 - numpy takes a tenth of a second to load

    if len(body) > MOST_BYTES:
        raise TooLarge("this recording is too large", limit=MOST_BYTES)
    with _slots:
        samples, rate = _decode(body)
        if not loudness.is_usable(samples):
            raise _refused("this is not sound", "not-sound")
        samples = loudness.trimmed(loudness.resampled(loudness.mixed(samples), rate))
        measured = loudness.loudness(samples)
        if measured < loudness.LEAST_LOUDNESS:
            raise _refused("nothing can be heard in it", "sound-silent")
        seconds = len(samples) / loudness.RATE
        if seconds < LEAST_SECONDS:
            raise _refused("this is too short", "sound-short")
        return Recording(_encode_opus(loudness.levelled(samples, measured), loudness.RATE), round(seconds, 2))


def _decode(body: bytes) -> tuple["Samples", int]:
    """Return the samples of a file, a column for each channel, and their rate."""
    if not body:
        raise _refused("there is no recording", "no-file")
    if not body.startswith(_BEGINNINGS):
        raise _refused("this is not sound", "not-sound")
    soundfile = _libsndfile()
    try:
        with soundfile.SoundFile(io.BytesIO(body)) as file:
            if file.samplerate not in _RATES or file.channels > _MOST_CHANNELS:
                raise _refused("this is not sound of a kind that people record", "not-sound")
            most = MOST_SECONDS * file.samplerate
            samples: Samples = file.read(most + 1, dtype="float32", always_2d=True)
            rate = int(file.samplerate)
    except (RuntimeError, OSError, ValueError) as error:
        raise _refused("this is not sound", "not-sound") from error
    if len(samples) > most:
        raise _refused(f"this is longer than {MOST_SECONDS} seconds", "sound-long")
    if len(samples) < LEAST_SECONDS * rate:
        raise _refused("this is too short", "sound-short")
    return samples, rate


def _encode_opus(samples: "Samples", rate: int) -> bytes:
    soundfile = _libsndfile()
    target = io.BytesIO()
    try:
        with soundfile.SoundFile(
            target,
            "w",
            samplerate=rate,
            channels=1,
            format="OGG",
            subtype="OPUS",
            compression_level=_OPUS_COMPRESSION,
        ) as file:
            for start in range(0, len(samples), _WRITTEN_AT_ONCE):
                file.write(samples[start : start + _WRITTEN_AT_ONCE])
    except (OSError, RuntimeError, ValueError) as error:
        raise Unavailable("the sound could not be encoded as Opus", component="libsndfile") from error
    return target.getvalue()


def encode_mp3(samples: bytes) -> bytes:
    """Return 16-bit mono samples (22,050 a second) as MP3 of about 40 kbit/s.

    Raises:
        Unavailable: libsndfile is missing or cannot write MP3.
    """
    soundfile = _libsndfile()
    target = io.BytesIO()
    try:
        with soundfile.SoundFile(
            target,
            "w",
            samplerate=_MP3_RATE,
            channels=1,
            format="MP3",
            subtype="MPEG_LAYER_III",
            compression_level=_MP3_COMPRESSION,
            bitrate_mode="CONSTANT",
        ) as file:
            file.buffer_write(samples, dtype="int16")
    except (OSError, RuntimeError) as error:
        raise Unavailable("the sound could not be encoded as MP3", component="libsndfile") from error
    return target.getvalue()


def _libsndfile() -> Any:  # noqa: ANN401 - the library has no types
    try:
        import soundfile  # noqa: PLC0415 - where libsndfile is missing, only the voices are
    except (ImportError, OSError) as error:
        raise Unavailable("libsndfile is not installed", component="libsndfile") from error
    return soundfile


def _refused(message: str, problem: str) -> InvalidInput:
    return InvalidInput(message, field=FIELD, problem=problem)
