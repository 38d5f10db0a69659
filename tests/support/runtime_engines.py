"""Engines for tests of the runtime: each does what a sentence says, and writes down what it was given.

``gate:NAME`` waits at the named pipe ``NAME`` in the model's folder until the test has come there and gone. The folder
also gets ``batches`` and ``loads``, one JSON value in a line.
"""

import json
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.ports import EngineOptions, Lane, LanguagePair, Model, Places

ENGINES = "tests.support.runtime_engines:find_engine"
PAIR = LanguagePair("en", "es")


@dataclass(frozen=True)
class ToldEngine:
    name: str
    lane: Lane
    batch_size: int = 8

    def find(self, places: Places) -> tuple[Model, ...]:  # noqa: ARG002
        return ()

    def load(self, model: Model, options: EngineOptions) -> "_Told":  # noqa: ARG002
        _write(model, "loads", [model.id, model.version, os.getpid()])
        if (Path(model.location) / "refuse").exists():
            raise EngineFailed("the model cannot be loaded")
        return _Told(model)


class _Told:
    def __init__(self, model: Model) -> None:
        self._model = model
        self._memory = b"x" * model.size_bytes

    def translate(
        self,
        sentences: Sequence[str],
        pair: LanguagePair,  # noqa: ARG002
        *,
        alternatives: int = 0,
    ) -> list[tuple[str, ...]]:
        _write(self._model, "batches", [os.getpid(), list(sentences)])
        return [(self._one(sentence), *[f"{sentence} {n}" for n in range(alternatives)]) for sentence in sentences]

    def _one(self, sentence: str) -> str:
        does, _, what = sentence.partition(":")
        if does == "gate":
            (Path(self._model.location) / what).read_bytes()
        elif does == "environment":
            return os.environ.get(what, "absent")
        elif does == "abort":
            os.abort()
        elif does == "raise":
            raise RuntimeError(f"cannot translate {sentence}")
        elif does == "spin":
            while True:
                pass
        return sentence.upper()

    def close(self) -> None:
        self._memory = b""


_FOUND = {
    "told": ToldEngine("told", Lane.PROCESS),
    "waits": ToldEngine("waits", Lane.THREAD),
}


def find_engine(name: str) -> ToldEngine:
    return _FOUND[name]


def told_model(folder: Path, name: str = "m", *, engine: str = "told", version: str = "1", size: int = 0) -> Model:
    place = folder / name
    place.mkdir(exist_ok=True)
    return Model(id=name, engine=engine, version=version, location=str(place), pairs=(PAIR,), size_bytes=size)


def written(model: Model, name: str) -> list[Any]:
    """Return what an engine wrote down for a model."""
    with suppress(FileNotFoundError):
        return [json.loads(line) for line in (Path(model.location) / name).read_text().splitlines()]
    return []


class Gate:
    """A named pipe at which an engine waits. ``reached`` returns when it is there, ``open`` lets it go."""

    def __init__(self, model: Model, name: str = "here") -> None:
        self.text = f"gate:{name}"
        self._path = Path(model.location) / name
        os.mkfifo(self._path)
        self._end = -1

    def reached(self) -> None:
        self._end = os.open(self._path, os.O_WRONLY)

    def open(self) -> None:
        os.close(self._end)


class Background:
    """Something that runs in a thread; ``result`` waits for it, and raises what it raised."""

    def __init__(self, does: Any, *arguments: Any, **named: Any) -> None:
        self._result: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(does, arguments, named), daemon=True)
        self._thread.start()

    def _run(self, does: Any, arguments: Any, named: Any) -> None:
        try:
            self._result = does(*arguments, **named)
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            self._error = error

    def result(self, seconds: float = 20.0) -> Any:
        self._thread.join(seconds)
        assert not self._thread.is_alive()
        if self._error is not None:
            raise self._error
        return self._result


def _write(model: Model, name: str, what: Any) -> None:
    with (Path(model.location) / name).open("a") as file:
        file.write(json.dumps(what) + "\n")
