"""What an engine is, and what it offers: the one shape behind which every translator stands.

An engine is one module in ``linkbridge.translation.engines`` and one line in its table. Its models are found without
being loaded; a loaded model is used by one thread at a time, the one that loaded it.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from linkbridge.translation.errors import EngineFailed


@dataclass(frozen=True, slots=True, order=True)
class LanguagePair:
    """A direction of translation, as two BCP 47 tags."""

    source: str
    target: str

    def __str__(self) -> str:
        return f"{self.source}-{self.target}"


class Lane(StrEnum):
    """Where an engine's models run."""

    PROCESS = "process"
    """In a process of its own: native code that holds Python's lock, may crash, or takes much memory."""
    THREAD = "thread"
    """In a thread here: what waits for another program or server, and computes nothing itself."""


@dataclass(frozen=True, slots=True)
class Model:
    """Something that translates, not loaded yet.

    ``id`` is unique and stable; ``version`` changes whenever the model's answers may. ``location`` is a folder, or the
    address of a server. ``codes`` gives the engine's own name of a language where it is not the tag. ``size_bytes`` is
    its size on disk, from which the memory that it takes is estimated until it is measured.
    """

    id: str
    engine: str
    version: str
    location: str
    pairs: tuple[LanguagePair, ...]
    licence: str = ""
    size_bytes: int = 0
    bundled: bool = False
    codes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def code(self, tag: str) -> str:
        """Return the engine's own name of a language."""
        return self.codes.get(tag, tag)


@dataclass(frozen=True, slots=True)
class Places:
    """Where engines look for their models: the folder of installed ones, and the servers that were switched on."""

    models: Path
    servers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How engines run. ``beam_size`` is of those that search with a beam; ``threads`` are of one loaded model."""

    beam_size: int = 4
    threads: int = 1
    timeout_seconds: float = 60.0
    server_keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False, repr=False)


class LoadedModel(Protocol):
    """A model that is ready. It is bound to the thread that loaded it."""

    def translate(
        self, sentences: Sequence[str], pair: LanguagePair, *, alternatives: int = 0
    ) -> list[tuple[str, ...]]:
        """Return for each sentence its translation, then up to ``alternatives`` others, best first.

        Raises:
            EngineFailed: the engine does not work.
        """
        ...

    def close(self) -> None:
        """Give its memory back."""
        ...


class Engine(Protocol):
    """A translator: finds its models, and loads them."""

    @property
    def name(self) -> str:
        """The name by which settings, routes and labels know it."""
        ...

    @property
    def lane(self) -> Lane:
        """Where its models run."""
        ...

    @property
    def batch_size(self) -> int:
        """How many sentences are worth giving to a model at once."""
        ...

    def find(self, places: Places) -> tuple[Model, ...]:
        """Return the models that are there now, sorted by id. A damaged one is left out and logged by its name."""
        ...

    def load(self, model: Model, options: EngineOptions) -> LoadedModel:
        """Load a model in the calling thread.

        Raises:
            EngineFailed: it cannot be loaded.
        """
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How one caller waits: for whom (``client``, by which waiting texts are served in turn), and how long.

    ``is_cancelled`` is asked while text waits; ``on_progress`` is told how many more sentences are done. ``until`` is
    the end of ``seconds`` on the monotonic clock, once they run: steps and repairs of one text share them.
    """

    client: str = ""
    seconds: float = 60.0
    is_cancelled: Callable[[], bool] = lambda: False
    on_progress: Callable[[int], None] = lambda _done: None
    until: float = math.inf

    def begun(self, now: float) -> "Patience":
        """Return it with its time running from ``now``, unless that runs already."""
        return self if self.until < math.inf else replace(self, until=now + self.seconds)


@dataclass(frozen=True, slots=True)
class ModelState:
    """A model in memory: how many bytes it takes as measured, how many sentences it translated, how often it failed."""

    model_id: str
    memory_bytes: int
    sentences: int
    failures: int


@dataclass(frozen=True, slots=True)
class RunnerState:
    """What the runner does now: sentences that wait, and the models in memory."""

    waiting: int
    models: tuple[ModelState, ...]


@dataclass(slots=True)
class EngineCount:
    """What an engine did since the program started. ``seconds`` are those in which it translated."""

    sentences: int = 0
    characters: int = 0
    batches: int = 0
    seconds: float = 0.0
    loads: int = 0
    failures: int = 0
    """Sentences on which it failed."""
    crashes: int = 0
    stalls: int = 0


class Runner(Protocol):
    """Runs models: loads them when they are needed, and puts the sentences of all callers together."""

    def run(
        self, model: Model, pair: LanguagePair, sentences: Sequence[str], patience: Patience, *, alternatives: int = 0
    ) -> list[tuple[str, ...]]:
        """Return for each sentence its translation and alternatives; an empty tuple where the engine failed on it.

        Blocks the calling thread. Any number of threads may call at once.

        Raises:
            TranslationBusy: too much waits already.
            TranslationLate: the time is up.
            TranslationCancelled: the caller no longer waits.
            EngineFailed: the model cannot be loaded, or fails on everything.
        """
        ...

    def forget(self, model_ids: Collection[str]) -> None:
        """Unload these models: they were removed, or replaced by another version."""
        ...

    def state(self) -> RunnerState:
        """Return what it does now."""
        ...

    def counts(self) -> Mapping[str, EngineCount]:
        """Return what each engine did since the start, by its name."""
        ...

    def close(self) -> None:
        """Stop its processes and threads; whoever waits is told that the engine failed."""
        ...


class NoRunner:
    """Runs nothing: the program starts and serves phrases without any engine."""

    def run(
        self,
        model: Model,
        pair: LanguagePair,  # noqa: ARG002 - the port's signature
        sentences: Sequence[str],  # noqa: ARG002
        patience: Patience,  # noqa: ARG002
        *,
        alternatives: int = 0,  # noqa: ARG002
    ) -> list[tuple[str, ...]]:
        """Fail: there is no engine."""
        raise EngineFailed("no engine runs here", model=model.id)

    def forget(self, model_ids: Collection[str]) -> None:
        """Do nothing: no model is loaded."""

    def state(self) -> RunnerState:
        """Return that nothing waits and nothing is loaded."""
        return RunnerState(0, ())

    def counts(self) -> Mapping[str, EngineCount]:
        """Return nothing: no engine did anything."""
        return {}

    def close(self) -> None:
        """Do nothing: nothing runs."""
