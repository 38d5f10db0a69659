"""Every method that changes or tells something, asked by every role: the services refuse, whatever a route forgot."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session

from linkbridge.accounts.permissions import Actor, Role
from linkbridge.accounts.sites import SitePolicy
from linkbridge.accounts.staff_records import StaffDetails
from linkbridge.kernel.errors import NotAllowed, NotFound
from tests.support.accounts import DETAILS, SETUP, World

Call = Callable[[World, Session, Actor], object]
PERSON = StaffDetails(name="New Person", role=Role.OFFICIAL, language="es")


def _device(world: World, session: Session) -> str:
    link = world.accounts.devices.create_enrolment(session, site_id=world.site, label="Desk", by=SETUP)
    return world.accounts.devices.enrol(session, link.code).device.id


def _token(world: World, session: Session) -> str:
    made = world.accounts.tokens.create(
        session, organisation_id=world.host, role=Role.ANALYST, label="x", lifetime=None, by=SETUP
    )
    return made.token.id


def _person(world: World, session: Session, *, active: bool = True) -> str:
    row = world.accounts.roster.add(session, organisation_id=world.host, email="p@example.org", details=PERSON)
    if not active:
        world.accounts.roster.deactivate(session, row.id, by=SETUP)
    return row.id


CALLS: dict[str, tuple[set[Role], Call]] = {
    "create_organisation": (
        {Role.ADMINISTRATOR},
        lambda w, s, by: w.accounts.directory.create_organisation(s, name="N", country=None, by=by),
    ),
    "update_organisation": (
        {Role.ADMINISTRATOR},
        lambda w, s, by: w.accounts.directory.update_organisation(s, w.host, name="N", country=None, by=by),
    ),
    "organisations": ({Role.ADMINISTRATOR}, lambda w, s, by: w.accounts.directory.organisations(s, by=by)),
    "create_site": (
        {Role.ADMINISTRATOR},
        lambda w, s, by: w.accounts.directory.create_site(s, organisation_id=w.host, details=DETAILS, by=by),
    ),
    "update_site": ({Role.ADMINISTRATOR}, lambda w, s, by: w.accounts.directory.update_site(s, w.site, DETAILS, by=by)),
    "set_policy": (
        {Role.ADMINISTRATOR},
        lambda w, s, by: w.accounts.directory.set_policy(s, w.site, SitePolicy("verified"), by=by),
    ),
    "close_site": (
        {Role.ADMINISTRATOR},
        lambda w, s, by: w.accounts.directory.set_site_open(s, w.site, is_open=False, by=by),
    ),
    "site_names": ({Role.ADMINISTRATOR}, lambda w, s, by: w.accounts.directory.site_names(s, w.host, by=by)),
    "invite": (
        {Role.ADMINISTRATOR},
        lambda w, s, by: w.accounts.roster.invite(
            s, organisation_id=w.host, email="n@example.org", details=PERSON, by=by
        ),
    ),
    "list_staff": ({Role.ADMINISTRATOR}, lambda w, s, by: w.accounts.roster.list(s, organisation_id=w.host, by=by)),
    "get_staff": ({Role.ADMINISTRATOR}, lambda w, s, by: w.accounts.roster.get(s, _person(w, s), by=by)),
    "update_staff": ({Role.ADMINISTRATOR}, lambda w, s, by: w.accounts.roster.update(s, _person(w, s), PERSON, by=by)),
    "renew_link": ({Role.ADMINISTRATOR}, lambda w, s, by: w.accounts.roster.renew_link(s, _person(w, s), by=by)),
    "deactivate": ({Role.ADMINISTRATOR}, lambda w, s, by: w.accounts.roster.deactivate(s, _person(w, s), by=by)),
    "reactivate": (
        {Role.ADMINISTRATOR},
        lambda w, s, by: w.accounts.roster.reactivate(s, _person(w, s, active=False), by=by),
    ),
    "create_enrolment": (
        {Role.ADMINISTRATOR, Role.COORDINATOR},
        lambda w, s, by: w.accounts.devices.create_enrolment(s, site_id=w.site, label="Desk", by=by),
    ),
    "list_devices": ({Role.ADMINISTRATOR, Role.COORDINATOR}, lambda w, s, by: w.accounts.devices.list(s, by=by)),
    "get_device": (
        {Role.ADMINISTRATOR, Role.COORDINATOR},
        lambda w, s, by: w.accounts.devices.get(s, _device(w, s), by=by),
    ),
    "rename_device": (
        {Role.ADMINISTRATOR, Role.COORDINATOR},
        lambda w, s, by: w.accounts.devices.rename(s, _device(w, s), "New", by=by),
    ),
    "revoke_device": (
        {Role.ADMINISTRATOR, Role.COORDINATOR},
        lambda w, s, by: w.accounts.devices.revoke(s, _device(w, s), by=by),
    ),
    "create_token": (
        {Role.ADMINISTRATOR},
        lambda w, s, by: w.accounts.tokens.create(
            s, organisation_id=w.host, role=Role.ANALYST, label="x", lifetime=timedelta(days=1), by=by
        ),
    ),
    "list_tokens": ({Role.ADMINISTRATOR}, lambda w, s, by: w.accounts.tokens.list(s, by=by)),
    "get_token": ({Role.ADMINISTRATOR}, lambda w, s, by: w.accounts.tokens.get(s, _token(w, s), by=by)),
    "revoke_token": ({Role.ADMINISTRATOR}, lambda w, s, by: w.accounts.tokens.revoke(s, _token(w, s), by=by)),
    "read_audit": ({Role.ADMINISTRATOR}, lambda w, s, by: w.accounts.audit.newest(s, by=by)),
}
LISTS = {"organisations", "list_devices", "list_tokens"}
"""What a partner's administrator may ask too, and is answered about the own organisation."""


def serves(world: World, call: Call, by: Actor) -> bool:
    with world.sessions.transaction() as session:
        attempt = session.begin_nested()
        try:
            call(world, session, by)
        except NotAllowed:
            return False
        finally:
            attempt.rollback()
    return True


@pytest.mark.parametrize("name", list(CALLS))
def test_service_serves_exactly_the_roles_that_may(world: World, name: str) -> None:
    allowed, call = CALLS[name]
    assert {role for role in Role if serves(world, call, world.actor(role))} == allowed


@pytest.mark.parametrize("name", [name for name in CALLS if name not in LISTS])
def test_administrator_of_a_partner_cannot_touch_the_host(world: World, name: str) -> None:
    _, call = CALLS[name]
    with world.sessions.transaction() as session, pytest.raises((NotAllowed, NotFound)):
        call(world, session, world.actor(Role.ADMINISTRATOR, partner=True))


@pytest.mark.parametrize("name", ["create_enrolment", "get_device", "rename_device", "revoke_device"])
def test_coordinator_of_another_site_cannot_touch_its_tablets(world: World, name: str) -> None:
    _, call = CALLS[name]
    elsewhere = world.actor(Role.COORDINATOR, sites=frozenset({world.other_site}))
    with world.sessions.transaction() as session, pytest.raises((NotAllowed, NotFound)):
        call(world, session, elsewhere)


def test_administrator_of_the_host_invites_into_a_partner_but_touches_no_site_of_it(world: World) -> None:
    by = world.administrator
    with world.sessions.transaction() as session:
        world.accounts.roster.invite(
            session, organisation_id=world.partner, email="n@example.org", details=PERSON, by=by
        )
        with pytest.raises(NotAllowed):
            world.accounts.directory.create_site(session, organisation_id=world.partner, details=DETAILS, by=by)
        with pytest.raises(NotFound):
            world.accounts.directory.update_site(session, world.partner_site, DETAILS, by=by)
        with pytest.raises(NotAllowed):
            world.accounts.devices.create_enrolment(session, site_id=world.partner_site, label="x", by=by)


def test_only_the_operator_makes_a_token_for_the_whole_installation(world: World) -> None:
    with world.sessions.transaction() as session:
        with pytest.raises(NotAllowed):
            world.accounts.tokens.create(
                session, organisation_id=None, role=Role.ANALYST, label="x", lifetime=None, by=world.administrator
            )
        world.accounts.tokens.create(
            session, organisation_id=None, role=Role.ANALYST, label="x", lifetime=None, by=SETUP
        )
