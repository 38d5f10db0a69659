"""What does a lane's work: a child process, or the lane's own thread. Both load, translate and unload."""

import contextlib
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.ports import Engine, EngineOptions, LanguagePair, LoadedModel, Model
from linkbridge.translation.runtime.waiting import ModelKey
from linkbridge.translation.runtime.wire import Channel, model_message, options_message

_HOST = "linkbridge.translation.runtime.host"
_START_SECONDS = 30.0
_GRACE_SECONDS = 1.0
_LAST_BREATH_SECONDS = 0.2
_SECRETS = "LINKBRIDGE_"


class WorkerDied(Exception):
    """The process ended while it worked: native code crashed, or the system was out of memory."""


class WorkerStalled(WorkerDied):
    """The process took longer than it may, and was ended."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``memory_change`` is by how many bytes the process grew."""

    results: list[tuple[str, ...]]
    seconds: float
    memory_change: int


class Worker(Protocol):
    """Does one thing at a time, for one thread; ``stop`` alone may be called by another.

    Raises:
        EngineFailed: the engine refuses or fails.
        WorkerDied: it is gone with all its models, and starts anew with the next ``load``.
    """

    def alive(self) -> bool:
        """Say whether the models that were loaded are still there."""
        ...

    def load(self, model: Model, seconds: float) -> Answer:
        """Load a model."""
        ...

    def translate(
        self, model: ModelKey, pair: LanguagePair, sentences: Sequence[str], alternatives: int, seconds: float
    ) -> Answer:
        """Translate with a model that was loaded, within this time."""
        ...

    def unload(self, model: ModelKey) -> None:
        """Unload a model."""
        ...

    def stop(self) -> None:
        """End it for good, whatever it does just now."""
        ...

    def close(self) -> None:
        """Clear away what is left, in its own thread."""
        ...


class ProcessWorker:
    """Works in a child process, which starts with the first model and ends with the last."""

    def __init__(self, engines: str, options: EngineOptions) -> None:
        self._engines = engines
        self._options = options
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None
        self._memory = 0
        self._models: set[ModelKey] = set()
        self._stopped = False

    @property
    def process_id(self) -> int | None:
        """The number of the child process, while there is one."""
        process = self._process
        return process.pid if process is not None else None

    def alive(self) -> bool:
        """Say whether the process runs; one that ended unasked is cleared away."""
        process = self._process
        if process is not None and process.poll() is not None:
            self._end()
        return self._process is not None

    def load(self, model: Model, seconds: float) -> Answer:
        """Load a model, in a new process if there is none."""
        if not self.alive():
            self._start()
        command = {"do": "load", "model": model_message(model), "options": options_message(self._options)}
        answer = self._ask(command, seconds)
        self._models.add((model.id, model.version))
        return answer

    def translate(
        self, model: ModelKey, pair: LanguagePair, sentences: Sequence[str], alternatives: int, seconds: float
    ) -> Answer:
        """Translate with a model that was loaded."""
        command = {
            "do": "translate",
            "model": model,
            "pair": [pair.source, pair.target],
            "sentences": sentences,
            "alternatives": alternatives,
        }
        return self._ask(command, seconds)

    def unload(self, model: ModelKey) -> None:
        """Unload a model. With the last one the process ends, so that the system surely has its memory back."""
        if model not in self._models:
            return
        if len(self._models) == 1:
            self._end()
            return
        self._models.discard(model)
        self._ask({"do": "unload", "model": model}, _START_SECONDS)

    def stop(self) -> None:
        """Kill the process: it holds nothing that is worth saving."""
        with self._lock:
            self._stopped = True
            process = self._process
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            process.wait()

    def close(self) -> None:
        """Clear the process away."""
        self._end(patience=0.0)

    def _start(self) -> None:
        ours, its = socket.socketpair()
        with self._lock, its:
            if not self._stopped:
                with contextlib.suppress(OSError):  # no memory, or no more processes
                    self._process = self._open(its.fileno())
        if self._process is None:
            ours.close()
            raise WorkerDied
        self._channel = Channel(ours)
        try:
            self._memory = int(self._channel.receive(_START_SECONDS)["memory"])
        except (OSError, KeyError):
            self._end()
            raise WorkerDied from None

    def _open(self, descriptor: int) -> "subprocess.Popen[bytes]":
        # -P: the working folder is no place to import from. The words of a crash stay out of everybody's logs.
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-m", _HOST, str(descriptor), self._engines],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(descriptor,),
            env=_environment(os.environ, self._options.threads),
        )

    def _ask(self, command: Mapping[str, Any], seconds: float) -> Answer:
        channel = self._channel
        if channel is None:
            raise WorkerDied
        until = time.monotonic() + seconds + _GRACE_SECONDS
        try:
            channel.send({**command, "limit": seconds}, seconds + _GRACE_SECONDS)
            reply = channel.receive(max(0.0, until - time.monotonic()))
        except TimeoutError:
            self._end(patience=0.0)
            raise WorkerStalled from None
        except OSError:
            raise (WorkerStalled if self._end() == -signal.SIGALRM else WorkerDied) from None
        change, self._memory = int(reply["memory"]) - self._memory, int(reply["memory"])
        if "error" in reply:
            raise EngineFailed("the engine failed", reason=str(reply["error"]))
        return Answer([tuple(one) for one in reply["results"]], float(reply["seconds"]), change)

    def _end(self, patience: float = _LAST_BREATH_SECONDS) -> int:
        """Clear the process away, and return how it ended. It may take so many seconds to end by itself."""
        self._models.clear()
        if self._channel is not None:
            self._channel.close()
        with self._lock:
            process, self._process, self._channel = self._process, None, None
        if process is None:
            return 0
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def _environment(given: Mapping[str, str], threads: int) -> dict[str, str]:
    """Return the environment of a child: none of our secrets, as few threads as asked for, and the same modules."""
    kept = {name: value for name, value in given.items() if not name.startswith(_SECRETS)}
    numeric = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
    return {**kept, **numeric, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


@contextlib.contextmanager
def _without_words() -> Iterator[None]:
    """Let out what an engine raises by its type alone: its message may hold words."""
    try:
        yield
    except EngineFailed as error:
        raise EngineFailed("the engine failed", reason=error.message) from None
    except Exception as error:  # noqa: BLE001 - an engine may raise anything
        raise EngineFailed("the engine failed", reason=type(error).__name__) from None


class ThreadWorker:
    """Works in the lane's own thread: for engines that wait for others and keep a time limit of their own."""

    def __init__(self, engines: str, options: EngineOptions) -> None:
        self._engines = engines
        self._options = options
        self._models: dict[ModelKey, LoadedModel] = {}

    def alive(self) -> bool:
        """Say that it is: nothing here ends by itself."""
        return True

    def load(self, model: Model, seconds: float) -> Answer:  # noqa: ARG002 - the engine keeps its own time
        """Load a model in the calling thread."""
        began = time.perf_counter()
        engine: Engine = pkgutil.resolve_name(self._engines)(model.engine)
        with _without_words():
            self._models[model.id, model.version] = engine.load(model, self._options)
        return Answer([], time.perf_counter() - began, 0)

    def translate(
        self,
        model: ModelKey,
        pair: LanguagePair,
        sentences: Sequence[str],
        alternatives: int,
        seconds: float,  # noqa: ARG002
    ) -> Answer:
        """Translate with a model that was loaded."""
        began = time.perf_counter()
        with _without_words():
            results = self._models[model].translate(sentences, pair, alternatives=alternatives)
        return Answer(results, time.perf_counter() - began, 0)

    def unload(self, model: ModelKey) -> None:
        """Unload a model."""
        loaded = self._models.pop(model, None)
        if loaded is not None:
            loaded.close()

    def stop(self) -> None:
        """Do nothing: no thread can be stopped by another."""

    def close(self) -> None:
        """Close the models."""
        for key in list(self._models):
            self.unload(key)
