import pytest

from linkbridge.accounts.permissions import (
    HOST_ONLY,
    ROLE_PERMISSIONS,
    Actor,
    Permission,
    Role,
    allows,
    require,
    system_actor,
)
from linkbridge.kernel.errors import NotAllowed

P = Permission


def actor(role: Role | None, *, is_host: bool = False, everywhere: bool = False) -> Actor:
    return Actor(
        kind="staff",
        id="me",
        role=role,
        organisation_id="own",
        site_ids=frozenset({"here"}),
        is_host=is_host,
        everywhere=everywhere,
    )


def test_every_role_has_its_row() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)


@pytest.mark.parametrize(
    ("role", "granted"),
    [
        (Role.OFFICIAL, {P.READ_ENCOUNTERS, P.ERASE_ENCOUNTER, P.TRANSLATE, P.REQUEST_INTERPRETER, P.ANSWER_CHATS}),
        (
            Role.COORDINATOR,
            {
                P.READ_ENCOUNTERS,
                P.ERASE_ENCOUNTER,
                P.MANAGE_DEVICES,
                P.READ_STATISTICS,
                P.TRANSLATE,
                P.REQUEST_INTERPRETER,
                P.BROKER_INTERPRETERS,
                P.ANSWER_CHATS,
            },
        ),
        (Role.INTERPRETER, {P.TRANSLATE, P.ANSWER_OFFERS}),
        (Role.REVIEWER, {P.REVIEW_PHRASES, P.TRANSLATE}),
        (Role.ANALYST, {P.READ_STATISTICS, P.READ_METRICS}),
        (Role.ADMINISTRATOR, set(P) - {P.REVIEW_PHRASES, P.ANSWER_OFFERS, P.ANSWER_CHATS}),
    ],
)
def test_role_has_exactly_its_permissions_at_the_host(role: Role, granted: set[Permission]) -> None:
    assert {permission for permission in P if allows(actor(role, is_host=True), permission)} == granted


@pytest.mark.parametrize("role", list(Role))
def test_partner_has_none_of_what_concerns_the_whole_installation(role: Role) -> None:
    assert not any(allows(actor(role), permission) for permission in HOST_ONLY)


def test_permission_ends_at_the_actors_sites() -> None:
    official = actor(Role.OFFICIAL)
    assert allows(official, P.READ_ENCOUNTERS, site_id="here")
    assert not allows(official, P.READ_ENCOUNTERS, site_id="elsewhere")


def test_host_administrator_invites_into_another_organisation_and_no_more() -> None:
    administrator = actor(Role.ADMINISTRATOR, is_host=True)
    allowed = {permission for permission in P if allows(administrator, permission, organisation_id="other")}
    assert allowed == {P.MANAGE_STAFF, *HOST_ONLY}


def test_partner_administrator_stays_in_the_own_organisation() -> None:
    administrator = actor(Role.ADMINISTRATOR)
    assert allows(administrator, P.MANAGE_STAFF, organisation_id="own")
    assert not any(allows(administrator, permission, organisation_id="other") for permission in P)


def test_token_for_the_whole_installation_reaches_everywhere_within_its_role() -> None:
    token = actor(Role.ANALYST, everywhere=True)
    assert allows(token, P.READ_METRICS)
    assert allows(token, P.READ_STATISTICS, organisation_id="other", site_id="elsewhere")
    assert not allows(token, P.READ_ENCOUNTERS, site_id="elsewhere")


def test_device_has_no_permission_of_staff() -> None:
    device = Actor(kind="device", id="tablet", organisation_id="own", site_ids=frozenset({"here"}))
    assert not any(allows(device, permission, site_id="here") for permission in P)


def test_system_may_do_everything() -> None:
    assert all(allows(system_actor("purge"), permission, organisation_id="any", site_id="any") for permission in P)


def test_refusal_names_the_permission_that_is_lacking() -> None:
    with pytest.raises(NotAllowed) as caught:
        require(actor(Role.INTERPRETER), P.READ_ENCOUNTERS)
    assert caught.value.params == {"permission": "read-encounters"}


def test_reference_names_kind_and_id() -> None:
    assert actor(Role.OFFICIAL).reference == "staff:me"
    assert system_actor("purge").reference == "system:purge"
