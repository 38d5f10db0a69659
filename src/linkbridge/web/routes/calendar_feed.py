"""An interpreter's private calendar, for calendar programs: whoever has the address may read it."""

from fastapi import APIRouter, Request, Response

from linkbridge.web.deps import ContainerDep, ReadSession
from linkbridge.web.routes.api import ERRORS

router = APIRouter(tags=["Interpreting"])


@router.get(
    "/calendar/{secret}.ics",
    summary="An interpreter's assignments as a calendar",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}}, 304: {"description": "Not changed"}, **ERRORS},
)
def calendar(container: ContainerDep, session: ReadSession, request: Request, secret: str) -> Response:
    """Return the calendar: languages, domain, modality and times, nobody's name or words."""
    feed = container.interpreting.feeds.read(session, secret)
    # The address is a secret: nothing between here and the calendar may keep a copy.
    headers = {"ETag": feed.etag, "Cache-Control": "private, no-cache"}
    if feed.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(feed.content, media_type="text/calendar; charset=utf-8", headers=headers)
