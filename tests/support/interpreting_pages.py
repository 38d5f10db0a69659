"""Interpreters of a container's world who can always work, for tests of pages and the API."""

from dataclasses import replace
from typing import Any

from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.interpreting.availability.wishes import read_wish
from linkbridge.interpreting.directory.values import InterpreterRead
from linkbridge.interpreting.dispatch.values import RequestWish
from linkbridge.interpreting.reads import OfferRead, RequestRead
from tests.support.accounts import World
from tests.support.brokering import DETAILS

ALWAYS = {
    "rules": [
        {"rrule": "FREQ=DAILY", "starts_on": "2026-11-01", "start": "00:00", "minutes": 1440, "on_call": True},
    ],
    "exceptions": [],
}


def add_interpreter(container: Container, world: World, *, partner: bool = True, **changes: Any) -> InterpreterRead:
    """Add an interpreter who is always on call."""
    by = world.actor(Role.COORDINATOR, partner=partner)
    with container.sessions.transaction() as session:
        made = container.interpreting.directory.add(session, replace(DETAILS, **changes), by=by)
        container.interpreting.availability.replace(session, made.id, read_wish(ALWAYS), by=by)
    return made


def ask(container: Container, world: World, **changes: Any) -> RequestRead:
    """Ask for an interpreter as a coordinator of the host."""
    wish = RequestWish(person_language="am", domain="screening", modality="video", site_id=world.site)
    with container.sessions.transaction() as session:
        return container.interpreting.requests.create(
            session, replace(wish, **changes), by=world.actor(Role.COORDINATOR)
        )


def offers_of(container: Container, world: World, request: RequestRead) -> tuple[OfferRead, ...]:
    with container.sessions.reading() as session:
        return container.interpreting.dispatch.offers(session, by=world.actor(Role.COORDINATOR), request_id=request.id)
