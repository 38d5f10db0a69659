"""What anyone can open: languages, notices, and the voices of their phrases."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from linkbridge.kernel.errors import NotFound
from linkbridge.phrasebook.speech import Speakable, language_name
from linkbridge.web.assets import IMMUTABLE
from linkbridge.web.deps import ContainerDep
from linkbridge.web.pages import PagesDep
from linkbridge.web.templating import official_language

router = APIRouter(include_in_schema=False)
SHORT = "public, max-age=300"


@router.get("/")
def languages(request: Request, pages: PagesDep) -> Response:
    """Let anyone choose a language."""
    return pages.public.languages(official_language(request)).response(request, "private, max-age=300")


@router.get("/l/{tag}")
def notices(request: Request, pages: PagesDep, tag: str) -> Response:
    """List the notices in a language."""
    return pages.public.notices(tag).response(request, SHORT)


@router.get("/n/{notice_id}/{tag}")
def notice(request: Request, pages: PagesDep, notice_id: str, tag: str) -> Response:
    """Show a notice: the address that receipts carry as a QR code."""
    return pages.public.notice(notice_id, tag).response(request, SHORT)


@router.get("/audio/{tag}/{key}/{etag}")
def voice(container: ContainerDep, tag: str, key: str, etag: str) -> Response:
    """Serve the voice of a phrase. The address names the voice's own hash, so it can be kept for ever."""
    spoken: Speakable | None = language_name(tag) if key == "languages.name" else container.catalogue.phrase(key, tag)
    audio = container.speech.find(spoken) if spoken is not None else None
    if spoken is None or audio is None:
        raise NotFound("there is no voice for this phrase")
    path = container.speech.render(spoken)
    return FileResponse(
        path, media_type=audio.media_type, headers={"Cache-Control": IMMUTABLE if etag == audio.etag else "no-cache"}
    )
