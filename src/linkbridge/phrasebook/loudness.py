"""What is done to a recorded reading: one channel, one rate, no silence at its ends, one loudness. Pure arithmetic.

Loudness is that of EBU R 128: ITU-R BS.1770-4 for one channel, with its weighting and both gates.
"""

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Samples: TypeAlias = npt.NDArray[np.float32]

RATE = 48_000
TARGET = -18.0
"""Loudness of every recording in LUFS: between radio (-23) and music (-14), as loudspeakers of tablets need it."""
CEILING = 0.84
"""The highest sample, 1.5 dB below full scale: the encoder may overshoot a little."""
LEAST_LOUDNESS = -50.0
"""What is quieter is no speech, and would be noise when raised."""

_STAGES = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)
_BLOCK = RATE * 400 // 1000
_STEP = _BLOCK // 4
_FRAME = RATE * 20 // 1000
_MARGIN = RATE * 150 // 1000
_FADE = RATE * 5 // 1000
_LIMITED = RATE * 5 // 1000
_HIGHEST = 100.0
_BELOW_SPEECH = 10 ** (-35 / 20)


def is_usable(samples: Samples) -> bool:
    """Whether these are numbers that can be sound: files of floating-point numbers can hold anything."""
    return bool(np.isfinite(samples).all() and np.abs(samples).max(initial=0) <= _HIGHEST)


def mixed(channels: Samples) -> Samples:
    """Return one channel of several, without a constant offset."""
    mono = channels.mean(axis=1) if channels.ndim == 2 else channels
    return np.asarray(mono - mono.mean(), np.float32)


def resampled(samples: Samples, rate: int) -> Samples:
    """Return ``samples`` at 48,000 a second, limited to the band that both rates can carry."""
    if rate == RATE:
        return samples
    common = math.gcd(rate, RATE)
    down, up = rate // common, RATE // common
    blocks = math.ceil((len(samples) + _FRAME) / down)
    spectrum = np.fft.rfft(samples, blocks * down)
    length = blocks * up
    return np.asarray(np.fft.irfft(spectrum[: length // 2 + 1], length) * (up / down), np.float32)[
        : round(len(samples) * up / down)
    ]


def trimmed(samples: Samples) -> Samples:
    """Return ``samples`` from shortly before the first to shortly after the last thing said, faded at both ends.

    What lies 35 dB under the loud parts counts as silence, so that the hum of a room does.
    """
    frames = len(samples) // _FRAME
    if frames == 0:
        return samples
    powers = np.sqrt(np.square(samples[: frames * _FRAME]).reshape(frames, _FRAME).mean(axis=1))
    heard = np.flatnonzero(powers > np.percentile(powers, 95) * _BELOW_SPEECH)
    if len(heard) == 0:
        return samples
    start = max(0, int(heard[0]) * _FRAME - _MARGIN)
    end = min(len(samples), (int(heard[-1]) + 1) * _FRAME + _MARGIN)
    kept = samples[start:end].copy()
    fade = min(_FADE, len(kept) // 2)
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    kept[:fade] *= ramp
    kept[len(kept) - fade :] *= ramp[::-1]
    return kept


def loudness(samples: Samples) -> float:
    """Return the integrated loudness in LUFS; minus infinity when nothing passes the gate."""
    if len(samples) == 0:
        return -math.inf
    squares = np.concatenate([[0.0], np.cumsum(np.square(_weighted(samples), dtype=np.float64))])
    block = min(_BLOCK, len(samples))
    starts = np.arange(0, len(samples) - block + 1, _STEP)
    powers = (squares[starts + block] - squares[starts]) / block
    powers = powers[powers > _power(-70.0)]
    if len(powers) == 0:
        return -math.inf
    powers = powers[powers > powers.mean() / 10]
    return -0.691 + 10 * math.log10(powers.mean())


def levelled(samples: Samples, measured: float) -> Samples:
    """Return ``samples``, whose loudness was ``measured``, at the target; peaks are turned down, not cut off."""
    raised = samples * np.float32(10 ** ((TARGET - measured) / 20))
    blocks = math.ceil(len(raised) / _LIMITED)
    padded = np.zeros(blocks * _LIMITED, np.float32)
    padded[: len(raised)] = np.abs(raised)
    peaks = np.maximum(padded.reshape(blocks, _LIMITED).max(axis=1), np.float32(1e-9))
    gains = np.pad(np.minimum(1, CEILING / peaks), 1, mode="edge")
    # The gain of a block is also that of its neighbours, so that what is drawn between their middles suffices.
    least = np.minimum(np.minimum(gains[:-2], gains[1:-1]), gains[2:])
    middles = np.arange(blocks) * _LIMITED + _LIMITED / 2
    return np.asarray(raised * np.interp(np.arange(len(raised)), middles, least), np.float32)


def _weighted(samples: Samples) -> npt.NDArray[np.float32]:
    """Return ``samples`` as the standard weights them. Its filters ring for less than the second that is added."""
    length = len(samples) + RATE
    length += length % 2
    turned = np.exp(-2j * np.pi * np.arange(length // 2 + 1) / length)
    response = np.ones_like(turned)
    for above, below in _STAGES:
        response *= np.polyval(above[::-1], turned) / np.polyval(below[::-1], turned)
    return np.asarray(np.fft.irfft(np.fft.rfft(samples, length) * response, length), np.float32)[: len(samples)]


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))
