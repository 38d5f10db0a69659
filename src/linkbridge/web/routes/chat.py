"""The web chat: no account, no script needed, found again by a private link."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from linkbridge.chat.messages import Inbound, InboundKind, Update
from linkbridge.chat.webchat import FACTS, WEB, WebInbox, new_address
from linkbridge.container import Container
from linkbridge.web import chat_pages
from linkbridge.web.assets import asset_url
from linkbridge.web.auth import cookie_name
from linkbridge.web.csrf import SameOrigin
from linkbridge.web.deps import ContainerDep, Peer, ReadSession
from linkbridge.web.forms import FormValues, PlainForm
from linkbridge.web.pages import PagesDep
from linkbridge.web.templating import official_language, render_text

router = APIRouter(include_in_schema=False)
ELSEWHERE = "https://www.wikipedia.org/"
Secret = Annotated[str, Path(pattern=r"^[\w-]{20,64}$")]


@router.get("/chat")
def show(request: Request, container: ContainerDep, session: ReadSession, pages: PagesDep) -> Response:
    """Show what waits for this browser, or where its chat is."""
    address = chat_pages.address_of(request, container)
    waiting = WebInbox(container.cipher).fetch(session, address) if address else ()
    replies = [each.reply for each in waiting]
    memory = container.chat.conversations.memory(session, WEB, address)
    if not replies:
        start = Inbound(InboundKind.START, hints=chat_pages.language_hints(request))
        replies = list(container.chat.show(session, FACTS, memory, start))
    shown = chat_pages.bubbles(container, pages.views, replies)
    tag = memory.tag or (replies[0].tag if replies else "en")
    more = {"up_to": waiting[-1].number if waiting else 0, "handed": memory.handed, "own": []}
    page = render_text(
        container,
        official_language(request),
        "chat/page.html",
        {"request": request, **chat_pages.context_of(container, address, tag, shown, **more)},
    )
    return Response(page, media_type="text/html", headers=_PRIVATE)


@router.post("/chat")
def send(request: Request, container: ContainerDep, peer: Peer, form: PlainForm) -> Response:
    """Take a message from a page without scripts, and show it again with the answer."""
    address = _take(request, container, peer, form)
    response = RedirectResponse("/chat#end", status_code=303)
    _remember(response, container, address)
    return response


@router.post("/chat/messages")
def exchange(request: Request, container: ContainerDep, pages: PagesDep, peer: Peer, form: PlainForm) -> Response:
    """Take a message from the page's script, and return what answers it."""
    address = _take(request, container, peer, form)
    response = _waiting(request, container, pages, address, after=_number(form))
    _remember(response, container, address)
    return response


@router.get("/chat/messages")
def look(
    request: Request, container: ContainerDep, pages: PagesDep, after: Annotated[int, Query(ge=0)] = 0
) -> Response:
    """Return what has come since the page last looked."""
    return _waiting(request, container, pages, chat_pages.address_of(request, container), after=after)


@router.get("/chat/r/{secret}")
def come_back(container: ContainerDep, session: ReadSession, secret: Secret) -> Response:
    """Go on with the chat of a private link, in this browser. One that is not there any more begins anew."""
    response = RedirectResponse("/chat", status_code=303, headers=_PRIVATE)
    if container.chat.conversations.memory(session, WEB, secret).turn:
        _remember(response, container, secret)
    return response


@router.post("/chat/leave", dependencies=[SameOrigin])
def leave(container: ContainerDep) -> Response:
    """Forget the chat in this browser, and show a page that has nothing to do with it."""
    response = RedirectResponse(ELSEWHERE, status_code=303)
    response.delete_cookie(cookie_name(container, chat_pages.COOKIE), path="/")
    return response


@router.get("/chat/app.webmanifest")
def web_manifest(container: ContainerDep) -> Response:
    """Let a phone install the chat, under a name that says nothing about it."""
    texts = container.catalogue.interface("en")
    name = texts.text("receipt-neutral-title")
    icon = {"src": asset_url("img/icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    content = {"name": name, "short_name": name, "start_url": "/chat", "scope": "/chat", "display": "standalone"}
    return JSONResponse({**content, "icons": [icon]}, media_type="application/manifest+json")


_PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


def _take(request: Request, container: Container, peer: str, form: FormValues) -> str:
    """Take one message and return the secret of its chat, which it begins where there is none."""
    known = chat_pages.address_of(request, container)
    address = known or new_address()
    chat_pages.slow_down(container, address, peer, is_new=not known)
    update = Update(address, chat_pages.message_id(form), chat_pages.read_inbound(request, form))
    with container.sessions.transaction() as session:
        WebInbox(container.cipher).shown(session, address, _number(form))
        container.chat.receive(session, WEB, FACTS, update)
    return address


def _number(form: FormValues) -> int:
    """Return the number of the last message that the page has shown."""
    value = form.text("up_to")
    return int(value) if value.isdecimal() and len(value) < 19 else 0


def _waiting(request: Request, container: Container, pages: PagesDep, address: str, *, after: int) -> Response:
    with container.sessions.reading() as session:
        waiting = WebInbox(container.cipher).fetch(session, address, after=after) if address else ()
        memory = container.chat.conversations.memory(session, WEB, address)
    shown = chat_pages.bubbles(container, pages.views, [each.reply for each in waiting])
    tag = memory.tag or "en"
    html = render_text(
        container,
        official_language(request),
        "chat/bubbles.html",
        chat_pages.context_of(container, address, tag, shown, up_to=waiting[-1].number if waiting else after),
    )
    content = {
        "html": html,
        "upTo": waiting[-1].number if waiting else after,
        "handed": memory.handed,
        "tag": tag,
        "reload": bool(memory.tag) and request.headers.get("x-chat-language", "") not in {"", memory.tag},
    }
    return JSONResponse(content, headers=_PRIVATE)


def _remember(response: Response, container: Container, address: str) -> None:
    response.set_cookie(
        cookie_name(container, chat_pages.COOKIE),
        address,
        max_age=chat_pages.COOKIE_SECONDS,
        path="/",
        secure=container.web.secure_cookies,
        httponly=True,
        samesite="lax",
    )
