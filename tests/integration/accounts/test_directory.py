from dataclasses import replace

import pytest

from linkbridge.accounts.sites import SiteDetails, SitePolicy, SiteRead
from linkbridge.accounts.text import InvalidForm
from linkbridge.kernel.errors import Conflict, InvalidInput, NotFound
from tests.support.accounts import DETAILS, SETUP, World, counted_queries


def site(world: World) -> SiteRead:
    with world.sessions.reading() as session:
        return world.accounts.directory.site(session, world.site, by=world.administrator)


def set_policy(world: World, policy: SitePolicy) -> None:
    with world.sessions.transaction() as session:
        world.accounts.directory.set_policy(session, world.site, policy, by=world.administrator)


def test_new_site_requires_reviewed_texts(world: World) -> None:
    found = site(world)
    assert (found.required_status, dict(found.notice_rules), found.show_drafts) == ("reviewed", {}, False)
    assert found.is_demo is False


def test_showing_drafts_is_recorded_with_who_and_when(world: World) -> None:
    set_policy(world, SitePolicy(show_drafts=True))
    found = site(world)
    assert (found.show_drafts_by, found.show_drafts_at) == (world.administrator.reference, world.clock.now())
    with world.sessions.reading() as session:
        newest = world.accounts.audit.newest(session, by=world.administrator, limit=2)
    assert [entry.action for entry in newest] == ["site.policy-set", "site.drafts-shown"]


def test_hiding_drafts_again_clears_the_decision_and_keeps_it_in_the_log(world: World) -> None:
    set_policy(world, SitePolicy(show_drafts=True))
    set_policy(world, SitePolicy(required_status="verified", notice_rules={"first-contact": "reviewed"}))
    found = site(world)
    assert (found.show_drafts, found.show_drafts_by, found.show_drafts_at) == (False, None, None)
    assert (found.required_status, dict(found.notice_rules)) == ("verified", {"first-contact": "reviewed"})
    with world.sessions.reading() as session:
        actions = [entry.action for entry in world.accounts.audit.newest(session, by=world.administrator)]
    assert actions[:4] == ["site.policy-set", "site.drafts-hidden", "site.policy-set", "site.drafts-shown"]


@pytest.mark.parametrize(
    "policy",
    [
        SitePolicy(required_status="draft"),
        SitePolicy(required_status=""),
        SitePolicy(notice_rules={"first-contact": "draft"}),
        SitePolicy(notice_rules={"First Contact!": "verified"}),
    ],
)
def test_bad_policy_is_refused_and_changes_nothing(world: World, policy: SitePolicy) -> None:
    with pytest.raises(InvalidInput):
        set_policy(world, policy)
    assert site(world).required_status == "reviewed"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("kind", "castle"),
        ("country", "XX"),
        ("country", "Panama"),
        ("time_zone", "Panama time"),
        ("time_zone", "../../etc/passwd"),
        ("official_language", "am"),
        ("interpreter_phone", "call Ana"),
    ],
)
def test_bad_detail_of_a_site_names_its_field(world: World, field: str, value: str) -> None:
    details: SiteDetails = replace(DETAILS, **{field: value})
    with pytest.raises(InvalidForm) as caught, world.sessions.transaction() as session:
        world.accounts.directory.create_site(session, organisation_id=world.host, details=details, by=SETUP)
    assert [problem.params["field"] for problem in caught.value.problems] == [field]


def test_closed_site_can_be_opened_again(world: World) -> None:
    directory = world.accounts.directory
    with world.sessions.transaction() as session:
        directory.set_site_open(session, world.site, is_open=False, by=SETUP)
        with pytest.raises(Conflict):
            directory.set_site_open(session, world.site, is_open=False, by=SETUP)
        assert directory.site(session, world.site, by=SETUP).closed_at == world.clock.now()
        directory.set_site_open(session, world.site, is_open=True, by=SETUP)
        assert directory.site(session, world.site, by=SETUP).closed_at is None


def test_name_of_an_organisation_is_its_own(world: World) -> None:
    for call in (
        lambda s: world.accounts.directory.create_organisation(s, name=" Host ", country="PA", by=SETUP),
        lambda s: world.accounts.directory.update_organisation(s, world.partner, name="Host", country="PA", by=SETUP),
    ):
        with pytest.raises(InvalidForm) as caught, world.sessions.transaction() as session:
            call(session)
        assert caught.value.params["problem"] == "taken"


def test_actor_sees_the_own_sites_alone(world: World) -> None:
    with world.sessions.reading() as session:
        found = world.accounts.directory.sites(session, by=world.administrator)
        assert {one.id for one in found} == {world.site, world.other_site}
        with pytest.raises(NotFound):
            world.accounts.directory.site(session, world.partner_site, by=world.administrator)


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_one_query_however_long(world: World, count: int) -> None:
    with world.sessions.transaction() as session:
        for number in range(count):
            world.accounts.directory.create_organisation(session, name=f"N{number}", country=None, by=SETUP)
            world.accounts.directory.create_site(session, organisation_id=world.host, details=DETAILS, by=SETUP)
    with world.sessions.reading() as session, counted_queries(world.sessions) as sent:
        assert len(world.accounts.directory.organisations(session, by=SETUP)) == 2 + count
        assert len(world.accounts.directory.sites(session, by=SETUP)) == 3 + count
    assert len(sent) == 2
