"""Each organisation decides how its requests are dispatched, on record."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import col, select

from linkbridge.accounts.models import AuditEntry
from linkbridge.accounts.permissions import Role
from linkbridge.accounts.text import InvalidForm
from linkbridge.interpreting.matching.policies import Policies
from linkbridge.interpreting.matching.values import Policy, Weights
from linkbridge.interpreting.models import DispatchPolicy
from linkbridge.kernel.errors import NotAllowed
from tests.support.brokering import Brokering


@pytest.fixture
def policies(brokering: Brokering) -> Policies:
    return Policies(clock=brokering.world.clock, audit=brokering.world.accounts.audit)


def test_policy_is_kept_whole_for_its_organisation_alone(brokering: Brokering, policies: Policies) -> None:
    world = brokering.world
    wanted = Policy(wave_size=5, ring_seconds=90, relay_allowed=False, weights=Weights(cost=0), partners=("b", "a"))
    with world.sessions.transaction() as session:
        policies.decide(session, world.host, wanted, by=brokering.coordinator)
    with world.sessions.reading() as session:
        assert policies.of(session, world.host) == wanted
        assert policies.of(session, world.partner) == Policy()
        entry = session.exec(select(AuditEntry).order_by(col(AuditEntry.sequence).desc())).first()
        assert entry is not None
        assert (entry.action, entry.subject) == ("dispatch-policy.set", world.host)


def test_forgotten_policy_is_the_default_again(brokering: Brokering, policies: Policies) -> None:
    world = brokering.world
    with world.sessions.transaction() as session:
        policies.decide(session, world.host, Policy(wave_size=9), by=brokering.coordinator)
        policies.forget(session, world.host, by=brokering.coordinator)
        policies.forget(session, world.host, by=brokering.coordinator)
        assert policies.of(session, world.host) == Policy()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"wave_size": 0}, "wave_size"),
        ({"ring_seconds": 5}, "ring_seconds"),
        ({"most_waves": 51}, "most_waves"),
        ({"weights": Weights(fairness=101)}, "fairness"),
        ({"weights": Weights(level=-1)}, "level"),
        ({"partners": ("a", "a")}, "partners"),
    ],
)
def test_number_out_of_its_bounds_is_refused(
    brokering: Brokering, policies: Policies, changes: dict[str, Any], field: str
) -> None:
    world = brokering.world
    with world.sessions.transaction() as session, pytest.raises(InvalidForm) as caught:
        policies.decide(session, world.host, replace(Policy(), **changes), by=brokering.coordinator)
    assert [one.params["field"] for one in caught.value.problems] == [field]


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.INTERPRETER, Role.ANALYST])
def test_policy_is_for_brokers_of_the_organisation(brokering: Brokering, policies: Policies, role: Role) -> None:
    world = brokering.world
    with world.sessions.transaction() as session:
        with pytest.raises(NotAllowed):
            policies.decide(session, world.host, Policy(), by=world.actor(role))
        with pytest.raises(NotAllowed):
            policies.decide(session, world.host, Policy(), by=brokering.partner)


def test_what_another_release_kept_is_passed_over(brokering: Brokering, policies: Policies) -> None:
    world = brokering.world
    with world.sessions.transaction() as session:
        session.add(
            DispatchPolicy(
                organisation_id=world.host,
                values={"wave_size": 7, "of_old": 1, "weights": {"cost": 3, "mood": 9}},
                partner_ids=["x"],
                changed_by="system:test",
                changed_at=world.clock.now(),
            )
        )
        session.flush()
        found = policies.of(session, world.host)
    assert found == Policy(wave_size=7, weights=Weights(cost=3), partners=("x",))
