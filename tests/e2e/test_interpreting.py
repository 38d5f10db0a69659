"""A coordinator asks by keyboard, an interpreter accepts on a phone, the board shows it; all bear axe and touch."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from linkbridge.accounts.first import OPERATOR
from linkbridge.accounts.permissions import Role
from linkbridge.interpreting.availability.wishes import read_wish
from linkbridge.interpreting.dispatch.values import RequestWish
from tests.e2e.conftest import OpenContext
from tests.e2e.test_staff import TOO_SMALL, sign_in
from tests.support.axe import violations
from tests.support.brokering import DETAILS
from tests.support.browser import Watch
from tests.support.interpreting_pages import ALWAYS
from tests.support.server import Server

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def own_server(own_server: Server) -> Server:
    """A server of its own with the demonstration's interpreter, who is always on call for Amharic."""
    container = own_server.container
    with container.sessions.transaction() as session:
        owner = next(iter(container.accounts.directory.organisation_names(session)))
        details = replace(DETAILS, name="Ismael Interpreter", staff_email="interpreter@demo.example")
        made = container.interpreting.directory.add(session, details, by=OPERATOR, organisation_id=owner)
        container.interpreting.availability.replace(session, made.id, read_wish(ALWAYS), by=OPERATOR)
        unmet = RequestWish(person_language="ln", domain="medical", modality="phone", site_id=own_server.small_site)
        container.interpreting.requests.create(session, unmet, by=OPERATOR)
    return own_server


def staff(open_context: OpenContext, server: Server, role: Role, **options: object) -> Page:
    page = open_context(base_url=server.url, **options).new_page()
    sign_in(page, server, role)
    return page


def look_at(page: Page, path: str) -> list[str]:
    """Return what is wrong with a page: what axe finds, what is too small to touch, what scrolls sideways."""
    page.goto(path)
    found = [*violations(page), *page.evaluate(TOO_SMALL)]
    return [*found, *([f"{path} scrolls sideways"] if page.evaluate(OVERFLOW) > 0 else [])]


def test_request_goes_from_the_keyboard_to_a_phone_and_back_to_the_board(
    open_context: OpenContext, own_server: Server, watch: Watch
) -> None:
    watch.host = f"localhost:{own_server.port}"
    board = staff(open_context, own_server, Role.COORDINATOR)
    phone = staff(open_context, own_server, Role.INTERPRETER, viewport=PHONE, has_touch=True)
    phone.goto("/staff/offers")

    board.goto("/staff/interpreting")
    board.keyboard.press("n")
    expect(board).to_have_url(re.compile(r"/interpreting/new$"))
    board.locator("[name=person_language]").select_option("am")
    board.locator("[name=duration_minutes]").press("Enter")
    expect(board).to_have_url(re.compile(r"done=request-made$"))
    request = board.url.partition("?")[0]

    board.goto("/staff/interpreting")
    ring = board.locator(".request-card .ring")
    expect(ring).to_be_visible()
    expect(ring.locator("[data-rest]")).to_have_attribute("stroke-dashoffset", re.compile(r"^[1-9]?\d\.\d$"))
    board.goto(request)

    accept = phone.locator("[data-live] button[value=accept]")
    expect(accept).to_be_visible()
    expect(phone.locator("[data-left]").first).to_have_text(re.compile(r"^0:\d\d$"))
    accept.tap()
    expect(phone).to_have_url(re.compile(r"/staff/assignments\?done=accepted$"))
    expect(phone.locator("a[href^='/call/']")).to_be_visible()

    expect(board.locator(".now-badge")).to_have_text(re.compile("reservado", re.IGNORECASE))
    board.goto("/staff/interpreting")
    board.keyboard.press("ArrowRight")
    card = board.locator(f"[data-card='{request.rpartition('/')[2]}']")
    expect(card).to_contain_text("Ismael Interpreter")
    card.focus()
    board.keyboard.press("Enter")
    expect(board).to_have_url(request)

    faults = [
        fault
        for path in (
            "/staff/interpreting",
            "/staff/interpreting/new",
            request,
            "/staff/interpreters",
            "/staff/interpreting/reports",
        )
        for fault in look_at(board, path)
    ]
    faults += [
        fault for path in ("/staff/offers", "/staff/assignments", "/staff/contacts") for fault in look_at(phone, path)
    ]
    assert faults == []
