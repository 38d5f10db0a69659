"""Alerts in an interpreter's browsers: switched on, tested, switched off, and nobody else's."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from sqlmodel import select

from linkbridge.accounts.permissions import Actor, Role
from linkbridge.container import Container
from linkbridge.interpreting.directory.values import InterpreterRead
from linkbridge.notifications.models import OutboxMessage
from linkbridge.worker.delivery import Deliverer
from tests.integration.web.conftest import sign_in
from tests.support.accounts import World
from tests.support.interpreting_pages import add_interpreter, ask
from tests.support.pages import PageClient
from tests.support.post_server import PostServer, post_server
from tests.support.push_browser import PushBrowser

# The services behind this are tested on both databases.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def service() -> Iterator[PostServer]:
    with post_server() as running:
        yield running


@pytest.fixture
def client(world: World, app: FastAPI) -> PageClient:
    return sign_in(world, app, Role.INTERPRETER, partner=True)


@pytest.fixture
def interpreter(container: Container, world: World, client: PageClient) -> InterpreterRead:
    assert client is not None
    return add_interpreter(container, world, staff_email="interpreter-partner@example.org")


def actor_of(world: World, interpreter: InterpreterRead) -> Actor:
    assert interpreter.staff_id is not None
    return replace(world.actor(Role.INTERPRETER, partner=True), id=interpreter.staff_id)


def switch_on(client: PageClient, browser: PushBrowser, endpoint: str) -> int:
    given = browser.subscription(endpoint)
    page = client.send("/staff/alerts", {"endpoint": given.endpoint, "p256dh": given.p256dh, "auth": given.auth})
    return page.status


def deliver(container: Container, channel: str) -> list[str | None]:
    """Make the first attempt of each message of a channel, and return the codes of what went wrong."""
    deliverer = Deliverer(sessions=container.sessions, outbox=container.outbox, channels=container.channels)
    with container.sessions.reading() as session:
        waiting = session.exec(
            select(OutboxMessage.id).where(OutboxMessage.channel == channel, OutboxMessage.state == "waiting")
        ).all()
    for message_id in waiting:
        deliverer.deliver(message_id, 0)
    with container.sessions.reading() as session:
        return [session.get_one(OutboxMessage, message_id).error_code for message_id in waiting]


def test_alerts_are_switched_on_tested_and_switched_off(
    container: Container, world: World, client: PageClient, interpreter: InterpreterRead, service: PostServer
) -> None:
    browser = PushBrowser()
    assert "Nowhere yet." in client.get("/staff/alerts").text
    assert switch_on(client, browser, f"{service.origin}/1") == 200
    page = client.send("/staff/alerts", {}, to="/staff/alerts/test")
    assert "The test is on its way." in page.text
    assert deliver(container, "push") == [None]
    (posted,) = service.received
    assert browser.read(posted.body)["address"].endswith("/staff/alerts")
    with container.sessions.reading() as session:
        (kept,) = container.interpreting.alerts.read(session, by=actor_of(world, interpreter)).browsers
    page = client.send("/staff/alerts", {}, to=f"/staff/alerts/{kept.id}/off")
    assert ("Alerts are off there." in page.text, "Nowhere yet." in page.text) == (True, True)


def test_offer_reaches_the_browser_with_the_link_and_the_minimum(
    container: Container, world: World, client: PageClient, interpreter: InterpreterRead, service: PostServer
) -> None:
    browser = PushBrowser()
    switch_on(client, browser, f"{service.origin}/1")
    request = ask(container, world, note="canary-note", place="canary-place")
    assert deliver(container, "push") == [None]
    (posted,) = service.received
    message = browser.read(posted.body)
    assert message["tag"] == posted.headers["topic"] == request.id
    assert "/answer/" in message["address"]
    assert posted.headers["urgency"] == "high"
    assert 0 < int(posted.headers["ttl"]) <= 3_600
    assert not [word for word in ("canary", interpreter.name, "ines@") if word in json.dumps(message)]


def test_what_is_no_subscription_is_said_on_the_page(client: PageClient, interpreter: InterpreterRead) -> None:
    assert interpreter.is_active
    assert switch_on(client, PushBrowser(), "http://push.example/1") == 400


def test_nobody_switches_off_anothers_alerts(
    container: Container,
    world: World,
    app: FastAPI,
    client: PageClient,
    interpreter: InterpreterRead,
    service: PostServer,
) -> None:
    switch_on(client, PushBrowser(), f"{service.origin}/1")
    with container.sessions.reading() as session:
        before = container.interpreting.alerts.read(session, by=actor_of(world, interpreter)).browsers
    other = sign_in(world, app, Role.INTERPRETER)
    add_interpreter(container, world, partner=False, staff_email="interpreter@example.org")
    other.send("/staff/alerts", {}, to=f"/staff/alerts/{before[0].id}/off")
    with container.sessions.reading() as session:
        assert container.interpreting.alerts.read(session, by=actor_of(world, interpreter)).browsers == before


def test_page_is_for_interpreters_and_says_what_is_missing(world: World, app: FastAPI) -> None:
    assert sign_in(world, app, Role.OFFICIAL).get("/staff/alerts").status == 403
    page = sign_in(world, app, Role.INTERPRETER).get("/staff/alerts")
    assert "Your account is not linked with an interpreter yet." in page.text


def test_worker_is_served_where_it_looks_after_its_own_path(browser: PageClient) -> None:
    answer = browser.get("/staff/alerts/worker.js").response
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    assert answer.headers["content-type"].startswith("text/javascript")
