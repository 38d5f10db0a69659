"""A lane: a thread that gives a worker what it is told to, and bears with what goes wrong there."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.runtime.measures import Measures
from linkbridge.translation.runtime.placement import Place, Slot
from linkbridge.translation.runtime.waiting import ModelKey, Sentence, Work, cost
from linkbridge.translation.runtime.workers import Answer, Worker, WorkerDied, WorkerStalled

_log = structlog.get_logger("linkbridge.translation")

_LOAD_BYTES_A_SECOND = 10e6
FAILURES_IN_A_ROW = 3
"""A model that fails so often, and does nothing in between, is broken."""
_TIMES_SLOWER = 20

Outcome = tuple[str, ...]
"""A translation and its alternatives."""
FAILED: Outcome = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How much and how long. Times are in seconds.

    ``batch_seconds`` is what a batch should take. It hangs when it takes ``stall_seconds`` longer than many times what
    its model usually takes, or than ``stall_seconds_per_character`` while that is unknown; loading hangs after
    ``load_seconds``. A model that fails is left alone for ``broken_seconds``.
    """

    memory_bytes: int = 2048 << 20
    batch_seconds: float = 0.25
    stall_seconds: float = 10.0
    stall_seconds_per_character: float = 0.03
    load_seconds: float = 60.0
    broken_seconds: float = 10.0


@dataclass(slots=True)
class Order:
    """What a lane shall do: unload these models, then translate."""

    unload: list[ModelKey] = field(default_factory=list)
    work: Work | None = None
    sentences: list[Sentence] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of a batch. ``poison`` are the sentences that end a process; ``broken`` says that nothing goes."""

    each: Sequence[Outcome]
    poison: Sequence[Sentence] = ()
    broken: bool = False


class Orders(Protocol):
    """Where a lane gets its orders, and tells what became of them."""

    def next_order(self, lane: "Lane") -> Order | None:
        """Wait for the next order; nothing means the end."""
        ...

    def fulfilled(self, lane: "Lane", order: Order, outcomes: Outcomes) -> None:
        """Hear what became of an order."""
        ...


class Lane:
    """``place``, ``order`` and ``thread`` are read and changed under the lock of the pool, the counters too."""

    def __init__(
        self, worker: Worker, lock: threading.Lock, measures: Measures, limits: Limits, clock: Callable[[], float]
    ) -> None:
        self.worker = worker
        self.place = Place()
        self.order: Order | None = None
        self.wake = threading.Condition(lock)
        self.thread: threading.Thread | None = None
        self._lock = lock
        self._measures = measures
        self._limits = limits
        self._clock = clock

    def start(self, orders: Orders) -> None:
        """Start its thread, unless it runs."""
        if self.thread is None:
            self.thread = threading.Thread(target=self._run, args=(orders,), name="translation-lane", daemon=True)
            self.thread.start()

    def _run(self, orders: Orders) -> None:
        while (order := orders.next_order(self)) is not None:
            try:
                outcomes = self._fulfil(order)
            except Exception as error:  # noqa: BLE001 - whoever waits must be told, and the lane must go on
                _log.error("translation lane failed", error_type=type(error).__name__)
                outcomes = Outcomes([FAILED] * len(order.sentences))
            orders.fulfilled(self, order, outcomes)
        self.worker.close()

    def _fulfil(self, order: Order) -> Outcomes:
        self._unload(order.unload)
        if order.work is None:
            return Outcomes(())
        try:
            self._load(order.work)
        except (EngineFailed, WorkerDied) as error:
            self._note(order.work, error, "model not loaded")
            return Outcomes([FAILED] * len(order.sentences), broken=True)
        began = self._clock()
        try:
            return Outcomes(self._translate(order.work, order.sentences))
        except (EngineFailed, WorkerDied) as error:
            self._note(order.work, error, "batch not translated")
            if len(order.sentences) == 1 and not _may_be_chance(error):
                poison = order.sentences if isinstance(error, WorkerDied) else ()
                return Outcomes([FAILED], poison)
            if isinstance(error, EngineFailed) and self._clock() - began > self._limits.stall_seconds:
                # A server that let itself be waited for will do so again for each sentence.
                return Outcomes([FAILED] * len(order.sentences), broken=True)
        return self._one_by_one(order.work, order.sentences)

    def _one_by_one(self, work: Work, sentences: Sequence[Sentence]) -> Outcomes:
        """Translate each sentence alone, so that the one that does harm is found and the others arrive."""
        each: list[Outcome] = []
        poison: list[Sentence] = []
        in_vain = 0
        for sentence in sentences:
            outcome = FAILED
            if sentence.calls and in_vain < FAILURES_IN_A_ROW:
                try:
                    self._load(work)
                    (outcome,) = self._translate(work, [sentence])
                except WorkerDied as error:
                    self._note(work, error, "sentence not translated")
                    poison.append(sentence)
                except EngineFailed as error:
                    self._note(work, error, "sentence not translated")
                in_vain = in_vain + 1 if outcome == FAILED and not any(each) else 0
            each.append(outcome)
        return Outcomes(each, poison, broken=in_vain >= FAILURES_IN_A_ROW)

    def _load(self, work: Work) -> None:
        """Load the model of a work, unless it is there."""
        key, model = work.model_key, work.model
        if not self.worker.alive():
            with self._lock:
                self.place.loaded.clear()
        if key in self.place.loaded:
            return
        began = self._clock()
        answer = self.worker.load(model, self._limits.load_seconds + model.size_bytes / _LOAD_BYTES_A_SECOND)
        memory = max(0, answer.memory_change)
        with self._lock:
            self.place.loaded[key] = Slot(memory, self._clock())
            self._measures.loaded(model, key, self._clock() - began, memory)

    def _translate(self, work: Work, sentences: Sequence[Sentence]) -> list[Outcome]:
        texts = [sentence.text for sentence in sentences]
        limit = self._limits.stall_seconds + self._patience(work, texts)
        answer = self.worker.translate(work.model_key, work.pair, texts, work.alternatives, limit)
        _check(answer, texts)
        with self._lock:
            self._measures.translated(work.model, texts, sum(map(cost, texts)), answer.seconds)
            slot = self.place.loaded.get(work.model_key)
            if slot is not None:
                slot.memory_bytes = max(0, slot.memory_bytes + answer.memory_change)
                self._measures.grown(work.model_key, slot.memory_bytes)
        return answer.results

    def _patience(self, work: Work, texts: Sequence[str]) -> float:
        """Return how many seconds a batch may well take."""
        with self._lock:
            if not self._measures.knows(work.model_key):
                return self._limits.stall_seconds_per_character * sum(map(len, texts))
            return _TIMES_SLOWER * self._measures.seconds(work.model_key, sum(map(cost, texts)))

    def _unload(self, keys: Sequence[ModelKey]) -> None:
        for key in keys:
            try:
                self.worker.unload(key)
            except (EngineFailed, WorkerDied) as error:
                _log.warning("model not unloaded", model=key[0], error_type=type(error).__name__)

    def _note(self, work: Work, error: EngineFailed | WorkerDied, event: str) -> None:
        with self._lock:
            count = self._measures.engine(work.model.engine)
            count.stalls += isinstance(error, WorkerStalled)
            count.crashes += isinstance(error, WorkerDied) and not isinstance(error, WorkerStalled)
            if isinstance(error, WorkerDied):
                self.place.loaded.clear()
        reason = error.params.get("reason", "") if isinstance(error, EngineFailed) else ""
        _log.warning(event, model=work.model.id, error_type=type(error).__name__, reason=reason)


def _may_be_chance(error: Exception) -> bool:
    """Say whether trying once more is worth it: a process may have been ended for another's sake."""
    return isinstance(error, WorkerDied) and not isinstance(error, WorkerStalled)


def _check(answer: Answer, texts: Sequence[str]) -> None:
    whole = len(answer.results) == len(texts) and all(
        isinstance(one, tuple) and all(isinstance(text, str) for text in one) for one in answer.results
    )
    if not whole:
        raise EngineFailed("the engine answered nonsense", reason="shape")
