"""The runtime with the models that come with LinkBridge, and with the engine that misbehaves."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from linkbridge.translation.engines import find_engine
from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.ports import EngineOptions, LanguagePair, Model, Patience, Places
from linkbridge.translation.runtime.lanes import Limits
from linkbridge.translation.runtime.runner import ModelRunner, RunnerOptions
from tests.support.runtime_engines import Background

PORTUGUESE = LanguagePair("en", "pt")
ENGLISH = LanguagePair("pt", "en")
TEXTS = {
    PORTUGUESE: [
        "You have the right to an interpreter.",
        "Do not sign what you do not understand.",
        "The hearing is on 14 March at 9:30.",
        "Where is the hospital?",
        "Yes.",
        "Children under 18 may not be held with adults whom they do not know, unless they are of one family.",
    ],
    ENGLISH: [
        "Onde fica o hospital?",
        "Preciso de um médico.",
        "Não assine nada.",
        "A audiência é às nove e meia, na sala 12.",
    ],
}
SOON = Patience(seconds=30)


@pytest.fixture(scope="module")
def models() -> dict[LanguagePair, Model]:
    return {model.pairs[0]: model for model in find_engine("firefox").find(Places(Path("/nonexistent")))}


@pytest.fixture(scope="module")
def direct(models: dict[LanguagePair, Model]) -> dict[LanguagePair, list[tuple[str, ...]]]:
    """What the models answer without any runtime."""
    found = {}
    for pair, texts in TEXTS.items():
        loaded = find_engine("firefox").load(models[pair], EngineOptions())
        found[pair] = loaded.translate(texts, pair)
        loaded.close()
    return found


@pytest.fixture(scope="module")
def runner() -> Iterator[ModelRunner]:
    made = ModelRunner(RunnerOptions(processes=2, limits=Limits(stall_seconds=0.8)))
    yield made
    made.close()


@pytest.fixture
def pseudo(tmp_path: Path) -> dict[str, Model]:
    (tmp_path / "pseudo").mkdir()
    (tmp_path / "pseudo" / "enabled").touch()
    found = find_engine("pseudo").find(Places(tmp_path))
    return {model.id.removeprefix("pseudo-"): replace(model, version=tmp_path.name) for model in found}


def test_sixteen_threads_get_what_the_models_answer_alone(
    runner: ModelRunner, models: dict[LanguagePair, Model], direct: dict[LanguagePair, list[tuple[str, ...]]]
) -> None:
    pairs = [PORTUGUESE, ENGLISH] * 8
    calls = [
        Background(runner.run, models[pair], pair, TEXTS[pair][number % 3 :], Patience(client=str(number)))
        for number, pair in enumerate(pairs)
    ]
    assert [call.result() for call in calls] == [direct[pair][number % 3 :] for number, pair in enumerate(pairs)]
    state = {model.model_id: model for model in runner.state().models}
    assert set(state) == {models[PORTUGUESE].id, models[ENGLISH].id}
    assert all(20 << 20 < model.memory_bytes < 400 << 20 for model in state.values())


def test_models_that_misbehave_fail_and_the_runtime_goes_on(
    runner: ModelRunner,
    models: dict[LanguagePair, Model],
    direct: dict[LanguagePair, list[tuple[str, ...]]],
    pseudo: dict[str, Model],
) -> None:
    for fault in ("crashes", "raises", "refuses-to-load", "stalls", "answers-too-few"):
        with pytest.raises(EngineFailed):
            runner.run(pseudo[fault], PORTUGUESE, ["One."], SOON)
    assert runner.run(pseudo["marks"], PORTUGUESE, ["One."], SOON, alternatives=1) == [("«One.»", "«One.» ·")]
    assert runner.run(models[PORTUGUESE], PORTUGUESE, TEXTS[PORTUGUESE], SOON) == direct[PORTUGUESE]
    count = runner.counts()["pseudo"]
    assert (count.crashes, count.stalls) == (2, 1)
