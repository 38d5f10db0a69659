"""Tablets: codes to enrol them, their labels, and taking them back."""

from typing import Any

import segno
from fastapi import APIRouter, Depends, Response
from markupsafe import Markup
from sqlmodel import Session

from linkbridge.accounts.links import NewLink
from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.container import Container
from linkbridge.kernel.errors import InvalidInput
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.forms import StaffForm
from linkbridge.web.staff_pages import StaffPageDep


def device_manager(actor: CurrentStaff) -> None:
    """Return if the actor may manage tablets; the services check again."""
    require(actor, Permission.MANAGE_DEVICES)


router = APIRouter(prefix="/staff/devices", include_in_schema=False, dependencies=[Depends(device_manager)])


@router.get("")
def devices(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """List the tablets."""
    found = container.devices.list(session, by=actor)
    return page.show("staff/devices.html", {"devices": found, **_sites(container, session, actor)})


@router.get("/enrol")
def enrolment_page(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """Ask for the site and a label."""
    return page.show("staff/device_new.html", _sites(container, session, actor))


@router.post("/enrol")
def create_enrolment(
    container: ContainerDep, session: WriteSession, page: StaffPageDep, actor: CurrentStaff, form: StaffForm
) -> Response:
    """Make a one-time code and show it as a QR code and in words. It is shown this once."""
    site_id = form.text("site_id")
    try:
        with session.begin_nested():
            link = container.devices.create_enrolment(session, site_id=site_id, label=form.text("label"), by=actor)
    except InvalidInput as error:
        return page.show("staff/device_new.html", _sites(container, session, actor), form=form, error=error)
    site = container.accounts.directory.site(session, site_id, by=actor)
    return page.show(
        "staff/device_code.html",
        {
            "link": link,
            "site": site,
            "label": form.text("label"),
            "qr": enrolment_qr(container, link),
            "minutes": round((link.expires_at - container.clock.now()).total_seconds() / 60),
        },
    )


@router.get("/{device_id}")
def device(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff, device_id: str
) -> Response:
    """Show one tablet."""
    return page.show("staff/device.html", {"device": container.devices.get(session, device_id, by=actor)})


@router.post("/{device_id}")
def rename_device(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    form: StaffForm,
    device_id: str,
) -> Response:
    """Give a tablet another label."""
    try:
        container.devices.rename(session, device_id, form.text("label"), by=actor)
    except InvalidInput as error:
        found = container.devices.get(session, device_id, by=actor)
        return page.show("staff/device.html", {"device": found}, form=form, error=error)
    return page.go("/staff/devices", done="saved")


@router.get("/{device_id}/revoke")
def revoke_page(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff, device_id: str
) -> Response:
    """Ask before taking a tablet back."""
    return page.show("staff/device_revoke.html", {"device": container.devices.get(session, device_id, by=actor)})


@router.post("/{device_id}/revoke")
def revoke_device(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    _form: StaffForm,
    device_id: str,
) -> Response:
    """Take a tablet back; it stops working at once."""
    container.devices.revoke(session, device_id, by=actor)
    return page.go("/staff/devices", done="device-revoked")


def _sites(container: Container, session: Session, actor: Actor) -> dict[str, Any]:
    found = container.accounts.directory.sites(session, by=actor)
    return {"sites": [site for site in found if site.closed_at is None]}


def enrolment_qr(container: Container, link: NewLink) -> Markup:
    """Return the QR code of an enrolment as SVG, black on white in every colour scheme."""
    code = segno.make(container.web.base_url + link.path, error="m", micro=False)
    # The text is made by segno from our own address and a code of letters.
    return Markup(code.svg_inline(scale=8, border=4, dark="#000", light="#fff", svgclass="qr", omitsize=True))  # noqa: S704
