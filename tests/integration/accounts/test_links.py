from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from linkbridge.accounts.links import LinkPurpose, NewLink, OneTimeLinks
from linkbridge.accounts.models import OneTimeLink
from linkbridge.kernel.errors import Expired
from tests.support.accounts import SETUP, World


@pytest.fixture
def links(world: World) -> OneTimeLinks:
    return OneTimeLinks(clock=world.clock, cipher=world.cipher)


def make(world: World, links: OneTimeLinks, subject: str = "subject") -> NewLink:
    with world.sessions.transaction() as session:
        return links.create(
            session, LinkPurpose.INVITATION, subject_id=subject, by=SETUP, lifetime=timedelta(hours=1), label="x"
        )


def use(world: World, links: OneTimeLinks, code: str, *purposes: LinkPurpose) -> str | None:
    with world.sessions.transaction() as session:
        return links.use(session, code, *(purposes or (LinkPurpose.INVITATION,))).subject_id


def test_code_works_once(world: World, links: OneTimeLinks) -> None:
    link = make(world, links)
    assert use(world, links, link.code) == "subject"
    with pytest.raises(Expired):
        use(world, links, link.code)


def test_code_used_by_many_at_once_works_for_one(world: World, links: OneTimeLinks) -> None:
    link = make(world, links)

    def try_it(_: int) -> bool:
        try:
            return use(world, links, link.code) == "subject"
        except Expired:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_it, range(8))) == 1


def test_code_can_be_typed_as_people_type(world: World, links: OneTimeLinks) -> None:
    link = make(world, links)
    assert use(world, links, f"  {link.code.upper().replace('-', '  ')}. ") == "subject"


@pytest.mark.parametrize(
    "code", ["", "lusab", "lusab-babad-gutih-tugad", "'; DROP TABLE one_time_link; --", "é" * 10_000]
)
def test_wrong_code_is_expired_and_says_no_more(world: World, links: OneTimeLinks, code: str) -> None:
    make(world, links)
    with pytest.raises(Expired):
        use(world, links, code)


def test_code_is_for_its_purpose_alone(world: World, links: OneTimeLinks) -> None:
    link = make(world, links)
    with pytest.raises(Expired):
        use(world, links, link.code, LinkPurpose.ENROLMENT, LinkPurpose.PASSWORD)
    assert use(world, links, link.code) == "subject"


def test_code_ends_with_its_time(world: World, links: OneTimeLinks) -> None:
    link = make(world, links)
    world.clock.advance(timedelta(hours=1))
    with pytest.raises(Expired):
        use(world, links, link.code)


def test_code_of_a_transaction_that_failed_stays_good(world: World, links: OneTimeLinks) -> None:
    link = make(world, links)

    def fail() -> None:
        with world.sessions.transaction() as session:
            links.use(session, link.code, LinkPurpose.INVITATION)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert use(world, links, link.code) == "subject"


def test_withdrawn_code_does_not_work_and_others_do(world: World, links: OneTimeLinks) -> None:
    mine, other = make(world, links), make(world, links, "other")
    with world.sessions.transaction() as session:
        assert links.withdraw(session, LinkPurpose.INVITATION, "subject") == 1
    with pytest.raises(Expired):
        use(world, links, mine.code)
    assert use(world, links, other.code) == "other"


def test_code_is_kept_nowhere_and_shown_in_no_text(world: World, links: OneTimeLinks) -> None:
    link = make(world, links)
    with world.sessions.reading() as session:
        row = session.exec(select(OneTimeLink)).one()
    assert link.code not in str(row.model_dump())
    assert link.code not in repr(link)
