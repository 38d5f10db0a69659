"""The home of staff, and their own account."""

from fastapi import APIRouter, Response

from linkbridge.kernel.errors import InvalidInput
from linkbridge.web.auth import CurrentSession, CurrentStaff, clear_session_cookie, set_language_cookie
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.forms import StaffForm
from linkbridge.web.staff_pages import StaffPageDep

router = APIRouter(include_in_schema=False)


@router.get("/staff")
def home(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """Say what the staff member can do here."""
    own = container.accounts.roster.own(session, by=actor)
    sites = container.accounts.directory.sites(session, by=actor)
    return page.show("staff/home.html", {"own": own, "sites": [site for site in sites if site.closed_at is None]})


@router.get("/staff/account")
def account(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """Show the staff member's own account."""
    return page.show("staff/account.html", {"own": container.accounts.roster.own(session, by=actor)})


@router.post("/staff/account/language")
def set_language(
    container: ContainerDep, session: WriteSession, page: StaffPageDep, actor: CurrentStaff, form: StaffForm
) -> Response:
    """Set the language of the staff member's pages."""
    language = form.text("language")
    container.accounts.roster.set_own_language(session, language, by=actor)
    response = page.go("/staff/account", done="saved")
    set_language_cookie(response, container, language)
    return response


@router.post("/staff/account/password")
def change_password(
    container: ContainerDep, session: WriteSession, page: StaffPageDep, signed_in: CurrentSession, form: StaffForm
) -> Response:
    """Change the password and end the other sessions."""
    error: InvalidInput | None = None
    try:
        refusal = container.accounts.sign_in.change_password(
            session,
            current=form.text("current_password"),
            new=form.text("new_password"),
            session_id=signed_in.session_id,
            by=signed_in.actor,
        )
    except InvalidInput as problem:
        error = problem
    else:
        if refusal is None:
            return page.go("/staff/account", done="password-changed")
        error = (
            refusal.error
            if isinstance(refusal.error, InvalidInput)
            else InvalidInput(refusal.error.message, field="current_password", problem="wait", **refusal.error.params)
        )
    own = container.accounts.roster.own(session, by=signed_in.actor)
    return page.show("staff/account.html", {"own": own}, form=form, error=error)


@router.post("/staff/account/sign-out-everywhere")
def sign_out_everywhere(
    container: ContainerDep, session: WriteSession, page: StaffPageDep, actor: CurrentStaff, _form: StaffForm
) -> Response:
    """End every session of the staff member, this one too."""
    container.accounts.sign_in.sign_out_everywhere(session, by=actor)
    response = page.go("/staff/sign-in", done="signed-out-everywhere")
    clear_session_cookie(response, container)
    return response
