"""How the program and a child process speak: JSON messages with their length before them, over a pair of sockets.

Never pickles: native code that reads other people's text must not be able to make this process run anything.
"""

import json
import socket
import struct
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from linkbridge.translation.ports import EngineOptions, LanguagePair, Model

Message = Mapping[str, Any]

_LENGTH = struct.Struct("!Q")
_LONGEST = 1 << 30


class Channel:
    """One end. ``seconds`` are the time for one whole message; without them it waits as long as it takes.

    Raises:
        TimeoutError: the time is up.
        ConnectionError: the other side is gone, or sends what is no message.
    """

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def send(self, message: Message, seconds: float | None = None) -> None:
        """Send a message."""
        # A lone surrogate is no valid UTF-8, yet the engine shall decide what to make of it.
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        self._end.settimeout(seconds)
        self._end.sendall(_LENGTH.pack(len(body)) + body)

    def receive(self, seconds: float | None = None) -> dict[str, Any]:
        """Return the next message."""
        until = None if seconds is None else time.monotonic() + seconds
        (length,) = _LENGTH.unpack(self._read(_LENGTH.size, until))
        if length > _LONGEST:
            raise ConnectionError("a message is too long")
        try:
            message = json.loads(self._read(length, until).decode("utf-8", "surrogatepass"))
        except ValueError:
            raise ConnectionError("a message is damaged") from None
        if not isinstance(message, dict):
            raise ConnectionError("a message is damaged")
        return message

    def close(self) -> None:
        """Close this end; the other one learns of it."""
        self._end.close()

    def _read(self, size: int, until: float | None) -> bytes:
        data = bytearray()
        while len(data) < size:
            if until is not None:
                left = until - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                self._end.settimeout(left)
            else:
                self._end.settimeout(None)
            part = self._end.recv(min(size - len(data), 1 << 20))
            if not part:
                raise ConnectionError("the other side is gone")
            data += part
        return bytes(data)


def model_message(model: Model) -> dict[str, Any]:
    """Return a model as a message."""
    return {
        "id": model.id,
        "engine": model.engine,
        "version": model.version,
        "location": model.location,
        "pairs": [[pair.source, pair.target] for pair in model.pairs],
        "licence": model.licence,
        "size_bytes": model.size_bytes,
        "bundled": model.bundled,
        "codes": dict(model.codes),
    }


def read_model(message: Message) -> Model:
    """Return the model that a message holds."""
    pairs = tuple(LanguagePair(source, target) for source, target in message["pairs"])
    return Model(**{**message, "pairs": pairs, "codes": MappingProxyType(dict(message["codes"]))})


def options_message(options: EngineOptions) -> dict[str, Any]:
    """Return options as a message. The keys of servers stay here: no engine in a process of its own needs them."""
    return {
        "beam_size": options.beam_size,
        "threads": options.threads,
        "timeout_seconds": options.timeout_seconds,
    }


def read_options(message: Message) -> EngineOptions:
    """Return the options that a message holds."""
    return EngineOptions(**message)
