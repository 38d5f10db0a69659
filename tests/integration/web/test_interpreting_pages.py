"""The coordinator's board, the form for a request, and what can be done about one."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.interpreting.reads import RequestRead
from linkbridge.interpreting.values import AssignmentState, Level, OfferState, RequestState, WorkingLanguages
from linkbridge.kernel.clock import FrozenClock
from tests.integration.web.conftest import sign_in
from tests.support.accounts import World, counted_queries
from tests.support.interpreting_pages import add_interpreter, ask, offers_of
from tests.support.pages import PageClient

# The services behind these pages are tested on both databases.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FORM: dict[str, str | list[str]] = {
    "person_language": "am",
    "official_language": "es",
    "domain": "screening",
    "modality": "video",
    "when": "now",
    "duration_minutes": "30",
    "interpreters": "1",
    "time_zone": "America/Panama",
}


@pytest.fixture
def coordinator(world: World, app: FastAPI) -> PageClient:
    return sign_in(world, app, Role.COORDINATOR)


def read(container: Container, world: World, request: RequestRead) -> RequestRead:
    with container.sessions.reading() as session:
        return container.interpreting.requests.get(session, request.id, by=world.actor(Role.COORDINATOR))


def act(client: PageClient, request: RequestRead, action: str, **fields: str) -> Any:
    path = f"/staff/interpreting/{request.id}"
    return client.send(path, {"action": action, **fields})


def test_empty_board_says_what_comes_here(coordinator: PageClient) -> None:
    assert "Nobody has asked for an interpreter yet." in coordinator.get("/staff/interpreting").text


def test_form_makes_a_request_and_asks_at_once(container: Container, world: World, coordinator: PageClient) -> None:
    add_interpreter(container, world)
    page = coordinator.send(
        "/staff/interpreting/new", {**FORM, "site_id": world.site, "note": "a note", "strict": "on"}
    )
    assert "The request is made." in page.text
    assert "a note" in page.text
    with container.sessions.reading() as session:
        (found,) = container.interpreting.requests.list(session, by=world.actor(Role.COORDINATOR))
    assert (found.state, found.is_on_demand, found.confidentiality) == (RequestState.UNFILLED, True, "strict")
    page = coordinator.send("/staff/interpreting/new", {**FORM, "site_id": world.site})
    assert "Ines Interprete" in page.text


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"person_language": ""}, ["person_language"]),
        ({"person_language": "es"}, ["official_language"]),
        ({"duration_minutes": "x"}, ["duration_minutes"]),
        ({"duration_minutes": "1"}, ["duration_minutes"]),
        ({"interpreters": "9"}, ["interpreters"]),
        ({"when": "later", "day": "2026-11-30", "time": ""}, ["time"]),
        ({"when": "later", "day": "2026-11-30", "time": "09:00", "time_zone": "Panama City"}, ["time_zone"]),
        ({"avoid": "Eritreans"}, ["avoid"]),
    ],
)
def test_form_says_what_is_wrong_and_keeps_what_was_written(
    world: World, coordinator: PageClient, changes: dict[str, str], problems: list[str]
) -> None:
    page = coordinator.send("/staff/interpreting/new", {**FORM, "site_id": world.site, "note": "kept words", **changes})
    assert page.status == 400
    assert page.problems == problems
    assert "kept words" in page.text


def test_time_that_has_passed_is_refused_at_its_field(world: World, coordinator: PageClient) -> None:
    later = {"when": "later", "day": "2026-11-01", "time": "09:00", "site_id": world.site}
    page = coordinator.send("/staff/interpreting/new", {**FORM, **later})
    assert (page.status, "This time has passed." in page.text) == (400, True)


def test_board_list_and_calendar_show_the_same_request(
    container: Container, world: World, coordinator: PageClient, clock: FrozenClock
) -> None:
    add_interpreter(container, world)
    ask(container, world, starts_at=clock.now() + timedelta(hours=20))
    for view in ("board", "list", "calendar"):
        text = coordinator.get(f"/staff/interpreting?view={view}").text
        assert "am → es" in text
        assert "Ines Interprete" in text
    assert "No request fits this filter." in coordinator.get("/staff/interpreting?language=ti").text
    assert "am → es" not in coordinator.get("/staff/interpreting?q=tigrinya").text
    assert "am → es" in coordinator.get("/staff/interpreting?q=ines").text
    assert "am → es" not in coordinator.get("/staff/interpreting?view=calendar&week=2027-01-04").text


def test_card_says_from_when_until_when_an_answer_is_waited_for(
    container: Container, world: World, coordinator: PageClient, clock: FrozenClock
) -> None:
    add_interpreter(container, world)
    request = ask(container, world)
    [offer] = offers_of(container, world, request)
    sign = f'data-sent="{clock.now().isoformat()}" data-expires="{offer.expires_at.isoformat()}"'
    assert sign in coordinator.get("/staff/interpreting").text
    clock.advance(offer.expires_at - clock.now())
    container.interpreting.dispatching.jobs.end_wave(request.id, 1)
    assert "data-sent" not in coordinator.get("/staff/interpreting").text


@pytest.mark.parametrize("path", ["?view=nothing", "?week=tomorrow&view=calendar", "?site=none"])
def test_board_bears_any_address(coordinator: PageClient, path: str) -> None:
    assert coordinator.get(f"/staff/interpreting{path}").status == 200


@pytest.mark.parametrize("count", [1, 3])
def test_board_asks_the_database_as_often_for_one_as_for_three(
    container: Container, world: World, coordinator: PageClient, count: int
) -> None:
    add_interpreter(container, world)
    for _ in range(count):
        ask(container, world)
    with counted_queries(container.sessions) as sent:
        coordinator.get("/staff/interpreting")
    assert len(sent) == 10


def test_page_shows_why_it_is_stuck_and_books_directly(
    container: Container, world: World, coordinator: PageClient
) -> None:
    other = add_interpreter(container, world, languages=(WorkingLanguages("ti", "es", Level.EXPERT),))
    request = ask(container, world)
    page = coordinator.get(f"/staff/interpreting/{request.id}")
    assert "nobody fits" in page.text
    assert "does not work between these languages" in page.text
    page = act(coordinator, request, "book", interpreter_id=other.id, seat="1")
    assert "Booked. The interpreter is told." in page.text
    assert read(container, world, request).state is RequestState.BOOKED


def test_coordinator_accepts_on_behalf_replaces_and_calls_off(
    container: Container, world: World, coordinator: PageClient, clock: FrozenClock
) -> None:
    add_interpreter(container, world)
    request = ask(container, world, starts_at=clock.now() + timedelta(days=3))
    (offer,) = offers_of(container, world, request)
    page = act(coordinator, request, "accept", offer_id=offer.id)
    assert "Accepted on the interpreter’s behalf." in page.text
    with container.sessions.reading() as session:
        (given,) = container.interpreting.assignments.list(session, by=world.actor(Role.COORDINATOR))
    page = act(coordinator, request, "replace", assignment_id=given.id)
    assert "Released. Others are being asked." in page.text
    assert read(container, world, request).state is RequestState.UNFILLED
    act(coordinator, request, "search-again")
    page = act(coordinator, request, "cancel", reason="mistake")
    assert "It is called off." in page.text
    assert read(container, world, request).state is RequestState.CANCELLED


def test_offer_is_taken_back_and_the_next_are_asked(
    container: Container, world: World, coordinator: PageClient
) -> None:
    add_interpreter(container, world)
    request = ask(container, world)
    (offer,) = offers_of(container, world, request)
    act(coordinator, request, "withdraw-offer", offer_id=offer.id)
    (same,) = offers_of(container, world, request)
    assert same.state is OfferState.WITHDRAWN
    page = act(coordinator, request, "escalate")
    assert "This is not possible now." in page.text


def test_outcome_and_rating_are_recorded(
    container: Container, world: World, coordinator: PageClient, clock: FrozenClock
) -> None:
    add_interpreter(container, world)
    request = ask(container, world)
    (offer,) = offers_of(container, world, request)
    act(coordinator, request, "accept", offer_id=offer.id)
    clock.advance(timedelta(minutes=20))
    with container.sessions.reading() as session:
        (given,) = container.interpreting.assignments.list(session, by=world.actor(Role.COORDINATOR))
    page = act(coordinator, request, "outcome", assignment_id=given.id, outcome="cut-short", no_show_by="", stars="2")
    assert "cut short" in page.text
    with container.sessions.reading() as session:
        (ended,) = container.interpreting.assignments.list(session, by=world.actor(Role.COORDINATOR))
    assert (ended.state, ended.outcome, ended.rating_by_official) == (AssignmentState.ENDED, "cut-short", 2)


def test_official_asks_and_sees_but_brokers_nothing(container: Container, world: World, app: FastAPI) -> None:
    official = sign_in(world, app, Role.OFFICIAL)
    add_interpreter(container, world)
    page = official.send("/staff/interpreting/new", {**FORM, "site_id": world.site})
    assert page.status == 200
    assert "Accept on their behalf" not in page.text
    assert "Book directly" not in page.text
    with container.sessions.reading() as session:
        (found,) = container.interpreting.requests.list(session, by=world.actor(Role.COORDINATOR))
    (offer,) = offers_of(container, world, found)
    assert act(official, found, "accept", offer_id=offer.id).status == 403
    assert act(official, found, "cancel", reason="not-needed").status == 200


def test_other_organisation_sees_no_request(container: Container, world: World, app: FastAPI) -> None:
    partner = sign_in(world, app, Role.COORDINATOR, partner=True)
    request = ask(container, world)
    assert "am → es" not in partner.get("/staff/interpreting").text
    assert partner.get(f"/staff/interpreting/{request.id}").status == 404


@pytest.mark.parametrize("role", [Role.INTERPRETER, Role.REVIEWER, Role.ANALYST])
def test_board_is_for_those_who_ask(world: World, app: FastAPI, role: Role) -> None:
    client = sign_in(world, app, role)
    assert [client.get(path).status for path in ("/staff/interpreting", "/staff/interpreting/new")] == [403, 403]


def test_unknown_action_changes_nothing(container: Container, world: World, coordinator: PageClient) -> None:
    request = ask(container, world)
    assert act(coordinator, request, "explode").status == 400
    assert coordinator.get("/staff/interpreting/none").status == 404
