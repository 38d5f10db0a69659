"""The conversation on the tablet: its page, and the translations and voices that its script asks for.

What is said lives in the page alone: nothing of it is stored or logged here.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, BackgroundTasks, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from linkbridge.kernel.languages import OFFICIAL_TAGS
from linkbridge.translation.ports import Patience
from linkbridge.web.auth import CurrentDevice, DeviceCsrf
from linkbridge.web.csrf import CsrfHeaderToken, SameOrigin
from linkbridge.web.page_devices import PageDevice
from linkbridge.web.pages import PagesDep, tablet_site

router = APIRouter(include_in_schema=False)
MOST_CHARACTERS = 2_000
MOST_SPOKEN = 600
PATIENCE_SECONDS = 20.0
_LOOK_SECONDS = 0.2
_NO_STORE = {"Cache-Control": "no-store"}
OfficialTag = Annotated[str, Path(pattern=f"^({'|'.join(OFFICIAL_TAGS)})$")]
LanguageTag = Annotated[str, Field(min_length=2, max_length=16)]


class Said(BaseModel):
    """What one of the two said, and to whom. A ``check`` translates a translation back, by the machine alone."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]
    language: LanguageTag
    to: Literal["person", "official"]
    check: bool = False


class Spoken(BaseModel):
    """What is to be heard."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1, max_length=MOST_SPOKEN)]
    language: LanguageTag


@router.get("/tablet/{ui}/{tag}/conversation")
def conversation(request: Request, device: PageDevice, pages: PagesDep, ui: OfficialTag, tag: str) -> Response:
    """Let official and person write to each other."""
    return pages.tablet.conversation(tablet_site(device), ui, tag).response(request, "private, no-cache")


@router.get("/tablet/{ui}/{tag}/conversation.json")
def directions(_device: CurrentDevice, pages: PagesDep, ui: OfficialTag, tag: str, after: BackgroundTasks) -> Response:
    """Say in which directions the machine can translate now, and let its models be loaded while the first one types."""
    conversations = pages.tablet.conversations
    after.add_task(conversations.warm_up, ui, tag)
    return JSONResponse(conversations.directions(ui, tag), headers=_NO_STORE)


@router.post("/tablet/{ui}/translate", dependencies=[SameOrigin])
async def translate(
    request: Request,
    device: CurrentDevice,
    csrf: DeviceCsrf,
    pages: PagesDep,
    ui: OfficialTag,
    said: Said,
    token: CsrfHeaderToken = None,
) -> Response:
    """Translate what was said. It is given up as soon as the tablet no longer waits."""
    csrf.check(token)
    source, target = (ui, said.language) if said.to == "person" else (said.language, ui)

    def work(is_cancelled: Callable[[], bool]) -> Response:
        patience = Patience(client=device.id, seconds=PATIENCE_SECONDS, is_cancelled=is_cancelled)
        found = pages.tablet.conversations.translate(
            said.text, source=source, target=target, ui=ui, check=said.check, patience=patience
        )
        return JSONResponse(asdict(found), headers=_NO_STORE)

    return await _while_awaited(request, work)


@router.post("/tablet/{ui}/speak", dependencies=[SameOrigin])
def speak(
    _device: CurrentDevice,
    csrf: DeviceCsrf,
    pages: PagesDep,
    ui: OfficialTag,  # noqa: ARG001 - part of the address
    spoken: Spoken,
    token: CsrfHeaderToken = None,
) -> Response:
    """Speak what was translated, once: no file of it is made."""
    csrf.check(token)
    body = pages.tablet.conversations.speak(spoken.text, spoken.language)
    return Response(body, media_type="audio/mpeg", headers=_NO_STORE)


async def _while_awaited(request: Request, work: Callable[[Callable[[], bool]], Response]) -> Response:
    """Run ``work`` in a thread; what it is given turns true when the caller has gone."""
    gone = threading.Event()
    task = asyncio.ensure_future(run_in_threadpool(work, gone.is_set))
    while not task.done():
        await asyncio.wait({task}, timeout=_LOOK_SECONDS)
        if not task.done() and await request.is_disconnected():
            gone.set()
    return await task
