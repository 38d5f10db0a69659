"""Whether components work, and how long whoever asks waits for the answer."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from linkbridge.kernel.readiness import Readiness, within


class Slow:
    """A check that goes on until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.started = threading.Event()
        self.runs = 0

    def __call__(self) -> str | None:
        self.runs += 1
        self.started.set()
        self.go.wait(10)
        return "broken"


@pytest.fixture
def slow() -> Iterator[Slow]:
    found = Slow()
    yield found
    found.go.set()


def test_optional_component_is_told_apart() -> None:
    states = Readiness({"database": lambda: None}, {"translation": lambda: "broken"}).components()
    assert [(state.name, state.ready, state.problem, state.optional) for state in states] == [
        ("database", True, "", False),
        ("translation", False, "broken", True),
    ]


def test_check_in_time_answers_by_itself() -> None:
    assert within(lambda: None, seconds=10)() is None
    assert within(lambda: "almost full", seconds=10)() == "almost full"


def test_check_that_takes_too_long_is_called_too_slow_and_runs_once_at_a_time(slow: Slow) -> None:
    check = within(slow, seconds=0.01)
    assert [check(), check(), check()] == ["too slow"] * 3
    assert slow.runs == 1


def test_those_who_ask_meanwhile_get_the_same_answer(slow: Slow) -> None:
    check = within(slow, seconds=10)
    with ThreadPoolExecutor(2) as callers:
        first = callers.submit(check)
        assert slow.started.wait(10)
        second = callers.submit(check)
        slow.go.set()
        assert (first.result(10), second.result(10)) == ("broken", "broken")
    assert check() == "broken"


def test_what_a_check_raises_is_raised_and_the_next_run_is_a_new_one() -> None:
    answers = iter((OSError("gone"), None))

    def check() -> None:
        answer = next(answers)
        if answer is not None:
            raise answer

    bounded = within(check, seconds=10)
    with pytest.raises(OSError, match="gone"):
        bounded()
    assert bounded() is None
