import threading
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from sqlmodel import col, select

from linkbridge.accounts.permissions import Role
from linkbridge.accounts.sites import SitePolicy
from linkbridge.encounters.models import Acknowledgement, Consent, Encounter
from linkbridge.encounters.ports import InterpreterWish, NoInterpreterDesk
from linkbridge.encounters.records import find_encounter
from linkbridge.kernel.ids import new_encounter_code
from linkbridge.phrasebook.schema import NoticeText
from tests.integration.encounters.conftest import Post
from tests.support.accounts import SETUP, counted_queries
from tests.support.encounters import Sealed

CODE = "lusab-babad-gutih"


Row = TypeVar("Row", Encounter, Acknowledgement, Consent)


def _rows(post: Post, table: type[Row]) -> list[Row]:
    with post.sessions.reading() as session:
        found = list(session.exec(select(table)).all())
        session.expunge_all()
    return found


def _the_answer(post: Post) -> Acknowledgement:
    (answer,) = _rows(post, Acknowledgement)
    return answer


def _the_encounter(post: Post) -> Encounter:
    (encounter,) = _rows(post, Encounter)
    return encounter


def _notice(post: Post, tag: str = "am") -> NoticeText:
    return post.catalogue.notice("detention-rights", tag)


def _told(post: Post, notice: NoticeText, **changes: object) -> bool:
    event = post.tablet.acknowledgement(
        head={"language": notice.tag},
        notice=notice.id,
        version=notice.version,
        status=notice.status.value,
        shown=[phrase.id for phrase in notice.phrases],
    )
    post.send(post.tablet.seal({**event, **changes}))
    return _the_answer(post).counts_as_told


def test_receive_stores_an_answer(post: Post) -> None:
    event_id, envelope = post.tablet.seal(
        post.tablet.acknowledgement(CODE, version="abc", shown=["lawyer", "consulate"], played=["lawyer"])
    )
    outcome = post.send((event_id, envelope))[0]
    assert (outcome.id, outcome.outcome, outcome.code, outcome.interpreter) == (event_id, "stored", "", "")
    encounter, answer = _the_encounter(post), _the_answer(post)
    assert (encounter.code, encounter.site_id, encounter.device_id) == (CODE, post.world.site, post.device.id)
    assert (encounter.language, encounter.official_language, encounter.is_training) == ("am", "es", False)
    assert encounter.finished_at is None
    assert (answer.id, answer.encounter_id, answer.device_id) == (event_id, encounter.id, post.device.id)
    assert (answer.notice, answer.notice_version, answer.notice_status) == ("detention-rights", "abc", "draft")
    assert (answer.answer, answer.language, answer.given_at) == ("understood", "am", post.clock.now())
    assert (answer.phrases_shown, answer.phrases_played) == (["lawyer", "consulate"], ["lawyer"])


def test_receive_again_changes_nothing(post: Post) -> None:
    sealed = post.tablet.seal(post.tablet.acknowledgement(CODE))
    twice = post.send(sealed, sealed)
    later = post.send(sealed)
    assert [outcome.outcome for outcome in [*twice, *later]] == ["stored", "duplicate", "duplicate"]
    assert len(_rows(post, Acknowledgement)) == len(_rows(post, Encounter)) == 1


def test_receive_stores_consent_and_finish_once(post: Post) -> None:
    consent = post.tablet.seal(post.tablet.consent(CODE))
    finish = post.tablet.seal(post.tablet.finish(CODE))
    outcomes = post.send(consent, finish, consent, finish)
    assert [outcome.outcome for outcome in outcomes] == ["stored", "stored", "duplicate", "duplicate"]
    (stored,) = _rows(post, Consent)
    assert (stored.purpose, stored.given, stored.phrase_key) == ("survey", True, "interface.survey")
    assert _the_encounter(post).finished_at == post.clock.now()


@pytest.mark.parametrize(("reason", "told"), [("finished", 1), ("idle", 0)])
def test_receive_tells_the_desk_once_that_somebody_finished(post: Post, reason: str, told: int) -> None:
    finish = post.tablet.seal(post.tablet.finish(CODE, reason=reason))
    post.send(finish, finish, post.tablet.seal(post.tablet.finish(CODE)))
    assert post.desk.finished == [_the_encounter(post).id] * told


def test_receive_refuses_one_and_keeps_its_neighbours(post: Post) -> None:
    good, other = (post.tablet.seal(post.tablet.acknowledgement()) for _ in range(2))
    bad = post.tablet.seal(b'{"kind": "poem"}')
    swapped = (good[0][::-1], good[1])
    outcomes = post.send(good, bad, swapped, other)
    assert [(outcome.outcome, outcome.code) for outcome in outcomes] == [
        ("stored", ""),
        ("refused", "invalid_input"),
        ("refused", "invalid_input"),
        ("stored", ""),
    ]
    assert len(_rows(post, Acknowledgement)) == 2


def test_receive_refuses_a_code_of_another_site(post: Post) -> None:
    post.send(post.tablet.seal(post.tablet.acknowledgement(CODE)))
    elsewhere = post.enrol(post.world.partner_site)
    outcome = post.send(post.tablet.seal(post.tablet.acknowledgement(CODE)), device=elsewhere)[0]
    assert (outcome.outcome, outcome.code) == ("refused", "not_found")
    assert len(_rows(post, Acknowledgement)) == 1


def test_receive_takes_an_encounter_from_two_tablets_of_a_site(post: Post) -> None:
    second = post.enrol(post.world.site)
    post.send(post.tablet.seal(post.tablet.acknowledgement(CODE)))
    outcome = post.send(post.tablet.seal(post.tablet.acknowledgement(CODE)), device=second)[0]
    assert outcome.outcome == "stored"
    assert len(_rows(post, Encounter)) == 1


def test_receive_refuses_an_erased_code(post: Post) -> None:
    early, late = (post.tablet.seal(post.tablet.acknowledgement(CODE)) for _ in range(2))
    post.send(early)
    with post.sessions.transaction() as session:
        post.encounters.erase(session, CODE, by=post.world.actor(Role.OFFICIAL))
    outcomes = post.send(late, early)
    assert [(outcome.outcome, outcome.code) for outcome in outcomes] == [("refused", "expired")] * 2
    assert _rows(post, Encounter) == []


def test_receive_takes_the_error_of_a_tablets_clock_off(post: Post) -> None:
    ahead = timedelta(hours=3)
    sealed = post.tablet.seal(
        post.tablet.acknowledgement(
            CODE, head={"started_at": (post.clock.now() + ahead).isoformat()}, at=post.clock.now() + ahead
        )
    )
    post.clock.advance(timedelta(minutes=10))
    with post.sessions.transaction() as session:
        post.encounters.receive(session, post.device, *sealed, sent_at=post.clock.now() + ahead)
    assert _the_answer(post).given_at == post.clock.now() - timedelta(minutes=10)
    assert _the_encounter(post).started_at == post.clock.now() - timedelta(minutes=10)
    assert _the_answer(post).received_at == post.clock.now()


@pytest.mark.parametrize(
    ("at", "sent_at"),
    [
        ("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"),
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
        ("9999-12-31T23:59:59Z", "2026-11-24T12:00:00Z"),
    ],
)
def test_receive_survives_absurd_clocks(post: Post, at: str, sent_at: str) -> None:
    event = {**post.tablet.acknowledgement(CODE, head={"started_at": at}), "at": at}
    with post.sessions.transaction() as session:
        outcome = post.encounters.receive(
            session, post.device, *post.tablet.seal(event), sent_at=datetime.fromisoformat(sent_at)
        )
    assert outcome.outcome == "stored"
    assert _the_answer(post).given_at == post.clock.now().astimezone(UTC)


def test_receive_never_counts_a_draft_as_told(post: Post) -> None:
    notice = post.catalogue.notice("asylum-procedure", "am")
    assert notice.status == "draft"
    # Not even when the tablet says that it showed a verified text.
    assert _told(post, notice, status="verified") is False


def test_receive_counts_a_verified_notice_as_told(post: Post) -> None:
    assert _told(post, _notice(post)) is True


def test_receive_counts_a_reviewed_notice_as_told(post: Post) -> None:
    assert _told(post, _notice(post, "es")) is True


@pytest.mark.parametrize("answer", ["not-understood", "wants-interpreter"])
def test_receive_never_counts_another_answer_as_told(post: Post, answer: str) -> None:
    assert _told(post, _notice(post), answer=answer) is False


def test_receive_never_counts_half_a_notice_as_told(post: Post) -> None:
    assert _told(post, _notice(post), shown=[_notice(post).phrases[0].id]) is False


def test_receive_never_counts_less_than_the_site_requires(post: Post) -> None:
    with post.sessions.transaction() as session:
        post.world.accounts.directory.set_policy(session, post.world.site, SitePolicy("verified"), by=SETUP)
    post.device = post.enrol(post.world.site)
    assert _told(post, _notice(post, "es")) is False


@pytest.mark.parametrize(
    ("status", "expected"), [("draft", False), ("outdated", False), ("", False), ("reviewed", True), ("verified", True)]
)
def test_receive_counts_an_older_version_by_its_status(post: Post, status: str, *, expected: bool) -> None:
    assert _told(post, _notice(post), version="0ld0ld0ld0ld", status=status) is expected


def test_receive_asks_the_desk_for_an_interpreter_once(post: Post) -> None:
    sealed = post.tablet.seal(post.tablet.acknowledgement(CODE, answer="wants-interpreter", notice=None))
    outcomes = post.send(sealed, sealed)
    assert [outcome.interpreter for outcome in outcomes] == ["requested", ""]
    assert post.desk.wishes == [
        InterpreterWish(_the_encounter(post).id, post.world.site, "am", "es", is_training=False)
    ]
    assert _the_answer(post).notice == ""


def test_receive_says_when_nobody_finds_interpreters(post: Post) -> None:
    post.encounters._desk = NoInterpreterDesk()
    sealed = post.tablet.seal(post.tablet.acknowledgement(CODE, answer="wants-interpreter"))
    assert post.send(sealed)[0].interpreter == "not-configured"


def test_receive_marks_practice(post: Post) -> None:
    post.send(post.tablet.seal(post.tablet.acknowledgement(CODE, head={"training": True})))
    assert _the_encounter(post).is_training is True


def test_receive_from_many_senders_at_once_stores_each_event_once(post: Post) -> None:
    codes = [new_encounter_code() for _ in range(3)]
    events = [post.tablet.seal(post.tablet.acknowledgement(code)) for code in codes for _ in range(4)]
    stored: list[str] = []
    problems: list[BaseException] = []
    start = threading.Barrier(6)

    def sender() -> None:
        start.wait()
        try:
            for event in events:
                outcome = post.send(event)[0]
                if outcome.outcome == "stored":
                    stored.append(outcome.id)
                else:
                    assert outcome.outcome == "duplicate"
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            problems.append(error)

    threads = [threading.Thread(target=sender) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sorted(stored) == sorted(event_id for event_id, _ in events)
    assert len(_rows(post, Acknowledgement)) == 12
    assert len(_rows(post, Encounter)) == 3


def test_receive_while_the_encounter_is_being_erased_keeps_nothing(post: Post) -> None:
    post.send(post.tablet.seal(post.tablet.acknowledgement(CODE)))
    late: Sealed = post.tablet.seal(post.tablet.acknowledgement(CODE))
    outcomes: list[str] = []
    with post.sessions.transaction() as session:
        post.encounters.erase(session, CODE, by=SETUP)
        thread = threading.Thread(target=lambda: outcomes.append(post.send(late)[0].outcome))
        thread.start()
        thread.join(0.3)
        assert outcomes == []
    thread.join()
    assert outcomes == ["refused"]
    assert _rows(post, Encounter) == []
    assert _rows(post, Acknowledgement) == []


def test_receive_needs_as_many_queries_for_an_event_however_many_there_are(post: Post) -> None:
    def queries(events: list[Sealed]) -> int:
        with counted_queries(post.sessions) as sent:
            post.send(*events)
        return len(sent)

    one = queries([post.tablet.seal(post.tablet.acknowledgement())])
    three = queries([post.tablet.seal(post.tablet.acknowledgement()) for _ in range(3)])
    assert three == 3 * one
    with post.sessions.reading() as session:
        code = session.exec(select(Encounter.code).order_by(col(Encounter.code)).limit(1)).one()
        assert len(find_encounter(session, code, by=post.world.actor(Role.OFFICIAL)).acknowledgements) == 1
