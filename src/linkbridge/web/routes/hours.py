"""An interpreter's hours: the week, exceptions, calendars elsewhere and the private calendar."""

from datetime import datetime

from fastapi import APIRouter, Response
from sqlmodel import Session

from linkbridge.accounts.permissions import Actor
from linkbridge.container import Container
from linkbridge.interpreting.availability.week import WEEK, read_week
from linkbridge.kernel.errors import InvalidInput
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.forms import FormValues, StaffForm
from linkbridge.web.hours_views import hours_view
from linkbridge.web.staff_pages import NO_FORM, StaffPage, StaffPageDep
from linkbridge.web.uploads import StaffUpload

router = APIRouter(prefix="/staff", include_in_schema=False)
_HOURS = "/interpreters/{interpreter_id}/hours"


@router.get("/hours")
def own_hours(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """Show the hours of the interpreter who is signed in."""
    return _show(container, session, page, actor, container.interpreting.availability.own_id(session, by=actor))


@router.get(_HOURS)
def hours(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff, interpreter_id: str
) -> Response:
    """Show an interpreter's hours."""
    return _show(container, session, page, actor, interpreter_id)


@router.post(_HOURS)
def save_week(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    form: StaffForm,
    interpreter_id: str,
) -> Response:
    """Save the hours of every week."""
    names = [f"{kind}-{day}" for kind in ("work", "call") for day in WEEK]
    try:
        week = read_week({name: form.text(name) for name in names})
        container.interpreting.availability.replace_week(
            session, interpreter_id, week, keep_others=not form.has("drop_others"), by=actor
        )
    except InvalidInput as error:
        return _show(container, session, page, actor, interpreter_id, form=form, error=error)
    return page.go(_path(interpreter_id), done="hours-saved")


@router.post(_HOURS + "/exceptions")
def add_exception(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    form: StaffForm,
    interpreter_id: str,
) -> Response:
    """Add an exception."""
    kind = form.text("kind")
    try:
        container.interpreting.availability.add_exception(
            session,
            interpreter_id,
            _local(form, "starts_at"),
            _local(form, "ends_at"),
            is_available=kind in {"extra", "on-call"},
            on_call=kind == "on-call",
            by=actor,
        )
    except InvalidInput as error:
        return _show(container, session, page, actor, interpreter_id, form=form, error=error)
    return page.go(_path(interpreter_id), done="exception-added")


@router.post(_HOURS + "/exceptions/{exception_id}/remove")
def remove_exception(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    _form: StaffForm,
    interpreter_id: str,
    exception_id: str,
) -> Response:
    """Remove an exception."""
    container.interpreting.availability.remove_exception(session, interpreter_id, exception_id, by=actor)
    return page.go(_path(interpreter_id), done="exception-removed")


@router.post(_HOURS + "/calendars")
def add_calendar(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    form: StaffForm,
    interpreter_id: str,
) -> Response:
    """Follow a calendar at an address."""
    try:
        container.interpreting.calendars.add_address(session, interpreter_id, form.text("calendar"), by=actor)
    except InvalidInput as error:
        return _show(container, session, page, actor, interpreter_id, form=form, error=error)
    return page.go(_path(interpreter_id), done="calendar-added")


@router.post(_HOURS + "/calendars/file")
def add_file(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    upload: StaffUpload,
    interpreter_id: str,
) -> Response:
    """Take the busy times out of a file."""
    try:
        container.interpreting.calendars.add_file(session, interpreter_id, upload.file, by=actor)
    except InvalidInput as error:
        return _show(container, session, page, actor, interpreter_id, form=upload.form, error=error)
    return page.go(_path(interpreter_id), done="calendar-read")


@router.post(_HOURS + "/calendars/{calendar_id}/remove")
def remove_calendar(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    _form: StaffForm,
    interpreter_id: str,
    calendar_id: str,
) -> Response:
    """Forget a calendar and its busy times."""
    container.interpreting.calendars.remove(session, interpreter_id, calendar_id, by=actor)
    return page.go(_path(interpreter_id), done="calendar-removed")


@router.post(_HOURS + "/feed")
def make_feed(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    _form: StaffForm,
    interpreter_id: str,
) -> Response:
    """Make a private calendar and show its address once."""
    address = container.interpreting.feeds.make(session, interpreter_id, by=actor)
    shown = page.show("staff/hours_feed.html", {"address": address, "back": _path(interpreter_id)})
    shown.headers["Cache-Control"] = "no-store"
    return shown


@router.post(_HOURS + "/feed/revoke")
def revoke_feed(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    _form: StaffForm,
    interpreter_id: str,
) -> Response:
    """Let the private calendar's address stop working."""
    container.interpreting.feeds.revoke(session, interpreter_id, by=actor)
    return page.go(_path(interpreter_id), done="feed-revoked")


def _show(
    container: Container,
    session: Session,
    page: StaffPage,
    actor: Actor,
    interpreter_id: str,
    *,
    form: FormValues = NO_FORM,
    error: InvalidInput | None = None,
) -> Response:
    services = container.interpreting
    week = services.availability.week(session, interpreter_id, by=actor)
    context = {
        "week": week,
        "path": _path(interpreter_id),
        "view": hours_view(page.request, week, container.clock.now()),
        "calendars": services.calendars.list(session, interpreter_id, by=actor),
        "has_feed": services.feeds.exists(session, interpreter_id, by=actor),
    }
    return page.show("staff/hours.html", context, form=form, error=error)


def _path(interpreter_id: str) -> str:
    return f"/staff/interpreters/{interpreter_id}/hours"


def _local(form: FormValues, field: str) -> datetime:
    """Return the local time of a field, which browsers send without a zone.

    Raises:
        InvalidInput: it is none.
    """
    try:
        found = datetime.fromisoformat(form.text(field))
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None or not 2000 <= found.year < 2100:
        raise InvalidInput("write a time as 2026-11-30 09:00", field=field, problem="moment")
    return found
