"""Signing in and out, the first administrator, and choosing a password by a one-time code."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from linkbridge.accounts.first import FirstAdministratorForm
from linkbridge.accounts.sign_in import NewSession, Refusal
from linkbridge.accounts.sites import countries
from linkbridge.kernel.errors import DomainError, InvalidInput, TooManyAttempts
from linkbridge.web.auth import (
    SESSION_COOKIE,
    OptionalStaff,
    clear_session_cookie,
    cookie_name,
    safe_next,
    set_session_cookies,
)
from linkbridge.web.codes import CodeRefused, use_code
from linkbridge.web.deps import ContainerDep, Peer, WriteSession
from linkbridge.web.forms import AnonymousForm, FormValues, StaffForm
from linkbridge.web.staff_pages import StaffPage, show_anonymous
from linkbridge.web.templating import official_language

router = APIRouter(include_in_schema=False)


@router.get("/staff/sign-in")
def sign_in_page(request: Request, container: ContainerDep, found: OptionalStaff) -> Response:
    """Show the sign-in form, or lead on whoever is signed in."""
    wanted = safe_next(request.query_params.get("next", ""))
    if found is not None:
        return StaffPage.go(wanted)
    context = {"next": wanted, "refused": "", "done": request.query_params.get("done", "")}
    return show_anonymous(request, container, "staff/sign_in.html", context)


@router.post("/staff/sign-in")
def sign_in(
    request: Request, container: ContainerDep, session: WriteSession, form: AnonymousForm, peer: Peer
) -> Response:
    """Sign in, or say that the address or the password is wrong."""
    service = container.accounts.sign_in
    outcome = service.sign_in(session, email=form.text("email"), password=form.text("password"), peer=peer)
    wanted = safe_next(form.text("next"))
    if isinstance(outcome, Refusal):
        context = {"next": wanted, "done": "", **_refused(outcome.error)}
        status = 429 if isinstance(outcome.error, TooManyAttempts) else 401
        return show_anonymous(request, container, "staff/sign_in.html", context, form=form, status=status)
    earlier = request.cookies.get(cookie_name(container, SESSION_COOKIE))
    if earlier:
        service.sign_out(session, earlier)
    response = StaffPage.go(wanted)
    set_session_cookies(response, container, outcome)
    return response


def _refused(error: DomainError) -> dict[str, str | int]:
    return {"refused": error.code, "wait": int(error.params.get("retry_after", 0))}


@router.post("/staff/sign-out")
def sign_out(request: Request, container: ContainerDep, session: WriteSession, _form: StaffForm) -> Response:
    """End the session."""
    token = request.cookies.get(cookie_name(container, SESSION_COOKIE))
    if token:
        container.accounts.sign_in.sign_out(session, token)
    response = StaffPage.go("/staff/sign-in", done="signed-out")
    clear_session_cookie(response, container)
    return response


@router.get("/staff/first")
def first_page(request: Request, container: ContainerDep) -> Response:
    """Show the form of the first administrator. The code is in the address's fragment, which stays in the browser."""
    return show_anonymous(request, container, "staff/first.html", {"refused": "", "countries": countries()})


@router.post("/staff/first")
def first(
    request: Request, container: ContainerDep, session: WriteSession, form: AnonymousForm, peer: Peer
) -> Response:
    """Make the host organisation and its first administrator, and sign them in."""
    details = FirstAdministratorForm(
        organisation=form.text("organisation"),
        country=form.text("country"),
        name=form.text("name"),
        email=form.text("email"),
        password=form.text("password"),
        language=official_language(request),
    )

    def use() -> NewSession:
        return container.accounts.first.complete(session, code=form.text("code"), form=details)

    context = {"countries": countries()}
    try:
        opened = use_code(container, session, peer, use)
    except (CodeRefused, InvalidInput) as error:
        return _again(request, container, "staff/first.html", context, form, error)
    return _welcome(container, opened)


@router.get("/staff/password")
def password_page(request: Request, container: ContainerDep) -> Response:
    """Show the form with which an invited person, or one who lost it, chooses a password."""
    return show_anonymous(request, container, "staff/password.html", {"refused": ""})


@router.post("/staff/password")
def password(
    request: Request, container: ContainerDep, session: WriteSession, form: AnonymousForm, peer: Peer
) -> Response:
    """Set the password and sign in."""

    def use() -> NewSession:
        return container.accounts.sign_in.set_password_by_code(
            session, code=form.text("code"), password=form.text("password")
        )

    try:
        opened = use_code(container, session, peer, use)
    except (CodeRefused, InvalidInput) as error:
        return _again(request, container, "staff/password.html", {}, form, error)
    return _welcome(container, opened)


def _again(
    request: Request,
    container: ContainerDep,
    template: str,
    context: Mapping[str, Any],
    form: FormValues,
    error: CodeRefused | InvalidInput,
) -> Response:
    """Show a form with a code again, with what was wrong with it."""
    if isinstance(error, CodeRefused):
        return show_anonymous(
            request, container, template, {**context, **error.context}, form=form, status=error.status
        )
    return show_anonymous(request, container, template, {**context, "refused": ""}, form=form, error=error)


def _welcome(container: ContainerDep, opened: NewSession) -> Response:
    response = StaffPage.go("/staff", done="welcome")
    set_session_cookies(response, container, opened)
    return response
