"""What monitoring is told: alive, ready or degraded, and what was counted."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from fastapi import FastAPI

from linkbridge.container import Container
from linkbridge.kernel.readiness import Readiness, within
from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.known import KnownTexts
from linkbridge.translation.machine import Machine
from linkbridge.translation.packages.shelf import ModelShelf
from linkbridge.translation.ports import EngineCount, LanguagePair, ModelState, RunnerState
from linkbridge.translation.results import Quality, TextSource, Translation
from linkbridge.translation.service import Translator
from linkbridge.translation.terms import Terms
from linkbridge.web.app import create_app
from linkbridge.web.translation_metrics import count_results
from tests.support.fake_runner import FakeRunner, FakeShelf, model
from tests.support.pages import PageClient

LOOPBACK = "127.0.0.1"


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner()


@pytest.fixture
def shelf() -> FakeShelf:
    return FakeShelf((model("firefox", "en-pt"),))


@pytest.fixture
def app(container: Container, runner: FakeRunner, shelf: FakeShelf) -> FastAPI:
    """An application whose models are those of the test."""
    machine = Machine(models=shelf.models, rules=tuple, runner=runner, terms=Terms(container.glossary))
    translator = Translator(KnownTexts(container.catalogue, container.memory, container.sessions), machine)
    readiness = Readiness({"database": lambda: None}, {"translation": within(translator.self_test, seconds=10)})
    parts: dict[str, Any] = {"models": cast("ModelShelf", shelf), "runner": runner, "translator": translator}
    return create_app(replace(container, **parts, machine=machine, readiness=readiness))


def components(client: PageClient) -> dict[str, Any]:
    answer = client.get("/readyz").response
    body = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    return {
        "status": answer.status_code,
        "ready": body["ready"],
        "degraded": body["degraded"],
        **{name: (state["ready"], state["problem"]) for name, state in body["components"].items()},
    }


def test_process_that_answers_is_alive(browser: PageClient) -> None:
    assert browser.get("/healthz").text == "ok\n"


def test_ready_when_everything_works(browser: PageClient) -> None:
    assert components(browser) == {
        "status": 200,
        "ready": True,
        "degraded": False,
        "database": (True, ""),
        "translation": (True, ""),
    }


def test_ready_and_degraded_when_no_engine_works(browser: PageClient, runner: FakeRunner) -> None:
    runner.error = EngineFailed("it broke")
    assert components(browser) == {
        "status": 200,
        "ready": True,
        "degraded": True,
        "database": (True, ""),
        "translation": (False, "it does not translate: engine_failed"),
    }
    assert browser.get("/").status == 200
    runner.error = None
    assert components(browser)["degraded"] is False


def test_ready_and_degraded_without_models(browser: PageClient, shelf: FakeShelf) -> None:
    shelf.found = ()
    assert components(browser)["translation"] == (False, "no translation model is installed")
    assert components(browser)["status"] == 200


def test_not_ready_when_something_needed_does_not_work(container: Container) -> None:
    broken = Readiness({"database": lambda: "unreachable"}, {"translation": lambda: None})
    client = PageClient(create_app(replace(container, readiness=broken)))
    assert components(client) == {
        "status": 503,
        "ready": False,
        "degraded": False,
        "database": (False, "unreachable"),
        "translation": (True, ""),
    }


def test_readiness_of_the_real_program_names_its_components(container: Container) -> None:
    states = {state.name: state.optional for state in container.readiness.components()}
    assert states == {"database": False, "disk": False, "translation": True}


# --- metrics


@pytest.fixture
def counted(app: FastAPI) -> Callable[[], dict[str, float]]:
    """What ``/metrics`` says of translation."""

    def read() -> dict[str, float]:
        text = PageClient(app, peer=LOOPBACK).get("/metrics").text
        lines = re.findall(r"^(linkbridge_translation\S*?(?:\{[^}]*\})?) (\S+)$", text, re.MULTILINE)
        return {name: float(value) for name, value in lines if "_created" not in name}

    return read


def test_metrics_tell_what_engines_did_since_they_were_told_last(
    counted: Callable[[], dict[str, float]], runner: FakeRunner
) -> None:
    before = counted()
    runner.counted = {"firefox": EngineCount(10, 400, 3, 0.5, 2, 1, 1, 0)}
    runner.now = RunnerState(7, (ModelState("firefox-en-pt", 1000, 9, 1), ModelState("x", 24, 1, 0)))
    first = counted()
    runner.counted = {"firefox": EngineCount(11, 440, 4, 0.75, 2, 1, 1, 1)}
    second = counted()

    def grown(name: str, labels: str) -> tuple[float, float]:
        key = f"linkbridge_translation_{name}_total{{{labels}}}"
        return first[key] - before.get(key, 0), second[key] - first[key]

    assert grown("sentences", 'engine="firefox"') == (10, 1)
    assert grown("batches", 'engine="firefox"') == (3, 1)
    assert grown("seconds", 'engine="firefox"') == (0.5, 0.25)
    assert grown("loads", 'engine="firefox"') == (2, 0)
    assert [grown("failures", f'engine="firefox",kind="{kind}"') for kind in ("sentence", "crash", "stall")] == [
        (1, 0),
        (1, 0),
        (0, 1),
    ]
    assert second["linkbridge_translation_waiting_sentences"] == 7
    assert second["linkbridge_translation_models"] == 2
    assert second["linkbridge_translation_models_bytes"] == 1024


def test_metrics_tell_how_far_texts_may_be_trusted(counted: Callable[[], dict[str, float]]) -> None:
    before = counted()
    pair = LanguagePair("en", "am")
    found = [
        Translation("x", pair, TextSource.MACHINE, Quality.SUSPECT),
        Translation("y", pair, TextSource.DRAFT, Quality.OK),
    ]
    count_results([*found, found[0]])
    after = counted()
    grown = {
        name: after[name] - before.get(name, 0) for name in after if name.startswith("linkbridge_translations_total")
    }
    assert {name: value for name, value in grown.items() if value} == {
        'linkbridge_translations_total{quality="suspect",source="machine"}': 2,
        'linkbridge_translations_total{quality="ok",source="draft"}': 1,
    }


def test_labels_hold_nothing_but_engines_and_kinds_of_results(counted: Callable[[], dict[str, float]]) -> None:
    labels = {label for name in counted() for label in re.findall(r'(\w+)="', name)}
    assert labels <= {"engine", "kind", "source", "quality"}
