"""Asks http and https servers for indexes and files: with time limits, verified TLS, and the proxy of the environment.

Nothing but http and https is spoken, and a redirect leads to https alone; a mirror without TLS may redirect within
itself.
"""

import http.client
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from email.message import Message
from typing import IO

from linkbridge import __version__
from linkbridge.kernel.errors import InvalidInput, Unavailable

TIMEOUT_SECONDS = 30.0
READ_SECONDS = 300.0
"""So long may a small file take as a whole."""
_SCHEMES = ("http", "https")
_ADVICE = (
    "Without this network, install from a file or folder that was brought here (linkbridge models install FILE),"
    " or from a mirror (--from ADDRESS); docs/models.md tells how"
)


class Refused(Exception):
    """A server answered, but not with the file: its HTTP status, and what it says of the part that was asked for."""

    def __init__(self, status: int, content_range: str = "") -> None:
        super().__init__(status)
        self.status, self.content_range = status, content_range


def is_address(place: str) -> bool:
    """Tell whether this is an address, and no path of this machine."""
    return "://" in place


def shown(address: str) -> str:
    """Return an address as it may be shown: without a name, password or question in it."""
    parts = urllib.parse.urlsplit(address)
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def check_address(address: str) -> None:
    """See that an address is http or https, and names a server.

    Raises:
        InvalidInput: it is not.
    """
    try:
        parts = urllib.parse.urlsplit(address)
        usable = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        usable = False
    if not usable or any(letter.isspace() or not letter.isprintable() for letter in address):
        raise InvalidInput(
            "an address must begin with https:// or http://, and name a server but no user", field="address"
        )


def unreachable(address: str, error: Exception) -> Unavailable:
    """Return the error that says which server cannot be reached, why, and what to do instead."""
    return Unavailable(f"{shown(address)} cannot be reached: {_reason(error)}. {_ADVICE}", component="models")


class Web:
    """Opens addresses. One object serves a whole command."""

    def __init__(self, timeout: float = TIMEOUT_SECONDS) -> None:
        self._timeout = timeout
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.UnknownHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(context=ssl.create_default_context()),
            urllib.request.HTTPDefaultErrorHandler(),
            _Redirects(),
            urllib.request.HTTPErrorProcessor(),
        ):
            self._opener.add_handler(handler)

    def open(
        self, address: str, headers: Mapping[str, str] | None = None, method: str = "GET"
    ) -> http.client.HTTPResponse:
        """Return a server's answer; the caller closes it.

        Raises:
            Refused: the server has no such file, or wants another way of asking.
            Unavailable: it cannot be reached, or sends us where we do not go.
            InvalidInput: the address is none.
        """
        check_address(address)
        told = {"User-Agent": f"linkbridge/{__version__}", "Accept-Encoding": "identity", **(headers or {})}
        request = urllib.request.Request(address, headers=told, method=method)  # noqa: S310 - checked above
        try:
            answer = self._opener.open(request, timeout=self._timeout)
        except urllib.error.HTTPError as error:
            error.close()
            raise Refused(error.code, error.headers.get("Content-Range", "")) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise unreachable(address, error) from error
        if not isinstance(answer, http.client.HTTPResponse):
            raise Refused(0)
        return answer

    def read(self, address: str, limit: int) -> bytes:
        """Return a small file.

        Raises:
            Unavailable: it cannot be had.
            InvalidInput: the address is none, or the file is larger than ``limit`` bytes.
        """
        try:
            with self.open(address) as answer:
                content = _read(answer, limit, time.monotonic() + READ_SECONDS)
        except Refused as error:
            raise missing(address, error) from None
        except (OSError, http.client.HTTPException) as error:
            raise unreachable(address, error) from error
        if len(content) > limit:
            raise InvalidInput(f"{shown(address)} is larger than {limit} bytes, and so no index", field="address")
        return content

    def size_of(self, address: str) -> int | None:
        """Return the size of a file as its server says it, or ``None``."""
        try:
            with self.open(address, method="HEAD") as answer:
                return length_of(answer.headers)
        except (Refused, OSError, http.client.HTTPException):
            return None


def missing(address: str, error: Refused) -> Unavailable:
    """Return the error that says how a server refused."""
    return Unavailable(f"{shown(address)} answered with status {error.status}", component="models")


def length_of(headers: Message) -> int | None:
    """Return the ``Content-Length`` of an answer, if it has a sound one."""
    written = headers.get("Content-Length", "")
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 16 else None


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to https, or within one server."""

    max_redirections = 5
    max_repeats = 2

    def redirect_request(  # noqa: PLR0917 - the signature is the library's
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        old, new = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(newurl)
        if new.scheme != "https" and (old.scheme, old.netloc) != (new.scheme, new.netloc):
            fp.close()
            raise urllib.error.URLError("it redirects to an address without TLS")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _read(answer: http.client.HTTPResponse, limit: int, deadline: float) -> bytes:
    content = bytearray()
    while len(content) <= limit and (block := answer.read1(65_536)):
        content += block
        if time.monotonic() > deadline:
            raise TimeoutError
    wanted = length_of(answer.headers)
    if wanted is not None and len(content) < min(wanted, limit):
        raise http.client.IncompleteRead(b"", wanted - len(content))
    return bytes(content)


def _reason(error: BaseException) -> str:
    if isinstance(error, urllib.error.URLError):
        cause = error.reason
        return str(cause) if not isinstance(cause, BaseException) else _reason(cause)
    if isinstance(error, http.client.IncompleteRead):
        return "the connection broke off"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
