"""Protection against forged requests: a token bound to a cookie, and the browser's own origin headers."""

import hmac
from hashlib import sha256
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Form, Header, Request

from linkbridge.kernel.errors import ForgedRequest

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class CsrfSigner:
    """Derives the token that belongs to one cookie value."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def token_for(self, cookie_value: str) -> str:
        """Return the token that must accompany requests made with this cookie."""
        return hmac.new(self._secret, b"csrf\0" + cookie_value.encode(), sha256).hexdigest()

    def check(self, cookie_value: str | None, token: str | None) -> None:
        """Accept the pair or raise.

        Raises:
            ForgedRequest: the token is absent or belongs to another cookie.
        """
        if not cookie_value or not token or not hmac.compare_digest(self.token_for(cookie_value), token):
            raise ForgedRequest("the form is too old or came from somewhere else; load the page again")


def require_same_origin(request: Request) -> None:
    """Refuse a state change that a page of another site caused.

    Raises:
        ForgedRequest: the browser named another origin.
    """
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise ForgedRequest("the request came from another site")
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise ForgedRequest("the request came from another site")


CsrfFormToken = Annotated[str | None, Form(alias="csrf_token")]
CsrfHeaderToken = Annotated[str | None, Header(alias="X-CSRF-Token")]


async def _same_origin(request: Request) -> None:
    require_same_origin(request)


SameOrigin = Depends(_same_origin)
