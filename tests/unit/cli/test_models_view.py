"""How sizes, directions and downloads are shown."""

import io

import pytest
from rich.console import Console
from rich.progress import Progress

from linkbridge.cli.models_view import _Bars, directions, downloads_shown, readable
from linkbridge.translation.ports import LanguagePair


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (None, "unknown size"),
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 KB"),
        (23_560_000, "23.6 MB"),
        (3_000_000_000, "3.0 GB"),
        (64 * 10**12, "64000.0 GB"),
    ],
)
def test_a_size_is_readable(size: int | None, words: str) -> None:
    assert readable(size) == words


def test_many_directions_are_shortened() -> None:
    pairs = [LanguagePair("en", tag) for tag in ("am", "es", "fr", "so", "ti", "ur")]
    assert directions(pairs[:2]) == "en-am, en-es"
    assert directions(pairs) == "en-am, en-es, en-fr, en-so and 2 more"


def test_without_a_terminal_each_tenth_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with downloads_shown() as watch:
        for done in range(0, 1_000_001, 25_000):
            watch.on_bytes("model.bin", done, 1_000_000)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert (lines[0], lines[-1]) == ("  model.bin: 100.0 KB of 1.0 MB", "  model.bin: 1.0 MB of 1.0 MB")


def test_without_a_known_size_each_ten_megabytes_are_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with downloads_shown() as watch:
        for done in (1_000_000, 9_000_000, 11_000_000, 12_000_000, 25_000_000):
            watch.on_bytes("package", done, None)
    assert capsys.readouterr().err.splitlines() == ["  package: 1.0 MB", "  package: 11.0 MB", "  package: 25.0 MB"]


def test_on_a_terminal_each_file_has_a_bar() -> None:
    progress = Progress(console=Console(file=io.StringIO()), auto_refresh=False)
    bars = _Bars(progress)
    for name, done in (("model.bin", 10), ("lex.bin", 5), ("model.bin", 50)):
        bars.on_bytes(name, done, 100)
    assert [(task.description, task.completed, task.total) for task in progress.tasks] == [
        ("model.bin", 50, 100),
        ("lex.bin", 5, 100),
    ]
