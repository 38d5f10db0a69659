"""Alerts in the browsers of an interpreter who is signed in: on, off, and a test."""

from fastapi import APIRouter, Response

from linkbridge.kernel.errors import InvalidInput, NotFound
from linkbridge.notifications.subscriptions import Subscription
from linkbridge.web.assets import static_files
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.forms import StaffForm
from linkbridge.web.staff_pages import StaffPageDep

router = APIRouter(prefix="/staff/alerts", include_in_schema=False)


@router.get("")
def alerts(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """Show in which browsers alerts are on."""
    try:
        found = container.interpreting.alerts.read(session, by=actor)
    except NotFound:
        found = None
    return page.show("interpreting/alerts.html", {"alerts": found})


@router.get("/worker.js")
def worker() -> Response:
    """Serve the service worker under the path that it looks after. It is a file like any other: nobody signs in."""
    file = static_files()["js/alerts-worker.js"]
    return Response(file.body, media_type=file.media_type, headers={"Cache-Control": "no-cache"})


@router.post("")
def switch_on(
    container: ContainerDep, session: WriteSession, page: StaffPageDep, actor: CurrentStaff, form: StaffForm
) -> Response:
    """Switch alerts on in the browser that sends this."""
    subscription = Subscription(form.text("endpoint"), form.text("p256dh"), form.text("auth"))
    try:
        container.interpreting.alerts.add(session, subscription, by=actor)
    except InvalidInput as error:
        found = container.interpreting.alerts.read(session, by=actor)
        return page.show("interpreting/alerts.html", {"alerts": found}, error=error)
    return page.go("/staff/alerts", done="alerts-on")


@router.post("/test")
def send_test(
    container: ContainerDep, session: WriteSession, page: StaffPageDep, actor: CurrentStaff, _form: StaffForm
) -> Response:
    """Send a test to each of the actor's browsers."""
    container.interpreting.alerts.send_test(session, by=actor)
    return page.go("/staff/alerts", done="alert-test")


@router.post("/{browser_id}/off")
def switch_off(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    _form: StaffForm,
    browser_id: str,
) -> Response:
    """Switch alerts off in one browser."""
    container.interpreting.alerts.remove(session, browser_id, by=actor)
    return page.go("/staff/alerts", done="alerts-off")
