"""Assignments: reminded, given back, reassigned, begun, ended, and how they went."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from linkbridge.accounts.permissions import system_actor
from linkbridge.interpreting.dispatch.values import Replacements
from linkbridge.interpreting.ports import News
from linkbridge.interpreting.reads import AssignmentRead
from linkbridge.interpreting.values import AssignmentState, Outcome, Party, RequestState
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.errors import Conflict, InvalidInput
from tests.support.accounts import World
from tests.support.dispatching import TOMORROW, Dispatching

HOUR = timedelta(hours=1)
CALL = system_actor("call")


@pytest.fixture
def dispatching(sessions: SessionFactory, clock: FrozenClock) -> Dispatching:
    return Dispatching(World(sessions, clock))


def booked(dispatching: Dispatching) -> AssignmentRead:
    """Return a booking for tomorrow at 15:00 UTC, 27 hours from now."""
    dispatching.interpreter()
    request = dispatching.create()
    return dispatching.accept(dispatching.offers(request.id)[0])


def withdraw(dispatching: Dispatching, assignment_id: str) -> AssignmentRead:
    with dispatching.world.sessions.transaction() as session:
        return dispatching.services.assignments.withdraw(session, assignment_id, by=dispatching.partner)


def outcome(
    dispatching: Dispatching, assignment: AssignmentRead, what: Outcome, by_whom: Party | None = None
) -> AssignmentRead:
    with dispatching.world.sessions.transaction() as session:
        return dispatching.services.assignments.record_outcome(
            session, assignment.id, what, by=dispatching.official, no_show_by=by_whom
        )


def test_reminders_come_a_day_an_hour_and_ten_minutes_before(dispatching: Dispatching) -> None:
    assignment = booked(dispatching)
    sent = []
    for wait in (timedelta(hours=3), timedelta(hours=23), timedelta(minutes=50)):
        dispatching.pass_time(wait)
        sent.append([one.minutes for one in dispatching.news.of(News.REMINDER)])
    assert sent == [[1440], [1440, 60], [1440, 60, 10]]
    assert {one.assignment_id for one in dispatching.news.of(News.REMINDER)} == {assignment.id}


def test_no_reminder_for_what_was_cancelled_or_is_replaced_by_the_next(dispatching: Dispatching) -> None:
    assignment = booked(dispatching)
    dispatching.pass_time(timedelta(hours=26, minutes=30))
    assert [one.minutes for one in dispatching.news.of(News.REMINDER)] == [60]
    with dispatching.world.sessions.transaction() as session:
        dispatching.services.requests.cancel(session, assignment.request_id, by=dispatching.official)
    dispatching.pass_time(2 * HOUR)
    assert [one.minutes for one in dispatching.news.of(News.REMINDER)] == [60]


def test_lost_reminder_is_found_by_the_sweep_and_told_once(dispatching: Dispatching) -> None:
    booked(dispatching)
    dispatching.jobs.waiting.clear()
    dispatching.world.clock.advance(timedelta(hours=26, minutes=2))
    for _ in range(2):
        with dispatching.world.sessions.transaction() as session:
            dispatching.services.jobs.requeue_lost(session)
        dispatching.jobs.run_due(dispatching.services)
    assert [one.minutes for one in dispatching.news.of(News.REMINDER)] == [60]


def test_stepping_back_finds_a_replacement_and_never_asks_again(dispatching: Dispatching) -> None:
    assignment = booked(dispatching)
    second = dispatching.interpreter()
    assert withdraw(dispatching, assignment.id).state is AssignmentState.WITHDRAWN
    assert withdraw(dispatching, assignment.id).state is AssignmentState.WITHDRAWN
    (offer,) = dispatching.offers(assignment.request_id)
    assert offer.interpreter_id == second
    assert len(dispatching.news.of(News.STEPPED_BACK)) == 1
    assert dispatching.accept(offer).state is AssignmentState.BOOKED
    assert dispatching.request(assignment.request_id).version == 1


def test_stepping_back_late_is_recorded(dispatching: Dispatching) -> None:
    assignment = booked(dispatching)
    dispatching.world.clock.advance(4 * HOUR)
    assert withdraw(dispatching, assignment.id).outcome is Outcome.CANCELLED_LATE
    assert dispatching.request(assignment.request_id).state is RequestState.UNFILLED


@pytest.mark.parametrize(("hours", "expected"), [(2, None), (4, Outcome.CANCELLED_LATE)])
def test_cancelling_a_booking_late_is_recorded(dispatching: Dispatching, hours: int, expected: Outcome | None) -> None:
    assignment = booked(dispatching)
    dispatching.world.clock.advance(hours * HOUR)
    with dispatching.world.sessions.transaction() as session:
        dispatching.services.requests.cancel(session, assignment.request_id, by=dispatching.official)
    (after,) = dispatching.assignments(assignment.request_id)
    assert (after.state, after.outcome) == (AssignmentState.CANCELLED, expected)
    assert len(dispatching.news.of(News.CANCELLED)) == 1


def test_partner_of_a_relay_is_held_until_a_replacement_is_found(dispatching: Dispatching) -> None:
    dispatching.interpreter(("am", "en")), dispatching.interpreter(("en", "es"))
    request = dispatching.create()
    first, second = (dispatching.accept(offer) for offer in dispatching.offers(request.id))
    replacement = dispatching.interpreter(("en", "es"))
    withdraw(dispatching, second.id)
    assert {one.id: one.state for one in dispatching.assignments(request.id)}[first.id] is AssignmentState.HELD
    (offer,) = dispatching.offers(request.id)
    assert (offer.interpreter_id, offer.seat.number) == (replacement, 2)
    dispatching.accept(offer)
    states = {one.id: one.state for one in dispatching.assignments(request.id)}
    assert (states[first.id], states[second.id]) == (AssignmentState.BOOKED, AssignmentState.WITHDRAWN)


def test_reassigning_replaces_and_frees_the_first(dispatching: Dispatching) -> None:
    assignment = booked(dispatching)
    other = dispatching.interpreter(("ti", "es"))
    with dispatching.world.sessions.transaction() as session:
        new = dispatching.services.assignments.reassign(session, assignment.id, other, by=dispatching.coordinator)
    assert (new.interpreter_id, new.state) == (other, AssignmentState.BOOKED)
    assert [one.assignment_id for one in dispatching.news.of(News.REPLACED)] == [assignment.id]
    assert [one.assignment_id for one in dispatching.news.of(News.BOOKED)] == [assignment.id, new.id]
    again = dispatching.create(starts_at=TOMORROW)
    assert [offer.interpreter_id for offer in dispatching.offers(again.id)] == [assignment.interpreter_id]


def replacements(dispatching: Dispatching, request_id: str) -> Mapping[int, Replacements]:
    with dispatching.world.sessions.reading() as session:
        return dispatching.services.dispatch.preview(session, request_id, by=dispatching.coordinator).replacements


def test_those_who_could_take_a_seat_over_are_the_best_first_then_who_does_not_fit(dispatching: Dispatching) -> None:
    dispatching.interpreter()
    slow, refusing = dispatching.interpreter(), dispatching.interpreter()
    request = dispatching.create()
    offers = {offer.interpreter_id: offer for offer in dispatching.offers(request.id)}
    dispatching.decline(offers.pop(refusing))
    accepted = dispatching.accept(next(offer for key, offer in offers.items() if key != slow))
    own, other = dispatching.interpreter(partner=False), dispatching.interpreter(("ti", "es"))
    blocked, rival = dispatching.interpreter(), dispatching.interpreter(("so", "es"))
    dispatching.block(blocked, "declines", f"site:{dispatching.world.site}")
    elsewhere = dispatching.create(person_language="so", starts_at=TOMORROW)
    dispatching.accept(dispatching.offers(elsewhere.id)[0])
    [(number, found)] = replacements(dispatching, request.id).items()
    assert number == accepted.seat.number
    assert found.fits == (own, slow)
    assert {each.interpreter_id: each.reasons for each in found.others} == {
        refusing: ("already-asked",),
        other: ("language-missing",),
        rival: ("language-missing",),
    }
    dispatching.world.clock.advance(timedelta(hours=27))
    with dispatching.world.sessions.transaction() as session:
        dispatching.services.assignments.mark_started(session, request.id, by=CALL)
    assert replacements(dispatching, request.id) == {}


def test_each_seat_of_a_relay_has_its_own_replacements(dispatching: Dispatching) -> None:
    dispatching.interpreter(("am", "en")), dispatching.interpreter(("en", "es"))
    request = dispatching.create()
    for offer in dispatching.offers(request.id):
        dispatching.accept(offer)
    first, second = dispatching.interpreter(("am", "en")), dispatching.interpreter(("en", "es"))
    found = replacements(dispatching, request.id)
    assert {number: each.fits for number, each in found.items()} == {1: (first,), 2: (second,)}


def test_seat_is_not_given_to_who_has_it_or_has_the_other(dispatching: Dispatching) -> None:
    dispatching.interpreter(("am", "en")), dispatching.interpreter(("en", "es"))
    request = dispatching.create()
    first, second = (dispatching.accept(offer) for offer in dispatching.offers(request.id))
    for taker in (first, second):
        with pytest.raises(Conflict) as refused, dispatching.world.sessions.transaction() as session:
            dispatching.services.assignments.reassign(
                session, first.id, taker.interpreter_id, by=dispatching.coordinator
            )
        assert refused.value.params["reason"] == "taken"
    assert dispatching.request(request.id).state is RequestState.BOOKED


def test_failed_reassigning_changes_nothing(dispatching: Dispatching) -> None:
    assignment = booked(dispatching)
    other = dispatching.interpreter()
    rival = dispatching.create(starts_at=TOMORROW)
    dispatching.accept(dispatching.offers(rival.id)[0])
    with pytest.raises(Conflict) as refused, dispatching.world.sessions.transaction() as session:
        dispatching.services.assignments.reassign(session, assignment.id, other, by=dispatching.coordinator)
    assert refused.value.params["reason"] == "booked-elsewhere"
    (after,) = dispatching.assignments(assignment.request_id)
    assert after == assignment


def test_session_runs_from_start_to_rating(dispatching: Dispatching) -> None:
    assignment = booked(dispatching)
    services = dispatching.services.assignments
    with pytest.raises(Conflict), dispatching.world.sessions.transaction() as session:
        services.mark_ended(session, assignment.request_id, by=CALL)
    dispatching.world.clock.advance(timedelta(hours=27))
    with dispatching.world.sessions.transaction() as session:
        services.mark_started(session, assignment.request_id, by=CALL)
        services.mark_started(session, assignment.request_id, by=CALL)
        services.mark_ended(session, assignment.request_id, by=CALL)
        services.mark_ended(session, assignment.request_id, by=CALL)
    assert dispatching.request(assignment.request_id).state is RequestState.DONE
    assert outcome(dispatching, assignment, Outcome.COMPLETED).outcome is Outcome.COMPLETED
    assert outcome(dispatching, assignment, Outcome.COMPLETED).outcome is Outcome.COMPLETED
    with pytest.raises(Conflict):
        outcome(dispatching, assignment, Outcome.CUT_SHORT)
    with dispatching.world.sessions.transaction() as session:
        services.rate(session, assignment.id, 5, by=dispatching.official)
        rated = services.rate(session, assignment.id, 4, by=dispatching.partner)
    assert (rated.rating_by_official, rated.rating_by_interpreter) == (5, 4)
    with pytest.raises(Conflict), dispatching.world.sessions.transaction() as session:
        services.rate(session, assignment.id, 1, by=dispatching.official)
    dispatching.pass_time(3 * HOUR)
    assert dispatching.news.of(News.OUTCOME_MISSING) == []


def test_no_show_says_by_whom_and_ends_the_booking(dispatching: Dispatching) -> None:
    assignment = booked(dispatching)
    with pytest.raises(Conflict):
        outcome(dispatching, assignment, Outcome.NO_SHOW, Party.INTERPRETER)
    dispatching.world.clock.advance(timedelta(hours=27, minutes=15))
    with pytest.raises(InvalidInput):
        outcome(dispatching, assignment, Outcome.NO_SHOW)
    with pytest.raises(InvalidInput):
        outcome(dispatching, assignment, Outcome.CANCELLED_LATE)
    missed = outcome(dispatching, assignment, Outcome.NO_SHOW, Party.INTERPRETER)
    assert (missed.state, missed.no_show_by) == (AssignmentState.ENDED, Party.INTERPRETER)
    assert dispatching.request(assignment.request_id).state is RequestState.DONE


def test_booking_without_a_word_is_closed_and_asked_about(dispatching: Dispatching) -> None:
    assignment = booked(dispatching)
    dispatching.pass_time(timedelta(hours=29))
    assert dispatching.request(assignment.request_id).state is RequestState.DONE
    assert [one.request_id for one in dispatching.news.of(News.OUTCOME_MISSING)] == [assignment.request_id]
    (after,) = dispatching.assignments(assignment.request_id)
    assert (after.state, after.outcome) == (AssignmentState.ENDED, None)
