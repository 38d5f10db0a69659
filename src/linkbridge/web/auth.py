"""Who is asking: the staff member, the tablet or the program behind a request."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response

from linkbridge.accounts.devices import DeviceRead
from linkbridge.container import Container
from linkbridge.kernel.errors import NotSignedIn
from linkbridge.web.csrf import CsrfSigner
from linkbridge.web.deps import ContainerDep

DEVICE_COOKIE = "lb_device"
DEVICE_CSRF_COOKIE = "lb_device_csrf"
DEVICE_COOKIE_SECONDS = 400 * 24 * 3600
"""Browsers keep no cookie longer than 400 days (RFC 6265bis); each visit renews it."""


def cookie_name(container: Container, name: str) -> str:
    """Return the name under which a secret cookie is kept.

    Under TLS it has the prefix ``__Host-``, with which browsers refuse it from a subdomain or without TLS.
    """
    return f"__Host-{name}" if container.web.secure_cookies else name


def csrf_signer(container: ContainerDep) -> CsrfSigner:
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


def current_device(device: OptionalDevice) -> DeviceRead:
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


def device_csrf(request: Request, container: ContainerDep, signer: CsrfSignerDep) -> BoundCsrf:
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
