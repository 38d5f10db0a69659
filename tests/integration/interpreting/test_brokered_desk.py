"""The tablet's button asks brokering, and erasing an encounter takes back what it asked."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import func, select

from linkbridge.encounters.brokered_desk import BrokeredDesk
from linkbridge.encounters.ports import InterpreterWish
from linkbridge.encounters.records import delete_encounters
from linkbridge.interpreting.encounter_links import find_linked
from linkbridge.interpreting.models import CallSignal, InterpreterRequest, Offer
from linkbridge.interpreting.ports import News
from linkbridge.interpreting.reads import RequestRead
from linkbridge.interpreting.retention import purge_notes, purge_requests, purge_signals
from linkbridge.interpreting.values import AssignmentState, Modality, RequestState
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from tests.support.accounts import World
from tests.support.brokering import Brokering
from tests.support.dispatching import Dispatching

ENCOUNTER = "e" * 32


@pytest.fixture
def small(sessions: SessionFactory, clock: FrozenClock) -> Dispatching:
    return Dispatching(World(sessions, clock))


@pytest.fixture
def desk(small: Dispatching) -> BrokeredDesk:
    services: Any = SimpleNamespace(directory=Brokering(small.world).directory, requests=small.services.requests)
    return BrokeredDesk(sessions=small.world.sessions, interpreting=services, modality=Modality.VIDEO)


def wish(small: Dispatching, **changes: Any) -> InterpreterWish:
    asked = InterpreterWish(ENCOUNTER, small.world.site, "am", "es", is_training=False)
    return replace(asked, **changes)


def ask(small: Dispatching, desk: BrokeredDesk, **changes: Any) -> str:
    with small.world.sessions.transaction() as session:
        return desk.request(session, wish(small, **changes)).outcome


def count(small: Dispatching, table: type) -> int:
    with small.world.sessions.reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def test_button_pressed_twice_is_one_request_on_demand(small: Dispatching, desk: BrokeredDesk) -> None:
    small.interpreter(("am", "es"), on_call=True)
    assert [ask(small, desk), ask(small, desk)] == ["requested", "requested"]
    assert (count(small, InterpreterRequest), count(small, Offer)) == (1, 1)
    with small.world.sessions.reading() as session:
        found = find_linked(session, ENCOUNTER)
    assert found is not None
    assert (found.asked, found.request.is_on_demand, found.request.source) == (1, True, "tablet")


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"person_language": None}, "language-unknown"),
        ({"person_language": "es"}, "not-possible"),
        ({"is_training": True}, "practice"),
    ],
)
def test_wish_that_rings_nobody(small: Dispatching, desk: BrokeredDesk, changes: dict[str, Any], outcome: str) -> None:
    assert ask(small, desk) == "not-configured"
    small.interpreter(("am", "es"), on_call=True)
    assert ask(small, desk, **changes) == outcome
    assert count(small, InterpreterRequest) == 0


def test_desk_is_configured_with_the_first_interpreter(small: Dispatching, desk: BrokeredDesk) -> None:
    small.interpreter(("am", "es"))
    assert desk.is_configured


def finish(small: Dispatching, desk: BrokeredDesk) -> RequestRead:
    """Finish the encounter and return what became of its request."""
    with small.world.sessions.transaction() as session:
        desk.finish(session, ENCOUNTER)
        found = find_linked(session, ENCOUNTER)
    assert found is not None
    return found.request


def test_finished_encounter_rings_nobody_any_more(small: Dispatching, desk: BrokeredDesk) -> None:
    small.interpreter(("am", "es"), on_call=True)
    ask(small, desk)
    found = finish(small, desk)
    assert (found.state, small.offers(found.id)) == (RequestState.CANCELLED, ())
    assert len(small.news.of(News.OFFER_WITHDRAWN)) == 1
    assert finish(small, desk) == found


def test_finished_encounter_leaves_no_unfilled_request(small: Dispatching, desk: BrokeredDesk) -> None:
    small.interpreter(("ti", "es"), on_call=True)
    ask(small, desk)
    assert finish(small, desk).state is RequestState.CANCELLED


def test_finished_encounter_lets_go_of_half_a_relay(small: Dispatching, desk: BrokeredDesk) -> None:
    small.interpreter(("am", "en"), on_call=True), small.interpreter(("en", "es"), on_call=True)
    ask(small, desk)
    with small.world.sessions.reading() as session:
        known = find_linked(session, ENCOUNTER)
    assert known is not None
    small.accept(small.offers(known.request.id)[0])
    assert finish(small, desk).state is RequestState.CANCELLED
    assert [one.state for one in small.assignments(known.request.id)] == [AssignmentState.CANCELLED]


@pytest.mark.parametrize("has_begun", [False, True])
def test_finished_encounter_keeps_an_interpreter_who_is_coming_or_there(
    small: Dispatching, desk: BrokeredDesk, *, has_begun: bool
) -> None:
    small.interpreter(("am", "es"), on_call=True)
    request = small.create(encounter_id=ENCOUNTER, starts_at=None)
    small.accept(small.offers(request.id)[0])
    if has_begun:
        with small.world.sessions.transaction() as session:
            small.services.assignments.mark_started(session, request.id, by=small.coordinator)
    assert finish(small, desk).state is (RequestState.IN_SESSION if has_begun else RequestState.BOOKED)


def test_encounter_that_asked_for_nobody_is_finished_too(small: Dispatching, desk: BrokeredDesk) -> None:
    with small.world.sessions.transaction() as session:
        desk.finish(session, ENCOUNTER)
    assert small.news.told == {}


def test_erased_encounter_takes_its_request_back(small: Dispatching, desk: BrokeredDesk) -> None:
    small.interpreter(("am", "es"), on_call=True)
    made = small.create(encounter_id=ENCOUNTER, note="Room 4", place="Gate 2", avoid=("nationality:ER",))
    with small.world.sessions.transaction() as session:
        desk.forget(session, ENCOUNTER)
        delete_encounters(session, [ENCOUNTER])
    with small.world.sessions.reading() as session:
        row = session.get_one(InterpreterRequest, made.id)
        assert (row.encounter_id, row.note_encrypted, row.place_encrypted, row.avoid_encrypted) == (None,) * 4
        assert row.state == RequestState.CANCELLED
    assert small.offers(made.id) == ()


def test_requests_go_with_all_that_hangs_on_them(small: Dispatching, clock: FrozenClock) -> None:
    small.interpreter(("am", "es"))
    over, still_open = small.create(note="Room 4"), small.create()
    with small.world.sessions.transaction() as session:
        small.services.requests.cancel(session, over.id, by=small.coordinator)
        session.add(CallSignal(request_id=over.id, sender="a", body_encrypted="x", created_at=clock.now()))
    end = over.ends_at
    with small.world.sessions.transaction() as session:
        assert purge_signals(session, before=clock.now()) == 0
        assert purge_signals(session, before=clock.now() + timedelta(seconds=1)) == 1
        assert (purge_notes(session, before=end), purge_requests(session, before=end)) == (0, 0)
        later = end + timedelta(seconds=1)
        assert (purge_notes(session, before=later), purge_requests(session, before=later)) == (1, 1)
    with small.world.sessions.reading() as session:
        assert session.exec(select(InterpreterRequest.id)).all() == [still_open.id]
        assert session.exec(select(Offer.request_id)).all() == [still_open.id]
