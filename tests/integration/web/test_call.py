"""The page of a session, and the socket over which two browsers find each other."""

import warnings
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import select
from starlette.exceptions import StarletteDeprecationWarning
from starlette.websockets import WebSocketDisconnect

from linkbridge.container import Container
from linkbridge.interpreting.models import Attendance, CallSignal
from linkbridge.interpreting.values import Party, RequestState
from linkbridge.kernel.clock import FrozenClock
from linkbridge.settings import Settings
from tests.support.accounts import SETUP, World
from tests.support.interpreting_pages import add_interpreter, ask, offers_of
from tests.support.pages import PageClient

with warnings.catch_warnings():
    # It speaks WebSocket in the same process; the warning is about the HTTP client beneath, which is not used here.
    warnings.simplefilter("ignore", StarletteDeprecationWarning)
    from starlette.testclient import TestClient

ORIGIN = {"origin": "http://testserver"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"calls_direct": True})


@pytest.fixture
def booked(container: Container, world: World) -> tuple[str, str, str]:
    """A request with an interpreter for now, and the paths of official and interpreter."""
    add_interpreter(container, world)
    request = ask(container, world)
    [offer] = offers_of(container, world, request)
    with container.sessions.transaction() as session:
        given = container.interpreting.dispatch.accept_offer(session, offer.id, by=SETUP)
        calls = container.interpreting.calls
        official = calls.join_path(session, request.id, party=Party.OFFICIAL)
        return (
            request.id,
            official,
            calls.join_path(session, request.id, party=Party.INTERPRETER, assignment_id=given.id),
        )


def state_of(container: Container, request_id: str) -> RequestState:
    with container.sessions.reading() as session:
        return container.interpreting.requests.get(session, request_id, by=SETUP).state


def test_two_sides_meet_and_their_messages_are_kept_no_longer_than_needed(
    app: FastAPI, container: Container, booked: tuple[str, str, str]
) -> None:
    request_id, official, interpreter = booked
    with TestClient(app) as client, client.websocket_connect(f"{official}/signal", headers=ORIGIN) as one:
        first = one.receive_json()["id"]
        assert one.receive_json() == {"type": "peers", "peers": []}
        assert state_of(container, request_id) is RequestState.BOOKED
        with client.websocket_connect(f"{interpreter}/signal", headers=ORIGIN) as two:
            second = two.receive_json()["id"]
            assert two.receive_json()["peers"] == [{"id": first, "party": "official"}]
            assert one.receive_json()["peers"] == [{"id": second, "party": "interpreter"}]
            assert state_of(container, request_id) is RequestState.IN_SESSION
            two.send_json({"to": first, "body": {"description": "words"}})
            assert one.receive_json() == {"type": "signal", "from": second, "body": {"description": "words"}}
            with container.sessions.reading() as session:
                assert session.exec(select(CallSignal)).all() == []
        assert one.receive_json() == {"type": "peers", "peers": []}
        assert state_of(container, request_id) is RequestState.IN_SESSION
        one.send_json({"type": "leave"})
        with pytest.raises(WebSocketDisconnect):
            one.receive_json()
    with container.sessions.reading() as session:
        assert all(row.left_at is not None for row in session.exec(select(Attendance)).all())
    assert state_of(container, request_id) is RequestState.DONE


def test_newer_connection_takes_the_place_of_the_older(app: FastAPI, booked: tuple[str, str, str]) -> None:
    _request, official, _interpreter = booked
    with TestClient(app) as client, client.websocket_connect(f"{official}/signal", headers=ORIGIN) as old:
        old.receive_json()
        old.receive_json()
        with client.websocket_connect(f"{official}/signal", headers=ORIGIN) as new:
            new.receive_json()
            with pytest.raises(WebSocketDisconnect) as closed:
                old.receive_json()
            assert closed.value.code == 4409
            assert new.receive_json() == {"type": "peers", "peers": []}


def test_person_enters_as_a_third_side_and_the_others_are_told(
    app: FastAPI, container: Container, browser: PageClient, booked: tuple[str, str, str]
) -> None:
    request_id, official, interpreter = booked
    with container.sessions.reading() as session:
        person = container.interpreting.calls.join_path(session, request_id, party=Party.PERSON)
    page = browser.get(person)
    assert 'data-own="person"' in page.text
    assert '<li data-party="person" hidden>Person</li>' in browser.get(official).text
    with (
        TestClient(app) as client,
        client.websocket_connect(f"{official}/signal", headers=ORIGIN) as one,
        client.websocket_connect(f"{person}/signal", headers=ORIGIN) as third,
    ):
        ids = [socket.receive_json()["id"] for socket in (one, third)]
        told = one.receive_json()
        while told["peers"] == []:
            told = one.receive_json()
        assert told["peers"] == [{"id": ids[1], "party": "person"}]
        assert third.receive_json()["peers"] == [{"id": ids[0], "party": "official"}]
        assert state_of(container, request_id) is RequestState.BOOKED
        with client.websocket_connect(f"{interpreter}/signal", headers=ORIGIN) as two:
            two.receive_json()
            assert {peer["party"] for peer in two.receive_json()["peers"]} == {"official", "person"}
            assert state_of(container, request_id) is RequestState.IN_SESSION


def test_lost_connection_is_told_so_and_not_that_another_device_took_its_place(
    app: FastAPI, container: Container, booked: tuple[str, str, str], clock: FrozenClock
) -> None:
    _request, official, interpreter = booked
    with TestClient(app) as client, client.websocket_connect(f"{official}/signal", headers=ORIGIN) as lost:
        lost.receive_json()
        lost.receive_json()
        clock.advance(timedelta(seconds=20))
        with container.sessions.transaction() as session:
            container.interpreting.calls.join(session, interpreter.removeprefix("/call/"))
        with pytest.raises(WebSocketDisconnect) as closed:
            lost.receive_json()
        assert closed.value.code == 4408


@pytest.mark.parametrize("origin", [{}, {"origin": "https://elsewhere.example"}])
def test_socket_of_another_site_is_refused(app: FastAPI, booked: tuple[str, str, str], origin: dict[str, str]) -> None:
    with (
        TestClient(app) as client,
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(f"{booked[1]}/signal", headers=origin),
    ):
        pass


def test_socket_with_too_large_a_message_is_closed(app: FastAPI, booked: tuple[str, str, str]) -> None:
    with TestClient(app) as client, client.websocket_connect(f"{booked[1]}/signal", headers=ORIGIN) as socket:
        socket.receive_json()
        socket.receive_json()
        socket.send_text("x" * 40_000)
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 4429


def test_page_shows_the_call_while_it_is_open_and_says_when_it_is_over(
    browser: PageClient, booked: tuple[str, str, str], clock: FrozenClock
) -> None:
    page = browser.get(booked[1])
    assert page.status == 200
    assert "data-call" in page.text
    assert "Nothing is recorded." in page.text
    assert "Ines" not in page.text
    clock.advance(timedelta(hours=3))
    page = browser.get(booked[1])
    assert "This conversation is over." in page.text
    assert "data-call" not in page.text


def test_forged_link_leads_nowhere(browser: PageClient, booked: tuple[str, str, str]) -> None:
    assert browser.get(booked[1] + "x").status == 404
