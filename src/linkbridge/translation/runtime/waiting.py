"""The sentences that wait, and whose turn it is. Pure: knows no thread, process or clock.

Every client has spent some characters. The one who spent least is served next, and inside a client the call that spent
least, so that a long document and a short question of somebody else advance side by side (start-time fair queuing:
Goyal, Vin and Cheng, 1996). Who comes new starts where the one served last stands, and owes nothing.
"""

import heapq
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from linkbridge.translation.ports import LanguagePair, Model

ModelKey = tuple[str, str]
"""A model's id and version."""
WorkKey = tuple[str, str, LanguagePair, int]

_OVERHEAD = 16
"""What a sentence costs beside its characters, in characters: 1.2 ms of Firefox's models, which take 80 µs for one."""
_SHORTEST = 16


def cost(text: str) -> int:
    """Return what a sentence costs, in characters."""
    return len(text) + _OVERHEAD


def _bucket(text: str) -> int:
    return max(len(text), _SHORTEST).bit_length()


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """What a model is asked for. Sentences of the same work may be translated at once."""

    model: Model
    pair: LanguagePair
    alternatives: int = 0

    @property
    def key(self) -> WorkKey:
        """What makes two works the same."""
        return (self.model.id, self.model.version, self.pair, self.alternatives)

    @property
    def model_key(self) -> ModelKey:
        """The model that does it."""
        return (self.model.id, self.model.version)


@dataclass(slots=True, eq=False)
class Sentence:
    """A sentence that waits or is being translated, for one call or for several that hold the same words."""

    text: str
    key: WorkKey
    calls: list["Call"] = field(default_factory=list)
    waiting: bool = True


class Call:
    """What one caller wants: the sentences of it that were added, by length, and what it spent."""

    __slots__ = ("_lengths", "client", "key", "sentences", "spent", "work")

    def __init__(self, client: str, work: Work) -> None:
        self.client = client
        self.work = work
        self.key = work.key
        self.spent = 0
        self.sentences: dict[str, Sentence] = {}
        self._lengths: dict[int, deque[Sentence]] = {}

    def put(self, sentence: Sentence) -> None:
        """Let a sentence wait here."""
        self._lengths.setdefault(_bucket(sentence.text), deque()).append(sentence)

    def longest(self) -> int:
        """Return the largest length class in which something waits, 0 if nothing does."""
        for length in sorted(self._lengths, reverse=True):
            if self._head(length) is not None:
                return length
        return 0

    def next(self, length: int, *, shorter: bool) -> Sentence | None:
        """Return the next sentence of this length class; if ``shorter``, of the longest class below it."""
        if not shorter:
            return self._head(length)
        for other in sorted(self._lengths, reverse=True):
            if other < length and (found := self._head(other)) is not None:
                return found
        return None

    def _head(self, length: int) -> Sentence | None:
        """Return the first that still waits: another call may have had it translated already."""
        waiting = self._lengths.get(length)
        while waiting:
            if waiting[0].waiting:
                return waiting[0]
            waiting.popleft()
        self._lengths.pop(length, None)
        return None


@dataclass(slots=True)
class Backlog:
    """How much of one work waits."""

    work: Work
    sentences: int = 0
    cost: int = 0


@dataclass(slots=True, eq=False)
class _Client:
    spent: int
    calls: dict[Call, None] = field(default_factory=dict)
    floor: int = 0
    """What the call that was served last had spent."""


class WaitingRoom:
    """Holds what waits. A sentence that several calls hold is there once."""

    def __init__(self) -> None:
        self.waiting = 0
        self._floor = 0
        self._clients: dict[str, _Client] = {}
        self._backlogs: dict[WorkKey, Backlog] = {}
        self._sentences: dict[tuple[WorkKey, str], Sentence] = {}

    def enter(self, call: Call) -> None:
        """Let a call in; it has nothing to translate yet."""
        client = self._clients.get(call.client)
        if client is None:
            client = self._clients[call.client] = _Client(self._floor)
        call.spent = client.floor
        client.calls[call] = None

    def add(self, call: Call, texts: Iterable[str]) -> None:
        """Let these sentences of a call wait; none of them twice."""
        self._forgive(call)
        backlog = self._backlogs.get(call.key)
        for text in texts:
            sentence = self._sentences.get((call.key, text))
            if sentence is None:
                sentence = self._sentences[call.key, text] = Sentence(text, call.key)
                if backlog is None:
                    backlog = self._backlogs[call.key] = Backlog(call.work)
                self._count(sentence, +1)
            sentence.calls.append(call)
            call.sentences[text] = sentence
            if sentence.waiting:
                call.put(sentence)

    def unfinished(self, client: str) -> int:
        """Return how many sentences of a client are not done."""
        found = self._clients.get(client)
        return sum(len(call.sentences) for call in found.calls) if found else 0

    def backlogs(self) -> Iterator[Backlog]:
        """Return the works that wait, in the order in which their turn comes."""
        if len(self._backlogs) < 2:
            yield from list(self._backlogs.values())
            return
        seen: set[WorkKey] = set()
        for client in sorted(self._clients.values(), key=lambda client: client.spent):
            for call in sorted(client.calls, key=lambda call: call.spent):
                if call.key not in seen and call.longest():
                    seen.add(call.key)
                    yield self._backlogs[call.key]

    def total_cost(self) -> dict[ModelKey, int]:
        """Return the cost of all that waits, by model."""
        found: dict[ModelKey, int] = {}
        for backlog in self._backlogs.values():
            key = backlog.work.model_key
            found[key] = found.get(key, 0) + backlog.cost
        return found

    def take(self, key: WorkKey, most: int, budget: int) -> list[Sentence]:
        """Take the next batch of a work: at most ``most`` sentences that cost ``budget`` together, one in any case.

        They are about as long as the first one; what is left of the batch is filled with shorter ones.
        """
        batch: list[Sentence] = []
        turns = self._turns(key)
        if not turns:
            return batch
        length = turns[0][-1].longest()
        spent = 0
        for shorter in (False, True):
            heap = self._turns(key) if shorter else turns
            while heap and len(batch) < most:
                spent_by_client, spent_by_call, order, call = heap[0]
                now = (self._clients[call.client].spent, call.spent, order, call)
                if now[:2] != (spent_by_client, spent_by_call):
                    heapq.heapreplace(heap, now)
                    continue
                sentence = call.next(length, shorter=shorter)
                if sentence is None or (batch and spent + cost(sentence.text) > budget):
                    heapq.heappop(heap)
                    continue
                spent += cost(sentence.text)
                batch.append(self._begin(sentence, call))
        return batch

    def finish(self, sentences: Iterable[Sentence]) -> None:
        """Forget sentences that were translated, or never will be."""
        for sentence in sentences:
            if sentence.waiting:
                self._count(sentence, -1)
                sentence.waiting = False
            self._sentences.pop((sentence.key, sentence.text), None)
            for call in sentence.calls:
                call.sentences.pop(sentence.text, None)

    def leave(self, call: Call) -> None:
        """Let a call go: what waits for it alone is dropped."""
        dropped = []
        for sentence in call.sentences.values():
            sentence.calls.remove(call)
            if sentence.waiting and not sentence.calls:
                dropped.append(sentence)
        call.sentences.clear()
        self.finish(dropped)
        client = self._clients.get(call.client)
        if client is not None and call in client.calls:
            del client.calls[call]
            if not client.calls:
                del self._clients[call.client]

    def of_model(self, key: ModelKey) -> Sequence[Sentence]:
        """Return the sentences that wait for a model."""
        return [one for one in self._sentences.values() if one.waiting and one.key[:2] == key]

    def _forgive(self, call: Call) -> None:
        """Let nobody save up turns in which they had nothing to translate."""
        client = self._clients[call.client]
        if not any(other.longest() for other in client.calls):
            client.spent = max(client.spent, self._floor)
        if not call.longest():
            call.spent = max(call.spent, client.floor)

    def _turns(self, key: WorkKey) -> list[tuple[int, int, int, Call]]:
        """Return the calls that have some of this work waiting, as a heap by whose turn it is."""
        heap = [
            (client.spent, call.spent, order, call)
            for order, (client, call) in enumerate(
                (client, call) for client in self._clients.values() for call in client.calls
            )
            if call.key == key and call.longest()
        ]
        heapq.heapify(heap)
        return heap

    def _begin(self, sentence: Sentence, call: Call) -> Sentence:
        self._count(sentence, -1)
        sentence.waiting = False
        client = self._clients[call.client]
        self._floor = max(self._floor, client.spent)
        client.floor = max(client.floor, call.spent)
        client.spent += cost(sentence.text)
        call.spent += cost(sentence.text)
        return sentence

    def _count(self, sentence: Sentence, step: int) -> None:
        backlog = self._backlogs[sentence.key]
        backlog.sentences += step
        backlog.cost += step * cost(sentence.text)
        self.waiting += step
        if not backlog.sentences:
            del self._backlogs[sentence.key]
