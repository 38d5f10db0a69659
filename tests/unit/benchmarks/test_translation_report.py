import os

import pytest

from benchmarks.translation import report
from benchmarks.translation.figures import CLIENTS, REAL, SMALL, Cell, Results
from benchmarks.translation.load import Speed, percentile
from benchmarks.translation.memory import tree_megabytes
from benchmarks.translation.systems import LIBRETRANSLATE_SERVER, OURS
from benchmarks.translation.texts import Kind


def _results(*, faster: float, memory: float, chrf: float) -> Results:
    """What we would measure if we were so many times as fast as the peer in everything."""
    times = {OURS: faster, LIBRETRANSLATE_SERVER: 1.0}
    cells = tuple(
        Cell(system, models, clients, kind, Speed(10, 8 * each, 100 / each, 300 / each))
        for system, each in times.items()
        for models in (REAL, SMALL)
        for clients in CLIENTS
        for kind in Kind
    )
    sizes = {OURS: memory, LIBRETRANSLATE_SERVER: 400.0}
    scores = {
        "en-fr": {
            system: {"chrf": value, "bleu": 1.0} for system, value in ((OURS, chrf), (LIBRETRANSLATE_SERVER, 70.0))
        }
    }
    return Results(
        cells, {(system, models): size for system, size in sizes.items() for models in (REAL, SMALL)}, scores
    )


def _missed(printed: str) -> list[str]:
    return [line.split(" ", 2)[1] for line in printed.splitlines() if line.endswith("missed")]


def test_all_goals_are_reached_when_all_is_good(capsys: pytest.CaptureFixture[str]) -> None:
    assert report.show(_results(faster=5.0, memory=200.0, chrf=69.7)) == 0
    assert _missed(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("faster", "memory", "chrf", "missed"),
    [
        (4.9, 200.0, 70.0, ["throughput"]),
        (5.0, 201.0, 70.0, ["memory"]),
        (5.0, 200.0, 69.6, ["chrF"]),
        (0.9, 200.0, 70.0, ["throughput", "p95", *["a"] * 6]),
    ],
)
def test_a_goal_that_was_missed_is_said(
    faster: float, memory: float, chrf: float, missed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert report.show(_results(faster=faster, memory=memory, chrf=chrf)) == 1
    assert _missed(capsys.readouterr().out) == missed


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(number) for number in range(1, 101)]
    assert (percentile(values, 0.95), percentile([7.0], 0.95), percentile(values[:10], 0.5)) == (95.0, 7.0, 5.0)


def test_the_memory_of_this_process_is_seen() -> None:
    assert 10 < tree_megabytes(os.getpid()) < 100_000
