"""The runner: callers' threads come in here and wait for their sentences."""

import atexit
import math
import os
import pkgutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from linkbridge.translation.errors import EngineFailed, TranslationBusy, TranslationCancelled, TranslationLate
from linkbridge.translation.ports import EngineCount, EngineOptions, Lane, LanguagePair, Model, Patience, RunnerState
from linkbridge.translation.runtime.lanes import FAILED, Limits
from linkbridge.translation.runtime.measures import Measures
from linkbridge.translation.runtime.pool import Pool, Ticket
from linkbridge.translation.runtime.waiting import Work
from linkbridge.translation.runtime.workers import ProcessWorker, ThreadWorker

_ASK_SECONDS = 0.1
_MOST_PROCESSES = 4


@dataclass(frozen=True, slots=True)
class RunnerOptions:
    """How the runner runs. ``processes`` 0 means one for each processor, at most four.

    ``waiting`` is how many sentences may wait. ``engines`` names the function that finds an engine, for child processes
    to import it.
    """

    processes: int = 0
    threads: int = 8
    waiting: int = 5000
    limits: Limits = field(default_factory=Limits)
    engine: EngineOptions = field(default_factory=EngineOptions)
    engines: str = "linkbridge.translation.engines:find_engine"

    @property
    def at_once(self) -> int:
        """How many sentences of one call wait at most: the rest of a document stays with its caller."""
        return max(1, self.waiting // 4)

    @property
    def of_one_client(self) -> int:
        """How many sentences of a named client wait at most, so that there is room for others."""
        return max(1, self.waiting * 3 // 4)


class ModelRunner:
    """Runs models in processes, and in threads what waits for other programs. Nothing starts before it is needed."""

    def __init__(self, options: RunnerOptions | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._options = options or RunnerOptions()
        self._find_engine = pkgutil.resolve_name(self._options.engines)
        self._measures = Measures()
        self._clock = clock
        self._process_id = os.getpid()
        given, lock = self._options, threading.Lock()
        processes = given.processes or min(_MOST_PROCESSES, len(os.sched_getaffinity(0)))
        self._processes = [ProcessWorker(given.engines, given.engine) for _ in range(processes)]
        threads = [ThreadWorker(given.engines, given.engine) for _ in range(given.threads)]
        self._pools = {
            Lane.PROCESS: Pool(self._processes, self._find_engine, self._measures, given.limits, lock, clock=clock),
            Lane.THREAD: Pool(threads, self._find_engine, self._measures, given.limits, lock, clock=clock),
        }
        self._lock = lock
        atexit.register(self.close)

    def run(
        self, model: Model, pair: LanguagePair, sentences: Sequence[str], patience: Patience, *, alternatives: int = 0
    ) -> list[tuple[str, ...]]:
        """Return for each sentence its translation and alternatives; an empty tuple where the engine failed on it."""
        until = min(self._clock() + patience.seconds, patience.until)
        if not sentences:
            return []
        pool = self._pools[self._find_engine(model.engine).lane]
        counts = Counter(sentences)
        with self._lock:
            self._admit(pool, patience.client, min(len(counts), self._options.at_once))
            ticket = pool.enter(patience.client, Work(model, pair, alternatives))
        try:
            self._wait(pool, ticket, counts, patience, until)
        finally:
            with self._lock:
                pool.leave(ticket)
        if not any(ticket.outcomes.values()):
            raise EngineFailed("the engine failed on everything", model=model.id)
        return [ticket.outcomes.get(text, FAILED) for text in sentences]

    def forget(self, model_ids: Collection[str]) -> None:
        """Unload these models as soon as they are not in use."""
        for pool in self._pools.values():
            pool.forget(model_ids)

    def state(self) -> RunnerState:
        """Return what waits, and the models in memory."""
        models = [state for pool in self._pools.values() for state in pool.models()]
        return RunnerState(sum(pool.waiting for pool in self._pools.values()), tuple(models))

    def counts(self) -> Mapping[str, EngineCount]:
        """Return what each engine did since the start, by its name."""
        with self._lock:
            return self._measures.copies()

    def process_ids(self) -> list[int]:
        """Return the numbers of the child processes that run now."""
        return [worker.process_id for worker in self._processes if worker.process_id is not None]

    def close(self) -> None:
        """Stop processes and threads; whoever waits is told that the engine failed."""
        if os.getpid() != self._process_id:
            return  # A fork of this process: the children are not its own.
        atexit.unregister(self.close)
        for pool in self._pools.values():
            pool.close(seconds=1.0)

    def _admit(self, pool: Pool, client: str, coming: int) -> None:
        full = pool.waiting + coming > self._options.waiting
        greedy = bool(client) and pool.unfinished(client) + coming > self._options.of_one_client
        if full or greedy:
            seconds = max(1, math.ceil(pool.seconds_to_wait))
            raise TranslationBusy("too much waits to be translated", retry_after=seconds)

    def _wait(self, pool: Pool, ticket: Ticket, counts: Counter[str], patience: Patience, until: float) -> None:
        """Bring the sentences in, a part at a time, and wait until all have their outcome."""
        coming = iter(counts)
        added = told = 0
        done = False
        while not done:
            if patience.is_cancelled():
                raise TranslationCancelled("nobody waits for this text any more")
            with self._lock:
                inside = added - len(ticket.outcomes)
                if added < len(counts) and inside <= self._options.at_once // 2 and not ticket.broken:
                    part = list(islice(coming, self._options.at_once - inside))
                    added += len(part)
                    pool.add(ticket, part)
                done = self._sleep(pool, ticket, len(counts), told, until)
                fresh = list(islice(ticket.outcomes, told, None))
            told += len(fresh)
            if fresh:
                patience.on_progress(sum(counts[text] for text in fresh))

    def _sleep(self, pool: Pool, ticket: Ticket, wanted: int, told: int, until: float) -> bool:
        """Sleep until there is something new, but not for long; say whether all is done."""
        given_up = ticket.broken and not ticket.call.sentences
        if len(ticket.outcomes) == told and not given_up and not pool.closed:
            ticket.wake.wait(max(0.0, min(_ASK_SECONDS, until - self._clock())))
        if len(ticket.outcomes) == wanted:
            return True
        if pool.closed:
            raise EngineFailed("the translation stops here", model=ticket.call.work.model.id)
        if self._clock() >= until:
            raise TranslationLate("the text was not translated in time", model=ticket.call.work.model.id)
        return given_up
