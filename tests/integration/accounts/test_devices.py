from datetime import timedelta

import pytest

from linkbridge.accounts.devices import EnrolledDevice
from linkbridge.accounts.models import Device
from linkbridge.accounts.text import InvalidForm
from linkbridge.kernel.errors import Conflict, Expired, NotFound, NotSignedIn
from tests.support.accounts import SETUP, World, counted_queries


def enrol(world: World, label: str = "Desk 1") -> EnrolledDevice:
    with world.sessions.transaction() as session:
        link = world.accounts.devices.create_enrolment(session, site_id=world.site, label=label, by=world.administrator)
    with world.sessions.transaction() as session:
        return world.accounts.devices.enrol(session, link.code)


def test_tablet_becomes_a_device_of_the_site_that_the_code_was_made_for(world: World) -> None:
    enrolled = enrol(world)
    with world.sessions.reading() as session, counted_queries(world.sessions) as sent:
        device = world.accounts.devices.resolve(session, enrolled.token)
    assert (device.id, device.label, device.site.id) == (enrolled.device.id, "Desk 1", world.site)
    assert device.site.interpreter_phone == "+507 555 0100"
    assert len(sent) == 1


def test_code_enrols_one_tablet(world: World) -> None:
    with world.sessions.transaction() as session:
        code = world.accounts.devices.create_enrolment(session, site_id=world.site, label="x", by=SETUP).code
        world.accounts.devices.enrol(session, code)
    with pytest.raises(Expired), world.sessions.transaction() as session:
        world.accounts.devices.enrol(session, code)


def test_code_ends_after_its_minutes(world: World) -> None:
    with world.sessions.transaction() as session:
        code = world.accounts.devices.create_enrolment(session, site_id=world.site, label="x", by=SETUP).code
    world.clock.advance(timedelta(minutes=15))
    with pytest.raises(Expired), world.sessions.transaction() as session:
        world.accounts.devices.enrol(session, code)


@pytest.mark.parametrize("token", ["", "forged", "a" * 43, "x" * 10_000, "é"])
def test_forged_token_is_no_device(world: World, token: str) -> None:
    enrol(world)
    with pytest.raises(NotSignedIn), world.sessions.reading() as session:
        world.accounts.devices.resolve(session, token)


def test_token_is_kept_as_its_digest_alone(world: World) -> None:
    enrolled = enrol(world)
    with world.sessions.reading() as session:
        kept = str(session.get_one(Device, enrolled.device.id).model_dump())
    assert enrolled.token not in kept
    assert enrolled.token not in repr(enrolled)


def test_revoked_device_is_nobody_at_once(world: World) -> None:
    enrolled = enrol(world)
    with world.sessions.transaction() as session:
        world.accounts.devices.revoke(session, enrolled.device.id, by=world.administrator)
        with pytest.raises(Conflict):
            world.accounts.devices.revoke(session, enrolled.device.id, by=world.administrator)
    with pytest.raises(NotSignedIn), world.sessions.reading() as session:
        world.accounts.devices.resolve(session, enrolled.token)


def test_device_stops_while_its_site_is_closed(world: World) -> None:
    enrolled = enrol(world)
    for is_open in (False, True):
        with world.sessions.transaction() as session:
            world.accounts.directory.set_site_open(session, world.site, is_open=is_open, by=SETUP)
        with world.sessions.reading() as session:
            if is_open:
                world.accounts.devices.resolve(session, enrolled.token)
            else:
                with pytest.raises(NotSignedIn):
                    world.accounts.devices.resolve(session, enrolled.token)


def test_code_made_before_its_site_closed_enrols_nothing(world: World) -> None:
    with world.sessions.transaction() as session:
        code = world.accounts.devices.create_enrolment(session, site_id=world.site, label="x", by=SETUP).code
        world.accounts.directory.set_site_open(session, world.site, is_open=False, by=SETUP)
    with pytest.raises(Expired), world.sessions.transaction() as session:
        world.accounts.devices.enrol(session, code)


def test_day_of_last_use_is_noted_and_no_hour(world: World) -> None:
    enrolled = enrol(world)
    devices = world.accounts.devices
    assert devices.needs_touch(enrolled.device)
    with world.sessions.transaction() as session:
        devices.touch(session, enrolled.device.id)
        found = devices.resolve(session, enrolled.token)
    assert found.last_seen_on == world.clock.now().date()
    assert not devices.needs_touch(found)


def test_bad_label_and_missing_site_are_told_together(world: World) -> None:
    with pytest.raises(InvalidForm) as caught, world.sessions.transaction() as session:
        world.accounts.devices.create_enrolment(session, site_id="", label="", by=world.administrator)
    assert [problem.params["field"] for problem in caught.value.problems] == ["site_id", "label"]


def test_renamed_device_keeps_its_token(world: World) -> None:
    enrolled = enrol(world)
    with world.sessions.transaction() as session:
        world.accounts.devices.rename(session, enrolled.device.id, " Desk  2 ", by=world.administrator)
        assert world.accounts.devices.resolve(session, enrolled.token).label == "Desk 2"


def test_unknown_device_is_not_found(world: World) -> None:
    with pytest.raises(NotFound), world.sessions.reading() as session:
        world.accounts.devices.get(session, "0" * 32, by=world.administrator)


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_one_query_however_long(world: World, count: int) -> None:
    for number in range(count):
        enrol(world, f"Desk {number}")
    with world.sessions.reading() as session, counted_queries(world.sessions) as sent:
        found = world.accounts.devices.list(session, by=world.administrator)
    assert [device.label for device in found] == [f"Desk {number}" for number in range(count)]
    assert len(sent) == 1


def test_device_as_an_actor_has_its_site_and_no_role(world: World) -> None:
    actor = enrol(world).device.actor
    assert (actor.kind, actor.role, set(actor.site_ids)) == ("device", None, {world.site})
