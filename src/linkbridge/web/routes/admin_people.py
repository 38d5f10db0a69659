"""The staff of an organisation: inviting, roles and sites, new passwords, deactivating."""

from typing import Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from linkbridge.accounts.links import NewLink
from linkbridge.accounts.permissions import Actor, Permission, Role, require
from linkbridge.accounts.staff_records import StaffDetails, StaffRead
from linkbridge.container import Container
from linkbridge.kernel.errors import Conflict, InvalidInput
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.notifications.ports import MAIL
from linkbridge.phrasebook.reviewers import Qualification
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.forms import FormValues, StaffForm
from linkbridge.web.staff_pages import StaffPage, StaffPageDep, page_helpers
from linkbridge.web.templating import render_text

router = APIRouter(prefix="/staff/people", include_in_schema=False)


@router.get("")
def own_people(page: StaffPageDep, actor: CurrentStaff) -> Response:
    """Lead to the staff of the actor's own organisation."""
    require(actor, Permission.MANAGE_STAFF)
    return page.go(f"/staff/people/{actor.organisation_id}")


@router.get("/{organisation_id}")
def people(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff, organisation_id: str
) -> Response:
    """List an organisation's staff."""
    found = container.accounts.roster.list(session, organisation_id=organisation_id, by=actor)
    organisation = container.accounts.directory.organisation(session, organisation_id)
    sites = container.accounts.directory.site_names(session, organisation_id, by=actor)
    return page.show("staff/people.html", {"organisation": organisation, "people": found, "site_names": sites})


@router.get("/{organisation_id}/invite")
def invite_page(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff, organisation_id: str
) -> Response:
    """Show the form of an invitation."""
    require(actor, Permission.MANAGE_STAFF, organisation_id=organisation_id)
    return page.show("staff/person.html", _choices(container, session, actor, organisation_id))


@router.post("/{organisation_id}/invite")
def invite(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    form: StaffForm,
    organisation_id: str,
) -> Response:
    """Invite a person, and show the link that lets them in."""
    try:
        with session.begin_nested():
            invitation = container.accounts.roster.invite(
                session, organisation_id=organisation_id, email=form.text("email"), details=_details(form), by=actor
            )
    except InvalidInput as error:
        context = _choices(container, session, actor, organisation_id)
        return page.show("staff/person.html", context, form=form, error=error)
    return _show_link(container, session, page, invitation.staff, invitation.link)


@router.get("/{organisation_id}/{staff_id}")
def person(
    container: ContainerDep,
    session: ReadSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    organisation_id: str,
    staff_id: str,
) -> Response:
    """Show what can be changed of a staff member."""
    found = container.accounts.roster.get(session, staff_id, by=actor)
    return page.show("staff/person.html", _choices(container, session, actor, organisation_id, found))


@router.post("/{organisation_id}/{staff_id}")
def update_person(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    form: StaffForm,
    organisation_id: str,
    staff_id: str,
) -> Response:
    """Change a staff member."""
    roster = container.accounts.roster
    try:
        with session.begin_nested():
            roster.update(session, staff_id, _details(form), by=actor)
    except (InvalidInput, Conflict) as error:
        found = roster.get(session, staff_id, by=actor)
        shown = error if isinstance(error, InvalidInput) else _last_administrator(error)
        context = _choices(container, session, actor, organisation_id, found)
        return page.show("staff/person.html", context, form=form, error=shown)
    return page.go(f"/staff/people/{organisation_id}", done="saved")


@router.post("/{organisation_id}/{staff_id}/languages")
def set_languages(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    form: StaffForm,
    organisation_id: str,
    staff_id: str,
) -> Response:
    """Record which languages a reviewer may review."""
    person = container.accounts.roster.get(session, staff_id, by=actor)
    chosen = {tag: form.text(f"language-{tag}") for tag in LANGUAGES if form.text(f"language-{tag}")}
    container.reviewers.set_languages(session, person.id, chosen, organisation_id=person.organisation_id, by=actor)
    return page.go(f"/staff/people/{organisation_id}/{staff_id}", done="languages-set")


@router.post("/{organisation_id}/{staff_id}/link")
def renew_link(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    _form: StaffForm,
    staff_id: str,
) -> Response:
    """Make a new link for choosing a password, and show it."""
    link = container.accounts.roster.renew_link(session, staff_id, by=actor)
    person = container.accounts.roster.get(session, staff_id, by=actor)
    return _show_link(container, session, page, person, link)


@router.get("/{organisation_id}/{staff_id}/deactivate")
def deactivate_page(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff, staff_id: str
) -> Response:
    """Ask before locking somebody out."""
    found = container.accounts.roster.get(session, staff_id, by=actor)
    return page.show("staff/person_deactivate.html", {"person": found})


@router.post("/{organisation_id}/{staff_id}/deactivate")
def deactivate(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    _form: StaffForm,
    organisation_id: str,
    staff_id: str,
) -> Response:
    """Lock a staff member out."""
    container.accounts.roster.deactivate(session, staff_id, by=actor)
    return page.go(f"/staff/people/{organisation_id}", done="deactivated")


@router.post("/{organisation_id}/{staff_id}/reactivate")
def reactivate(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    _form: StaffForm,
    organisation_id: str,
    staff_id: str,
) -> Response:
    """Let a staff member in again."""
    container.accounts.roster.reactivate(session, staff_id, by=actor)
    return page.go(f"/staff/people/{organisation_id}", done="reactivated")


def _details(form: FormValues) -> StaffDetails:
    return StaffDetails(
        name=form.text("name"), role=form.text("role"), language=form.text("language"), site_ids=form.all("site_ids")
    )


def _choices(
    container: Container, session: Session, actor: Actor, organisation_id: str, person: StaffRead | None = None
) -> dict[str, Any]:
    directory = container.accounts.directory
    organisation = directory.organisation(session, person.organisation_id if person else organisation_id)
    sites = directory.site_names(session, organisation.id, by=actor)
    reviewed = container.reviewers.languages(session, person.id) if person else ()
    return {
        "organisation": organisation,
        "person": person,
        "roles": list(Role),
        "site_names": sites,
        "qualifications": list(Qualification),
        "reviewed": {language.tag: language.qualification.value for language in reviewed},
    }


def _show_link(container: Container, session: Session, page: StaffPage, person: StaffRead, link: NewLink) -> Response:
    """Show the link, which works with or without mail, and mail it too where mail is set up."""
    address = container.web.base_url + link.path
    mailed = container.outbox.reaches(MAIL)
    if mailed:
        context = {"person": person, "link": link, "address": address, **page_helpers(page.request, person.language)}
        subject, _, text = render_text(container, person.language, "staff/link_mail.txt", context).partition("\n")
        container.outbox.add(
            session,
            channel=MAIL,
            recipient=person.email,
            content={"subject": subject, "text": text.strip() + "\n"},
            idempotency_key=link.id,
        )
    context = {"person": person, "link": link, "address": address, "mailed": mailed}
    return page.show("staff/person_link.html", context)


def _last_administrator(error: Conflict) -> InvalidInput:
    return InvalidInput(error.message, field="role", problem="last-administrator")
