"""Organisations, for administrators of the host."""

from fastapi import APIRouter, Depends, Response

from linkbridge.accounts.permissions import Permission, require
from linkbridge.accounts.sites import countries
from linkbridge.kernel.errors import InvalidInput
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.forms import StaffForm
from linkbridge.web.staff_pages import StaffPageDep


def host_administrator(actor: CurrentStaff) -> None:
    """Return if the actor may manage organisations; the services check again."""
    require(actor, Permission.MANAGE_ORGANISATIONS)


router = APIRouter(prefix="/staff/organisations", include_in_schema=False, dependencies=[Depends(host_administrator)])
_FORM = "staff/organisation.html"


@router.get("")
def organisations(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """List the organisations."""
    found = container.accounts.directory.organisations(session, by=actor)
    return page.show("staff/organisations.html", {"organisations": found})


@router.get("/new")
def new_organisation(page: StaffPageDep) -> Response:
    """Show the form of a new organisation."""
    return page.show(_FORM, {"organisation": None, "countries": countries()})


@router.post("/new")
def create_organisation(
    container: ContainerDep, session: WriteSession, page: StaffPageDep, actor: CurrentStaff, form: StaffForm
) -> Response:
    """Add an organisation and lead on to inviting its first administrator."""
    try:
        made = container.accounts.directory.create_organisation(
            session, name=form.text("name"), country=form.text("country"), by=actor
        )
    except InvalidInput as error:
        return page.show(_FORM, {"organisation": None, "countries": countries()}, form=form, error=error)
    return page.go(f"/staff/people/{made.id}", done="organisation-created")


@router.get("/{organisation_id}")
def organisation(container: ContainerDep, session: ReadSession, page: StaffPageDep, organisation_id: str) -> Response:
    """Show the form of an organisation."""
    found = container.accounts.directory.organisation(session, organisation_id)
    return page.show(_FORM, {"organisation": found, "countries": countries()})


@router.post("/{organisation_id}")
def update_organisation(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    form: StaffForm,
    organisation_id: str,
) -> Response:
    """Change an organisation."""
    directory = container.accounts.directory
    try:
        directory.update_organisation(
            session, organisation_id, name=form.text("name"), country=form.text("country"), by=actor
        )
    except InvalidInput as error:
        found = directory.organisation(session, organisation_id)
        return page.show(_FORM, {"organisation": found, "countries": countries()}, form=form, error=error)
    return page.go("/staff/organisations", done="saved")
