"""Real child processes with an engine that does what the test tells it to."""

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from linkbridge.translation.errors import EngineFailed, TranslationBusy, TranslationCancelled, TranslationLate
from linkbridge.translation.ports import Patience
from linkbridge.translation.runtime.lanes import Limits
from linkbridge.translation.runtime.runner import ModelRunner, RunnerOptions
from tests.support.runtime_engines import ENGINES, PAIR, Background, Gate, told_model, written

Make = Callable[..., ModelRunner]
SOON = Patience(seconds=20)


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[ModelRunner] = []

    def _make(*, processes: int = 1, waiting: int = 5000, limits: Limits | None = None) -> ModelRunner:
        options = RunnerOptions(
            processes=processes, threads=4, waiting=waiting, limits=limits or Limits(), engines=ENGINES
        )
        made.append(ModelRunner(options))
        return made[-1]

    yield _make
    for runner in made:
        runner.close()


def upper(*texts: str) -> list[tuple[str, ...]]:
    return [(text.upper(),) for text in texts]


def test_run_keeps_the_order_and_translates_the_same_words_once(make: Make, tmp_path: Path) -> None:
    model = told_model(tmp_path)
    assert make().run(model, PAIR, ["b", "a", "b"], SOON) == upper("b", "a", "b")
    assert sorted(text for _, texts in written(model, "batches") for text in texts) == ["a", "b"]


def test_run_returns_alternatives_and_carries_any_text(make: Make, tmp_path: Path) -> None:
    texts = ["x", "\ud800", "مرحبا", "", "\x00\u2028"]
    found = make().run(told_model(tmp_path), PAIR, texts, SOON, alternatives=1)
    assert found == [(text.upper(), f"{text} 0") for text in texts]


def test_run_of_nothing_starts_nothing(make: Make, tmp_path: Path) -> None:
    threads = threading.active_count()
    runner = make(processes=4)
    assert runner.run(told_model(tmp_path), PAIR, [], SOON) == []
    assert (threading.active_count(), runner.process_ids()) == (threads, [])


def test_calls_that_wait_at_once_share_batches_and_sentences(make: Make, tmp_path: Path) -> None:
    runner, model = make(), told_model(tmp_path)
    gate = Gate(model)
    first = Background(runner.run, model, PAIR, [gate.text], SOON)
    gate.reached()
    others = [Background(runner.run, model, PAIR, [text, "same"], SOON) for text in ("one", "two")]
    wait_until(runner, waiting=3)
    gate.open()
    assert first.result() == upper(gate.text)
    assert [other.result() for other in others] == [upper("one", "same"), upper("two", "same")]
    assert [sorted(texts) for _, texts in written(model, "batches")[1:]] == [["one", "same", "two"]]


def test_short_text_does_not_wait_for_a_long_document_of_another(make: Make, tmp_path: Path) -> None:
    runner, model = make(), told_model(tmp_path)
    gate = Gate(model)
    first = Background(runner.run, model, PAIR, [gate.text], SOON)
    gate.reached()
    document = [f"line number {number} of a long document" for number in range(2000)]
    long = Background(runner.run, model, PAIR, document, Patience(client="long", seconds=20))
    wait_until(runner, waiting=1250)
    short = Background(runner.run, model, PAIR, ["help"], Patience(client="short", seconds=20))
    wait_until(runner, waiting=1251)
    gate.open()
    first.result()
    assert short.result() == upper("help")
    assert long.result() == upper(*document)
    assert "help" in [text for _, texts in written(model, "batches")[1:3] for text in texts]


def test_progress_is_told_in_the_callers_thread(make: Make, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    patience = Patience(seconds=20, on_progress=lambda done: told.append((done, threading.get_ident())))
    texts = [str(number % 50) for number in range(60)]
    make().run(told_model(tmp_path), PAIR, texts, patience)
    assert sum(done for done, _ in told) == 60
    assert len(told) > 1
    assert {thread for _, thread in told} == {threading.get_ident()}


def test_cancelled_call_ends_at_once_and_its_sentences_are_dropped(make: Make, tmp_path: Path) -> None:
    runner, model = make(), told_model(tmp_path)
    gate, cancelled = Gate(model), threading.Event()
    first = Background(runner.run, model, PAIR, [gate.text], SOON)
    gate.reached()
    call = Background(runner.run, model, PAIR, ["x", "y"], Patience(seconds=20, is_cancelled=cancelled.is_set))
    wait_until(runner, waiting=2)
    cancelled.set()
    with pytest.raises(TranslationCancelled):
        call.result()
    assert runner.state().waiting == 0
    gate.open()
    first.result()
    assert [texts for _, texts in written(model, "batches")] == [[gate.text]]


def test_call_of_a_text_whose_time_is_up_gets_no_time_of_its_own(make: Make, tmp_path: Path) -> None:
    runner, model = make(), told_model(tmp_path)
    with pytest.raises(TranslationLate):
        runner.run(model, PAIR, ["x"], Patience(seconds=60).begun(time.monotonic() - 60))
    assert runner.state().waiting == 0


def test_late_call_ends_and_what_runs_for_it_is_thrown_away(make: Make, tmp_path: Path) -> None:
    runner, model = make(), told_model(tmp_path)
    gate = Gate(model)
    call = Background(runner.run, model, PAIR, [gate.text, "x"], Patience(seconds=0.3))
    gate.reached()
    with pytest.raises(TranslationLate):
        call.result()
    gate.open()
    assert runner.run(model, PAIR, ["y"], SOON) == upper("y")


def test_full_queue_is_busy_and_says_when_to_come_back(make: Make, tmp_path: Path) -> None:
    runner, model = make(waiting=8), told_model(tmp_path)
    gate = Gate(model)
    first = Background(runner.run, model, PAIR, [gate.text], SOON)
    gate.reached()
    texts = [[f"{call}{number}" for number in range(2)] for call in "abcd"]
    calls = [Background(runner.run, model, PAIR, two, SOON) for two in texts]
    wait_until(runner, waiting=8)
    with pytest.raises(TranslationBusy) as busy:
        runner.run(model, PAIR, ["one more"], SOON)
    assert busy.value.params == {"retry_after": 1}
    gate.open()
    first.result()
    assert [call.result() for call in calls] == [upper(*two) for two in texts]


def test_named_client_leaves_room_for_others(make: Make, tmp_path: Path) -> None:
    runner, model = make(waiting=8), told_model(tmp_path)
    gate = Gate(model)
    greedy = Patience(client="greedy", seconds=20)
    first = Background(runner.run, model, PAIR, [gate.text], SOON)
    gate.reached()
    calls = [Background(runner.run, model, PAIR, [f"{call}1", f"{call}2"], greedy) for call in "abc"]
    wait_until(runner, waiting=6)
    with pytest.raises(TranslationBusy):
        runner.run(model, PAIR, ["one more"], greedy)
    other = Background(runner.run, model, PAIR, ["other"], Patience(client="modest", seconds=20))
    wait_until(runner, waiting=7)
    gate.open()
    assert other.result() == upper("other")
    for call in (first, *calls):
        call.result()


def test_document_longer_than_the_queue_is_translated(make: Make, tmp_path: Path) -> None:
    texts = [str(number) for number in range(500)]
    assert make(waiting=20).run(told_model(tmp_path), PAIR, texts, SOON) == upper(*texts)


def test_killed_process_is_replaced_and_nothing_is_lost(make: Make, tmp_path: Path) -> None:
    runner, model = make(), told_model(tmp_path)
    gate = Gate(model)
    call = Background(runner.run, model, PAIR, [gate.text, "xxxxxx", "yyyyyy"], SOON)
    gate.reached()
    (killed,) = runner.process_ids()
    kill(killed)
    gate.open()
    gate.reached()
    gate.open()
    assert call.result() == upper(gate.text, "xxxxxx", "yyyyyy")
    assert runner.process_ids() != [killed]
    assert runner.counts()["told"].crashes == 1


def test_process_that_was_killed_while_idle_is_replaced_without_a_failure(make: Make, tmp_path: Path) -> None:
    runner, model = make(), told_model(tmp_path)
    runner.run(model, PAIR, ["x"], SOON)
    kill(*runner.process_ids())
    assert runner.run(model, PAIR, ["y"], SOON) == upper("y")
    assert runner.counts()["told"].crashes == 0


def test_poison_sentence_fails_alone_and_is_remembered(make: Make, tmp_path: Path) -> None:
    runner, model = make(), told_model(tmp_path)
    texts = ["before", "abort:1", "behind"]
    with structlog.testing.capture_logs() as logs:
        assert runner.run(model, PAIR, texts, SOON) == [("BEFORE",), (), ("BEHIND",)]
    assert runner.counts()["told"].crashes == 2
    assert runner.run(model, PAIR, texts, SOON) == [("BEFORE",), (), ("BEHIND",)]
    assert runner.counts()["told"].crashes == 2
    with pytest.raises(EngineFailed):
        runner.run(model, PAIR, ["abort:1"], SOON)
    assert [log["event"] for log in logs] == ["batch not translated", "sentence not translated"]
    assert "abort" not in str(logs)


def test_sentence_on_which_the_engine_raises_fails_alone_and_stays_out_of_the_logs(make: Make, tmp_path: Path) -> None:
    runner, model = make(), told_model(tmp_path)
    with structlog.testing.capture_logs() as logs:
        assert runner.run(model, PAIR, ["a", "raise:secret", "b"], SOON) == [("A",), (), ("B",)]
    assert {log["reason"] for log in logs} == {"RuntimeError"}
    assert "secret" not in str(logs)
    assert runner.state().models[0].failures == 1


def test_hung_process_is_ended_and_the_other_sentences_arrive(make: Make, tmp_path: Path) -> None:
    runner, model = make(limits=Limits(stall_seconds=0.8)), told_model(tmp_path)
    assert runner.run(model, PAIR, ["aaaaaaa", "spin:bb", "ccccccc"], SOON) == [("AAAAAAA",), (), ("CCCCCCC",)]
    assert runner.counts()["told"].stalls == 2


def test_model_that_cannot_be_loaded_is_left_alone_until_it_is_replaced(make: Make, tmp_path: Path) -> None:
    runner, model = make(), told_model(tmp_path)
    (Path(model.location) / "refuse").touch()
    for _ in range(3):
        with pytest.raises(EngineFailed):
            runner.run(model, PAIR, ["x"], SOON)
    assert len(written(model, "loads")) == 1
    (Path(model.location) / "refuse").unlink()
    runner.forget({model.id})
    assert runner.run(model, PAIR, ["x"], SOON) == upper("x")


def test_model_that_fails_on_everything_is_left_alone_and_other_models_work(make: Make, tmp_path: Path) -> None:
    runner, bad, good = make(), told_model(tmp_path, "bad"), told_model(tmp_path, "good")
    with pytest.raises(EngineFailed):
        runner.run(bad, PAIR, [f"raise:{number}" for number in range(100)], SOON)
    assert len(written(bad, "batches")) == 4
    with pytest.raises(EngineFailed):
        runner.run(bad, PAIR, ["x"], SOON)
    assert runner.run(good, PAIR, ["x"], SOON) == upper("x")


def test_memory_limit_unloads_what_was_not_used_for_longest(make: Make, tmp_path: Path) -> None:
    size = 32 << 20
    runner = make(limits=Limits(memory_bytes=int(size * 2.5)))
    models = [told_model(tmp_path, name, size=size) for name in "abc"]
    for index in (0, 1, 0, 2):
        runner.run(models[index], PAIR, ["x"], SOON)
    state = runner.state().models
    assert [one.model_id for one in state] == ["a", "c"]
    assert all(size * 0.9 < one.memory_bytes < size * 1.1 for one in state)
    assert runner.run(models[1], PAIR, ["x"], SOON) == upper("x")
    assert [one.model_id for one in runner.state().models] == ["b", "c"]


def test_model_larger_than_the_limit_works_all_the_same(make: Make, tmp_path: Path) -> None:
    runner, model = make(limits=Limits(memory_bytes=1)), told_model(tmp_path, size=1 << 20)
    for text in "xyz":
        assert runner.run(model, PAIR, [text], SOON) == upper(text)
    assert len(written(model, "loads")) == 1


def test_forgotten_model_is_unloaded_and_its_new_version_is_loaded(make: Make, tmp_path: Path) -> None:
    runner = make()
    old, new = told_model(tmp_path), told_model(tmp_path, version="2")
    keeps = told_model(tmp_path, "keeps")
    for model in (old, keeps):
        runner.run(model, PAIR, ["x"], SOON)
    runner.forget({old.id})
    assert [one.model_id for one in runner.state().models] == ["keeps"]
    runner.run(new, PAIR, ["x"], SOON)
    assert [version for _, version, _ in written(new, "loads")] == ["1", "2"]


def test_model_that_is_forgotten_while_it_works_finishes_and_is_loaded_anew(make: Make, tmp_path: Path) -> None:
    runner, model = make(), told_model(tmp_path)
    gate = Gate(model)
    call = Background(runner.run, model, PAIR, [gate.text], SOON)
    gate.reached()
    runner.forget({model.id})
    gate.open()
    assert call.result() == upper(gate.text)
    runner.run(model, PAIR, ["x"], SOON)
    assert len(written(model, "loads")) == 2


def test_second_process_takes_part_when_much_waits(make: Make, tmp_path: Path) -> None:
    runner, model = make(processes=2), told_model(tmp_path)
    runner.run(model, PAIR, ["x"], SOON)
    gate = Gate(model)
    first = Background(runner.run, model, PAIR, [gate.text], SOON)
    gate.reached()
    long = [f"{number} " + "x" * 500 for number in range(1000)]
    assert runner.run(model, PAIR, long, SOON) == upper(*long)
    gate.open()
    first.result()
    assert len({process for _, _, process in written(model, "loads")}) == 2


def test_engines_that_wait_for_others_take_no_process_and_wait_side_by_side(make: Make, tmp_path: Path) -> None:
    runner = make()
    models = [told_model(tmp_path, name, engine="waits") for name in "abc"]
    gates = [Gate(model) for model in models]
    calls = [Background(runner.run, model, PAIR, [gate.text], SOON) for model, gate in zip(models, gates, strict=True)]
    for gate in gates:
        gate.reached()
    assert runner.process_ids() == []
    assert runner.run(told_model(tmp_path, "other"), PAIR, ["x"], SOON) == upper("x")
    for gate, call in zip(gates, calls, strict=True):
        gate.open()
        assert call.result() == upper(gate.text)
    assert {process for model in models for process, _ in written(model, "batches")} == {os.getpid()}


def test_closing_tells_who_waits_and_ends_every_process(make: Make, tmp_path: Path) -> None:
    runner, model = make(), told_model(tmp_path)
    gate = Gate(model)
    call = Background(runner.run, model, PAIR, [gate.text], SOON)
    gate.reached()
    (process,) = runner.process_ids()
    runner.close()
    with pytest.raises(EngineFailed):
        call.result()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    with pytest.raises(EngineFailed):
        runner.run(model, PAIR, ["x"], SOON)
    gate.open()


def test_process_gets_no_secret_and_ignores_an_interrupt(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINKBRIDGE_COOKIE_SECRET", "secret")
    runner, model = make(), told_model(tmp_path)
    ask = ["environment:LINKBRIDGE_COOKIE_SECRET", "environment:OMP_NUM_THREADS"]
    assert runner.run(model, PAIR, ask, SOON) == [("absent",), ("1",)]
    (process,) = runner.process_ids()
    os.kill(process, signal.SIGINT)
    assert runner.run(model, PAIR, ["x"], SOON) == upper("x")
    assert runner.process_ids() == [process]


def kill(process: int) -> None:
    """Kill a process, and return when it is dead."""
    end = os.pidfd_open(process)
    os.kill(process, signal.SIGKILL)
    assert select.select([end], [], [], 10)[0]
    os.close(end)


def wait_until(runner: ModelRunner, *, waiting: int) -> None:
    """Wait, without a nap, until so many sentences wait."""
    patience = threading.Event()
    for _ in range(2000):
        if runner.state().waiting >= waiting:
            return
        patience.wait(0.005)
    raise AssertionError(runner.state())
