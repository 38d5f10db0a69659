"""The models that are installed, as a running process sees them: installed and removed ones appear by themselves."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from linkbridge.kernel.clock import Clock
from linkbridge.translation.ports import Engine, Model, Places

GENERATION = ".generation"
"""The file in the folder of models that every change writes anew."""
LOOK_EVERY = timedelta(seconds=2)


class ModelShelf:
    """Looks for models again when the folder's generation has changed; thread-safe."""

    def __init__(self, engines: Iterable[Engine], places: Places, *, clock: Clock) -> None:
        self._engines = tuple(engines)
        self._places = places
        self._clock = clock
        self._lock = Lock()
        self._generation: str | None = None
        self._looked_at: datetime | None = None
        self._models: tuple[Model, ...] = ()
        self._listeners: list[Callable[[Collection[str]], None]] = []

    def on_change(self, listener: Callable[[Collection[str]], None]) -> None:
        """Tell ``listener`` the ids of models that vanished or changed."""
        self._listeners.append(listener)

    def models(self) -> tuple[Model, ...]:
        """Return the models of all engines."""
        now = self._clock.now()
        with self._lock:
            if self._looked_at is not None and timedelta(0) <= now - self._looked_at < LOOK_EVERY:
                return self._models
            self._looked_at = now
            generation = _read(self._places.models / GENERATION)
            if generation == self._generation:
                return self._models
            before, self._generation = self._models, generation
            self._models = tuple(model for engine in self._engines for model in engine.find(self._places))
            gone = {model.id for model in before} - {model.id for model in self._models if model in before}
        for listener in self._listeners if gone else ():
            listener(gone)
        return self._models


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
