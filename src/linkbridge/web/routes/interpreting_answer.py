"""The page behind a signed link: an interpreter answers an offer without signing in.

Opening it changes nothing, so that a mail scanner accepts nothing; only the form does, and it is bound to the browser.
"""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from linkbridge.accounts.permissions import system_actor
from linkbridge.accounts.quota import Rate
from linkbridge.container import Container
from linkbridge.interpreting.reads import AssignmentRead, OfferRead
from linkbridge.interpreting.values import OCCUPYING, OfferState
from linkbridge.kernel.errors import Conflict, Expired, InvalidInput, NotFound, TooManyAttempts
from linkbridge.web.deps import ContainerDep, Peer
from linkbridge.web.forms import AnonymousForm, anonymous_token
from linkbridge.web.interpreting_views import assignment_view, offer_view
from linkbridge.web.routes.interpreting_own import join_path
from linkbridge.web.templating import render_in

router = APIRouter(include_in_schema=False)
LINK = system_actor("offer-link")
RATE = Rate("offer-link", 120)
_PRIVATE = {"X-Robots-Tag": "noindex", "Cache-Control": "no-store"}


@router.get("/answer/{token}")
def show(request: Request, container: ContainerDep, peer: Peer, token: str) -> Response:
    """Show what is asked, or what became of it."""
    _limit(container, peer)
    offer_id = container.interpreting.answers.read(token)
    return _page(request, container, token, offer_id)


@router.post("/answer/{token}")
def answer(request: Request, container: ContainerDep, peer: Peer, form: AnonymousForm, token: str) -> Response:
    """Accept, decline or step back. A repeat changes nothing and shows how it stands."""
    _limit(container, peer)
    offer_id = container.interpreting.answers.read(token)
    act = _ACTIONS.get(form.text("action"))
    if act is None:
        raise InvalidInput("choose one of the buttons", field="action", problem="choice")
    try:
        act(container, offer_id)
    except (Conflict, Expired) as error:
        return _page(request, container, token, offer_id, refused=str(error.params.get("reason", error.code)))
    return RedirectResponse(f"/answer/{token}", 303, headers=_PRIVATE)


def _accept(container: Container, offer_id: str) -> None:
    with container.sessions.transaction() as session:
        container.interpreting.dispatch.accept_offer(session, offer_id, by=LINK)


def _decline(container: Container, offer_id: str) -> None:
    with container.sessions.transaction() as session:
        container.interpreting.dispatch.decline_offer(session, offer_id, by=LINK)


def _step_back(container: Container, offer_id: str) -> None:
    with container.sessions.transaction() as session:
        offer = container.interpreting.dispatch.offer(session, offer_id, by=LINK)
        given = _assignment_of(container, session, offer)
        if given is None:
            raise NotFound("there is no such assignment")
        container.interpreting.assignments.withdraw(session, given.id, by=LINK)


_ACTIONS: dict[str, Callable[[Container, str], None]] = {
    "accept": _accept,
    "decline": _decline,
    "step-back": _step_back,
}


def _limit(container: Container, peer: str) -> None:
    wait = container.quota.take(RATE, peer)
    if wait:
        raise TooManyAttempts("too many requests", retry_after=wait)


def _assignment_of(container: Container, session: Any, offer: OfferRead) -> AssignmentRead | None:  # noqa: ANN401
    """Return what the offer became, if it was accepted."""
    if offer.state is not OfferState.ACCEPTED:
        return None
    found = container.interpreting.assignments.list(
        session, by=LINK, request_id=offer.request_id, interpreter_id=offer.interpreter_id
    )
    return next((each for each in found if each.offer_id == offer.id), None)


def _page(request: Request, container: Container, token: str, offer_id: str, *, refused: str = "") -> Response:
    now = container.clock.now()
    with container.sessions.reading() as session:
        offer = container.interpreting.dispatch.offer(session, offer_id, by=LINK)
        person = container.interpreting.directory.get(session, offer.interpreter_id, by=LINK)
        given = _assignment_of(container, session, offer)
        is_coming = given is not None and given.state in OCCUPYING
        join = join_path(container, session, given) if given else ""
        secrets = container.interpreting.requests.secrets(session, offer.request_id, by=LINK) if is_coming else None
    ui, zone = person.language, person.time_zone
    form = anonymous_token(request, container)
    page = render_in(
        request,
        ui,
        "interpreting/answer.html",
        {
            "booking": assignment_view(given, zone=zone, ui=ui, now=now)
            if given
            else offer_view(offer, zone=zone, ui=ui, now=now),
            "is_assigned": given is not None,
            "secrets": secrets,
            "join": join,
            "refused": refused,
            "token": token,
            "now": now.isoformat(),
            "csrf_token": form.token,
            "values": {},
            "problems": {},
            "params": {},
        },
        409 if refused else 200,
    )
    page.headers.update(_PRIVATE)
    form.keep(page, container)
    return page
