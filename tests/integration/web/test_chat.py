"""The web chat: with and without a script, found again by its link, left without a trace; and the inbox behind it."""

import re

import pytest
from fastapi import FastAPI

from linkbridge.accounts.permissions import Role, system_actor
from linkbridge.container import Container
from linkbridge.interpreting.values import OfferState, RequestState, Source
from linkbridge.settings import Settings
from tests.integration.web.conftest import sign_in
from tests.support.accounts import World
from tests.support.dispatching import add_interpreter
from tests.support.pages import Page, PageClient

LINK = system_actor("link")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Drafts are shown to the public, since nothing is reviewed yet, and browsers call each other directly."""
    return settings.model_copy(update={"public_status": "draft", "calls_direct": True})


def post(browser: PageClient, **fields: str) -> dict[str, object]:
    """Send what the page's script sends."""
    answer: dict[str, object] = browser.post("/chat/messages", dict(fields)).response.json()
    return answer


def open_desk(world: World, app: FastAPI) -> PageClient:
    """Let the host answer chats; return the browser of the coordinator who did it."""
    coordinator = sign_in(world, app, Role.COORDINATOR)
    page = coordinator.send("/staff/inbox", {"is_open": "on", "answer_minutes": "15", "site_id": world.site})
    assert page.path == "/staff/inbox"
    return coordinator


def put_on_call(container: Container, world: World) -> None:
    """Put an interpreter of the partner on call."""
    with container.sessions.transaction() as session:
        name = container.cipher.encrypt("Ada Interpreter")
        add_interpreter(session, world.partner, container.clock.now(), on_call=True, name_encrypted=name)


def said(page: Page) -> list[str]:
    """What the bubbles of a page say."""
    return re.findall(r'<p class="said">(.*?)</p>', page.text, re.DOTALL)


def test_page_greets_in_the_browsers_language_and_keeps_nothing(browser: PageClient, container: Container) -> None:
    page = browser.get("/chat", accept_language="ti-ER,en;q=0.5")
    assert said(page)[0].startswith(container.catalogue.interface("ti").text("chat-hello"))
    assert "<title>" + container.catalogue.interface("ti").text("receipt-neutral-title") + "</title>" in page.text
    assert page.response.headers["cache-control"] == "no-store"
    assert browser.cookies.get("lb_chat") is None


def test_chat_without_a_script(browser: PageClient, container: Container) -> None:
    texts = container.catalogue.interface("es")
    page = browser.post("/chat", {"choice": "language:es", "turn": "1"})
    assert page.path == "/chat"
    assert said(page)[-1] == texts.text("chat-menu")
    assert 'lang="es"' in page.text
    page = browser.post("/chat", {"choice": "ask", "turn": "2"})
    assert said(page)[-1] == texts.text("chat-write-question")
    page = browser.post("/chat", {"text": "necesito un abogado"})
    assert said(page)[-1] == texts.text("chat-candidates")


def test_answers_come_once_and_in_order(browser: PageClient, container: Container) -> None:
    texts = container.catalogue.interface("es")
    first = post(browser, choice="language:es", turn="1", id="one", up_to="0")
    assert texts.text("chat-menu") in str(first["html"])
    second = post(browser, text="necesito un abogado", id="two", up_to=str(first["upTo"]))
    assert texts.text("chat-candidates") in str(second["html"])
    assert texts.text("chat-menu") not in str(second["html"])
    again = post(browser, text="necesito un abogado", id="two", up_to=str(first["upTo"]))
    assert again == second


def test_private_link_brings_back_and_leaving_forgets(app: FastAPI, browser: PageClient, container: Container) -> None:
    browser.post("/chat", {"choice": "language:es", "turn": "1"})
    page = browser.get("/chat")
    link = re.search(r'href="(/chat/r/[\w-]+)"', page.text)
    assert link is not None
    elsewhere = PageClient(app)
    assert said(elsewhere.get(link[1]))[-1] == container.catalogue.interface("es").text("chat-menu")
    left = elsewhere.ask("POST", "/chat/leave", content_type="application/x-www-form-urlencoded")
    assert (left.status, left.response.headers["location"]) == (303, "https://www.wikipedia.org/")
    assert elsewhere.cookies.get("lb_chat") is None


def test_link_of_nobody_begins_anew(browser: PageClient) -> None:
    assert browser.get(f"/chat/r/{'x' * 32}").path == "/chat"
    assert browser.cookies.get("lb_chat") is None


def test_other_sites_cannot_write_into_a_chat(browser: PageClient) -> None:
    page = browser.post("/chat", {"choice": "delete-yes"}, origin="https://elsewhere.example")
    assert page.status == 403


def test_too_many_messages_are_slowed_down(browser: PageClient) -> None:
    post(browser, choice="language:es", turn="1", id="0")
    statuses = [
        browser.post("/chat/messages", {"choice": "menu", "turn": "9", "id": str(number)}).status
        for number in range(1, 42)
    ]
    assert statuses == [200] * 40 + [429]


def test_caseworker_answers_in_the_inbox(app: FastAPI, browser: PageClient, container: Container, world: World) -> None:
    coordinator = open_desk(world, app)
    texts = container.catalogue.interface("am")
    for choice in ("language:am", "caseworker", f"organisation:{world.host}", "agree"):
        answer = post(browser, choice=choice, turn="99", id=choice)
    assert answer["handed"] is True
    post(browser, text="ሰላም", id="hello")
    queue = coordinator.get("/staff/inbox")
    link = re.search(r'href="(/staff/inbox/[0-9a-f]{32})"', queue.text)
    assert link is not None
    assert "ሰላም" in coordinator.get(link[1]).text
    partner = sign_in(world, app, Role.COORDINATOR, partner=True)
    assert partner.get(link[1]).status == 404
    assert coordinator.send(link[1], {"action": "claim"}).status == 200
    page = coordinator.send(link[1], {"action": "phrase", "phrase": "detention-rights.lawyer"})
    assert page.path == link[1]
    lawyer = container.catalogue.phrase("detention-rights.lawyer", "am")
    assert lawyer is not None
    waiting = browser.get("/chat/messages?after=0").response.json()
    assert texts.format("chat-answered", organisation="Host") in waiting["html"]
    assert lawyer.text in waiting["html"]
    assert texts.text("mark-draft") in waiting["html"].split(lawyer.text)[1]
    refused = coordinator.send(link[1], {"action": "say", "text": "Buenos días"})
    assert (refused.status, refused.problems) == (400, ["text"])
    assert coordinator.send(link[1], {"action": "say", "text": "Buenos días", "as_written": "on"}).status == 200
    assert coordinator.send(link[1], {"action": "give-back"}).path == "/staff/inbox"
    assert browser.get("/chat/messages?after=0").response.json()["handed"] is False


def test_interpreter_asked_for_in_the_chat_comes_to_the_call(
    app: FastAPI, browser: PageClient, container: Container, world: World
) -> None:
    open_desk(world, app)
    put_on_call(container, world)
    for choice in ("language:am", "interpreter", f"organisation:{world.host}"):
        answer = post(browser, choice=choice, turn="99", id=choice)
    texts = container.catalogue.interface("am")
    assert texts.text("chat-asking-interpreter") in str(answer["html"])
    with container.sessions.transaction() as session:
        [request] = container.interpreting.requests.list(session, by=LINK)
        assert (request.source, request.person_language, request.site_id) == (Source.CHAT, "am", world.site)
        [offer] = container.interpreting.dispatch.offers(session, by=LINK, state=OfferState.OPEN)
        container.interpreting.dispatch.accept_offer(session, offer.id, by=LINK)
    told = browser.get(f"/chat/messages?after={answer['upTo']}").response.json()["html"]
    assert texts.text("chat-interpreter-ready") in told
    call = re.search(r'href="[^"]*(/call/[^"]+)"', told)
    assert call is not None
    page = browser.get(call[1]).text
    assert 'data-own="person"' in page
    assert texts.text("call-check") in page
    assert '<html lang="am"' in page


def test_erased_chat_calls_its_interpreter_off(
    app: FastAPI, browser: PageClient, container: Container, world: World
) -> None:
    open_desk(world, app)
    put_on_call(container, world)
    for choice in ("language:am", "interpreter", f"organisation:{world.host}", "delete", "delete-yes"):
        post(browser, choice=choice, turn="99", id=choice)
    with container.sessions.reading() as session:
        [request] = container.interpreting.requests.list(session, by=LINK)
        assert request.state is RequestState.CANCELLED


def test_nobody_to_call_is_said(app: FastAPI, browser: PageClient, container: Container, world: World) -> None:
    open_desk(world, app)
    for choice in ("language:am", "interpreter", f"organisation:{world.host}"):
        answer = post(browser, choice=choice, turn="99", id=choice)
    texts = container.catalogue.interface("am")
    assert texts.text("chat-no-interpreter") in str(answer["html"])


def test_desk_refuses_what_makes_no_sense(app: FastAPI, world: World) -> None:
    coordinator = sign_in(world, app, Role.COORDINATOR)
    page = coordinator.send("/staff/inbox", {"is_open": "on", "answer_minutes": "0", "site_id": world.site})
    assert (page.status, page.problems) == (400, ["answer_minutes"])
    page = coordinator.send("/staff/inbox", {"answer_minutes": "5", "site_id": world.partner_site})
    assert (page.status, page.problems) == (400, ["site_id"])
