"""Forms of pages: their values, the check that our own page sent them, and what was wrong with them."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response

from linkbridge.accounts.text import InvalidForm
from linkbridge.container import Container
from linkbridge.kernel.errors import InvalidInput
from linkbridge.web.auth import ANONYMOUS_COOKIE, SESSION_COOKIE, CsrfSignerDep, cookie_name
from linkbridge.web.csrf import CsrfSigner, require_same_origin
from linkbridge.web.deps import ContainerDep

MOST_FIELDS = 500
ANONYMOUS_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class FormValues:
    """What a form sent. A field that was not sent is empty."""

    fields: Mapping[str, Sequence[str]]

    def text(self, name: str) -> str:
        """Return the value of a field."""
        found = self.fields.get(name, ())
        return found[0] if found else ""

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field that can be sent more than once."""
        return tuple(self.fields.get(name, ()))

    def has(self, name: str) -> bool:
        """Whether a box was ticked or a button pressed."""
        return name in self.fields

    def shown(self) -> dict[str, Sequence[str]]:
        """Return what is shown again after an error: everything but secrets."""
        return {name: values for name, values in self.fields.items() if "password" not in name and name != "csrf_token"}


async def _read(request: Request) -> FormValues:
    """Read the fields of a form.

    Raises:
        InvalidInput: it is no form, or has too many fields.
    """
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise InvalidInput("this is not a form of these pages")
    form = await request.form(max_fields=MOST_FIELDS)
    fields: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
    return FormValues(fields)


async def staff_form(request: Request, container: ContainerDep, signer: CsrfSignerDep) -> FormValues:
    """Return the form that a signed-in staff member sent.

    Raises:
        ForgedRequest: it was not one of our pages that sent it, or not to this session.
        InvalidInput: it is no form.
    """
    return await _checked(request, signer, request.cookies.get(cookie_name(container, SESSION_COOKIE)))


async def anonymous_form(request: Request, container: ContainerDep, signer: CsrfSignerDep) -> FormValues:
    """Return the form that somebody sent who is not signed in.

    Raises:
        ForgedRequest: it was not one of our pages that sent it, or not to this browser.
        InvalidInput: it is no form.
    """
    return await _checked(request, signer, request.cookies.get(cookie_name(container, ANONYMOUS_COOKIE)))


async def plain_form(request: Request) -> FormValues:
    """Return a form to which no session belongs that another site could use: a page of ours must have sent it.

    Raises:
        ForgedRequest: the browser says that another site's page sent it.
        InvalidInput: it is no form.
    """
    require_same_origin(request)
    return await _read(request)


async def _checked(request: Request, signer: CsrfSigner, cookie: str | None) -> FormValues:
    require_same_origin(request)
    form = await _read(request)
    signer.check(cookie, form.text("csrf_token"))
    return form


StaffForm = Annotated[FormValues, Depends(staff_form)]
AnonymousForm = Annotated[FormValues, Depends(anonymous_form)]
PlainForm = Annotated[FormValues, Depends(plain_form)]


def staff_csrf_token(request: Request, container: Container) -> str:
    """Return the token for forms of the session behind the request."""
    cookie = request.cookies.get(cookie_name(container, SESSION_COOKIE), "")
    return CsrfSigner(container.cookie_secret).token_for(cookie)


@dataclass(frozen=True, slots=True)
class AnonymousToken:
    """The token for a form of a browser that is not signed in, and the cookie to which it is bound."""

    cookie: str
    token: str

    def keep(self, response: Response, container: Container) -> None:
        """Set the cookie."""
        response.set_cookie(
            cookie_name(container, ANONYMOUS_COOKIE),
            self.cookie,
            max_age=ANONYMOUS_SECONDS,
            path="/",
            secure=container.web.secure_cookies,
            httponly=True,
            samesite="strict",
        )


def anonymous_token(request: Request, container: Container) -> AnonymousToken:
    """Return the browser's token, with a new cookie if it has none."""
    cookie = request.cookies.get(cookie_name(container, ANONYMOUS_COOKIE)) or secrets.token_urlsafe(24)
    return AnonymousToken(cookie, CsrfSigner(container.cookie_secret).token_for(cookie))


def problems_of(error: InvalidInput) -> dict[str, str]:
    """Return what was wrong, by field: the words for each are in ``staff/macros.html``."""
    found = error.problems if isinstance(error, InvalidForm) else (error,)
    return {str(one.params.get("field", "")): str(one.params.get("problem", "")) for one in found}
