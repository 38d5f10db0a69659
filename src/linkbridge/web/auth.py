"""Who is asking: the staff member, the tablet or the program behind a request."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from linkbridge.accounts.devices import DeviceRead
from linkbridge.accounts.permissions import Actor
from linkbridge.accounts.sign_in import NewSession, SignedIn
from linkbridge.container import Container
from linkbridge.kernel.errors import NotSignedIn
from linkbridge.web.csrf import SAFE_METHODS, CsrfSigner
from linkbridge.web.deps import ContainerDep
from linkbridge.web.templating import LANGUAGE_COOKIE

SESSION_COOKIE = "lb_session"
ANONYMOUS_COOKIE = "lb_anon"
SIGN_IN_PATH = "/staff/sign-in"
DEVICE_COOKIE = "lb_device"
DEVICE_CSRF_COOKIE = "lb_device_csrf"
DEVICE_COOKIE_SECONDS = 400 * 24 * 3600
"""Browsers keep no cookie longer than 400 days (RFC 6265bis); each visit renews it."""


def cookie_name(container: Container, name: str) -> str:
    """Return the name under which a secret cookie is kept.

    Under TLS it has the prefix ``__Host-``, with which browsers refuse it from a subdomain or without TLS.
    """
    return f"__Host-{name}" if container.web.secure_cookies else name


async def csrf_signer(container: ContainerDep) -> CsrfSigner:
    """Return the signer of this installation's form tokens."""
    return CsrfSigner(container.cookie_secret)


CsrfSignerDep = Annotated[CsrfSigner, Depends(csrf_signer)]


def optional_device(request: Request, container: ContainerDep) -> DeviceRead | None:
    """Return the enrolled tablet behind the request, or ``None``. Its last day of use is noted once a day."""
    token = request.cookies.get(cookie_name(container, DEVICE_COOKIE))
    if not token:
        return None
    try:
        with container.sessions.reading() as session:
            device = container.devices.resolve(session, token)
    except NotSignedIn:
        return None
    if container.devices.needs_touch(device):
        with container.sessions.transaction() as session:
            container.devices.touch(session, device.id)
    return device


OptionalDevice = Annotated[DeviceRead | None, Depends(optional_device)]


async def current_device(device: OptionalDevice) -> DeviceRead:
    """Return the enrolled tablet behind the request.

    Raises:
        NotSignedIn: there is none.
    """
    if device is None:
        raise NotSignedIn("this tablet is not enrolled")
    return device


CurrentDevice = Annotated[DeviceRead, Depends(current_device)]


@dataclass(frozen=True, slots=True)
class BoundCsrf:
    """Checks tokens against one cookie of the request."""

    signer: CsrfSigner
    cookie: str | None

    def check(self, token: str | None) -> None:
        """Accept the token or raise.

        Raises:
            ForgedRequest: it is absent or belongs to another cookie.
        """
        self.signer.check(self.cookie, token)


async def device_csrf(request: Request, container: ContainerDep, signer: CsrfSignerDep) -> BoundCsrf:
    """Return the check of tokens that a tablet sends with its requests."""
    return BoundCsrf(signer, request.cookies.get(cookie_name(container, DEVICE_COOKIE)))


DeviceCsrf = Annotated[BoundCsrf, Depends(device_csrf)]


def set_device_cookies(response: Response, container: Container, token: str) -> None:
    """Make the browser an enrolled tablet: its secret cookie, and the token that its scripts send along."""
    secure = container.web.secure_cookies
    response.set_cookie(
        cookie_name(container, DEVICE_COOKIE),
        token,
        max_age=DEVICE_COOKIE_SECONDS,
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )
    response.set_cookie(
        DEVICE_CSRF_COOKIE,
        CsrfSigner(container.cookie_secret).token_for(token),
        max_age=DEVICE_COOKIE_SECONDS,
        path="/",
        secure=secure,
        httponly=False,
        samesite="strict",
    )


class SignInFirst(NotSignedIn):
    """A page of staff was asked for by nobody in particular: the browser is sent to the sign-in page."""


def install_sign_in_redirect(app: FastAPI) -> None:
    """Send browsers that are not signed in from pages of staff to the sign-in page."""
    app.add_exception_handler(SignInFirst, _redirect_to_sign_in)


async def _redirect_to_sign_in(request: Request, _error: Exception) -> Response:
    wanted = request.url.path if request.method in SAFE_METHODS else "/staff"
    return RedirectResponse(f"{SIGN_IN_PATH}?next={quote(wanted)}", 303, headers={"Cache-Control": "no-store"})


def safe_next(wanted: str) -> str:
    """Return ``wanted`` if it is a page of staff on this server, else the staff's home."""
    parts = urlsplit(wanted)
    is_ours = not parts.scheme and not parts.netloc and (parts.path == "/staff" or parts.path.startswith("/staff/"))
    return parts.path if is_ours and "\\" not in wanted else "/staff"


def optional_staff(request: Request, container: ContainerDep) -> SignedIn | None:
    """Return who is signed in, or ``None``. The session's last use is noted once a minute."""
    token = request.cookies.get(cookie_name(container, SESSION_COOKIE))
    if not token:
        return None
    sign_in = container.accounts.sign_in
    try:
        with container.sessions.reading() as session:
            found = sign_in.resolve(session, token)
    except NotSignedIn:
        return None
    if found.needs_touch:
        with container.sessions.transaction() as session:
            sign_in.touch(session, found.session_id)
    return found


OptionalStaff = Annotated[SignedIn | None, Depends(optional_staff)]


def current_session(found: OptionalStaff) -> SignedIn:
    """Return who is signed in.

    Raises:
        SignInFirst: nobody is.
    """
    if found is None:
        raise SignInFirst("you are not signed in, or were away too long")
    return found


CurrentSession = Annotated[SignedIn, Depends(current_session)]


def current_staff(found: CurrentSession) -> Actor:
    """Return the staff member who is signed in, as an actor."""
    return found.actor


CurrentStaff = Annotated[Actor, Depends(current_staff)]


def set_session_cookies(response: Response, container: Container, opened: NewSession) -> None:
    """Sign the browser in, with its pages in the staff member's language."""
    response.set_cookie(
        cookie_name(container, SESSION_COOKIE),
        opened.token,
        max_age=int((opened.expires_at - container.clock.now()).total_seconds()),
        path="/",
        secure=container.web.secure_cookies,
        httponly=True,
        samesite="lax",
    )
    set_language_cookie(response, container, opened.language)


def set_language_cookie(response: Response, container: Container, language: str) -> None:
    """Show the official's pages in this language from now on."""
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=DEVICE_COOKIE_SECONDS,
        path="/",
        secure=container.web.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(response: Response, container: Container) -> None:
    """Sign the browser out."""
    response.delete_cookie(
        cookie_name(container, SESSION_COOKIE),
        path="/",
        secure=container.web.secure_cookies,
        httponly=True,
        samesite="lax",
    )


_bearer = HTTPBearer(auto_error=False, description="An API token, made with `linkbridge token create`.")


def bearer_actor(
    container: ContainerDep, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Actor:
    """Return the program behind a request to the API. The token's last day of use is noted once a day.

    Raises:
        NotSignedIn: the request carries no token, or one that does not work.
    """
    if credentials is None:
        raise NotSignedIn("send an API token as “Authorization: Bearer …”")
    tokens = container.accounts.tokens
    with container.sessions.reading() as session:
        actor = tokens.resolve(session, credentials.credentials)
        needs_touch = tokens.needs_touch(session, actor.id)
    if needs_touch:
        with container.sessions.transaction() as session:
            tokens.touch(session, actor.id)
    return actor


BearerActor = Annotated[Actor, Depends(bearer_actor)]
