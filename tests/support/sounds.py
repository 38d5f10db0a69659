"""Sound files for tests, made in memory: something like speech, silence, and what is no sound."""

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soundfile

RATE = 48_000
WEBM = bytes.fromhex("1a45dfa3a34286810142f7810142f2810442f381084282847765626d42878104428581021853806701ffffffffffffff")
"""The beginning of the WebM that Chromium's recorder makes: a video container, even when only sound is in it."""
MP4 = bytes.fromhex("00000020667479706d703432000000006d7034326d70343169736f6d69736f32") + bytes(64)
"""The beginning of an MP4, as other recorders make it."""


def speech(
    seconds: float = 2.0, *, level: float = 0.1, before: float = 0.0, after: float = 0.0, rate: int = RATE
) -> npt.NDArray[np.float32]:
    """Return something as loud and as uneven as speech, with so much silence before and after it."""
    moments = np.arange(round(seconds * rate)) / rate
    voiced = np.sin(2 * np.pi * 180 * moments) + 0.5 * np.sin(2 * np.pi * 1_100 * moments)
    uneven = level * voiced * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * moments))
    parts = [np.zeros(round(before * rate)), uneven, np.zeros(round(after * rate))]
    return np.concatenate(parts).astype(np.float32)


def encoded(samples: npt.NDArray[np.float32], *, rate: int = RATE, kind: str = "WAV", subtype: str = "PCM_16") -> bytes:
    """Return samples as a file."""
    target = io.BytesIO()
    soundfile.write(target, samples, rate, format=kind, subtype=subtype)
    return target.getvalue()


@dataclass(frozen=True)
class Decoded:
    """What a file holds and says of itself."""

    samples: npt.NDArray[np.float32]
    kind: tuple[str, str, int, int]
    """Format, coding, channels, samples a second."""
    notes: dict[str, str]


def decoded(body: bytes) -> Decoded:
    """Return what a file holds."""
    with soundfile.SoundFile(io.BytesIO(body)) as file:
        kind = (file.format, file.subtype, file.channels, file.samplerate)
        return Decoded(file.read(dtype="float32"), kind, file.copy_metadata())
