"""Documents on the tablet: sent as they are, translated while the page is told how far, and fetched once.

A document is read into memory alone: no form with files, whose parser would write it to the disk.
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import PurePath
from typing import Annotated, Any, Literal
from urllib.parse import quote, unquote

import anyio
import anyio.to_thread
from fastapi import APIRouter, BackgroundTasks, Form, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import ClientDisconnect

from linkbridge.kernel.errors import DomainError, NotFound, TooLarge
from linkbridge.kernel.languages import OFFICIAL_TAGS
from linkbridge.translation.documents.values import DocumentKind, Progress
from linkbridge.translation.errors import TranslationBusy, TranslationCancelled
from linkbridge.translation.ports import Patience
from linkbridge.web.auth import CurrentDevice, DeviceCsrf
from linkbridge.web.csrf import CsrfHeaderToken, SameOrigin
from linkbridge.web.deps import ContainerDep
from linkbridge.web.document_pages import CAN_BE_OPENED, LONGEST_NAME, Documents, SentDocument, problem_of
from linkbridge.web.lt_files import LIFETIME, KeptFiles
from linkbridge.web.page_devices import PageDevice
from linkbridge.web.pages import PagesDep, tablet_site

router = APIRouter(include_in_schema=False)
AT_ONCE = 4
"""Documents that one process translates at the same time, in threads of their own: each may take much memory."""
HEARTBEAT_SECONDS = 10.0
"""A line is sent at least so often, so that nothing between server and tablet takes the connection for dead."""
_threads = anyio.CapacityLimiter(AT_ONCE)
_NO_STORE = {"Cache-Control": "no-store"}
_SANDBOX = {"Content-Security-Policy": "default-src 'none'; img-src data:; sandbox"}
"""Under which a page that somebody brought is shown. Browsers show no PDF in a sandbox; nothing of it can run here."""
OfficialTag = Annotated[str, Path(pattern=f"^({'|'.join(OFFICIAL_TAGS)})$")]
LanguageTag = Annotated[str, Field(min_length=2, max_length=16)]
Line = dict[str, Any]
Work = Callable[[Progress, Callable[[], bool]], Line]


class Asked(BaseModel):
    """From which language into which. Without a source it is found out."""

    model_config = ConfigDict(extra="forbid")
    source: LanguageTag | None = None
    target: LanguageTag


class Fetching(BaseModel):
    """Which result is wanted, and how: to be saved, or to be looked at in the browser."""

    model_config = ConfigDict(extra="forbid")
    csrf_token: str
    token: Annotated[str, Field(min_length=1, max_length=100)]
    show: Literal["save", "open"] = "save"


@router.get("/tablet/{ui}/documents")
def documents(request: Request, device: PageDevice, pages: PagesDep, ui: OfficialTag) -> Response:
    """Let the official translate a document."""
    return pages.tablet.documents(tablet_site(device), ui).response(request, "private, no-cache")


@router.get("/tablet/{ui}/documents.json")
def languages(container: ContainerDep, _device: CurrentDevice, ui: OfficialTag, after: BackgroundTasks) -> Response:
    """Say between which languages the machine can translate now. What is past its time is deleted on the way."""
    found = Documents(container)
    after.add_task(found.kept.forget_old)
    return JSONResponse({"languages": found.languages(ui)}, headers=_NO_STORE, background=after)


@router.post("/tablet/{ui}/documents", dependencies=[SameOrigin])
async def translate(
    request: Request,
    container: ContainerDep,
    device: CurrentDevice,
    csrf: DeviceCsrf,
    ui: OfficialTag,  # noqa: ARG001 - part of the address
    asked: Annotated[Asked, Query()],
    name: Annotated[str, Header(alias="X-Document-Name", max_length=12 * LONGEST_NAME)] = "",
    token: CsrfHeaderToken = None,
) -> Response:
    """Translate the document in the body: lines of JSON say how far it is, the last one where the result is.

    It is given up as soon as the tablet no longer waits.
    """
    csrf.check(token)
    if _threads.available_tokens < 1:
        raise TranslationBusy("other documents are being translated", retry_after=10)
    try:
        content = await request.body()
    except ClientDisconnect:
        raise TranslationCancelled("the tablet no longer waits") from None
    if len(content) > container.lt.document_bytes:
        raise TooLarge("the document is too large", limit=container.lt.document_bytes)
    sent = SentDocument(unquote(name)[-LONGEST_NAME:] or "document", content, asked.source, asked.target)
    found = Documents(container)

    def work(on_progress: Progress, is_cancelled: Callable[[], bool]) -> Line:
        client = f"documents:{device.id}"
        patience = Patience(client=client, seconds=container.lt.seconds, is_cancelled=is_cancelled)
        return found.translate(sent, patience, on_progress)

    headers = {**_NO_STORE, "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(work, found.kept), media_type="application/x-ndjson", headers=headers)


@router.post("/tablet/{ui}/documents/result", dependencies=[SameOrigin])
def result(
    container: ContainerDep,
    _device: CurrentDevice,
    csrf: DeviceCsrf,
    ui: OfficialTag,  # noqa: ARG001 - part of the address
    form: Annotated[Fetching, Form()],
) -> Response:
    """Send a translated document. The tablet says when it has it all: until then it can ask again."""
    csrf.check(form.csrf_token)
    name, content = Documents(container).kept.get(form.token)
    kind = DocumentKind(PurePath(name).suffix.lstrip("."))
    is_shown = form.show == "open"
    if is_shown and kind not in CAN_BE_OPENED:
        raise NotFound("a browser cannot show this document")
    disposition = f"{'inline' if is_shown else 'attachment'}; filename*=UTF-8''{quote(name)}"
    headers = {**_NO_STORE, "Content-Disposition": disposition, **({} if kind is DocumentKind.PDF else _SANDBOX)}
    return Response(content, media_type=kind.media_type, headers=headers)


@router.post("/tablet/{ui}/documents/forget", dependencies=[SameOrigin])
def forget(
    container: ContainerDep,
    _device: CurrentDevice,
    csrf: DeviceCsrf,
    ui: OfficialTag,  # noqa: ARG001 - part of the address
    form: Annotated[Fetching, Form()],
) -> Response:
    """Delete a result: the tablet has it, or the encounter is over."""
    csrf.check(form.csrf_token)
    Documents(container).kept.forget(form.token)
    return Response(status_code=204)


async def _told(work: Work, kept: KeptFiles) -> AsyncIterator[bytes]:
    """Do ``work`` in a thread and yield what it says on the way, a line each. Who stops listening stops it."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[Line | None] = asyncio.Queue()
    gone = threading.Event()

    def tell(line: Line) -> None:
        with suppress(RuntimeError):  # the server is stopping
            loop.call_soon_threadsafe(lines.put_nowait, line)

    def on_progress(done: int, total: int) -> None:
        if gone.is_set():
            raise TranslationCancelled("the tablet no longer waits")
        tell({"state": "working", "done": done, "total": total})

    def run() -> None:
        try:
            tell(work(on_progress, gone.is_set))
        except DomainError as error:
            tell({"state": "failed", "problem": problem_of(error)})

    task = asyncio.ensure_future(anyio.to_thread.run_sync(run, limiter=_threads))
    task.add_done_callback(lambda _task: lines.put_nowait(None))
    try:
        while (line := await _next(lines)) is not None:
            yield json.dumps(line).encode() + b"\n" if line else b"\n"
        await task
    finally:
        gone.set()
        loop.call_later(LIFETIME.total_seconds() + 1, loop.run_in_executor, None, kept.forget_old)


async def _next(lines: asyncio.Queue[Line | None]) -> Line | None:
    """Return the next line; an empty one when there has been none for a while."""
    try:
        return await asyncio.wait_for(lines.get(), HEARTBEAT_SECONDS)
    except TimeoutError:
        return {}
