"""Confirming facts of countries on both databases: who may, what counts, and what the audit log keeps of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from linkbridge.accounts.permissions import Actor, Role
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.errors import Conflict, NotAllowed, NotFound
from linkbridge.phrasebook.confirmations import Confirmations, confirmed_hashes
from linkbridge.phrasebook.facts import EmergencyKind, Fact, FactKey, Jurisdictions, SourceKind
from linkbridge.phrasebook.models import JurisdictionConfirmation
from tests.support.accounts import World, counted_queries

NUMBER = Fact(
    country="PA",
    key=FactKey.EMERGENCY_NUMBER,
    kind=EmergencyKind.ALL,
    value="911",
    source="https://example.org/emergencias",
    source_title="Emergencias",
    source_kind=SourceKind.PRESS,
    checked_on=date(2026, 11, 20),
)
AUTHORITY = replace(NUMBER, key=FactKey.ASYLUM_AUTHORITY, kind="", value="ONPAR")
ELSEWHERE = replace(NUMBER, country="CO", value="123")


def jurisdictions(*facts: Fact) -> Jurisdictions:
    return Jurisdictions({code: tuple(fact for fact in facts if fact.country == code) for code in ("CO", "PA")})


@pytest.fixture
def world(sessions: SessionFactory, clock: FrozenClock) -> World:
    return World(sessions, clock)


def service(world: World, *facts: Fact) -> Confirmations:
    given = jurisdictions(*(facts or (NUMBER, AUTHORITY, ELSEWHERE)))
    return Confirmations(clock=world.clock, audit=world.accounts.audit, jurisdictions=given)


def told(world: World, confirmations: Confirmations, country: str = "PA") -> dict[FactKey, list[str]]:
    with world.sessions.reading() as session:
        found = confirmations.facts_for(session, country)
    return {key: [fact.value for fact in facts] for key, facts in found.items() if facts}


def confirm(world: World, confirmations: Confirmations, fact: Fact) -> None:
    with world.sessions.transaction() as session:
        confirmations.confirm(session, fact.country, fact.hash, by=world.administrator)


def test_fact_is_told_once_an_administrator_confirmed_it_and_no_longer_once_taken_back(world: World) -> None:
    confirmations = service(world)
    assert told(world, confirmations) == {}
    confirm(world, confirmations, NUMBER)
    assert told(world, confirmations) == {FactKey.EMERGENCY_NUMBER: ["911"]}
    assert told(world, confirmations, "CO") == {}
    with world.sessions.transaction() as session:
        confirmations.take_back(session, "PA", NUMBER.hash, by=world.administrator)
    assert told(world, confirmations) == {}


def test_confirming_twice_and_taking_back_what_is_not_confirmed_are_refused(world: World) -> None:
    confirmations = service(world)
    with world.sessions.transaction() as session, pytest.raises(Conflict):
        confirmations.take_back(session, "PA", NUMBER.hash, by=world.administrator)
    confirm(world, confirmations, NUMBER)
    with world.sessions.transaction() as session, pytest.raises(Conflict):
        confirmations.confirm(session, "PA", NUMBER.hash, by=world.administrator)


def test_two_administrators_at_once_confirm_a_fact_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    confirmations = service(world)
    confirm(world, confirmations, NUMBER)
    with world.sessions.transaction() as session:
        # The second did not see the first's row yet when it looked.
        monkeypatch.setattr(session, "get", lambda *_: None)
        with pytest.raises(Conflict):
            confirmations.confirm(session, "PA", NUMBER.hash, by=world.administrator)
    with world.sessions.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(JurisdictionConfirmation)) == 1


def test_fact_that_is_not_in_the_files_or_of_another_country_is_not_found(world: World) -> None:
    confirmations = service(world)
    with world.sessions.transaction() as session:
        for country, fact_hash in (("PA", "0" * 12), ("PA", ELSEWHERE.hash), ("XX", NUMBER.hash), ("PA", "")):
            with pytest.raises(NotFound):
                confirmations.confirm(session, country, fact_hash, by=world.administrator)


def test_confirmation_ends_when_the_file_says_something_else_and_holds_again_when_it_says_the_same(
    world: World,
) -> None:
    confirm(world, service(world), NUMBER)
    changed = replace(NUMBER, value="912")
    assert told(world, service(world, changed)) == {}
    with world.sessions.transaction() as session, pytest.raises(NotFound):
        service(world, changed).take_back(session, "PA", NUMBER.hash, by=world.administrator)
    assert told(world, service(world, replace(NUMBER, checked_on=date(2026, 12, 1)))) == {
        FactKey.EMERGENCY_NUMBER: ["911"]
    }
    with world.sessions.reading() as session:
        assert confirmed_hashes(session) == {NUMBER.hash}


def test_list_tells_who_confirmed_when_and_how_old_the_check_is(world: World, clock: FrozenClock) -> None:
    confirmations = service(world)
    confirm(world, confirmations, NUMBER)
    clock.advance(timedelta(days=2))
    with world.sessions.reading() as session:
        found = confirmations.list(session, by=world.administrator)
    assert list(found) == ["CO", "PA"]
    number, authority = found["PA"]
    assert (number.fact, number.age, number.is_confirmed) == (NUMBER, 6, True)
    assert (number.confirmed_by, number.confirmed_at) == (
        world.administrator.reference,
        clock.now() - timedelta(days=2),
    )
    assert (authority.is_confirmed, authority.confirmed_by, authority.confirmed_at) == (False, None, None)


def test_list_takes_one_query_however_much_is_confirmed(world: World) -> None:
    confirmations = service(world)
    sent: list[int] = []
    for fact in (NUMBER, AUTHORITY, ELSEWHERE):
        confirm(world, confirmations, fact)
        with counted_queries(world.sessions) as queries, world.sessions.reading() as session:
            confirmations.list(session, by=world.administrator)
        sent.append(len(queries))
    assert sent == [1, 1, 1]


def test_audit_log_keeps_both_acts_with_their_actor(world: World) -> None:
    confirmations = service(world)
    confirm(world, confirmations, NUMBER)
    with world.sessions.transaction() as session:
        confirmations.take_back(session, "PA", NUMBER.hash, by=world.administrator)
        entries = world.accounts.audit.newest(session, by=world.administrator, limit=2)
    assert [(entry.action, entry.actor, entry.subject, dict(entry.details)) for entry in entries] == [
        (action, world.administrator.reference, NUMBER.hash, {"country": "PA", "key": "emergency_number"})
        for action in ("fact.confirmation-taken-back", "fact.confirmed")
    ]


def test_refused_act_leaves_no_trace(world: World) -> None:
    confirmations = service(world)
    official = world.actor(Role.OFFICIAL)
    with pytest.raises(NotAllowed), world.sessions.transaction() as session:
        confirmations.confirm(session, "PA", NUMBER.hash, by=official)
    with world.sessions.reading() as session:
        assert confirmed_hashes(session) == frozenset()
        assert world.accounts.audit.newest(session, by=world.administrator, limit=1)[0].action != "fact.confirmed"


def serves(world: World, confirmations: Confirmations, name: str, by: Actor) -> bool:
    with world.sessions.transaction() as session:
        try:
            if name == "list":
                confirmations.list(session, by=by)
            else:
                getattr(confirmations, name)(session, "PA", NUMBER.hash, by=by)
        except NotAllowed:
            return False
        except Conflict:
            return True
    return True


@pytest.mark.parametrize("name", ["list", "confirm", "take_back"])
def test_service_serves_administrators_of_the_host_alone(world: World, name: str) -> None:
    confirmations = service(world)
    assert {role for role in Role if serves(world, confirmations, name, world.actor(role))} == {Role.ADMINISTRATOR}
    assert not any(serves(world, confirmations, name, world.actor(role, partner=True)) for role in Role)
