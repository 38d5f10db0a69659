"""A seat is given to another interpreter in one step, from the page of its request."""

from datetime import timedelta

import pytest
from fastapi import FastAPI

from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.interpreting.models import InterpreterBlock
from linkbridge.interpreting.reads import AssignmentRead, RequestRead
from linkbridge.interpreting.values import AssignmentState, Level, WorkingLanguages
from linkbridge.kernel.clock import FrozenClock
from tests.integration.web.conftest import sign_in
from tests.support.accounts import SETUP, World
from tests.support.interpreting_pages import add_interpreter, ask, offers_of
from tests.support.pages import Page, PageClient


@pytest.fixture
def coordinator(world: World, app: FastAPI) -> PageClient:
    return sign_in(world, app, Role.COORDINATOR)


@pytest.fixture
def booked(container: Container, world: World, clock: FrozenClock) -> tuple[RequestRead, AssignmentRead]:
    add_interpreter(container, world)
    request = ask(container, world, starts_at=clock.now() + timedelta(days=3))
    [offer] = offers_of(container, world, request)
    with container.sessions.transaction() as session:
        return request, container.interpreting.dispatch.accept_offer(session, offer.id, by=SETUP)


def reassign(client: PageClient, request: RequestRead, given: AssignmentRead, interpreter_id: str) -> Page:
    fields: dict[str, str | list[str]] = {
        "action": "reassign",
        "assignment_id": given.id,
        "interpreter_id": interpreter_id,
    }
    return client.send(f"/staff/interpreting/{request.id}", fields)


def assignments(container: Container, request: RequestRead) -> dict[str, AssignmentState]:
    with container.sessions.reading() as session:
        found = container.interpreting.assignments.list(session, by=SETUP, request_id=request.id)
    return {each.interpreter_id: each.state for each in found}


def test_seat_is_given_to_a_named_interpreter_in_one_step(
    container: Container, world: World, coordinator: PageClient, booked: tuple[RequestRead, AssignmentRead]
) -> None:
    request, given = booked
    fits = add_interpreter(container, world, name="Fidel Fit")
    other = add_interpreter(
        container, world, name="Olga Other", languages=(WorkingLanguages("ti", "es", Level.EXPERT),)
    )
    page = coordinator.get(f"/staff/interpreting/{request.id}")
    fitting, _, rest = page.text.partition('<optgroup label="Do not fit">')
    assert f'<option value="{fits.id}">Fidel Fit (Partner)</option>' in fitting
    assert f'<option value="{other.id}">Olga Other (Partner): does not work between these languages</option>' in rest
    page = reassign(coordinator, request, given, fits.id)
    assert "Given to another interpreter. Both are told." in page.text
    assert assignments(container, request) == {
        given.interpreter_id: AssignmentState.WITHDRAWN,
        fits.id: AssignmentState.BOOKED,
    }


def test_refusals_say_why_and_change_nothing(
    container: Container,
    world: World,
    coordinator: PageClient,
    booked: tuple[RequestRead, AssignmentRead],
    clock: FrozenClock,
) -> None:
    request, given = booked
    busy, blocked = add_interpreter(container, world), add_interpreter(container, world)
    rival = ask(container, world, starts_at=clock.now() + timedelta(days=3))
    with container.sessions.transaction() as session:
        container.interpreting.dispatch.book_directly(session, rival.id, busy.id, 1, by=SETUP)
        session.add(
            InterpreterBlock(
                interpreter_id=blocked.id,
                kind="declines",
                code=f"site:{world.site}",
                created_by=SETUP.reference,
                created_at=clock.now(),
            )
        )
    page = coordinator.get(f"/staff/interpreting/{request.id}")
    assert 'value="reassign"' not in page.text
    for interpreter_id, words in (
        (busy.id, "The interpreter is booked for something else at that time."),
        (blocked.id, "This interpreter and this request do not go together."),
        (given.interpreter_id, "Somebody has this seat already, or the interpreter has the other one."),
        ("", "This is not possible now."),
    ):
        assert words in reassign(coordinator, request, given, interpreter_id).text
    assert assignments(container, request) == {given.interpreter_id: AssignmentState.BOOKED}
