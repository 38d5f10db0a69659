from linkbridge.translation.ports import LanguagePair, Model
from linkbridge.translation.runtime.waiting import Call, Sentence, WaitingRoom, Work, cost

PAIR = LanguagePair("en", "es")
PLENTY = 1_000_000


def work(model_id: str = "m") -> Work:
    return Work(Model(model_id, "told", "1", "", (PAIR,)), PAIR)


def entered(room: WaitingRoom, client: str, *texts: str, does: Work | None = None) -> Call:
    call = Call(client, does or work())
    room.enter(call)
    room.add(call, texts)
    return call


def texts(batch: list[Sentence]) -> list[str]:
    return [sentence.text for sentence in batch]


def numbered(letter: str, count: int, length: int = 20) -> list[str]:
    return [f"{letter}{number:0{length - 1}}" for number in range(count)]


def test_clients_take_turns_however_much_each_brings() -> None:
    room = WaitingRoom()
    long = entered(room, "long", *numbered("a", 100))
    entered(room, "short", *numbered("b", 2))
    batch = texts(room.take(long.key, 8, PLENTY))
    assert [text[0] for text in batch] == ["a", "b", "a", "b", "a", "a", "a", "a"]


def test_client_who_comes_later_is_served_next() -> None:
    room = WaitingRoom()
    long = entered(room, "long", *numbered("a", 100))
    for _ in range(5):
        room.take(long.key, 8, PLENTY)
    entered(room, "short", "b" * 20)
    assert "b" * 20 in texts(room.take(long.key, 2, PLENTY))


def test_client_with_many_calls_gets_no_more_than_one_with_one() -> None:
    room = WaitingRoom()
    for letter in "abcd":
        call = entered(room, "many", *numbered(letter, 10))
    entered(room, "one", *numbered("x", 20))
    batch = [text[0] for text in texts(room.take(call.key, 16, PLENTY))]
    assert batch.count("x") == 8
    assert [batch.count(letter) for letter in "abcd"] == [2, 2, 2, 2]


def test_short_sentences_cost_a_client_less_than_long_ones() -> None:
    room = WaitingRoom()
    call = entered(room, "long", *numbered("a", 50, 63))
    entered(room, "short", *numbered("b", 50, 32))
    batch = [text[0] for text in texts(room.take(call.key, 40, PLENTY))]
    assert batch.count("b") / batch.count("a") > 1.5


def test_nobody_saves_up_turns_while_having_nothing_to_translate() -> None:
    room = WaitingRoom()
    idle = Call("idle", work())
    room.enter(idle)
    busy = entered(room, "busy", *numbered("a", 200))
    for _ in range(10):
        room.take(busy.key, 10, PLENTY)
    room.add(idle, numbered("b", 50))
    batch = [text[0] for text in texts(room.take(busy.key, 10, PLENTY))]
    assert 4 <= batch.count("b") <= 6


def test_batch_holds_sentences_of_like_length_and_is_filled_with_shorter_ones() -> None:
    room = WaitingRoom()
    call = entered(room, "", "s" * 20, "l" * 300, "s" * 21, "l" * 310, "m" * 100)
    assert texts(room.take(call.key, 2, PLENTY)) == ["l" * 300, "l" * 310]
    assert texts(room.take(call.key, 9, PLENTY)) == ["m" * 100, "s" * 20, "s" * 21]


def test_batch_keeps_its_budget_and_holds_one_sentence_in_any_case() -> None:
    room = WaitingRoom()
    call = entered(room, "", *numbered("a", 10), "b" * 5000)
    assert texts(room.take(call.key, 9, 100)) == ["b" * 5000]
    assert len(room.take(call.key, 9, cost("x" * 20) * 3)) == 3


def test_works_are_offered_in_the_order_of_their_clients_turns() -> None:
    room = WaitingRoom()
    first = entered(room, "a", *numbered("a", 20), does=work("first"))
    second = entered(room, "b", *numbered("b", 20), does=work("second"))
    room.take(first.key, 5, PLENTY)
    assert [backlog.work.model.id for backlog in room.backlogs()] == ["second", "first"]
    room.take(second.key, 10, PLENTY)
    assert [backlog.work.model.id for backlog in room.backlogs()] == ["first", "second"]
    room.take(second.key, 10, PLENTY)
    assert [(backlog.work.model.id, backlog.sentences) for backlog in room.backlogs()] == [("first", 15)]


def test_same_words_wait_once_and_arrive_at_every_call() -> None:
    room = WaitingRoom()
    long = entered(room, "long", *numbered("a", 100), "same")
    short = entered(room, "short", "same")
    assert room.waiting == 101
    batch = room.take(long.key, 2, PLENTY)
    (same,) = [sentence for sentence in batch if sentence.text == "same"] or room.take(long.key, 1, PLENTY)
    assert same.calls == [long, short]


def test_same_words_that_are_being_translated_are_joined() -> None:
    room = WaitingRoom()
    first = entered(room, "a", "same")
    (sentence,) = room.take(first.key, 1, PLENTY)
    second = entered(room, "b", "same")
    assert room.waiting == 0
    assert sentence.calls == [first, second]
    room.finish([sentence])
    assert not first.sentences
    assert not second.sentences


def test_same_words_for_another_model_are_another_sentence() -> None:
    room = WaitingRoom()
    entered(room, "a", "same", does=work("first"))
    entered(room, "b", "same", does=work("second"))
    assert room.waiting == 2
    assert room.total_cost() == {("first", "1"): cost("same"), ("second", "1"): cost("same")}


def test_call_that_leaves_takes_away_what_waits_for_it_alone() -> None:
    room = WaitingRoom()
    leaving = entered(room, "a", "own", "shared", "running")
    running = room.take(leaving.key, 1, PLENTY)
    stays = entered(room, "b", "shared")
    room.leave(leaving)
    assert texts(running) == ["running"] or texts(running) == ["own"]
    assert running[0].calls == []
    assert room.waiting == 1
    assert texts(room.take(stays.key, 9, PLENTY)) == ["shared"]
    assert (room.unfinished("a"), room.unfinished("b")) == (0, 1)


def test_sentences_of_a_model_are_those_that_wait() -> None:
    room = WaitingRoom()
    call = entered(room, "a", "one", "two")
    entered(room, "a", "other", does=work("other"))
    room.take(call.key, 1, PLENTY)
    assert texts(list(room.of_model(("m", "1")))) == ["two"]


def test_nothing_is_left_when_everybody_went() -> None:
    room = WaitingRoom()
    calls = [entered(room, client, *numbered("a", 5)) for client in ("x", "y")]
    room.finish(room.take(calls[0].key, 3, PLENTY))
    for call in calls:
        room.leave(call)
    assert (room.waiting, list(room.backlogs()), room.take(calls[0].key, 1, PLENTY)) == (0, [], [])
