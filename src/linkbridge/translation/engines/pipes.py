"""A chain of programs that answers one text after another, each ended by a zero byte."""

import contextlib
import os
import selectors
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import IO

_CHUNK = 65_536
_MAX_ANSWER_BYTES = 16_000_000


class PipeFailed(Exception):
    """The chain ended, answered nonsense, or took too long. It holds no word of the text."""


class Pipe:
    """Programs, each reading what the one before it writes. One thread at a time may ask.

    A chain that failed is ended, and started anew by the next question; ``seconds`` is how long one may take.
    """

    def __init__(
        self, stages: Sequence[Sequence[str]], *, seconds: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Start the programs.

        Raises:
            OSError: one cannot be started.
        """
        self._stages, self._seconds, self._now = stages, seconds, now
        self._programs: list[subprocess.Popen[bytes]] = []
        self._is_closed = False
        self._start()

    def ask(self, question: bytes) -> bytes:
        """Return the answer to a question, which holds no zero byte.

        Raises:
            PipeFailed: there was none in time.
            OSError: a program cannot be started.
        """
        if self._is_closed:
            raise PipeFailed("the chain is closed")
        if not self._programs:
            self._start()
        try:
            return self._exchange(question + b"\0")
        except (OSError, PipeFailed):
            self._stop()
            raise PipeFailed("the chain failed") from None

    def close(self) -> None:
        """End the programs."""
        self._is_closed = True
        self._stop()

    def _start(self) -> None:
        before: int = subprocess.PIPE
        try:
            for stage in self._stages:
                program = subprocess.Popen(  # noqa: S603 - the chain is the system's own, without a shell
                    stage, stdin=before, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
                )
                if self._programs:
                    _stdout(self._programs[-1]).close()
                self._programs.append(program)
                before = _stdout(program).fileno()
        except OSError:
            self._stop()
            raise
        for descriptor in (self._input, self._output):
            os.set_blocking(descriptor, False)

    def _stop(self) -> None:
        for program in self._programs:
            program.kill()
        for program in self._programs:
            program.wait()
            for stream in (program.stdin, program.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
        self._programs = []

    @property
    def _input(self) -> int:
        stream = self._programs[0].stdin
        if stream is None:
            raise PipeFailed("the chain has no beginning")
        return stream.fileno()

    @property
    def _output(self) -> int:
        return _stdout(self._programs[-1]).fileno()

    def _exchange(self, question: bytes) -> bytes:
        """Write and read at the same time: a long text fills every buffer on its way."""
        until, answer = self._now() + self._seconds, bytearray()
        with selectors.DefaultSelector() as ready:
            ready.register(self._input, selectors.EVENT_WRITE)
            ready.register(self._output, selectors.EVENT_READ)
            while not answer.endswith(b"\0"):
                left = until - self._now()
                events = ready.select(left) if left > 0 else []
                if not events or len(answer) > _MAX_ANSWER_BYTES:
                    raise PipeFailed("the chain took too long")
                for key, mask in events:
                    if mask & selectors.EVENT_WRITE:
                        question = question[os.write(key.fd, question[:_CHUNK]) :]
                        if not question:
                            ready.unregister(key.fd)
                    else:
                        data = os.read(key.fd, _CHUNK)
                        if not data:
                            raise PipeFailed("the chain ended")
                        answer += data
        if question or answer.count(b"\0") != 1:
            raise PipeFailed("the chain answered something else")
        return bytes(answer[:-1])


def _stdout(program: subprocess.Popen[bytes]) -> IO[bytes]:
    if program.stdout is None:
        raise PipeFailed("the program has no output")
    return program.stdout
