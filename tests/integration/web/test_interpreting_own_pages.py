"""An interpreter answers by a link or signed in, sees what was accepted, and says how it went."""

from datetime import timedelta

import pytest
from fastapi import FastAPI

from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.interpreting.reads import OfferRead, RequestRead
from linkbridge.interpreting.values import AssignmentState, OfferState, RequestState
from linkbridge.kernel.clock import FrozenClock
from tests.integration.web.conftest import sign_in
from tests.support.accounts import World
from tests.support.interpreting_pages import add_interpreter, ask, offers_of
from tests.support.pages import Page, PageClient

# The services behind these pages are tested on both databases.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def offered(container: Container, world: World, **wish: object) -> tuple[RequestRead, OfferRead]:
    request = ask(container, world, **wish)
    (offer,) = offers_of(container, world, request)
    return request, offer


def state_of(container: Container, world: World, request: RequestRead) -> RequestState:
    with container.sessions.reading() as session:
        return container.interpreting.requests.get(session, request.id, by=world.actor(Role.COORDINATOR)).state


def link(container: Container, offer: OfferRead) -> str:
    return container.interpreting.answers.path(offer.id)


def press(browser: PageClient, path: str, action: str) -> Page:
    return browser.send(path, {"action": action})


def test_opening_the_link_changes_nothing_and_tells_the_minimum(
    container: Container, world: World, browser: PageClient
) -> None:
    add_interpreter(container, world)
    request, offer = offered(container, world, note="the canary note", place="the canary place")
    path = link(container, offer)
    page = browser.get(path)
    browser.ask("HEAD", path)
    assert (page.status, page.response.headers["cache-control"]) == (200, "no-store")
    assert page.response.headers["referrer-policy"] == "same-origin"
    assert "Amharic – Spanish" in page.text or "amárico" in page.text
    assert "canary" not in page.text
    assert "Ines" not in page.text
    (same,) = offers_of(container, world, request)
    assert (same.state, state_of(container, world, request)) == (OfferState.OPEN, RequestState.OFFERED)


def test_link_accepts_once_and_then_shows_where(container: Container, world: World, browser: PageClient) -> None:
    add_interpreter(container, world)
    request, offer = offered(container, world, note="bring a headset", place="+507 555 0111")
    path = link(container, offer)
    page = press(browser, path, "accept")
    assert page.status == 200
    assert "+507 555 0111" in page.text
    assert "bring a headset" in page.text
    assert state_of(container, world, request) is RequestState.BOOKED
    again = browser.post(
        path,
        {
            "csrf_token": page.token
            if 'name="csrf_token"' in page.response.text
            else browser.get("/staff/sign-in").token,
            "action": "decline",
        },
    )
    assert again.status == 409
    (same,) = offers_of(container, world, request)
    assert (same.state, same.answered_by) == (OfferState.ACCEPTED, "system:offer-link")


def test_link_declines(container: Container, world: World, browser: PageClient) -> None:
    add_interpreter(container, world)
    request, offer = offered(container, world)
    page = press(browser, link(container, offer), "decline")
    assert "Declined" in page.text
    assert state_of(container, world, request) is RequestState.UNFILLED


def test_link_steps_back_from_what_it_accepted(
    container: Container, world: World, browser: PageClient, clock: FrozenClock
) -> None:
    add_interpreter(container, world)
    request, offer = offered(container, world, starts_at=clock.now() + timedelta(days=3))
    path = link(container, offer)
    press(browser, path, "accept")
    page = press(browser, path, "step-back")
    assert "Stepped back" in page.text
    assert state_of(container, world, request) is RequestState.UNFILLED


def test_expired_offer_says_so_and_cannot_be_accepted(
    container: Container, world: World, browser: PageClient, clock: FrozenClock
) -> None:
    add_interpreter(container, world)
    _, offer = offered(container, world)
    path = link(container, offer)
    token = browser.get(path).token
    clock.advance(timedelta(minutes=5))
    assert "Not answered in time" in browser.get(path).text
    page = browser.post(path, {"csrf_token": token, "action": "accept"})
    assert page.status == 409
    assert "The time to answer is over." in page.text


def test_cancelled_request_is_not_accepted_later(container: Container, world: World, browser: PageClient) -> None:
    add_interpreter(container, world)
    request, offer = offered(container, world)
    path = link(container, offer)
    token = browser.get(path).token
    with container.sessions.transaction() as session:
        container.interpreting.requests.cancel(session, request.id, by=world.actor(Role.COORDINATOR))
    page = browser.post(path, {"csrf_token": token, "action": "accept"})
    assert (page.status, "This was called off meanwhile." in page.text) == (409, True)
    assert state_of(container, world, request) is RequestState.CANCELLED


@pytest.mark.parametrize("token", ["x", "ImFiYyI.bm90LWEtc2lnbmF0dXJl"])
def test_forged_link_leads_nowhere(browser: PageClient, token: str) -> None:
    assert browser.get(f"/answer/{token}").status == 404


def test_form_of_another_browser_is_refused(container: Container, world: World, app: FastAPI) -> None:
    add_interpreter(container, world)
    request, offer = offered(container, world)
    path = link(container, offer)
    token = PageClient(app).get(path).token
    assert PageClient(app).post(path, {"csrf_token": token, "action": "accept"}).status == 403
    assert state_of(container, world, request) is RequestState.OFFERED


def test_link_is_slowed_down(container: Container, world: World, browser: PageClient) -> None:
    add_interpreter(container, world)
    _, offer = offered(container, world)
    statuses = [browser.get(link(container, offer)).status for _ in range(121)]
    assert (set(statuses[:120]), statuses[120]) == ({200}, 429)


def linked(container: Container, world: World, app: FastAPI) -> PageClient:
    client = sign_in(world, app, Role.INTERPRETER, partner=True)
    add_interpreter(container, world, staff_email="interpreter-partner@example.org")
    return client


def test_interpreter_accepts_on_the_own_pages_and_says_how_it_went(
    container: Container, world: World, app: FastAPI, clock: FrozenClock
) -> None:
    client = linked(container, world, app)
    assert "Nobody needs you at the moment." in client.get("/staff/offers").text
    request, offer = offered(container, world, note="the note")
    page = client.get("/staff/offers")
    assert "Needed now" in page.text
    page = client.send("/staff/offers", {"action": "accept"}, to=f"/staff/offers/{offer.id}")
    assert page.path == "/staff/assignments"
    assert "the note" in page.text
    clock.advance(timedelta(minutes=10))
    with container.sessions.reading() as session:
        (given,) = container.interpreting.assignments.list(session, by=world.actor(Role.COORDINATOR))
    page = client.send(
        "/staff/assignments",
        {"outcome": "no-show", "no_show_by": "official", "stars": "4"},
        to=f"/staff/assignments/{given.id}/outcome",
    )
    assert "the official did not come" in page.text
    assert "the note" not in page.text
    with container.sessions.reading() as session:
        (ended,) = container.interpreting.assignments.list(session, by=world.actor(Role.COORDINATOR))
    assert (ended.state, ended.rating_by_interpreter) == (AssignmentState.ENDED, 4)
    assert state_of(container, world, request) is RequestState.DONE


def test_interpreter_declines_and_steps_back_on_the_own_pages(
    container: Container, world: World, app: FastAPI, clock: FrozenClock
) -> None:
    client = linked(container, world, app)
    _, offer = offered(container, world)
    assert client.send("/staff/offers", {"action": "decline"}, to=f"/staff/offers/{offer.id}").path == "/staff/offers"
    request, offer = offered(container, world, starts_at=clock.now() + timedelta(days=2))
    client.send("/staff/offers", {"action": "accept"}, to=f"/staff/offers/{offer.id}")
    with container.sessions.reading() as session:
        (given,) = container.interpreting.assignments.list(session, by=world.actor(Role.COORDINATOR))
    page = client.send("/staff/assignments", {}, to=f"/staff/assignments/{given.id}/withdraw")
    assert "You have stepped back." in page.text
    assert state_of(container, world, request) is RequestState.UNFILLED
    page = client.send("/staff/assignments", {"action": "accept"}, to=f"/staff/offers/{offer.id}")
    assert (page.path, "You accepted this before." in page.text) == ("/staff/offers", True)


def test_account_without_an_interpreter_is_told_what_to_do(world: World, app: FastAPI) -> None:
    client = sign_in(world, app, Role.INTERPRETER)
    for path in ("/staff/offers", "/staff/assignments"):
        assert "Your account is not linked with an interpreter yet." in client.get(path).text


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.COORDINATOR, Role.REVIEWER, Role.ANALYST])
def test_own_pages_are_for_interpreters(world: World, app: FastAPI, role: Role) -> None:
    client = sign_in(world, app, role)
    assert [client.get(path).status for path in ("/staff/offers", "/staff/assignments")] == [403, 403]


def test_interpreter_answers_no_offer_of_another(container: Container, world: World, app: FastAPI) -> None:
    client = linked(container, world, app)
    with container.sessions.transaction() as session:
        (own,) = container.interpreting.directory.list(session, by=world.actor(Role.COORDINATOR, partner=True))
    add_interpreter(container, world, name="Other", partner=False)
    request = ask(container, world, avoid=(f"interpreter:{own.id}",))
    (offer,) = offers_of(container, world, request)
    assert client.send("/staff/offers", {"action": "accept"}, to=f"/staff/offers/{offer.id}").status == 404
