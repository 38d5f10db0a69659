"""Fetches calendars from addresses that interpreters name, without letting those addresses reach into our own network.

A name is resolved once, every address behind it is checked, and the connection goes to the one that was checked: what
the name means a moment later does not matter. Redirects are followed a few times, each checked the same way. The proxy
of the environment is not used, since it would resolve the name itself.
"""

import http.client
import threading
import time
import urllib.parse
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from linkbridge.interpreting.availability.scanning import MOST_BYTES, unusable
from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.outgoing import PORTS, PinnedConnection, is_loopback, is_public, resolve

CONNECT_SECONDS = 8.0
READ_SECONDS = 20.0
MOST_REDIRECTS = 3
LONGEST_ADDRESS = 2_000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered. ``content`` is ``None`` when nothing changed since ``etag`` was given."""

    content: bytes | None
    etag: str


class Fetcher(Protocol):
    """Gets the file at an address."""

    def fetch(self, address: str, etag: str) -> Fetched:
        """Return the file, unless the server says that it is still the one with this ``etag``.

        Raises:
            InvalidInput: the address is not one to ask, or it has no calendar; ``problem`` says which.
        """
        ...


def check_address(address: str) -> None:
    """Return if this may be the address of a calendar: https, or http on this machine.

    Raises:
        InvalidInput: it is not.
    """
    try:
        parts = urllib.parse.urlsplit(address)
        is_sound = parts.scheme in PORTS and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        is_sound = False
    if not is_sound or len(address) > LONGEST_ADDRESS or any(not "!" <= letter <= "~" for letter in address):
        raise unusable("calendar-address", "the address of a calendar begins with https:// and names no user")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise unusable("calendar-address", "a calendar is fetched over https alone")


@dataclass(frozen=True, slots=True)
class WebFetcher:
    """Asks servers. ``allow_private``: also those of private networks and of this machine."""

    allow_private: bool = False
    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS

    def fetch(self, address: str, etag: str) -> Fetched:
        """Return the file at an address; see ``Fetcher``."""
        deadline = time.monotonic() + self.read_seconds
        for _step in range(MOST_REDIRECTS + 1):
            check_address(address)
            try:
                found = self._ask(address, etag, deadline)
            except InvalidInput:
                raise
            except (OSError, http.client.HTTPException, ValueError):
                raise unusable("calendar-unreachable", "the calendar cannot be reached") from None
            if isinstance(found, Fetched):
                return found
            address = urllib.parse.urljoin(address, found)
        raise unusable("calendar-unreachable", "the calendar redirects too often")

    def _ask(self, address: str, etag: str, deadline: float) -> Fetched | str:
        """Return what the server has, or where it sends us."""
        parts = urllib.parse.urlsplit(address)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        address = self._resolve(host, port)
        connection = PinnedConnection(host, port, address, parts.scheme == "https", self.connect_seconds)
        headers = {"Accept": "text/calendar", "Accept-Encoding": "identity", "User-Agent": "LinkBridge"}
        if etag:
            headers["If-None-Match"] = etag
        watch = threading.Timer(max(0.0, deadline - time.monotonic()), connection.abort)
        watch.start()
        try:
            connection.request(
                "GET", urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, "")), headers=headers
            )
            with closing(connection.getresponse()) as answer:
                return _outcome(answer, etag, deadline)
        finally:
            watch.cancel()
            connection.close()

    def _resolve(self, host: str, port: int) -> str:
        """Return an address behind a name after checking every one.

        Raises:
            InvalidInput: one of them is not on the public internet.
        """
        every = resolve(host, port)
        if not self.allow_private and not all(is_public(one) for one in every):
            raise unusable("calendar-private", "the address of the calendar is within a private network")
        return every[0]


def _outcome(answer: http.client.HTTPResponse, etag: str, deadline: float) -> Fetched | str:
    if answer.status == 304 and etag:
        return Fetched(None, etag)
    if answer.status in _REDIRECTS and answer.getheader("Location"):
        return answer.getheader("Location") or ""
    if answer.status != 200:
        raise unusable("calendar-refused", f"the server answered with status {answer.status}")
    return Fetched(_read(answer, deadline), (answer.getheader("ETag") or "")[:150])


def _read(answer: http.client.HTTPResponse, deadline: float) -> bytes:
    content = bytearray()
    while block := answer.read1(65_536):
        content += block
        if len(content) > MOST_BYTES:
            raise unusable("calendar-large", f"the calendar is larger than {MOST_BYTES} bytes")
    # What was broken off in between looks like an end.
    if time.monotonic() >= deadline:
        raise TimeoutError
    return bytes(content)
