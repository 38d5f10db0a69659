"""The misbehaving engine of the tests: absent unless switched on, and each model with its own fault."""

import subprocess
import sys
from pathlib import Path

import pytest

from linkbridge.translation.engines.pseudo import ENGINE, FAULTS, STOPS
from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.ports import EngineOptions, LanguagePair, Model, Places

EN_ES = LanguagePair("en", "es")
ABORTS = """
from linkbridge.translation.engines.pseudo import ENGINE
from linkbridge.translation.ports import EngineOptions, LanguagePair, Model
pair = LanguagePair("en", "es")
ENGINE.load(Model("pseudo-crashes", "pseudo", "1", "", (pair,)), EngineOptions()).translate(["a"], pair)
"""


def switch_on(models: Path, text: str = "") -> Places:
    (models / "pseudo").mkdir()
    (models / "pseudo" / "enabled").write_text(text, encoding="utf-8")
    return Places(models)


def answer(fault: str, text: str, alternatives: int = 0) -> tuple[str, ...]:
    model = Model(f"pseudo-{fault}", "pseudo", "1", "", (EN_ES,))
    [found] = ENGINE.load(model, EngineOptions()).translate([text], EN_ES, alternatives=alternatives)
    return found


def test_it_is_absent_unless_switched_on(tmp_path: Path) -> None:
    (tmp_path / "pseudo").mkdir()
    assert ENGINE.find(Places(tmp_path)) == ()


def test_each_fault_is_a_model(tmp_path: Path) -> None:
    models = ENGINE.find(switch_on(tmp_path))
    assert [model.id for model in models] == sorted(f"pseudo-{fault}" for fault in (*FAULTS, *STOPS))
    assert EN_ES in models[0].pairs


def test_the_switch_may_name_directions(tmp_path: Path) -> None:
    models = ENGINE.find(switch_on(tmp_path, "en-ti\nzh-Hans-en\nnonsense\n"))
    assert models[0].pairs == (LanguagePair("en", "ti"), LanguagePair("zh-Hans", "en"))


@pytest.mark.parametrize(
    ("fault", "text", "expected"),
    [
        ("echo", "I agree.", "I agree."),
        ("marks", "I agree.", "«I agree.»"),
        ("reverse", "one two three", "three two one"),
        ("empties", "I agree.", ""),
        ("drops-numbers", "on 24 May 1998", "on  May "),
        ("changes-numbers", "on 24 May 1998", "on 25 May 1999"),
        ("drops-placeholders", "write to a@b.org or {name}", "write to  or "),
        ("repeats", "no more", "no more" + " more" * 40),
        ("loses-negation", "I do not agree.", "I do agree."),
        ("truncates", "one two three four", "one two"),
        ("invents", "Wait.", "Wait. The officer will call you tomorrow at nine."),
        ("wrong-script", "ab 1", "БВ 1"),
    ],
)
def test_each_fault_does_what_its_name_says(fault: str, text: str, expected: str) -> None:
    assert answer(fault, text) == (expected,)


def test_every_answering_fault_is_shown_above() -> None:
    shown = test_each_fault_does_what_its_name_says.pytestmark[0].args[1]
    assert {row[0] for row in shown} == set(FAULTS)


def test_alternatives_differ() -> None:
    assert answer("echo", "a", alternatives=9) == ("a", "a ·", "a · ·", "a · · ·")


def test_some_models_fail_instead_of_answering() -> None:
    for fault in ("raises", "refuses-to-load", "unknown"):
        with pytest.raises(EngineFailed):
            answer(fault, "a")


def test_one_answers_too_few() -> None:
    model = Model("pseudo-answers-too-few", "pseudo", "1", "", (EN_ES,))
    assert ENGINE.load(model, EngineOptions()).translate(["a", "b"], EN_ES) == [("b",)]


def test_one_takes_its_process_with_it() -> None:
    done = subprocess.run([sys.executable, "-c", ABORTS], capture_output=True, timeout=60, check=False)
    assert done.returncode == -6
