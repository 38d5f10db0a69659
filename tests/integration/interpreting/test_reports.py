"""What came of requests, counted in the database, on both kinds."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from linkbridge.accounts.permissions import Role
from linkbridge.interpreting.models import Assignment, InterpreterRequest, Offer
from linkbridge.interpreting.reports.service import Reports, ReportScope
from linkbridge.interpreting.reports.values import OrganisationLoad, Report, Served, Times
from linkbridge.interpreting.values import TimeSpan
from linkbridge.kernel.errors import NotAllowed, NotFound
from tests.conftest import NOON
from tests.support.accounts import counted_queries
from tests.support.announcing import make_booking
from tests.support.brokering import Brokering

PERIOD = ReportScope(TimeSpan(NOON - timedelta(days=1), NOON + timedelta(days=1)))


def report(brokering: Brokering, scope: ReportScope = PERIOD, role: Role = Role.COORDINATOR, **who: Any) -> Report:
    reports = Reports(brokering.world.accounts.directory)
    with brokering.world.sessions.reading() as session:
        return reports.of(session, scope, by=brokering.world.actor(role, **who))


def add(session: Session, brokering: Brokering, interpreter_id: str, **changes: Any) -> InterpreterRequest:
    """Add a request with its offer and assignment, and change the three as told."""
    offer, assignment = changes.pop("offer", "accepted"), changes.pop("assignment", {"state": "ended"})
    booking = make_booking(session, brokering, interpreter_id, **changes)
    session.get_one(Offer, booking.offer_id).state = offer
    row = session.get_one(Assignment, booking.assignment_id)
    if assignment is None:
        session.delete(row)
    else:
        for name, value in assignment.items():
            setattr(row, name, value)
    session.flush()
    return session.get_one(InterpreterRequest, booking.request_id)


@pytest.fixture
def told(brokering: Brokering) -> Brokering:
    """Two filled, one by relay; two unmet; one open; one called off; and some that do not count."""
    ours = brokering.add(partner=False, cost_per_hour=3_000).id
    theirs = brokering.add(cost_per_hour=1_200).id
    later = {"first_offer_at": NOON + timedelta(seconds=1), "filled_at": NOON + timedelta(seconds=40)}
    world = brokering.world
    with world.sessions.transaction() as session:
        ended = {"state": "ended", "outcome": "completed"}
        add(session, brokering, ours, state="done", is_on_demand=True, assignment=ended, **later)
        missed = {"state": "ended", "outcome": "no-show", "no_show_by": "person"}
        filled = {
            **later,
            "filled_at": NOON + timedelta(seconds=100),
            "starts_at": NOON,
            "ends_at": NOON + timedelta(minutes=30),
        }
        add(session, brokering, theirs, state="done", relay_language="en", assignment=missed, **filled)
        for domain in ("medical", "hearing"):
            unmet = {"state": "unfilled", "person_language": "ln", "domain": domain}
            add(session, brokering, theirs, offer="expired", assignment=None, **unmet)
        add(session, brokering, theirs, offer="declined", assignment=None, state="offered")
        add(session, brokering, ours, offer="withdrawn", assignment=None, state="cancelled", site_id=world.other_site)
        add(session, brokering, ours, state="unfilled", assignment=None, is_training=True)
        add(session, brokering, ours, state="unfilled", assignment=None, created_at=NOON - timedelta(days=2))
    return brokering


def test_requests_are_counted_by_what_became_of_them(told: Brokering) -> None:
    found = report(told)
    assert found.whole == Served(asked=6, filled=2, unmet=2, open=1, called_off=1, relayed=1)
    assert found.whole.fill_rate == 0.5
    assert [(need.keys, need.served.unmet) for need in found.languages] == [(("am", "es"), 0), (("ln", "es"), 2)]
    assert [need.keys for need in found.unmet] == [
        ("ln", "es", domain, told.world.site) for domain in ("hearing", "medical")
    ]
    assert {need.keys[0]: need.served.asked for need in found.domains} == {
        "asylum-interview": 4,
        "hearing": 1,
        "medical": 1,
    }
    assert {need.keys[0]: need.served.asked for need in found.sites} == {told.world.site: 5, told.world.other_site: 1}
    assert found.unmet_hours == (0,) * 7 + (2,) + (0,) * 16  # noon in UTC is seven o'clock in Panama


def test_times_and_loads_are_measured(told: Brokering) -> None:
    found = report(told)
    assert found.on_demand == Times(1, 1, 40, 40)
    assert found.scheduled == Times(1, 1, 100, 100)
    world = told.world
    assert found.organisations == (
        OrganisationLoad(world.host, "Host", 2, 1, 0, 0, 1, 60, 3_000),
        OrganisationLoad(world.partner, "Partner", 4, 1, 1, 2, 1, 30, 600),
    )
    assert [load.answer_rate for load in found.organisations] == [1.0, 0.5]
    assert sorted(found.outcomes) == [("completed", 1), ("no-show-person", 1)]


def test_report_of_one_site(told: Brokering) -> None:
    found = report(told, replace(PERIOD, site_id=told.world.other_site))
    assert found.whole == Served(asked=1, filled=0, unmet=0, open=0, called_off=1, relayed=0)
    assert (found.whole.fill_rate, found.organisations[0].answer_rate) == (None, None)


def test_nothing_of_another_organisation_is_counted(told: Brokering) -> None:
    assert report(told, partner=True).whole.asked == 0
    with pytest.raises(NotFound):
        report(told, replace(PERIOD, site_id=told.world.site), partner=True)


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.INTERPRETER, Role.REVIEWER])
def test_reports_are_for_analysts_and_brokers(brokering: Brokering, role: Role) -> None:
    assert report(brokering, role=Role.ANALYST).whole.asked == 0
    with pytest.raises(NotAllowed):
        report(brokering, role=role)


@pytest.mark.parametrize("count", [1, 3])
def test_report_asks_the_database_as_often_for_one_as_for_three(brokering: Brokering, count: int) -> None:
    person = brokering.add().id
    with brokering.world.sessions.transaction() as session:
        for number in range(count):
            # Each at a time of its own: nobody is booked twice.
            start = NOON + timedelta(hours=number)
            add(session, brokering, person, state="done", starts_at=start, ends_at=start + timedelta(minutes=30))
    with counted_queries(brokering.world.sessions) as sent:
        report(brokering)
    assert len(sent) == 8
