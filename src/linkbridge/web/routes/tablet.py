"""The tablet of an enrolled device: its pages, what it keeps offline, and what it reports."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from linkbridge.kernel.languages import OFFICIAL_TAGS
from linkbridge.web.assets import asset_url, static_files
from linkbridge.web.auth import CurrentDevice, DeviceCsrf, OptionalDevice
from linkbridge.web.csrf import CsrfHeaderToken, SameOrigin
from linkbridge.web.deps import ContainerDep, WriteSession
from linkbridge.web.offline import Preparing
from linkbridge.web.page_devices import PageDevice
from linkbridge.web.pages import PagesDep, get_pages, tablet_site
from linkbridge.web.receipts import ReceiptForm, make_receipt
from linkbridge.web.routes import conversation, documents, tablet_interpreter
from linkbridge.web.templating import LANGUAGE_COOKIE, render

router = APIRouter(include_in_schema=False)
router.include_router(conversation.router)
router.include_router(documents.router)
router.include_router(tablet_interpreter.router)
REVALIDATE = "private, no-cache"
MOST_EVENTS = 100
OfficialTag = Annotated[str, Path(pattern=f"^({'|'.join(OFFICIAL_TAGS)})$")]


class SentEvent(BaseModel):
    """One sealed event with the id by which a repeat is known."""

    model_config = ConfigDict(extra="forbid")
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    envelope: dict[str, Any]


class Sync(BaseModel):
    """What a tablet sends: its clock, and the events that wait."""

    model_config = ConfigDict(extra="forbid")
    sent_at: AwareDatetime
    events: Annotated[list[SentEvent], Field(max_length=MOST_EVENTS)]


@router.get("/tablet")
@router.get("/tablet/")
def tablet_start(request: Request, device: OptionalDevice) -> Response:
    """Lead an enrolled tablet to its languages, and tell any other how to become one."""
    if device is None:
        return render(request, "tablet/not_enrolled.html", {})
    wanted = request.cookies.get(LANGUAGE_COOKIE)
    ui = wanted if wanted in OFFICIAL_TAGS else device.site.official_language
    return RedirectResponse(f"/tablet/{ui}/", 303)


@router.get("/tablet/sw.js")
def service_worker() -> Response:
    """Serve the service worker under the path that it looks after."""
    file = static_files()["js/sw.js"]
    return Response(file.body, media_type=file.media_type, headers={"Cache-Control": "no-cache"})


@router.get("/tablet/app.webmanifest")
def web_manifest() -> Response:
    """Serve what a browser needs to install the tablet as an application."""
    return JSONResponse(
        {
            "name": "LinkBridge",
            "short_name": "LinkBridge",
            "id": "/tablet/",
            "start_url": "/tablet/",
            "scope": "/tablet/",
            "display": "standalone",
            "background_color": "#fbf8f3",
            "theme_color": "#0b4f6c",
            "icons": [
                {"src": asset_url("img/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
                {
                    "src": asset_url("img/icon-192.png"),
                    "sizes": "192x192",
                    "type": "image/png",
                    "purpose": "any maskable",
                },
                {
                    "src": asset_url("img/icon-512.png"),
                    "sizes": "512x512",
                    "type": "image/png",
                    "purpose": "any maskable",
                },
            ],
        },
        media_type="application/manifest+json",
        headers={"Cache-Control": "no-cache"},
    )


@router.get("/tablet/offline/{ui}.json")
def offline_manifest(device: CurrentDevice, pages: PagesDep, ui: OfficialTag) -> Response:
    """List what this tablet is to keep, signed; 202 with the progress while voices are still being made."""
    built = pages.offline.build(tablet_site(device), ui)
    if isinstance(built, Preparing):
        return JSONResponse({"prepared": built.prepared, "total": built.total}, 202)
    return JSONResponse(built, headers={"Cache-Control": "no-store"})


@router.post("/tablet/sync", dependencies=[SameOrigin, Depends(get_pages)])
def sync(
    container: ContainerDep,
    session: WriteSession,
    device: CurrentDevice,
    csrf: DeviceCsrf,
    sent: Sync,
    token: CsrfHeaderToken = None,
) -> Response:
    """Record what waited on the tablet, each event once, and say what became of each."""
    csrf.check(token)
    outcomes = [
        container.encounters.receive(session, device, event.id, event.envelope, sent_at=sent.sent_at)
        for event in sent.events
    ]
    results = [
        {"id": outcome.id, "outcome": outcome.outcome, "code": outcome.code, "interpreter": outcome.interpreter}
        for outcome in outcomes
    ]
    return JSONResponse({"results": results})


@router.post("/tablet/{ui}/receipt", dependencies=[SameOrigin])
def receipt(
    container: ContainerDep,
    device: CurrentDevice,
    csrf: DeviceCsrf,
    ui: OfficialTag,
    form: Annotated[ReceiptForm, Form()],
) -> Response:
    """Make the paper that the person may take along; nothing of it is stored."""
    csrf.check(form.csrf_token)
    body = make_receipt(container, tablet_site(device), ui, form)
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'inline; filename="linkbridge.pdf"'}
    return Response(body, media_type="application/pdf", headers=headers)


@router.get("/tablet/{ui}/")
def languages(request: Request, device: PageDevice, pages: PagesDep, ui: OfficialTag) -> Response:
    """Let the person choose a language."""
    page = pages.tablet.languages(tablet_site(device), ui).response(request, REVALIDATE)
    page.set_cookie(LANGUAGE_COOKIE, ui, max_age=31_536_000, samesite="lax", httponly=True)
    return page


@router.get("/tablet/{ui}/other")
def other_language(request: Request, device: PageDevice, pages: PagesDep, ui: OfficialTag) -> Response:
    """Help a person whose language is not there."""
    return pages.tablet.other(tablet_site(device), ui).response(request, REVALIDATE)


@router.get("/tablet/{ui}/settings")
def settings(request: Request, device: PageDevice, pages: PagesDep, ui: OfficialTag) -> Response:
    """Show the tablet's own settings."""
    page = pages.tablet.settings(tablet_site(device), ui).response(request, REVALIDATE)
    page.set_cookie(LANGUAGE_COOKIE, ui, max_age=31_536_000, samesite="lax", httponly=True)
    return page


@router.get("/tablet/{ui}/{tag}")
def notices(request: Request, device: PageDevice, pages: PagesDep, ui: OfficialTag, tag: str) -> Response:
    """List the notices in the person's language."""
    return pages.tablet.notices(tablet_site(device), ui, tag).response(request, REVALIDATE)


@router.get("/tablet/{ui}/{tag}/country")
def country(request: Request, device: PageDevice, pages: PagesDep, ui: OfficialTag, tag: str) -> Response:
    """Show the numbers and offices of the country that the tablet is in."""
    return pages.tablet.country(tablet_site(device), ui, tag).response(request, REVALIDATE)


@router.get("/tablet/{ui}/{tag}/{notice_id}")
def notice(
    request: Request, device: PageDevice, pages: PagesDep, ui: OfficialTag, tag: str, notice_id: str
) -> Response:
    """Show a notice to the person, with the official's text beside it."""
    return pages.tablet.notice(tablet_site(device), ui, tag, notice_id).response(request, REVALIDATE)
