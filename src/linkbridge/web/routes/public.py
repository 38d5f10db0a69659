"""What anyone can open: languages, notices, and the voices of their phrases."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from linkbridge.kernel.errors import NotFound
from linkbridge.phrasebook.speech import Speakable, language_name
from linkbridge.web.assets import IMMUTABLE
from linkbridge.web.deps import ContainerDep, ReadSession
from linkbridge.web.pages import PagesDep
from linkbridge.web.sound import sound
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


@router.get("/audio/recorded/{voice_id}")
def recorded_voice(container: ContainerDep, session: ReadSession, request: Request, voice_id: str) -> Response:
    """Serve a recording that was made here. Its sound never changes, but somebody may ask for it to be removed.

    So no cache that others share may keep it, and none for long. A tablet keeps its own copy until it next asks what
    it is to keep.
    """
    return sound(request, container.voices.body(session, voice_id), "private, max-age=3600")


@router.get("/audio/{tag}/{key}/{etag}")
def voice(container: ContainerDep, tag: str, key: str, etag: str) -> Response:
    """Serve a delivered or synthetic voice. The address names the voice's own hash, so it can be kept for ever."""
    spoken: Speakable | None = language_name(tag) if key == "languages.name" else container.catalogue.phrase(key, tag)
    audio = container.speech.find_delivered(spoken) if spoken is not None else None
    if spoken is None or audio is None or audio.etag != etag:
        # Words that changed have another voice: it must not speak for a page that still shows the old ones.
        raise NotFound("there is no voice for this phrase")
    path = container.speech.render(spoken)
    return FileResponse(path, media_type=audio.media_type, headers={"Cache-Control": IMMUTABLE})
