"""The page of a session that is not held in the browser: a telephone number, an address, the room of a Jitsi."""

import re
from datetime import timedelta

import pytest

from linkbridge.container import Container
from linkbridge.interpreting.values import Modality, Party
from linkbridge.kernel.clock import FrozenClock
from linkbridge.settings import Settings
from tests.support.accounts import SETUP, World
from tests.support.interpreting_pages import add_interpreter, ask, offers_of
from tests.support.pages import PageClient

# The services behind these pages are tested on both databases.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
KINDS = {
    "phone": (Modality.PHONE, "+507 555 0123", re.compile(r'href="tel:\+5075550123"><bdi>\+507 555 0123</bdi>')),
    "on-site": (Modality.ON_SITE, "Edificio 5, Ancón", re.compile(r"Where</h2>\s*<p[^>]*>Edificio 5, Ancón</p>")),
    "jitsi": (
        Modality.VIDEO,
        "",
        re.compile(r'href="https://meet\.example/lb-[a-z2-7]{32}" rel="noopener noreferrer"'),
    ),
}
SIGNS = ("tel:", "0123", "Edificio", "meet.example", "data-call")
"""What no page shows whose session cannot be entered."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"jitsi_url": "https://meet.example/"})


@pytest.mark.parametrize("kind", KINDS)
def test_where_a_session_is_held_is_shown_after_acceptance_alone_and_only_until_its_end(
    kind: str, container: Container, world: World, browser: PageClient, clock: FrozenClock
) -> None:
    modality, place, sign = KINDS[kind]
    add_interpreter(container, world, country="PA")
    request = ask(container, world, modality=modality.value, place=place, starts_at=clock.now() + timedelta(hours=3))
    calls = container.interpreting.calls
    with container.sessions.reading() as session:
        official = calls.join_path(session, request.id, party=Party.OFFICIAL)
    before = browser.get(official).text
    assert "This is not booked at the moment." in before
    assert not [each for each in SIGNS if each in before]

    [offer] = offers_of(container, world, request)
    with container.sessions.transaction() as session:
        given = container.interpreting.dispatch.accept_offer(session, offer.id, by=SETUP)
        interpreter = calls.join_path(session, request.id, party=Party.INTERPRETER, assignment_id=given.id)
    for path in (official, interpreter):
        early = browser.get(path).text
        assert (sign.search(early) is not None) is (kind != "jitsi")
        assert ("You can enter from" in early) is (kind == "jitsi")
    clock.advance(timedelta(hours=2, minutes=45))
    for path in (official, interpreter):
        assert sign.search(browser.get(path).text)

    clock.advance(timedelta(hours=3))
    with container.sessions.transaction() as session:
        container.interpreting.requests.cancel(session, request.id, by=SETUP)
    for path in (official, interpreter):
        after = browser.get(path).text
        assert "This conversation is over." in after
        assert not [each for each in SIGNS if each in after]


@pytest.mark.parametrize("kind", KINDS)
def test_interpreter_who_stepped_back_is_shown_nothing_any_more(
    kind: str, container: Container, world: World, browser: PageClient
) -> None:
    modality, place, sign = KINDS[kind]
    add_interpreter(container, world, country="PA")
    request = ask(container, world, modality=modality.value, place=place)
    [offer] = offers_of(container, world, request)
    with container.sessions.transaction() as session:
        given = container.interpreting.dispatch.accept_offer(session, offer.id, by=SETUP)
        path = container.interpreting.calls.join_path(
            session, request.id, party=Party.INTERPRETER, assignment_id=given.id
        )
    assert sign.search(browser.get(path).text)
    with container.sessions.transaction() as session:
        container.interpreting.assignments.withdraw(session, given.id, by=SETUP)
    after = browser.get(path).text
    assert not [each for each in SIGNS if each in after]
