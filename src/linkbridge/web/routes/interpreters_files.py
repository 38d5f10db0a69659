"""The directory as a table, out and in; and an interpreter's own contacts."""

from fastapi import APIRouter, Depends, Response

from linkbridge.accounts.permissions import Permission, require
from linkbridge.container import Container
from linkbridge.interpreting.directory.exchange import ImportReport
from linkbridge.kernel.errors import InvalidInput, NotAllowed, TooLarge
from linkbridge.kernel.languages import OFFICIAL_TAGS, language_name_in
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession
from linkbridge.web.forms import FormValues, StaffForm
from linkbridge.web.interpreter_forms import known_values, read_contacts
from linkbridge.web.routes.interpreters import PREFIX, broker
from linkbridge.web.staff_pages import NO_FORM, StaffPage, StaffPageDep
from linkbridge.web.templating import official_language
from linkbridge.web.uploads import StaffUpload

router = APIRouter(include_in_schema=False)
OWN = "/staff/contacts"


@router.get(f"{PREFIX}/table.csv", dependencies=[Depends(broker)])
def download(container: ContainerDep, session: ReadSession, actor: CurrentStaff) -> Response:
    """Return the own organisation's interpreters as a table."""
    text = container.interpreting.exchange.save(session, by=actor, organisation_id=_organisation(actor))
    headers = {"Content-Disposition": 'attachment; filename="interpreters.csv"', "Cache-Control": "no-store"}
    return Response("\ufeff" + text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get(f"{PREFIX}/table", dependencies=[Depends(broker)])
def table(page: StaffPageDep) -> Response:
    """Show the form for a table."""
    return _table(page, None)


@router.post(f"{PREFIX}/table", dependencies=[Depends(broker)])
def upload(container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, sent: StaffUpload) -> Response:
    """Say what a table would do, or do it."""
    dry_run = sent.form.text("action") != "apply"
    try:
        if not sent.file:
            raise InvalidInput("choose a file", field="file", problem="no-file")  # noqa: TRY301 - shown at its field
        with container.sessions.transaction() as session:
            report = container.interpreting.exchange.load(
                session, sent.file, by=actor, organisation_id=_organisation(actor), dry_run=dry_run
            )
    except (InvalidInput, TooLarge) as error:
        found = error if isinstance(error, InvalidInput) else InvalidInput(error.message, field="file", problem="long")
        return _table(page, None, error=found)
    if not dry_run and not report.problems:
        return page.go(PREFIX, done="saved")
    return _table(page, report)


def _table(page: StaffPage, report: ImportReport | None, *, error: InvalidInput | None = None) -> Response:
    return page.show("interpreters/table.html", {"report": report}, error=error)


def _organisation(actor: CurrentStaff) -> str:
    if actor.organisation_id is None:
        raise NotAllowed("a table belongs to one organisation", permission="broker-interpreters")
    return actor.organisation_id


@router.get(OWN)
def contacts(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """Show how the interpreter behind the account is reached."""
    require(actor, Permission.ANSWER_OFFERS)
    return _contacts(container, session, page, actor)


@router.post(OWN)
def set_contacts(container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, form: StaffForm) -> Response:
    """Change how the interpreter behind the account is reached."""
    require(actor, Permission.ANSWER_OFFERS)
    services = container.interpreting.directory
    try:
        with container.sessions.transaction() as session:
            person = services.own(session, by=actor)
            services.set_contacts(session, person.id, read_contacts(form), form.text("language"), by=actor)
    except InvalidInput as error:
        with container.sessions.reading() as session:
            return _contacts(container, session, page, actor, form=form, error=error)
    return page.go(OWN, done="saved")


def _contacts(
    container: Container,
    session: ReadSession,
    page: StaffPage,
    actor: CurrentStaff,
    *,
    form: FormValues = NO_FORM,
    error: InvalidInput | None = None,
) -> Response:
    ui = official_language(page.request)
    person = container.interpreting.directory.own(session, by=actor)
    context = {
        "person": person,
        "official_languages": [(tag, language_name_in(tag, ui)) for tag in OFFICIAL_TAGS],
        **known_values(person),
    }
    return page.show("interpreters/contacts.html", context, form=form, error=error)
