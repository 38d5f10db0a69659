"""Which models there are, for a server that runs while commands install and remove them."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock

from linkbridge.translation.packages.store import GENERATION_NAME
from linkbridge.translation.ports import Engine, Model, Places

_CHECK_SECONDS = 2.0


class ModelShelf:
    """The models of several engines together, looked for again only when the folder of models was changed.

    ``on_change`` is given the ids of models that are gone or are another version now, so that whoever holds them in
    memory lets go. Any number of threads may ask at once.
    """

    def __init__(
        self,
        engines: Iterable[Engine],
        places: Places,
        *,
        on_change: Callable[[frozenset[str]], None] = lambda _ids: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engines, self._places = tuple(engines), places
        self._on_change, self._monotonic = on_change, monotonic
        self._lock = Lock()
        self._models: tuple[Model, ...] | None = None
        self._generation = ""
        self._checked = 0.0

    def models(self) -> tuple[Model, ...]:
        """Return the models that are there, sorted by id. They are at most two seconds old."""
        with self._lock:
            now = self._monotonic()
            if self._models is not None and now - self._checked < _CHECK_SECONDS:
                return self._models
            self._checked = now
            generation = _generation(self._places.models)
            if self._models is not None and generation == self._generation:
                return self._models
            found, changed = self._look()
            self._models, self._generation = found, generation
        if changed:
            self._on_change(changed)
        return found

    def refresh(self) -> tuple[Model, ...]:
        """Look for models now, whatever was known: what comes with the system may have changed without a command."""
        with self._lock:
            self._generation, self._checked = _generation(self._places.models), self._monotonic()
            self._models, changed = self._look()
            found = self._models
        if changed:
            self._on_change(changed)
        return found

    def _look(self) -> tuple[tuple[Model, ...], frozenset[str]]:
        """Return the models, and the ids of those that were there before and no longer are as they were."""
        models = sorted(
            (model for engine in self._engines for model in engine.find(self._places)), key=lambda model: model.id
        )
        now = {model.id: (model.version, model.location) for model in models}
        changed = (old.id for old in self._models or () if now.get(old.id) != (old.version, old.location))
        return tuple(models), frozenset(changed)


def _generation(models: Path) -> str:
    try:
        return (models / GENERATION_NAME).read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
