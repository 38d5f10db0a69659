"""What a tablet is told of its wish for an interpreter."""

from dataclasses import replace

import pytest
from fastapi import FastAPI

from linkbridge.accounts.permissions import system_actor
from linkbridge.container import Container
from linkbridge.encounters.brokered_desk import BrokeredDesk
from linkbridge.interpreting.values import OfferState
from tests.integration.web.conftest import enrol
from tests.support.accounts import World
from tests.support.dispatching import add_interpreter
from tests.support.pages import Page
from tests.support.tablet import TabletClient

# The services behind this are tested on both databases.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LINK = system_actor("link")


def wish(container: Container, world: World, tablet: TabletClient, **head: object) -> str:
    """Send a wish while somebody is on call, and return its id."""
    with container.sessions.transaction() as session:
        encrypt = container.cipher.encrypt
        add_interpreter(
            session, world.partner, container.clock.now(), on_call=True, name_encrypted=encrypt("Ada Interpreter")
        )
    event = tablet.sender.acknowledgement(answer="wants-interpreter", head=dict(head))
    sealed = tablet.sender.seal(event)
    assert tablet.sync(sealed).response.json()["results"][0]["outcome"] == "stored"
    return sealed[0]


def cancel(tablet: TabletClient, event_id: str) -> Page:
    headers = {"accept": "application/json", "x_csrf_token": tablet.csrf, "origin": tablet.base_url}
    return tablet.ask("POST", f"/tablet/interpreter/{event_id}/cancel", b"", **headers)


def test_wish_is_followed_from_asking_to_the_call(container: Container, world: World, tablet: TabletClient) -> None:
    event_id = wish(container, world, tablet)
    path = f"/tablet/interpreter/{event_id}"
    assert tablet.get(path).response.json() == {"state": "offered", "asked": 1, "join": ""}
    with container.sessions.transaction() as session:
        dispatch = container.interpreting.dispatch
        [offer] = dispatch.offers(session, by=LINK, state=OfferState.OPEN)
        dispatch.accept_offer(session, offer.id, by=LINK)
    booked = tablet.get(path).response.json()
    assert (booked["state"], booked["asked"]) == ("booked", 0)
    assert booked["join"].startswith("/call/")
    desk = container.interpreter_desk
    assert isinstance(desk, BrokeredDesk)
    desk._look = replace(desk._look, until=0.0)  # half a minute later
    assert "data-interpreter-state" in tablet.get("/tablet/es/am").text


def test_wish_is_called_off(container: Container, world: World, tablet: TabletClient) -> None:
    event_id = wish(container, world, tablet)
    assert cancel(tablet, event_id).response.json() == {"state": "cancelled", "asked": 0, "join": ""}


def test_practice_rings_nobody_and_says_so(container: Container, world: World, tablet: TabletClient) -> None:
    event_id = wish(container, world, tablet, training=True)
    assert tablet.get(f"/tablet/interpreter/{event_id}").response.json() == {"state": "none"}
    assert cancel(tablet, event_id).status == 404


def test_wish_of_another_site_is_not_there(
    container: Container, world: World, tablet: TabletClient, app: FastAPI
) -> None:
    event_id = wish(container, world, tablet)
    other = enrol(container, app, world.other_site)
    assert other.get(f"/tablet/interpreter/{event_id}", accept="application/json").status == 404
    assert cancel(other, event_id).status == 404
    assert tablet.get(f"/tablet/interpreter/{'0' * 32}", accept="application/json").status == 404
