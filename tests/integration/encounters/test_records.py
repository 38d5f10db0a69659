from datetime import timedelta

import pytest
from sqlmodel import select

from linkbridge.accounts.permissions import Role
from linkbridge.encounters.models import Acknowledgement, Consent, Encounter
from linkbridge.encounters.records import Position, find_encounter, list_encounters
from linkbridge.encounters.service import ERASURE_KIND
from linkbridge.kernel.errors import InvalidInput, NotAllowed, NotFound
from linkbridge.kernel.ids import new_encounter_code
from tests.integration.encounters.conftest import Post
from tests.support.accounts import SETUP, counted_queries

CODE = "lusab-babad-gutih"


def _record(post: Post, count: int, *, site_id: str | None = None) -> list[str]:
    device = post.enrol(site_id) if site_id else post.device
    codes = [new_encounter_code() for _ in range(count)]
    for code in codes:
        post.send(post.tablet.seal(post.tablet.acknowledgement(code)), device=device)
        post.clock.advance(timedelta(minutes=1))
    return codes


def test_list_encounters_newest_first_of_all_own_sites(post: Post) -> None:
    here = _record(post, 2)
    there = _record(post, 1, site_id=post.world.other_site)
    _record(post, 1, site_id=post.world.partner_site)
    official = post.world.actor(Role.OFFICIAL)
    with post.sessions.reading() as session:
        every = list_encounters(session, by=official)
        one_site = list_encounters(session, by=official, site_id=post.world.site)
        everywhere = list_encounters(session, by=SETUP)
    assert [found.code for found in every] == [*there, *reversed(here)]
    assert [found.code for found in one_site] == [*reversed(here)]
    assert len(everywhere) == 4


def test_list_encounters_page_by_page_misses_none_of_the_same_moment(post: Post) -> None:
    codes = [new_encounter_code() for _ in range(5)]
    post.send(*(post.tablet.seal(post.tablet.acknowledgement(code)) for code in codes))
    seen: list[str] = []
    before: Position | None = None
    with post.sessions.reading() as session:
        while page := list_encounters(session, by=post.world.actor(Role.OFFICIAL), limit=2, before=before):
            seen += [found.code for found in page]
            before = Position(page[-1].started_at, page[-1].id)
    assert sorted(seen) == sorted(codes)


@pytest.mark.parametrize("count", [1, 3])
def test_list_encounters_in_two_queries(post: Post, count: int) -> None:
    _record(post, count)
    with counted_queries(post.sessions) as sent, post.sessions.reading() as session:
        found = list_encounters(session, by=post.world.actor(Role.OFFICIAL))
    assert len(found) == count
    assert len(sent) == 2


def test_list_encounters_refuses_other_sites_and_roles(post: Post) -> None:
    with post.sessions.reading() as session:
        with pytest.raises(NotAllowed):
            list_encounters(session, by=post.world.actor(Role.OFFICIAL), site_id=post.world.partner_site)
        for role in (Role.INTERPRETER, Role.REVIEWER, Role.ANALYST):
            with pytest.raises(NotAllowed):
                list_encounters(session, by=post.world.actor(role))
        with pytest.raises(NotAllowed):
            list_encounters(session, by=post.device.actor)


def test_find_encounter_however_the_code_is_typed(post: Post) -> None:
    post.send(post.tablet.seal(post.tablet.acknowledgement(CODE)))
    with post.sessions.reading() as session:
        for typed in (CODE, " LUSAB  babad.gutih\n", "Lusab–Babad–Gutih"):
            assert find_encounter(session, typed, by=post.world.actor(Role.OFFICIAL)).code == CODE


def test_find_encounter_refuses(post: Post) -> None:
    post.send(post.tablet.seal(post.tablet.acknowledgement(CODE)))
    with post.sessions.reading() as session:
        with pytest.raises(InvalidInput):
            find_encounter(session, "hello", by=post.world.actor(Role.OFFICIAL))
        with pytest.raises(NotAllowed):
            find_encounter(session, CODE, by=post.world.actor(Role.ANALYST))
        # Whoever works elsewhere is not even told that the code exists.
        for code in (CODE, "gutih-lusab-babad"):
            with pytest.raises(NotFound, match="there is no encounter with this code"):
                find_encounter(session, code, by=post.world.actor(Role.OFFICIAL, partner=True))


def test_erase_deletes_everything_and_is_noted_without_the_code(post: Post) -> None:
    post.send(
        post.tablet.seal(post.tablet.acknowledgement(CODE)),
        post.tablet.seal(post.tablet.consent(CODE)),
        post.tablet.seal(post.tablet.acknowledgement("gutih-lusab-babad")),
    )
    official = post.world.actor(Role.OFFICIAL)
    with post.sessions.transaction() as session:
        post.encounters.erase(session, CODE.upper(), by=official)
    with post.sessions.reading() as session:
        assert [row.code for row in session.exec(select(Encounter))] == ["gutih-lusab-babad"]
        assert len(session.exec(select(Acknowledgement)).all()) == 1
        assert session.exec(select(Consent)).all() == []
        assert post.world.accounts.erasures.was_erased(session, ERASURE_KIND, CODE)
        newest = post.world.accounts.audit.newest(session, by=SETUP)[0]
    assert (newest.action, newest.actor) == ("encounter.erased", official.reference)
    assert CODE not in repr(newest)


def test_erase_refuses(post: Post) -> None:
    post.send(post.tablet.seal(post.tablet.acknowledgement(CODE)))
    with post.sessions.transaction() as session:
        with pytest.raises(NotAllowed):
            post.encounters.erase(session, CODE, by=post.world.actor(Role.ANALYST))
        with pytest.raises(NotAllowed):
            post.encounters.erase(session, CODE, by=post.device.actor)
        with pytest.raises(NotFound):
            post.encounters.erase(session, CODE, by=post.world.actor(Role.OFFICIAL, partner=True))
        with pytest.raises(NotFound):
            post.encounters.erase(session, "gutih-lusab-babad", by=post.world.actor(Role.OFFICIAL))
    with post.sessions.reading() as session:
        assert len(session.exec(select(Encounter)).all()) == 1
