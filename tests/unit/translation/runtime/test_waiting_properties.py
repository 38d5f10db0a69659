"""Whatever callers do in whatever order: nothing is lost, nothing is translated twice, nothing is left over."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from linkbridge.translation.ports import LanguagePair, Model
from linkbridge.translation.runtime.waiting import Call, Sentence, WaitingRoom, Work, cost

PAIR = LanguagePair("en", "es")
WORKS = [Work(Model(name, "told", "1", "", (PAIR,)), PAIR) for name in "mn"]
TEXTS = st.text("ab", min_size=1, max_size=60)


class Waiting(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.room = WaitingRoom()
        self.owed: dict[Call, set[str]] = {}
        self.running: list[list[Sentence]] = []

    @rule(client=st.sampled_from("xyz"), work=st.sampled_from(WORKS), texts=st.sets(TEXTS, max_size=5))
    def come(self, client: str, work: Work, texts: set[str]) -> None:
        call = Call(client, work)
        self.room.enter(call)
        self.room.add(call, sorted(texts))
        self.owed[call] = set(texts)

    @rule(work=st.sampled_from(WORKS), most=st.integers(1, 4), budget=st.integers(1, 200))
    def take(self, work: Work, most: int, budget: int) -> None:
        expected = any(backlog.work.key == work.key for backlog in self.room.backlogs())
        batch = self.room.take(work.key, most, budget)
        assert bool(batch) == expected
        assert len(batch) <= most
        assert len(batch) == 1 or sum(cost(sentence.text) for sentence in batch) <= budget or not batch
        assert all(sentence.key == work.key for sentence in batch)
        if batch:
            self.running.append(batch)

    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        if self.running:
            batch = self.running.pop(data.draw(st.integers(0, len(self.running) - 1)))
            for sentence in batch:
                for call in sentence.calls:
                    self.owed[call].remove(sentence.text)
            self.room.finish(batch)

    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        if self.owed:
            call = data.draw(st.sampled_from(list(self.owed)))
            del self.owed[call]
            self.room.leave(call)

    @invariant()
    def every_sentence_waits_or_runs_once(self) -> None:
        running = [(sentence.key, sentence.text) for batch in self.running for sentence in batch]
        wanted = {(call.key, text) for call, texts in self.owed.items() for text in texts}
        assert len(running) == len(set(running))
        waiting = wanted - set(running)
        assert self.room.waiting == len(waiting)
        assert sum(self.room.total_cost().values()) == sum(cost(text) for _, text in waiting)
        assert sum(backlog.sentences for backlog in self.room.backlogs()) == len(waiting)


TestWaiting = Waiting.TestCase
TestWaiting.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
