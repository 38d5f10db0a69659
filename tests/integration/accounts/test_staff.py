from dataclasses import replace

import pytest

from linkbridge.accounts.models import Staff
from linkbridge.accounts.permissions import Actor, Role
from linkbridge.accounts.sign_in import Refusal
from linkbridge.accounts.staff_records import Invitation, StaffDetails
from linkbridge.accounts.text import InvalidForm
from linkbridge.kernel.errors import Conflict, Expired, NotFound
from tests.support.accounts import PASSWORD, SETUP, World, counted_queries

PERSON = StaffDetails(name="Nadia Name", role=Role.OFFICIAL, language="fr")
EMAIL = "nadia@example.org"


def invite(world: World, email: str = EMAIL, details: StaffDetails = PERSON) -> Invitation:
    with world.sessions.transaction() as session:
        return world.accounts.roster.invite(
            session, organisation_id=world.host, email=email, details=details, by=world.administrator
        )


def test_invited_person_signs_in_after_choosing_a_password(world: World) -> None:
    invitation = invite(world)
    assert (invitation.staff.email, invitation.staff.name, invitation.staff.has_password) == (
        EMAIL,
        "Nadia Name",
        False,
    )
    with world.sessions.transaction() as session:
        opened = world.accounts.sign_in.set_password_by_code(session, code=invitation.link.code, password=PASSWORD)
    assert (opened.staff_id, opened.language) == (invitation.staff.id, "fr")


def test_name_and_address_are_not_readable_in_the_database(world: World) -> None:
    invitation = invite(world)
    with world.sessions.reading() as session:
        kept = str(session.get_one(Staff, invitation.staff.id).model_dump()).casefold()
    assert "nadia" not in kept
    assert "example" not in kept


def test_address_belongs_to_one_account_however_it_is_written(world: World) -> None:
    invite(world)
    with pytest.raises(InvalidForm) as caught:
        invite(world, " NADIA@example.org")
    assert caught.value.params["problem"] == "taken"


@pytest.mark.parametrize(
    ("email", "change", "field"),
    [
        ("nadia", {}, "email"),
        (EMAIL, {"name": ""}, "name"),
        (EMAIL, {"role": "king"}, "role"),
        (EMAIL, {"language": "am"}, "language"),
        (EMAIL, {"site_ids": ("0" * 32,)}, "site_ids"),
    ],
)
def test_bad_field_of_an_invitation_is_named(world: World, email: str, change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidForm) as caught:
        invite(world, email, replace(PERSON, **change))  # type: ignore[arg-type]
    assert [problem.params["field"] for problem in caught.value.problems] == [field]


def test_site_of_another_organisation_cannot_be_given(world: World) -> None:
    with pytest.raises(InvalidForm):
        invite(world, details=replace(PERSON, site_ids=(world.partner_site,)))


def test_changed_role_and_sites_are_told(world: World) -> None:
    staff_id = invite(world).staff.id
    with world.sessions.transaction() as session:
        details = StaffDetails("Nadia Nueva", Role.COORDINATOR, "pt", (world.site,))
        world.accounts.roster.update(session, staff_id, details, by=world.administrator)
        found = world.accounts.roster.get(session, staff_id, by=world.administrator)
    assert (found.name, found.role, found.language, found.site_ids) == (
        "Nadia Nueva",
        Role.COORDINATOR,
        "pt",
        (world.site,),
    )


def test_deactivated_person_is_out_at_once(world: World) -> None:
    staff_id = world.add_staff(EMAIL)
    with world.sessions.transaction() as session:
        opened = world.accounts.sign_in.sign_in(session, email=EMAIL, password=PASSWORD, peer="p")
        assert not isinstance(opened, Refusal)
        code = world.accounts.roster.renew_link(session, staff_id, by=SETUP).code
        world.accounts.roster.deactivate(session, staff_id, by=world.administrator)
    with world.sessions.transaction() as session:
        assert isinstance(world.accounts.sign_in.sign_in(session, email=EMAIL, password=PASSWORD, peer="p"), Refusal)
    with pytest.raises(Expired), world.sessions.transaction() as session:
        world.accounts.sign_in.set_password_by_code(session, code=code, password=PASSWORD)


def test_reactivated_person_signs_in_with_the_old_password(world: World) -> None:
    staff_id = world.add_staff(EMAIL)
    with world.sessions.transaction() as session:
        world.accounts.roster.deactivate(session, staff_id, by=SETUP)
        world.accounts.roster.reactivate(session, staff_id, by=SETUP)
    with world.sessions.transaction() as session:
        opened = world.accounts.sign_in.sign_in(session, email=EMAIL, password=PASSWORD, peer="p")
    assert not isinstance(opened, Refusal)


def test_last_administrator_cannot_be_lost(world: World) -> None:
    staff_id = world.add_staff(EMAIL, Role.ADMINISTRATOR)
    roster = world.accounts.roster
    with pytest.raises(Conflict, match="at least one administrator"), world.sessions.transaction() as session:
        roster.deactivate(session, staff_id, by=SETUP)
    with pytest.raises(Conflict, match="at least one administrator"), world.sessions.transaction() as session:
        roster.update(session, staff_id, PERSON, by=SETUP)
    world.add_staff("second@example.org", Role.ADMINISTRATOR)
    with world.sessions.transaction() as session:
        roster.deactivate(session, staff_id, by=SETUP)


def test_nobody_deactivates_themselves(world: World) -> None:
    staff_id = world.add_staff(EMAIL, Role.ADMINISTRATOR)
    world.add_staff("second@example.org", Role.ADMINISTRATOR)
    me = Actor("staff", staff_id, Role.ADMINISTRATOR, world.host)
    with pytest.raises(Conflict, match="themselves"), world.sessions.transaction() as session:
        world.accounts.roster.deactivate(session, staff_id, by=me)


def test_unknown_person_is_not_found(world: World) -> None:
    with pytest.raises(NotFound), world.sessions.reading() as session:
        world.accounts.roster.get(session, "0" * 32, by=world.administrator)


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_two_queries_however_long(world: World, count: int) -> None:
    for number in range(count):
        invite(world, f"n{number}@example.org", replace(PERSON, site_ids=(world.site, world.other_site)))
    with world.sessions.reading() as session, counted_queries(world.sessions) as sent:
        found = world.accounts.roster.list(session, organisation_id=world.host, by=world.administrator)
    assert [len(one.site_ids) for one in found] == [2] * count
    assert len(sent) == 2


def test_name_behind_a_reference_is_told_within_the_organisation_alone(world: World) -> None:
    reference = f"staff:{world.add_staff(EMAIL)}"
    roster = world.accounts.roster
    with world.sessions.reading() as session:
        assert roster.name_of(session, reference, by=world.administrator) == "Nadia Name"
        assert roster.name_of(session, reference, by=world.actor(Role.ADMINISTRATOR, partner=True)) == reference
        assert roster.name_of(session, "system:demo", by=world.administrator) == "system:demo"
