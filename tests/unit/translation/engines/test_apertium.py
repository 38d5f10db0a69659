"""Apertium's modes: with small programs in the place of its own, and with the real ones where they are installed."""

import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from linkbridge.translation.engines.apertium import ENGINE, Apertium
from linkbridge.translation.engines.pipes import Pipe, PipeFailed
from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.ports import EngineOptions, LanguagePair, LoadedModel, Places

NOWHERE = Places(Path("/nonexistent"))
ES_PT = LanguagePair("es", "pt")
STAGE = """
import os, sys
change = {change}
said = b""
while data := os.read(0, 65536):
    said += data
    while b"\\0" in said:
        text, _, said = said.partition(b"\\0")
        os.write(1, change(text) + b"\\0")
"""


def program(folder: Path, name: str, change: str) -> Path:
    """Write a program that changes each text as Apertium's do, each ended by a zero byte."""
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{STAGE.format(change=change)}", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def mode(folder: Path, name: str, *stages: str) -> None:
    (folder / f"{name}.mode").write_text(" | ".join(stages), encoding="utf-8")


def load(folder: Path, seconds: float = 20.0) -> LoadedModel:
    engine = Apertium(folder)
    [model] = engine.find(NOWHERE)
    return engine.load(model, EngineOptions(timeout_seconds=seconds))


@pytest.fixture
def shouting(tmp_path: Path) -> Iterator[LoadedModel]:
    """A chain of two programs: one makes capital letters, one marks a word as unknown."""
    first = program(tmp_path, "upper", "lambda text: text.upper()")
    second = program(tmp_path, "mark", "lambda text: text.replace(b'ZZYX', b'*ZZYX')")
    mode(tmp_path, "es-pt", str(first), f"{second} $1 '/etc/hostname' $2")
    with closing(load(tmp_path)) as loaded:
        yield loaded


def test_find_reads_the_modes(tmp_path: Path) -> None:
    stage = str(program(tmp_path, "upper", "lambda text: text"))
    for name in ("spa-eng", "es-pt_BR", "eco-es-fr", "xx-yy-zz", "es-es", "readme"):
        mode(tmp_path, name, stage)
    models = Apertium(tmp_path).find(NOWHERE)
    assert [(model.id, str(model.pairs[0]), dict(model.codes)) for model in models] == [
        ("apertium-es-en", "es-en", {"es": "spa", "en": "eng"}),
        ("apertium-es-pt-BR", "es-pt-BR", {"pt-BR": "pt_BR"}),
    ]
    assert {(model.licence, model.bundled) for model in models} == {("GPL-2.0-or-later", False)}


def test_find_is_content_without_apertium(tmp_path: Path) -> None:
    with capture_logs() as logs:
        assert Apertium(tmp_path / "none").find(NOWHERE) == ()
    assert logs == []


@pytest.mark.parametrize("stages", [("no-such-program",), ("cat", ""), ("cat 'open",), ("cat '/no/such/file'",)])
def test_find_leaves_out_and_names_a_broken_mode(tmp_path: Path, stages: tuple[str, ...]) -> None:
    mode(tmp_path, "es-pt", *stages)
    with capture_logs() as logs:
        assert Apertium(tmp_path).find(NOWHERE) == ()
    assert [(entry["event"], entry["model"]) for entry in logs] == [("model is damaged", "es-pt.mode")]


def test_answers_keep_their_order_through_the_chain(shouting: LoadedModel) -> None:
    assert shouting.translate(["uno", "", "dos zzyx", " \x00\n"], ES_PT, alternatives=2) == [
        ("UNO",),
        ("",),
        ("DOS ZZYX",),
        ("",),
    ]


@pytest.mark.parametrize(
    "text", ["[A] {B} ^C$ /D\\ @E <F>", "A*B #C", "FIN.", "¿QUÉ?", "مرحبا 😀", "A_B", "[", "\\", "...", "[]", ".[]"]
)
def test_characters_that_mean_something_to_apertium_stay(shouting: LoadedModel, text: str) -> None:
    assert shouting.translate([text], ES_PT) == [(text,)]


def test_a_long_text_fills_no_buffer_for_good(shouting: LoadedModel) -> None:
    assert shouting.translate(["palabra " * 50_000], ES_PT) == [(("PALABRA " * 50_000).strip(),)]


def test_a_chain_that_hangs_is_ended_and_started_anew(tmp_path: Path) -> None:
    change = "lambda text: text if b'stop' not in text else __import__('threading').Event().wait()"
    mode(tmp_path, "es-pt", str(program(tmp_path, "hangs", change)))
    with closing(load(tmp_path, seconds=2.0)) as loaded:
        with pytest.raises(EngineFailed) as failed:
            loaded.translate(["stop the secret"], ES_PT)
        assert "secret" not in f"{failed.value} {failed.value.params}"
        assert loaded.translate(["go on"], ES_PT) == [("go on",)]


@pytest.mark.parametrize("change", ["lambda text: os._exit(1)", "lambda text: b'one\\0two'"])
def test_a_chain_that_ends_or_answers_twice_fails(tmp_path: Path, change: str) -> None:
    mode(tmp_path, "es-pt", str(program(tmp_path, "fails", change)))
    with closing(load(tmp_path)) as loaded, pytest.raises(EngineFailed):
        loaded.translate(["a"], ES_PT)


def test_a_closed_chain_answers_no_more(tmp_path: Path) -> None:
    mode(tmp_path, "es-pt", str(program(tmp_path, "upper", "lambda text: text")))
    loaded = load(tmp_path)
    loaded.close()
    loaded.close()
    with pytest.raises(EngineFailed):
        loaded.translate(["a"], ES_PT)


def test_a_mode_that_vanished_cannot_be_loaded(tmp_path: Path) -> None:
    mode(tmp_path, "es-pt", str(program(tmp_path, "upper", "lambda text: text")))
    [model] = Apertium(tmp_path).find(NOWHERE)
    (tmp_path / "es-pt.mode").unlink()
    with pytest.raises(EngineFailed):
        Apertium(tmp_path).load(model, EngineOptions())


def test_a_program_that_cannot_start_leaves_none_behind() -> None:
    with pytest.raises(OSError, match="nonexistent"):
        Pipe([["cat"], ["/nonexistent/program"]], seconds=1)


def test_a_pipe_gives_up_when_its_time_is_over() -> None:
    times = iter([0.0, 0.0, 11.0])
    pipe = Pipe([["cat"]], seconds=10, now=lambda: next(times))
    with closing(pipe), pytest.raises(PipeFailed):
        pipe.ask(b"a" * 10)


def test_the_real_programs_translate_where_they_are_installed() -> None:
    """Every direction that this machine has must work; that there is one is for the setup of the tests to see to."""
    expected = {
        "apertium-es-pt": ("Necesito un abogado zzyx.", "zzyx"),
        "apertium-es-en": ("Tengo 5 hijos.", "5"),
        "apertium-fr-es": ("J'ai 5 enfants.", "5"),
    }
    models = [model for model in ENGINE.find(NOWHERE) if model.id in expected]
    for model in models:
        text, kept = expected[model.id]
        with closing(ENGINE.load(model, EngineOptions())) as loaded:
            answers = loaded.translate([text, "", f"{text} {{x}} a@b.org [1]"], model.pairs[0])
        assert answers[0][0] != text
        assert kept in answers[0][0]
        assert not set("*@#[]") & set(answers[0][0])
        assert answers[1] == ("",)
        assert answers[2][0].endswith("{x} a@b.org [1]")
