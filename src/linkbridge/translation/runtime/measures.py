"""What was measured: how fast each model is, how much memory it takes, and what each engine did. Pure."""

import math
from dataclasses import dataclass, field, replace

from linkbridge.translation.ports import EngineCount, Model
from linkbridge.translation.runtime.waiting import ModelKey

_FIRST_GUESS = 2e-4
"""Seconds for a character, before anything is measured: between Firefox's small models and those of Argos."""
_WEIGHT = 0.2
_DISK_BYTES_A_SECOND = 100e6
_MEMORY_FOR_DISK = 1.5
_SMALLEST_MODEL = 16 << 20


@dataclass(slots=True)
class ModelCount:
    """What a model did since the program started."""

    sentences: int = 0
    failures: int = 0


@dataclass(slots=True)
class Measures:
    """Remembers what was measured of every model, and counts."""

    engines: dict[str, EngineCount] = field(default_factory=dict)
    models: dict[str, ModelCount] = field(default_factory=dict)
    _speeds: dict[ModelKey, float] = field(default_factory=dict)
    _loads: dict[ModelKey, float] = field(default_factory=dict)
    _memory: dict[ModelKey, int] = field(default_factory=dict)

    def engine(self, name: str) -> EngineCount:
        """Return the counters of an engine, to be changed."""
        return self.engines.setdefault(name, EngineCount())

    def model(self, model_id: str) -> ModelCount:
        """Return the counters of a model, to be changed."""
        return self.models.setdefault(model_id, ModelCount())

    def copies(self) -> dict[str, EngineCount]:
        """Return the counters of all engines as they are now."""
        return {name: replace(count) for name, count in self.engines.items()}

    def translated(self, model: Model, texts: list[str], cost: int, seconds: float) -> None:
        """Note how long a batch took."""
        key = (model.id, model.version)
        count = self.engine(model.engine)
        count.batches += 1
        count.seconds += seconds
        count.characters += sum(map(len, texts))
        speed = seconds / cost
        self._speeds[key] = self._speeds.get(key, speed) * (1 - _WEIGHT) + speed * _WEIGHT

    def loaded(self, model: Model, key: ModelKey, seconds: float, memory: int) -> None:
        """Note that a model was loaded."""
        self.engine(model.engine).loads += 1
        self._loads[key] = seconds
        self._memory[key] = max(memory, self._memory.get(key, 0))

    def done(self, model: Model, sentences: int, failures: int) -> None:
        """Note how many sentences were translated, and on how many the engine failed."""
        for count in (self.engine(model.engine), self.model(model.id)):
            count.sentences += sentences
            count.failures += failures

    def grown(self, key: ModelKey, memory: int) -> None:
        """Note the memory that a model takes while it works."""
        self._memory[key] = max(memory, self._memory.get(key, 0))

    def knows(self, key: ModelKey) -> bool:
        """Say whether the speed of a model was measured."""
        return key in self._speeds

    def seconds(self, key: ModelKey, cost: int) -> float:
        """Return how long a model will take for so much."""
        return self._speeds.get(key, _FIRST_GUESS) * cost

    def budget(self, key: ModelKey, seconds: float) -> int:
        """Return how much a model translates in this time."""
        return max(1, math.floor(seconds / max(self._speeds.get(key, _FIRST_GUESS), 1e-9)))

    def load_seconds(self, model: Model, key: ModelKey) -> float:
        """Return how long loading took the last time, or an estimate from the size."""
        return self._loads.get(key, 0.1 + model.size_bytes / _DISK_BYTES_A_SECOND)

    def memory(self, model: Model, key: ModelKey) -> int:
        """Return the most memory that the model took, or an estimate from the size, in bytes."""
        return self._memory.get(key, max(_SMALLEST_MODEL, int(model.size_bytes * _MEMORY_FOR_DISK)))
