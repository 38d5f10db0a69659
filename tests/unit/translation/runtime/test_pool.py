"""What a pool decides, with workers that only pretend, and a clock that stands still."""

import threading
from collections.abc import Sequence

import pytest

from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.ports import Engine, LanguagePair, Model
from linkbridge.translation.runtime.lanes import FAILED, Limits
from linkbridge.translation.runtime.measures import Measures
from linkbridge.translation.runtime.pool import Pool, Ticket
from linkbridge.translation.runtime.waiting import ModelKey, Work
from linkbridge.translation.runtime.workers import Answer, WorkerDied
from tests.support.runtime_engines import PAIR, find_engine

MEGABYTE = 1 << 20


class Watch:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Pretender:
    """A worker that answers in capitals, dies of ``die``, and raises at ``raise``, after a while if it is slow."""

    def __init__(self, watch: Watch, slow: float = 0.0) -> None:
        self.log: list[str] = []
        self.closed = threading.Event()
        self._watch = watch
        self._slow = slow

    def alive(self) -> bool:
        return True

    def load(self, model: Model, seconds: float) -> Answer:  # noqa: ARG002
        self.log.append(f"load {model.id}")
        if model.id == "refuses":
            raise EngineFailed("no")
        return Answer([], 0.1, model.size_bytes)

    def translate(
        self,
        model: ModelKey,  # noqa: ARG002
        pair: LanguagePair,  # noqa: ARG002
        sentences: Sequence[str],
        alternatives: int,  # noqa: ARG002
        seconds: float,  # noqa: ARG002
    ) -> Answer:
        self.log.append(" ".join(sentences))
        if "die" in sentences:
            raise WorkerDied
        if "raise" in sentences:
            self._watch.now += self._slow
            raise EngineFailed("no")
        return Answer([(sentence.upper(),) for sentence in sentences], 0.01, 0)

    def unload(self, model: ModelKey) -> None:
        self.log.append(f"unload {model[0]}")

    def stop(self) -> None:
        pass

    def close(self) -> None:
        self.closed.set()


def told(name: str) -> Engine:
    return find_engine(name)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def workers(watch: Watch) -> list[Pretender]:
    return [Pretender(watch), Pretender(watch)]


def pool_of(watch: Watch, *workers: Pretender, memory: int = 100 * MEGABYTE) -> Pool:
    limits = Limits(memory_bytes=memory, stall_seconds=10, broken_seconds=10)
    return Pool(workers, told, Measures(), limits, threading.Lock(), clock=watch)


def work(model_id: str, size: int = 0) -> Work:
    return Work(Model(model_id, "told", "1", "", (PAIR,), size_bytes=size), PAIR)


def translated(pool: Pool, what: Work, *texts: str) -> dict[str, tuple[str, ...]]:
    with pool.lock:
        ticket: Ticket = pool.enter("", what)
        pool.add(ticket, texts)
        assert ticket.wake.wait_for(lambda: len(ticket.outcomes) == len(texts), 10)
        pool.leave(ticket)
    return ticket.outcomes


def settled(pool: Pool) -> None:
    """Wait until no lane has anything to do."""
    turn = threading.Event()
    for _ in range(2000):
        with pool.lock:
            if all(lane.order is None for lane in pool._lanes):
                return
        turn.wait(0.002)
    raise AssertionError


def test_lane_that_has_the_model_is_preferred_and_others_never_start(watch: Watch, workers: list[Pretender]) -> None:
    pool = pool_of(watch, *workers)
    for text in ("a", "b", "c"):
        translated(pool, work("m"), text)
        settled(pool)
    assert [worker.log for worker in workers] == [["load m", "a", "b", "c"], []]


def test_two_models_live_in_two_lanes(watch: Watch, workers: list[Pretender]) -> None:
    pool = pool_of(watch, *workers)
    for _ in range(2):
        for name in ("m", "n"):
            translated(pool, work(name, MEGABYTE), name)
            settled(pool)
    assert [worker.log for worker in workers] == [["load m", "m", "m"], ["load n", "n", "n"]]


def test_model_leaves_another_lane_when_memory_is_short(watch: Watch, workers: list[Pretender]) -> None:
    pool = pool_of(watch, *workers, memory=50 * MEGABYTE)
    for name in ("m", "n", "m"):
        translated(pool, work(name, 30 * MEGABYTE), name)
        settled(pool)
    assert workers[0].log == ["load m", "m", "unload m", "load m", "m"]
    assert workers[1].log == ["load n", "n", "unload n"]


def test_model_that_refuses_to_load_is_tried_again_after_a_while(watch: Watch) -> None:
    worker = Pretender(watch)
    pool = pool_of(watch, worker)
    assert translated(pool, work("refuses"), "a", "b") == {"a": FAILED, "b": FAILED}
    settled(pool)
    watch.now += 9.9
    with pool.lock, pytest.raises(EngineFailed):
        pool.enter("", work("refuses"))
    watch.now += 0.2
    translated(pool, work("refuses"), "a")
    assert worker.log == ["load refuses"] * 2


def test_sentence_that_kills_is_tried_alone_once_and_again_after_a_while(watch: Watch) -> None:
    worker = Pretender(watch)
    pool = pool_of(watch, worker)
    found = translated(pool, work("m"), "x", "die", "y")
    assert found == {"x": ("X",), "die": FAILED, "y": ("Y",)}
    assert worker.log == ["load m", "x die y", "load m", "x", "die", "load m", "y"]
    settled(pool)
    assert translated(pool, work("m"), "z", "die") == {"die": FAILED, "z": ("Z",)}
    assert worker.log[7:] == ["z"]
    settled(pool)
    watch.now += 10.1
    translated(pool, work("m"), "die")
    assert worker.log[8:] == ["die", "load m", "die"]


def test_model_that_fails_three_times_in_a_row_is_left_alone(watch: Watch) -> None:
    pool = pool_of(watch, Pretender(watch))
    for _ in range(3):
        assert translated(pool, work("m"), "raise") == {"raise": FAILED}
        settled(pool)
    with pool.lock, pytest.raises(EngineFailed):
        pool.enter("", work("m"))


def test_model_that_works_in_between_goes_on(watch: Watch) -> None:
    pool = pool_of(watch, Pretender(watch))
    for text in ("raise", "raise", "x", "raise", "raise", "x"):
        translated(pool, work("m"), text)
        settled(pool)
    assert translated(pool, work("m"), "x") == {"x": ("X",)}


def test_engine_that_takes_long_to_fail_is_not_asked_for_each_sentence(watch: Watch) -> None:
    worker = Pretender(watch, slow=11.0)
    pool = pool_of(watch, worker)
    assert translated(pool, work("m"), "a", "raise") == {"a": FAILED, "raise": FAILED}
    assert worker.log == ["load m", "a raise"]
    settled(pool)
    with pool.lock, pytest.raises(EngineFailed):
        pool.enter("", work("m"))


def test_forgetting_gives_a_broken_model_another_chance(watch: Watch) -> None:
    pool = pool_of(watch, Pretender(watch))
    translated(pool, work("refuses"), "a")
    settled(pool)
    pool.forget({"refuses"})
    assert translated(pool, work("refuses"), "a") == {"a": FAILED}


def test_closed_pool_takes_nothing_and_closes_its_workers(watch: Watch) -> None:
    worker = Pretender(watch)
    pool = pool_of(watch, worker)
    translated(pool, work("m"), "a")
    pool.close(5.0)
    assert worker.closed.is_set()
    with pool.lock, pytest.raises(EngineFailed):
        pool.enter("", work("m"))
