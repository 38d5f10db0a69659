"""How a tablet becomes a device of a site: it sends a one-time code and keeps a cookie."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from linkbridge.web.auth import OptionalDevice, set_device_cookies
from linkbridge.web.codes import CodeRefused, use_code
from linkbridge.web.deps import ContainerDep, Peer, WriteSession
from linkbridge.web.forms import AnonymousForm
from linkbridge.web.staff_pages import show_anonymous

router = APIRouter(include_in_schema=False)


@router.get("/enrol")
def enrol_page(request: Request, container: ContainerDep, device: OptionalDevice) -> Response:
    """Ask for the code, or take it from the address's fragment, which stays in the browser."""
    return show_anonymous(request, container, "staff/enrol.html", {"refused": "", "device": device})


@router.post("/enrol")
def enrol(
    request: Request,
    container: ContainerDep,
    session: WriteSession,
    form: AnonymousForm,
    peer: Peer,
    device: OptionalDevice,
) -> Response:
    """Make this browser a device and lead on to the tablet."""
    try:
        enrolled = use_code(container, session, peer, lambda: container.devices.enrol(session, form.text("code")))
    except CodeRefused as refused:
        context = {"device": device, **refused.context}
        return show_anonymous(request, container, "staff/enrol.html", context, form=form, status=refused.status)
    response = RedirectResponse("/tablet", 303, headers={"Cache-Control": "no-store"})
    set_device_cookies(response, container, enrolled.token)
    return response
