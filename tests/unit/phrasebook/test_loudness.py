"""Loudness against the figures of ITU-R BS.1770-4 and EBU Tech 3341, and what trimming and levelling leave."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.phrasebook import loudness as sound
from linkbridge.phrasebook.loudness import RATE, Samples
from tests.support.sounds import speech


def tone(hertz: float, seconds: float, decibels: float, rate: int = RATE) -> Samples:
    moments = np.arange(round(seconds * rate)) / rate
    return np.asarray(10 ** (decibels / 20) * np.sin(2 * np.pi * hertz * moments), np.float32)


def test_full_tone_is_as_loud_as_the_standard_says() -> None:
    assert sound.loudness(tone(997, 5, 0)) == pytest.approx(-3.01, abs=0.005)


@pytest.mark.parametrize("decibels", [-23.0, -33.0])
def test_steady_tone_of_tech_3341(decibels: float) -> None:
    # The test signals have two channels; one alone is 3 dB less.
    assert sound.loudness(tone(1000, 20, decibels)) == pytest.approx(decibels - 3.01, abs=0.1)


def test_quiet_parts_of_tech_3341_do_not_count() -> None:
    parts = [tone(1000, 10, -36), tone(1000, 60, -23), tone(1000, 10, -36)]
    assert sound.loudness(np.concatenate(parts)) == pytest.approx(-23.0 - 3.01, abs=0.1)
    parts = [tone(1000, 10, -72), *parts, tone(1000, 10, -72)]
    assert sound.loudness(np.concatenate(parts)) == pytest.approx(-23.0 - 3.01, abs=0.1)


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(RATE, np.float32), tone(1000, 1, -80)])
def test_silence_has_no_loudness(samples: Samples) -> None:
    assert sound.loudness(samples) == -math.inf


def test_sound_shorter_than_a_block_is_measured_whole() -> None:
    assert sound.loudness(tone(997, 0.3, 0)) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 96_000])
def test_resampled_tone_is_the_same_tone(rate: int) -> None:
    found = sound.resampled(tone(440, 1, -6, rate), rate)
    assert len(found) == RATE
    middle = slice(RATE // 10, -RATE // 10)
    assert np.abs(found[middle] - tone(440, 1, -6)[middle]).max() < 1e-3


def test_mixed_takes_every_channel_and_no_offset() -> None:
    left = tone(440, 1, -6)
    both = np.stack([left, np.zeros_like(left)], axis=1) + np.float32(0.2)
    found = sound.mixed(both)
    assert np.abs(found - left / 2).max() < 1e-3
    assert sound.mixed(left).shape == left.shape


def test_trimmed_leaves_a_little_before_and_after() -> None:
    found = sound.trimmed(speech(2.0, before=3.0, after=1.5))
    assert len(found) / RATE == pytest.approx(2.3, abs=0.03)
    assert (found[0], found[-1]) == (0, 0)


def test_trimmed_takes_the_hum_of_a_room_for_silence() -> None:
    hum = np.random.default_rng(7).normal(0, 0.0005, 7 * RATE).astype(np.float32)
    found = sound.trimmed(speech(2.0, before=3.0, after=2.0) + hum)
    assert len(found) / RATE == pytest.approx(2.3, abs=0.05)


def test_trimmed_keeps_pauses_between_words() -> None:
    found = sound.trimmed(np.concatenate([speech(1.0), speech(1.0, before=2.0)]))
    assert len(found) / RATE == pytest.approx(4.0, abs=0.03)


@pytest.mark.parametrize("level", [0.003, 0.05, 0.6])
def test_levelled_is_as_loud_as_all_others(level: float) -> None:
    samples = speech(3.0, level=level)
    found = sound.levelled(samples, sound.loudness(samples))
    assert sound.loudness(found) == pytest.approx(sound.TARGET, abs=0.2)


@given(click=st.integers(0, 2 * RATE - 1), height=st.floats(0.5, 1.0))
def test_levelled_turns_a_click_down_and_nothing_else(click: int, height: float) -> None:
    samples = speech(2.0, level=0.02)
    plain = sound.levelled(samples, sound.loudness(samples))
    knocked = samples.copy()
    knocked[click] = height
    found = sound.levelled(knocked, sound.loudness(samples))
    assert np.abs(found).max() <= sound.CEILING * 1.0001
    far = np.abs(np.arange(len(samples)) - click) > RATE // 50
    assert np.abs(found[far] - plain[far]).max() < 1e-6
