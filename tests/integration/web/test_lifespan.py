"""What starts and ends with the server, in which order, and that nothing waits for it."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from linkbridge.container import Container
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.crypto import token_digest
from linkbridge.translation.ports import ModelState, RunnerState
from linkbridge.web.app import create_app
from linkbridge.web.lifespan import Lifespan, together, translation_lifespan
from linkbridge.web.lt_files import KeptFiles
from linkbridge.web.translation_metrics import MODELS
from tests.support.coroutines import run_apart
from tests.support.fake_runner import FakeRunner

WAIT = 10.0


class Warming:
    """A translator that notes that it was warmed up, and can be held up in it."""

    def __init__(self, problem: str | None = None, error: Exception | None = None) -> None:
        self.problem, self.error = problem, error
        self.go, self.tested = threading.Event(), threading.Event()
        self.thread: threading.Thread | None = None

    def identify(self, _text: str) -> tuple[()]:
        self.thread = threading.current_thread()
        self.go.wait(WAIT)
        return ()

    def self_test(self) -> str | None:
        self.tested.set()
        if self.error is not None:
            raise self.error
        return self.problem


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner()


def built(
    container: Container, runner: FakeRunner, warming: Warming, seconds: float = 60.0, after: float = 0.0
) -> FastAPI:
    parts: dict[str, Any] = {"runner": runner, "translator": cast("Any", warming)}
    own = replace(container, **parts)
    return create_app(own, lifespan=translation_lifespan(own, measure_seconds=seconds, warm_up_after_seconds=after))


async def run(app: FastAPI, inside: Any = None) -> None:
    async with app.router.lifespan_context(app):
        if inside is not None:
            await inside()


def test_server_starts_while_translation_still_gets_warm(container: Container, runner: FakeRunner) -> None:
    warming = Warming()

    async def inside() -> None:
        assert not warming.tested.is_set()
        warming.go.set()
        assert await asyncio.to_thread(warming.tested.wait, WAIT)

    run_apart(run(built(container, runner, warming), inside))
    assert warming.thread is not None
    assert warming.thread.daemon
    assert runner.closed == 1


def test_documents_past_their_time_are_deleted_though_nobody_asks(
    container: Container, runner: FakeRunner, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, looked = KeptFiles(container.lt.folder, clock), threading.Event()
    new, old = kept.keep("new.txt", b"new"), kept.keep("old.txt", b"old")
    os.utime(container.lt.folder / f"{token_digest(old)}.translated", (0, 0))
    forget_old = KeptFiles.forget_old

    def forgets(files: KeptFiles) -> None:
        forget_old(files)
        looked.set()

    monkeypatch.setattr(KeptFiles, "forget_old", forgets)

    async def inside() -> None:
        assert await asyncio.to_thread(looked.wait, WAIT)

    run_apart(run(built(container, runner, Warming()), inside))
    assert kept.get(new) == ("new.txt", b"new")
    assert len(list(container.lt.folder.iterdir())) == 1


def test_disk_that_keeps_documents_from_being_deleted_is_reported(
    container: Container, runner: FakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Event()

    def fails(_files: KeptFiles) -> None:
        looked.set()
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(KeptFiles, "forget_old", fails)

    async def inside() -> None:
        assert await asyncio.to_thread(looked.wait, WAIT)

    with capture_logs() as logs:
        run_apart(run(built(container, runner, Warming()), inside))
    [told] = [line for line in logs if line["event"] == "translated_documents_not_deleted"]
    assert (told["log_level"], told["problem"]) == ("warning", "Permission denied")


def test_warm_up_leaves_the_first_moments_to_the_first_page(container: Container, runner: FakeRunner) -> None:
    warming = Warming()
    run_apart(run(built(container, runner, warming, after=60.0)))
    assert (warming.thread, runner.closed) == (None, 1)


def test_server_that_ends_at_once_does_not_wait_for_the_warm_up(container: Container, runner: FakeRunner) -> None:
    warming = Warming()
    run_apart(run(built(container, runner, warming)))
    assert runner.closed == 1
    warming.go.set()
    if warming.thread is not None:
        warming.thread.join(WAIT)
    assert not warming.tested.is_set()


@pytest.mark.parametrize(
    ("warming", "problem"), [(Warming("it broke"), "it broke"), (Warming(error=ValueError("secret")), "ValueError")]
)
def test_translation_that_does_not_work_is_logged_and_stops_nothing(
    container: Container, runner: FakeRunner, warming: Warming, problem: str
) -> None:
    warming.go.set()

    async def inside() -> None:
        assert await asyncio.to_thread(warming.tested.wait, WAIT)
        assert warming.thread is not None
        await asyncio.to_thread(warming.thread.join, WAIT)

    with capture_logs() as logs:
        run_apart(run(built(container, runner, warming), inside))
    assert [(entry["event"], entry["problem"]) for entry in logs if "problem" in entry] == [
        ("translation_does_not_work", problem)
    ]


def test_metrics_are_brought_up_to_date_while_nobody_asks(container: Container, runner: FakeRunner) -> None:
    warming, looked = Warming(), threading.Event()
    warming.go.set()
    runner.now = RunnerState(0, (ModelState("m", 1, 1, 0),))
    runner.on_state = looked.set

    async def inside() -> None:
        assert await asyncio.to_thread(looked.wait, WAIT)

    run_apart(run(built(container, runner, warming, seconds=0.001), inside))
    assert MODELS._value.get() == 0  # the models of a server that has ended are in memory no more


def test_application_starts_nothing_by_itself(container: Container, runner: FakeRunner) -> None:
    warming = Warming()
    parts: dict[str, Any] = {"runner": runner, "translator": cast("Any", warming)}
    run_apart(run(create_app(replace(container, **parts))))
    assert warming.thread is None
    assert runner.closed == 0


def test_several_lifespans_end_in_the_opposite_order_even_when_one_fails() -> None:
    told: list[str] = []

    def named(name: str) -> Lifespan:
        @asynccontextmanager
        async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
            told.append(f"{name} starts")
            try:
                yield
            finally:
                told.append(f"{name} ends")
                if name == "second":
                    raise RuntimeError(name)

        return lifespan

    async def live() -> None:
        async with together(named("first"), named("second"))(FastAPI()):
            told.append("serves")

    with pytest.raises(RuntimeError, match="second"):
        run_apart(live())
    assert told == ["first starts", "second starts", "serves", "second ends", "first ends"]
