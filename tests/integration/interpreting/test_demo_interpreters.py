"""The demonstration's interpreters are there once, and somebody is always on call."""

import pytest
from sqlmodel import func, select

from linkbridge.accounts.demo import DEMO, seed_demo
from linkbridge.accounts.models import Organisation
from linkbridge.interpreting.availability.service import AvailabilityService
from linkbridge.interpreting.demo import SIGNED_IN, seed_demo_interpreters
from linkbridge.interpreting.models import AvailabilityRule, DispatchPolicy, Interpreter
from linkbridge.interpreting.values import OfferState
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from tests.support.accounts import PASSWORD, World
from tests.support.brokering import Brokering
from tests.support.dispatching import Dispatching


@pytest.fixture
def small(sessions: SessionFactory, clock: FrozenClock) -> Dispatching:
    return Dispatching(World(sessions, clock))


def seed(small: Dispatching) -> int:
    world = small.world
    accounts, clock = world.accounts, world.clock
    with world.sessions.transaction() as session:
        seeded = seed_demo(session, accounts, world.cipher, password=PASSWORD)
        return seed_demo_interpreters(
            session,
            accounts=accounts,
            directory=Brokering(world).directory,
            availability=AvailabilityService(clock=clock, audit=accounts.audit, cipher=world.cipher),
            policies=small.services.requests._tools.policies,
            organisation_id=seeded.organisation_id,
            by=DEMO,
        )


def test_twelve_of_three_organisations_in_four_countries_once(small: Dispatching) -> None:
    assert (seed(small), seed(small)) == (12, 0)
    with small.world.sessions.reading() as session:
        people = session.exec(select(Interpreter)).all()
        assert (len(people), len({one.organisation_id for one in people})) == (12, 3)
        assert {one.country for one in people} == {"PA", "CO", "KE", "DE"}
        assert len({one.time_zone for one in people}) == 4
        assert sum(one.staff_id is not None for one in people) == 1
        assert session.exec(select(func.count()).select_from(DispatchPolicy)).one() == 1
        assert session.exec(select(AvailabilityRule).where(AvailabilityRule.on_call)).first() is not None
        assert SIGNED_IN.endswith("@demo.example")


@pytest.mark.parametrize(("language", "relay"), [("am", None), ("ar", None), ("so", "en")])
def test_request_on_demand_rings_somebody(small: Dispatching, language: str, relay: str | None) -> None:
    seed(small)
    with small.world.sessions.transaction() as session:
        owner = session.exec(select(Organisation.id).where(Organisation.name == "Demo: border service")).one()
        sites = small.world.accounts.directory.sites(session, by=DEMO)
        [site] = [one for one in sites if one.organisation_id == owner]
        wish = small.wish(person_language=language, starts_at=None, site_id=site.id)
        made = small.services.requests.create(session, wish, by=DEMO)
        offers = small.services.dispatch.offers(session, by=DEMO, state=OfferState.OPEN, request_id=made.id)
    assert made.relay_language == relay
    assert offers
