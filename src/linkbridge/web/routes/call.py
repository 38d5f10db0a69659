"""The page on which one side of a session enters it. The link is all that is needed."""

import json

from fastapi import APIRouter, Request, Response

from linkbridge.accounts.quota import Rate
from linkbridge.interpreting.announcements.facts import languages_of, moment_of, times_of
from linkbridge.interpreting.calls.values import Gate, MeetingKind
from linkbridge.interpreting.values import Modality, Seat, TimeSpan
from linkbridge.kernel.errors import TooManyAttempts
from linkbridge.web.deps import ContainerDep, Peer, ReadSession
from linkbridge.web.templating import official_language, render

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
    ui = official_language(request)
    is_call = call.gate is Gate.OPEN and call.kind is MeetingKind.BROWSER
    page = render(
        request,
        "interpreting/call.html",
        {
            "call": call,
            "is_call": is_call,
            "languages_words": languages_of(Seat(1, call.person_language, call.official_language), ui),
            "times": times_of(TimeSpan(call.starts_at, call.ends_at), (call.time_zone,), ui),
            "opens": moment_of(call.opens_at, call.time_zone, ui),
            "ice": json.dumps(calls.ice(call)) if is_call else "",
            "has_video": call.modality is Modality.VIDEO,
            "token": token,
        },
    )
    page.headers["X-Robots-Tag"] = "noindex"
    return page
