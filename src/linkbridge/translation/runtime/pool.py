"""Lanes of one kind, and what waits for them. Every decision is made under one lock; no work is done under it."""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence

from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.ports import Engine, ModelState
from linkbridge.translation.runtime import placement
from linkbridge.translation.runtime.lanes import FAILED, FAILURES_IN_A_ROW, Lane, Limits, Order, Outcome, Outcomes
from linkbridge.translation.runtime.measures import Measures
from linkbridge.translation.runtime.waiting import Call, ModelKey, Sentence, WaitingRoom, Work
from linkbridge.translation.runtime.workers import Worker

_MOST_POISON = 1000


class Ticket:
    """A call in a pool: its outcomes by sentence, and how its thread is woken.

    ``broken`` says that no more of it will be translated.
    """

    __slots__ = ("broken", "call", "outcomes", "wake")

    def __init__(self, call: Call, lock: threading.Lock) -> None:
        self.call = call
        self.outcomes: dict[str, Outcome] = {}
        self.wake = threading.Condition(lock)
        self.broken = False


class Pool:
    """Gives what waits to its lanes, which start when they are first needed.

    ``enter``, ``add``, ``leave`` and the properties are for a caller who holds ``lock``; the others take it.
    """

    def __init__(
        self,
        workers: Sequence[Worker],
        find_engine: Callable[[str], Engine],
        measures: Measures,
        limits: Limits,
        lock: threading.Lock,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lock = lock
        self._find_engine = find_engine
        self._measures = measures
        self._limits = limits
        self._clock = clock
        self._lanes = [Lane(worker, lock, measures, limits, clock) for worker in workers]
        self._places = [lane.place for lane in self._lanes]
        self._room = WaitingRoom()
        self._tickets: dict[Call, Ticket] = {}
        self._broken: dict[ModelKey, float] = {}
        self._in_a_row: dict[ModelKey, int] = {}
        self._poison: dict[int, float] = {}
        self.closed = False

    @property
    def waiting(self) -> int:
        """How many sentences wait."""
        return self._room.waiting

    @property
    def seconds_to_wait(self) -> float:
        """About how long it takes to translate what waits now."""
        costs = self._room.total_cost()
        return sum(self._measures.seconds(key, cost) for key, cost in costs.items()) / max(1, len(self._lanes))

    def unfinished(self, client: str) -> int:
        """Return how many sentences of a client wait or are being translated."""
        return self._room.unfinished(client)

    def enter(self, client: str, work: Work) -> Ticket:
        """Let a call in.

        Raises:
            EngineFailed: the pool is closed, or the model failed a moment ago.
        """
        if self.closed or self._clock() < self._broken.get(work.model_key, 0.0):
            raise EngineFailed("the model does not work now", model=work.model.id)
        call = Call(client, work)
        ticket = self._tickets[call] = Ticket(call, self.lock)
        self._room.enter(call)
        return ticket

    def add(self, ticket: Ticket, texts: Iterable[str]) -> None:
        """Let more sentences of a call wait. One that ended a process a moment ago fails at once."""
        now = self._clock()
        good = []
        for text in texts:
            if self._poison and self._poison.get(hash((ticket.call.key, text)), 0.0) > now:
                ticket.outcomes[text] = FAILED
            else:
                good.append(text)
        self._room.add(ticket.call, good)
        self._dispatch()

    def leave(self, ticket: Ticket) -> None:
        """Let a call go; what is being translated for it alone is thrown away."""
        self._tickets.pop(ticket.call, None)
        self._room.leave(ticket.call)

    def forget(self, model_ids: Collection[str]) -> None:
        """Unload models as soon as their lanes are free, and give those that failed another chance."""
        with self.lock:
            for place in self._places:
                place.leaving.update(key for key in place.here() if key[0] in model_ids)
            self._broken = {key: until for key, until in self._broken.items() if key[0] not in model_ids}
            self._poison.clear()
            self._dispatch()

    def models(self) -> list[ModelState]:
        """Return the models in memory."""
        with self.lock:
            memory: dict[str, int] = {}
            for place in self._places:
                for (model_id, _), slot in place.loaded.items():
                    memory[model_id] = memory.get(model_id, 0) + slot.memory_bytes
            counts = {model_id: self._measures.model(model_id) for model_id in memory}
            return [
                ModelState(model_id, memory[model_id], counts[model_id].sentences, counts[model_id].failures)
                for model_id in sorted(memory)
            ]

    def close(self, seconds: float) -> None:
        """Stop all lanes, and tell whoever waits. Threads get so long to end."""
        with self.lock:
            self.closed = True
            for ticket in self._tickets.values():
                ticket.wake.notify_all()
            for lane in self._lanes:
                lane.wake.notify_all()
        for lane in self._lanes:
            lane.worker.stop()
        until = time.monotonic() + seconds
        for lane in self._lanes:
            if lane.thread is not None:
                lane.thread.join(max(0.0, until - time.monotonic()))

    def next_order(self, lane: Lane) -> Order | None:
        """Wait in a lane's thread for its next order; nothing means the end."""
        with self.lock:
            while lane.order is None and not self.closed:
                lane.wake.wait()
            return None if self.closed else lane.order

    def fulfilled(self, lane: Lane, order: Order, outcomes: Outcomes) -> None:
        """Hear from a lane's thread what became of its order, and give it the next."""
        with self.lock:
            if order.work is not None:
                self._count(order.work, order.sentences, outcomes)
                self._deliver(order.sentences, outcomes.each)
                placement.evict(self._places, 0, self._limits.memory_bytes)
            lane.order, lane.place.serving, lane.place.busy = None, None, False
            if not self.closed:
                self._dispatch()

    def _count(self, work: Work, sentences: Sequence[Sentence], outcomes: Outcomes) -> None:
        key = work.model_key
        failures = sum(1 for outcome, one in zip(outcomes.each, sentences, strict=True) if not outcome and one.calls)
        self._measures.done(work.model, sum(1 for outcome in outcomes.each if outcome), failures)
        until = self._clock() + self._limits.broken_seconds
        for sentence in outcomes.poison:
            self._poison[hash((sentence.key, sentence.text))] = until
        while len(self._poison) > _MOST_POISON:
            del self._poison[next(iter(self._poison))]
        self._in_a_row[key] = self._in_a_row.get(key, 0) + 1 if failures and not any(outcomes.each) else 0
        if outcomes.broken or self._in_a_row[key] >= FAILURES_IN_A_ROW:
            self._break(work)

    def _break(self, work: Work) -> None:
        """Leave a model alone for a while, and tell whoever waits for it."""
        key = work.model_key
        self._broken[key] = self._clock() + self._limits.broken_seconds
        self._in_a_row[key] = 0
        sentences = self._room.of_model(key)
        self._deliver(sentences, [FAILED] * len(sentences))
        for call, ticket in self._tickets.items():
            if call.work.model_key == key:
                ticket.broken = True
                ticket.wake.notify()

    def _deliver(self, sentences: Sequence[Sentence], outcomes: Sequence[Outcome]) -> None:
        woken: dict[Call, None] = {}
        for sentence, outcome in zip(sentences, outcomes, strict=True):
            for call in sentence.calls:
                self._tickets[call].outcomes[sentence.text] = outcome
                woken[call] = None
        self._room.finish(sentences)
        for call in woken:
            self._tickets[call].wake.notify()

    def _dispatch(self) -> None:
        for lane in self._lanes:
            if not lane.place.busy and lane.place.leaving:
                self._give(lane, Order())
        while any(not place.busy for place in self._places) and self._give_next():
            pass

    def _give_next(self) -> bool:
        """Give the next batch to a lane; say whether there was one that could be given."""
        for backlog in self._room.backlogs():
            work, key = backlog.work, backlog.work.model_key
            needed = self._measures.memory(work.model, key)
            place = placement.choose(
                key,
                self._places,
                backlog_seconds=self._measures.seconds(key, backlog.cost),
                load_seconds=self._measures.load_seconds(work.model, key),
                room=placement.room(self._places, needed, self._limits.memory_bytes),
            )
            if place is None:
                continue
            ready = sum(1 for other in self._places if not other.busy and other.has(key))
            share = -(-backlog.sentences // max(1, ready))
            most = min(share, self._find_engine(work.model.engine).batch_size)
            sentences = self._room.take(work.key, max(1, most), self._measures.budget(key, self._limits.batch_seconds))
            place.serving = key
            if key in place.loaded:
                place.loaded[key].used_at = self._clock()
            else:
                self._make_room(needed)
            self._give(self._lanes[self._places.index(place)], Order(work=work, sentences=sentences))
            return True
        return False

    def _make_room(self, needed: int) -> None:
        for place in placement.evict(self._places, needed, self._limits.memory_bytes):
            if not place.busy and place.serving is None:
                self._give(self._lanes[self._places.index(place)], Order())

    def _give(self, lane: Lane, order: Order) -> None:
        """Give an order to an idle lane; before all else it unloads what shall leave."""
        order.unload = lane.place.take_leave()
        lane.place.busy = True
        lane.order = order
        lane.start(self)
        lane.wake.notify()
