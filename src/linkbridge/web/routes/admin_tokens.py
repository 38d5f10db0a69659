"""API tokens of an organisation."""

from datetime import timedelta

from fastapi import APIRouter, Depends, Response

from linkbridge.accounts.permissions import Permission, Role, require
from linkbridge.kernel.errors import InvalidInput
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.forms import StaffForm
from linkbridge.web.staff_pages import StaffPageDep

LIFETIMES = (30, 90, 365)
"""How many days a token can work. The command line makes others."""


def token_manager(actor: CurrentStaff) -> None:
    """Return if the actor may manage tokens; the services check again."""
    require(actor, Permission.MANAGE_TOKENS)


router = APIRouter(prefix="/staff/tokens", include_in_schema=False, dependencies=[Depends(token_manager)])
_CHOICES = {"roles": list(Role), "lifetimes": LIFETIMES}


@router.get("")
def tokens(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """List the tokens."""
    found = container.accounts.tokens.list(session, by=actor)
    return page.show("staff/tokens.html", {"tokens": found, "now": container.clock.now()})


@router.get("/new")
def new_token(page: StaffPageDep) -> Response:
    """Show the form of a new token."""
    return page.show("staff/token_new.html", _CHOICES)


@router.post("/new")
def create_token(
    container: ContainerDep, session: WriteSession, page: StaffPageDep, actor: CurrentStaff, form: StaffForm
) -> Response:
    """Make a token and show it, this once."""
    try:
        made = container.accounts.tokens.create(
            session,
            organisation_id=actor.organisation_id,
            role=form.text("role"),
            label=form.text("label"),
            lifetime=_lifetime(form.text("days")),
            by=actor,
        )
    except InvalidInput as error:
        return page.show("staff/token_new.html", _CHOICES, form=form, error=error)
    return page.show("staff/token_made.html", {"made": made})


@router.get("/{token_id}/revoke")
def revoke_page(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff, token_id: str
) -> Response:
    """Ask before revoking a token."""
    return page.show("staff/token_revoke.html", {"token": container.accounts.tokens.get(session, token_id, by=actor)})


@router.post("/{token_id}/revoke")
def revoke_token(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    _form: StaffForm,
    token_id: str,
) -> Response:
    """Revoke a token."""
    container.accounts.tokens.revoke(session, token_id, by=actor)
    return page.go("/staff/tokens", done="token-revoked")


def _lifetime(days: str) -> timedelta:
    if days not in {str(number) for number in LIFETIMES}:
        raise InvalidInput("choose one of the list", field="days", problem="choice")
    return timedelta(days=int(days))
