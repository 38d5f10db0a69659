"""Geometry of charts: pure numbers, drawn as SVG by ``templates/charts.html``, so that no page needs a script.

Every chart is drawn beside its numbers: colour is never the only way to read it.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar: what it stands for, its count, and where it lies, in units of the bar's length."""

    name: str
    count: int
    start: int
    length: int


def stacked_bar(counts: Iterable[tuple[str, int]], *, length: int) -> tuple[Segment, ...]:
    """Return the parts of a stacked bar in the order given, without those that count nothing.

    The parts fill ``length`` exactly. A part that counts anything is at least one unit long: a single verified
    phrase among hundreds must not vanish by rounding.

    Raises:
        ValueError: a count is negative, or there are more parts than units.
    """
    shown = [(name, count) for name, count in counts if count]
    total = sum(count for _, count in shown)
    if any(count < 0 for _, count in shown) or len(shown) > length:
        raise ValueError("counts must not be negative, and each needs one unit of the bar")
    lengths = _apportion([count for _, count in shown], total, length)
    segments: list[Segment] = []
    start = 0
    for (name, count), part in zip(shown, lengths, strict=True):
        segments.append(Segment(name, count, start, part))
        start += part
    return tuple(segments)


def _apportion(counts: list[int], total: int, length: int) -> list[int]:
    """Share ``length`` by largest remainder, at least one unit for each."""
    spare = length - len(counts)
    exact = [count * spare / total for count in counts]
    shares = [int(part) for part in exact]
    by_remainder = sorted(range(len(counts)), key=lambda place: exact[place] - shares[place], reverse=True)
    for place in by_remainder[: spare - sum(shares)]:
        shares[place] += 1
    return [share + 1 for share in shares]
