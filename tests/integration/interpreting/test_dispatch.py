"""Requests and offers: asked in waves, first accept wins, all or none, and no half state after an error."""

from datetime import timedelta
from typing import Any

import pytest

from linkbridge.accounts.permissions import Actor, Role, system_actor
from linkbridge.accounts.text import InvalidForm
from linkbridge.interpreting.matching.values import Policy
from linkbridge.interpreting.ports import News
from linkbridge.interpreting.values import AssignmentState, OfferState, RequestState
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.errors import Conflict, DomainError, Expired, InvalidInput, NotAllowed, NotFound
from tests.support.accounts import World, counted_queries
from tests.support.dispatching import TOMORROW, Dispatching

MINUTE = timedelta(minutes=1)


@pytest.fixture
def dispatching(sessions: SessionFactory, clock: FrozenClock) -> Dispatching:
    return Dispatching(World(sessions, clock))


def policy(dispatching: Dispatching, **values: Any) -> None:
    with dispatching.world.sessions.transaction() as session:
        dispatching.services.requests._tools.policies.decide(
            session, dispatching.world.host, Policy(**values), by=dispatching.coordinator
        )


def test_request_asks_own_organisation_first_and_books_who_accepts_first(dispatching: Dispatching) -> None:
    own = {dispatching.interpreter(partner=False) for _ in range(2)}
    dispatching.interpreter()
    request = dispatching.create()
    offers = dispatching.offers(request.id)
    assert request.state is RequestState.OFFERED
    assert {offer.interpreter_id for offer in offers} == own
    assert {offer.expires_at for offer in offers} == {dispatching.world.clock.now() + 30 * MINUTE}
    assignment = dispatching.accept(offers[0], dispatching.coordinator)
    assert assignment.state is AssignmentState.BOOKED
    assert dispatching.request(request.id).state is RequestState.BOOKED
    assert {offer.state for offer in dispatching.offers(request.id, None)} == {OfferState.ACCEPTED, OfferState.TAKEN}
    assert [one.offer_id for one in dispatching.news.of(News.OFFER_TAKEN)] == [offers[1].id]
    assert len(dispatching.news.of(News.FILLED)) == 1
    with pytest.raises(Conflict) as refused:
        dispatching.accept(offers[1], dispatching.coordinator)
    assert refused.value.params["reason"] == "taken"
    assert dispatching.accept(offers[0], dispatching.coordinator) == assignment


def test_waves_escalate_until_unfilled_and_can_be_searched_again(dispatching: Dispatching) -> None:
    dispatching.interpreter(partner=False)
    partner = dispatching.interpreter()
    request = dispatching.create()
    assert dispatching.pass_time(30 * MINUTE) == 1
    (second,) = dispatching.offers(request.id)
    assert (second.interpreter_id, second.wave) == (partner, 2)
    dispatching.pass_time(30 * MINUTE)
    unfilled = dispatching.request(request.id)
    assert (unfilled.state, unfilled.unfilled_reason) == (RequestState.UNFILLED, "nobody-accepted")
    assert len(dispatching.news.of(News.UNFILLED)) == 1
    with pytest.raises(Expired):
        dispatching.accept(second)
    with dispatching.world.sessions.transaction() as session:
        dispatching.services.requests.search_again(session, request.id, by=dispatching.official)
    assert dispatching.request(request.id).state is RequestState.OFFERED
    assert [offer.wave for offer in dispatching.offers(request.id)] == [3]


def test_nobody_for_the_language_is_unfilled_at_once(dispatching: Dispatching) -> None:
    request = dispatching.create()
    assert (request.state, request.unfilled_reason) == (RequestState.UNFILLED, "nobody-matches")


def test_declining_asks_the_next_at_once(dispatching: Dispatching) -> None:
    policy(dispatching, wave_size=1)
    for _ in range(2):
        dispatching.interpreter()
    request = dispatching.create()
    (first,) = dispatching.offers(request.id)
    assert dispatching.decline(first).state is OfferState.DECLINED
    assert dispatching.decline(first).state is OfferState.DECLINED
    (second,) = dispatching.offers(request.id)
    assert second.interpreter_id != first.interpreter_id
    with pytest.raises(Conflict, match="not open"):
        dispatching.accept(first)


def test_no_offer_outlives_the_start(dispatching: Dispatching) -> None:
    dispatching.interpreter()
    start = dispatching.world.clock.now() + 10 * MINUTE
    request = dispatching.create(starts_at=start)
    assert dispatching.offers(request.id)[0].expires_at == start
    dispatching.pass_time(10 * MINUTE)
    assert dispatching.request(request.id).unfilled_reason == "start-passed"


def test_urgent_request_rings_and_begins_when_accepted(dispatching: Dispatching) -> None:
    for _ in range(6):
        dispatching.interpreter(on_call=True)
    request = dispatching.create(starts_at=None, duration_minutes=30)
    offers = dispatching.offers(request.id)
    assert len(offers) == 5
    assert {offer.expires_at - offer.sent_at for offer in offers} == {timedelta(seconds=60)}
    dispatching.world.clock.advance(timedelta(seconds=20))
    assignment = dispatching.accept(offers[2])
    now = dispatching.world.clock.now()
    assert (assignment.starts_at, assignment.ends_at) == (now, now + 30 * MINUTE)
    assert dispatching.request(request.id).starts_at == now
    assert len(dispatching.news.of(News.OFFER_TAKEN)) == 4


@pytest.mark.parametrize("both", [True, False])
def test_relay_books_both_or_neither(dispatching: Dispatching, both: bool) -> None:
    dispatching.interpreter(("am", "en"))
    dispatching.interpreter(("en", "es"))
    request = dispatching.create()
    first, second = dispatching.offers(request.id)
    assert [(one.seat.source, one.seat.target) for one in (first, second)] == [("am", "en"), ("en", "es")]
    assert dispatching.accept(first).state is AssignmentState.HELD
    assert dispatching.request(request.id).state is RequestState.OFFERED
    if both:
        dispatching.accept(second)
    else:
        dispatching.decline(second)
    states = {one.state for one in dispatching.assignments(request.id)}
    after = dispatching.request(request.id)
    if both:
        assert (states, after.state) == ({AssignmentState.BOOKED}, RequestState.BOOKED)
    else:
        assert (states, after.state) == ({AssignmentState.RELEASED}, RequestState.UNFILLED)
        assert [one.assignment_id for one in dispatching.news.of(News.RELEASED)]


def test_several_interpreters_are_booked_all_or_none(dispatching: Dispatching) -> None:
    for _ in range(3):
        dispatching.interpreter()
    request = dispatching.create(interpreters=2)
    offers = dispatching.offers(request.id)
    assert len(offers) == 3
    dispatching.accept(offers[2])
    dispatching.accept(offers[0])
    booked = dispatching.assignments(request.id)
    assert sorted(one.seat.number for one in booked) == [1, 2]
    assert {one.state for one in booked} == {AssignmentState.BOOKED}
    assert dispatching.create(interpreters=4).state is RequestState.UNFILLED


def test_interpreter_is_never_booked_twice_and_loses_other_offers(dispatching: Dispatching) -> None:
    dispatching.interpreter()
    one, other = dispatching.create(), dispatching.create(starts_at=TOMORROW + 30 * MINUTE)
    later = dispatching.create(starts_at=TOMORROW + 60 * MINUTE)
    dispatching.accept(dispatching.offers(one.id)[0])
    with pytest.raises(Conflict) as refused:
        dispatching.accept(dispatching.offers(other.id)[0])
    assert refused.value.params["reason"] == "booked-elsewhere"
    assert dispatching.request(other.id).state is RequestState.OFFERED
    dispatching.jobs.run_due(dispatching.services)
    assert dispatching.offers(other.id) == ()
    assert dispatching.request(other.id).state is RequestState.UNFILLED
    assert dispatching.accept(dispatching.offers(later.id)[0]).state is AssignmentState.BOOKED


def test_cancelled_request_cannot_be_accepted(dispatching: Dispatching) -> None:
    dispatching.interpreter()
    request = dispatching.create()
    (offer,) = dispatching.offers(request.id)
    with dispatching.world.sessions.transaction() as session:
        for _ in range(2):
            dispatching.services.requests.cancel(session, request.id, by=dispatching.official)
    with pytest.raises(Conflict) as refused:
        dispatching.accept(offer)
    assert refused.value.params["reason"] == "cancelled"
    assert dispatching.assignments(request.id) == ()
    assert dispatching.request(request.id).version == 1
    assert len(dispatching.news.of(News.OFFER_WITHDRAWN)) == 1


def test_accepting_on_behalf_is_recorded_and_strangers_see_nothing(dispatching: Dispatching) -> None:
    staff_id = dispatching.world.add_staff("ines@demo.example", Role.INTERPRETER, partner=True)
    dispatching.interpreter(staff_id=staff_id)
    request = dispatching.create()
    (offer,) = dispatching.offers(request.id)
    stranger = dispatching.world.actor(Role.INTERPRETER, partner=True)
    with pytest.raises(NotFound):
        dispatching.accept(offer, stranger)
    with pytest.raises(NotAllowed):
        dispatching.accept(offer, dispatching.official)
    own = Actor(kind="staff", id=staff_id, role=Role.INTERPRETER, organisation_id=dispatching.world.partner)
    with dispatching.world.sessions.reading() as session:
        assert [one.id for one in dispatching.services.dispatch.offers(session, by=own)] == [offer.id]
        assert dispatching.services.dispatch.offers(session, by=stranger) == ()
        with pytest.raises(NotFound):
            dispatching.services.requests.secrets(session, request.id, by=own)
    assignment = dispatching.accept(offer)
    assert assignment.accepted_by == dispatching.partner.reference
    with dispatching.world.sessions.reading() as session:
        assert dispatching.services.requests.secrets(session, request.id, by=own).note == ""


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"starts_at": TOMORROW - timedelta(days=2)}, "starts_at", "past"),
        ({"ends_at": TOMORROW - MINUTE}, "ends_at", "end-before-start"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "zone"),
        (
            {"starts_at": TOMORROW.replace(year=2027, month=3, day=14, hour=2, minute=30, tzinfo=None)}
            | {"time_zone": "America/New_York"},
            "starts_at",
            "no-such-time",
        ),
        ({"person_language": "klingon!"}, "person_language", "choice"),
        ({"official_language": "am"}, "official_language", "same-language"),
        ({"duration_minutes": 4}, "duration_minutes", "range"),
        ({"duration_minutes": 721}, "duration_minutes", "range"),
        ({"interpreters": 0}, "interpreters", "range"),
        ({"interpreters": 5}, "interpreters", "range"),
        ({"site_id": "elsewhere"}, "site_id", "choice"),
        ({"domain": "gossip"}, "domain", "choice"),
        ({"modality": "smoke"}, "modality", "choice"),
        ({"gender_preference": "any"}, "gender_preference", "choice"),
        ({"credential": "iso-0"}, "credential", "choice"),
        ({"avoid": ("Eritreans",)}, "avoid", "avoid"),
        ({"note": "n" * 2001}, "note", "long"),
    ],
)
def test_bad_wish_is_refused_whole(dispatching: Dispatching, changes: Any, field: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        dispatching.create(**changes)
    problems = refused.value.problems if isinstance(refused.value, InvalidForm) else (refused.value,)
    assert (field, problem) in [(one.params["field"], one.params["problem"]) for one in problems]
    with dispatching.world.sessions.reading() as session:
        assert dispatching.services.requests.list(session, by=dispatching.official) == ()


def test_wish_of_a_closed_site_is_refused(dispatching: Dispatching) -> None:
    world = dispatching.world
    with world.sessions.transaction() as session:
        world.accounts.directory.set_site_open(session, world.site, is_open=False, by=world.administrator)
    with pytest.raises(InvalidInput, match="sites"):
        dispatching.create()


def test_secrets_are_encrypted(dispatching: Dispatching) -> None:
    request = dispatching.create(note="brings a child", place="+507 555 0101", avoid=("nationality:ER",))
    with dispatching.world.sessions.reading() as session:
        secrets = dispatching.services.requests.secrets(session, request.id, by=dispatching.official)
        raw = str(session.connection().exec_driver_sql("SELECT * FROM interpreter_request").all())
    assert (secrets.note, secrets.place) == ("brings a child", "+507 555 0101")
    assert not any(words in raw for words in ("child", "555 0101", "nationality"))


def test_direct_booking_overrides_matching_but_no_block(dispatching: Dispatching) -> None:
    other_language = dispatching.interpreter(("ti", "es"))
    blocked = dispatching.interpreter()
    dispatching.block(blocked, "conflict", "nationality:ER")
    request = dispatching.create(avoid=("nationality:ER",))
    assert request.state is RequestState.UNFILLED

    def book(interpreter_id: str, by: Actor) -> AssignmentState:
        with dispatching.world.sessions.transaction() as session:
            return dispatching.services.dispatch.book_directly(session, request.id, interpreter_id, 1, by=by).state

    with pytest.raises(NotAllowed):
        book(other_language, dispatching.official)
    with pytest.raises(Conflict) as refused:
        book(blocked, dispatching.coordinator)
    assert refused.value.params["reason"] == "blocked"
    assert book(other_language, dispatching.coordinator) is AssignmentState.BOOKED
    assert dispatching.request(request.id).state is RequestState.BOOKED


def test_escalating_by_hand_asks_the_next_beside_the_first(dispatching: Dispatching) -> None:
    policy(dispatching, wave_size=1)
    for _ in range(2):
        dispatching.interpreter()
    request = dispatching.create()
    with dispatching.world.sessions.transaction() as session:
        dispatching.services.dispatch.escalate(session, request.id, by=dispatching.coordinator)
    assert len(dispatching.offers(request.id)) == 2
    first = dispatching.offers(request.id)[0]
    with dispatching.world.sessions.transaction() as session:
        dispatching.services.dispatch.withdraw_offer(session, first.id, by=dispatching.coordinator)
    assert len(dispatching.offers(request.id)) == 1
    assert dispatching.request(request.id).state is RequestState.OFFERED


def test_preview_says_who_is_next_and_why_others_are_not(dispatching: Dispatching) -> None:
    policy(dispatching, wave_size=1)
    dispatching.interpreter(), dispatching.interpreter()
    wrong = dispatching.interpreter(("ti", "es"))
    request = dispatching.create()
    (offer,) = dispatching.offers(request.id)
    with dispatching.world.sessions.reading() as session:
        seen = dispatching.services.dispatch.preview(session, request.id, by=dispatching.coordinator)
    reasons = {one.interpreter_id: one.reasons for one in seen.rejected}
    assert reasons == {offer.interpreter_id: ("already-asked",), wrong: ("language-missing",)}
    assert seen.next_ids == (seen.candidates[0].interpreter_id,)
    assert seen.next_organisation_id == dispatching.world.partner


def test_every_step_is_audited(dispatching: Dispatching) -> None:
    dispatching.interpreter()
    request = dispatching.create()
    dispatching.pass_time(30 * MINUTE)
    with dispatching.world.sessions.reading() as session:
        entries = dispatching.world.accounts.audit.newest(session, by=system_actor("test"))
    assert [entry.action for entry in reversed(entries) if entry.subject == request.id] == [
        "request.created",
        "request.wave-opened",
        "request.wave-ended",
        "request.unfilled",
    ]


def test_board_asks_the_same_number_of_queries_for_one_and_three(dispatching: Dispatching) -> None:
    for _ in range(3):
        dispatching.interpreter()
    sent: list[int] = []
    for more in (1, 2):
        for number in range(more):
            dispatching.create(starts_at=TOMORROW + (more * 10 + number) * 2 * 60 * MINUTE)
        with counted_queries(dispatching.world.sessions) as queries, dispatching.world.sessions.reading() as session:
            board = dispatching.services.requests.board(session, by=dispatching.coordinator)
        sent.append(len(queries))
    assert board.counts == {RequestState.OFFERED: 3}
    assert [card.open_offers for card in board.cards] == [3, 3, 3]
    assert sent == [4, 4]


def test_sweep_finds_a_wave_whose_job_was_lost(dispatching: Dispatching) -> None:
    dispatching.interpreter()
    request = dispatching.create()
    dispatching.jobs.waiting.clear()
    dispatching.world.clock.advance(32 * MINUTE)
    with dispatching.world.sessions.transaction() as session:
        assert dispatching.services.jobs.requeue_lost(session) == 1
    dispatching.jobs.run_due(dispatching.services)
    assert dispatching.request(request.id).state is RequestState.UNFILLED


def test_nothing_remains_of_what_failed(dispatching: Dispatching) -> None:
    dispatching.interpreter()
    request = dispatching.create()
    (offer,) = dispatching.offers(request.id)
    before = dispatching.request(request.id)
    dispatching.world.clock.advance(31 * MINUTE)
    with pytest.raises(DomainError):
        dispatching.accept(offer)
    assert dispatching.request(request.id) == before
