"""The child process in which models run: ``python -m linkbridge.translation.runtime.host DESCRIPTOR ENGINES``.

It answers one command at a time, and ends itself when its parent is gone, when a command takes longer than it may, and
on SIGTERM. It imports little, so that it starts fast, and writes nothing: neither logs nor the words of a crash.
"""

import contextlib
import ctypes
import gc
import os
import pkgutil
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.ports import Engine, LanguagePair, LoadedModel
from linkbridge.translation.runtime.wire import Channel, Message, read_model, read_options

_ASK_FOR_PARENT_SECONDS = 5.0
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Host:
    """Holds the models that were loaded, by id and version."""

    def __init__(self, find_engine: Callable[[str], Engine]) -> None:
        self._find_engine = find_engine
        self._models: dict[tuple[str, str], LoadedModel] = {}

    def answer(self, command: Message) -> dict[str, Any]:
        """Do what a command says. The answer holds the memory that this process takes, in bytes."""
        began = time.perf_counter()
        try:
            results = self._do(command)
        except EngineFailed as error:
            answer: dict[str, Any] = {"error": error.message}
        except Exception as error:  # noqa: BLE001 - whatever an engine raises is answered; its message may hold words
            answer = {"error": type(error).__name__}
        else:
            answer = {"results": results}
        return {**answer, "seconds": time.perf_counter() - began, "memory": memory_bytes()}

    def _do(self, command: Message) -> list[tuple[str, ...]]:
        if command["do"] == "translate":
            return self._translate(command)
        if command["do"] == "load":
            model = read_model(command["model"])
            engine = self._find_engine(model.engine)
            self._models[model.id, model.version] = engine.load(model, read_options(command["options"]))
            _return_memory()
        elif command["do"] == "unload":
            self._models.pop(tuple(command["model"])).close()
            _return_memory()
        return []

    def _translate(self, command: Message) -> list[tuple[str, ...]]:
        model = self._models[tuple(command["model"])]
        return model.translate(
            command["sentences"], LanguagePair(*command["pair"]), alternatives=command["alternatives"]
        )


def memory_bytes() -> int:
    """Return the memory that this process takes in the machine, in bytes; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * _PAGE
    except OSError:
        return 0


def _return_memory() -> None:
    """Give back what loading took for a moment, so that the rest is what the model takes."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _be_the_first_to_go() -> None:
    """Let the system, short of memory, end this process and not its parent."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")


def _serve(channel: Channel, host: Host, parent: int) -> None:
    channel.send({"memory": memory_bytes()})
    while True:
        try:
            command = channel.receive(_ASK_FOR_PARENT_SECONDS)
        except TimeoutError:
            if os.getppid() != parent:
                return
            continue
        # The system ends a hung process even while native code holds Python's lock and the parent is gone.
        signal.setitimer(signal.ITIMER_REAL, command["limit"])
        answer = host.answer(command)
        signal.setitimer(signal.ITIMER_REAL, 0)
        channel.send(answer)


def main() -> None:
    """Serve until the parent goes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for ending in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(ending, signal.SIG_DFL)
    parent = os.getppid()
    _be_the_first_to_go()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a picture of the memory would hold people's words
    channel = Channel(socket.socket(fileno=int(sys.argv[1])))
    host = Host(pkgutil.resolve_name(sys.argv[2]))
    with contextlib.suppress(ConnectionError):
        _serve(channel, host, parent)
    # Native libraries may hang or crash while they are taken down, and nothing here is worth saving.
    os._exit(0)


if __name__ == "__main__":
    main()
