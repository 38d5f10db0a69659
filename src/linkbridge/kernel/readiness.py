"""Whether this process can do its work now: checks that the composition root hands in, run on demand."""

import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import structlog

Check = Callable[[], str | None]
"""Returns what is wrong, in fixed words, or ``None``."""

_log = structlog.get_logger("linkbridge.readiness")


@dataclass(frozen=True, slots=True)
class ComponentState:
    """One component: its name, what is wrong (empty when nothing is), and how long the check took in milliseconds.

    Without an ``optional`` one the process does the rest of its work: it is degraded, and ready.
    """

    name: str
    problem: str
    milliseconds: float
    optional: bool = False

    @property
    def ready(self) -> bool:
        """Whether the component works."""
        return not self.problem


class Readiness:
    """Runs the checks, one after the other. A check that raises counts as failed, and its words go nowhere."""

    def __init__(self, checks: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> None:
        self._checks = dict(checks)
        self._optional = dict(optional or {})

    def components(self) -> tuple[ComponentState, ...]:
        """Return the state of every component now."""
        needed = [_run(name, check) for name, check in self._checks.items()]
        return (*needed, *(_run(name, check, optional=True) for name, check in self._optional.items()))


def _run(name: str, check: Check, *, optional: bool = False) -> ComponentState:
    started = time.perf_counter()
    try:
        problem = check() or ""
    except Exception as error:  # noqa: BLE001 - whatever a check raises means that its component does not work
        _log.warning("not_ready", component=name, error_type=type(error).__name__)
        problem = "unreachable"
    return ComponentState(name, problem, round((time.perf_counter() - started) * 1000, 1), optional)


def within(check: Check, *, seconds: float) -> Check:
    """Return ``check`` with a bound: where it takes longer than ``seconds``, it is called too slow, and goes on.

    Whoever asks meanwhile waits for the same run, no longer than that.
    """
    return _Bounded(check, seconds).problem


class _Bounded:
    """One run of a check at a time, in a thread of its own."""

    def __init__(self, check: Check, seconds: float) -> None:
        self._check = check
        self._seconds = seconds
        self._lock = threading.Lock()
        self._running: Future[str | None] | None = None

    def problem(self) -> str | None:
        with self._lock:
            running = self._running
            if running is None:
                running = self._running = Future()
                threading.Thread(target=self._run, args=(running,), name="readiness", daemon=True).start()
        try:
            return running.result(self._seconds)
        except TimeoutError:
            return "too slow"

    def _run(self, running: "Future[str | None]") -> None:
        try:
            result = self._check()
        except Exception as error:  # noqa: BLE001 - whoever waits gets it, whatever it is
            self._end()
            running.set_exception(error)
        else:
            self._end()
            running.set_result(result)

    def _end(self) -> None:
        with self._lock:
            self._running = None


def writable_folder(folder: Path, *, least_free_bytes: int) -> Check:
    """Return a check that ``folder`` takes a file and has room."""

    def check() -> str | None:
        try:
            with TemporaryFile(dir=folder) as probe:
                probe.write(b"x")
        except OSError:
            return "not writable"
        usage = os.statvfs(folder)
        return None if usage.f_bavail * usage.f_frsize >= least_free_bytes else "almost full"

    return check
