"""The page on which one side of a session enters it. The link is all that is needed."""

import json
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from linkbridge.accounts.quota import Rate
from linkbridge.container import Container
from linkbridge.interpreting.announcements.facts import languages_of, moment_of, times_of
from linkbridge.interpreting.calls.values import CallRead, Gate, MeetingKind
from linkbridge.interpreting.values import Modality, Party, Seat, TimeSpan
from linkbridge.kernel.errors import TooManyAttempts
from linkbridge.web.deps import ContainerDep, Peer, ReadSession
from linkbridge.web.routes.interpreting_answer import LINK
from linkbridge.web.templating import official_language, render_in

router = APIRouter(include_in_schema=False)
RATE = Rate("call-link", 120)


@router.get("/call/{token}")
def show(request: Request, container: ContainerDep, session: ReadSession, peer: Peer, token: str) -> Response:
    """Show how and when the session is held; where it is a call in the browser, with what it needs."""
    wait = container.quota.take(RATE, peer)
    if wait:
        raise TooManyAttempts("too many requests", retry_after=wait)
    calls = container.interpreting.calls
    call = calls.read(session, token)
    ui, zone = _reader(request, container, session, call)
    is_call = call.gate is Gate.OPEN and call.kind is MeetingKind.BROWSER
    is_person = call.link.party is Party.PERSON
    page = render_in(
        request,
        ui,
        "chat/call.html" if is_person else "interpreting/call.html",
        {
            "page_lang": call.person_language if is_person else ui,
            "texts": container.catalogue.interface(call.person_language) if is_person else None,
            "call": call,
            "is_call": is_call,
            "room_host": urlsplit(call.room).netloc,
            "languages_words": languages_of(Seat(1, call.person_language, call.official_language), ui),
            "times": times_of(TimeSpan(call.starts_at, call.ends_at), (zone, call.time_zone), ui),
            "opens": moment_of(call.opens_at, zone, ui),
            "ice": json.dumps(calls.ice(call)) if is_call else "",
            "has_video": call.modality is Modality.VIDEO,
            "token": token,
        },
    )
    page.headers["X-Robots-Tag"] = "noindex"
    return page


def _reader(request: Request, container: Container, session: Session, call: CallRead) -> tuple[str, str]:
    """Return the language and the zone in which the page is written: an interpreter's own, else the request's."""
    if call.link.assignment_id is None:
        return official_language(request), call.time_zone
    given = container.interpreting.assignments.get(session, call.link.assignment_id, by=LINK)
    person = container.interpreting.directory.get(session, given.interpreter_id, by=LINK)
    return person.language, person.time_zone
