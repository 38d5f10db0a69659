"""Fetches calendars from addresses that interpreters name, without letting those addresses reach into our own network.

A name is resolved once, every address behind it is checked, and the connection goes to the one that was checked: what
the name means a moment later does not matter. Redirects are followed a few times, each checked the same way. The proxy
of the environment is not used, since it would resolve the name itself.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
import urllib.parse
from dataclasses import dataclass
from typing import Protocol

from linkbridge.interpreting.availability.scanning import MOST_BYTES, unusable
from linkbridge.kernel.errors import InvalidInput

CONNECT_SECONDS = 8.0
READ_SECONDS = 20.0
MOST_REDIRECTS = 3
LONGEST_ADDRESS = 2_000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"https": 443, "http": 80}


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
        is_sound = parts.scheme in _PORTS and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        is_sound = False
    if not is_sound or len(address) > LONGEST_ADDRESS or any(not "!" <= letter <= "~" for letter in address):
        raise unusable("calendar-address", "the address of a calendar begins with https:// and names no user")
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
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
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        connection = _Pinned(host, port, self._resolve(host, port), parts.scheme == "https", self.connect_seconds)
        headers = {"Accept": "text/calendar", "Accept-Encoding": "identity", "User-Agent": "LinkBridge"}
        if etag:
            headers["If-None-Match"] = etag
        watch = threading.Timer(max(0.0, deadline - time.monotonic()), connection.abort)
        watch.start()
        try:
            connection.request(
                "GET", urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, "")), headers=headers
            )
            answer = connection.getresponse()
            if answer.status == 304 and etag:
                return Fetched(None, etag)
            if answer.status in _REDIRECTS and answer.getheader("Location"):
                return answer.getheader("Location") or ""
            if answer.status != 200:
                raise unusable("calendar-refused", f"the server answered with status {answer.status}")
            return Fetched(_read(answer, deadline), (answer.getheader("ETag") or "")[:150])
        finally:
            watch.cancel()
            connection.close()

    def _resolve(self, host: str, port: int) -> str:
        """Return an address behind a name after checking every one.

        Raises:
            InvalidInput: one of them is not on the public internet.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        every = [str(one[4][0]) for one in found]
        if not self.allow_private and not all(is_public(one) for one in every):
            raise unusable("calendar-private", "the address of the calendar is within a private network")
        return every[0]


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet, also through what IPv6 wraps around IPv4."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class _Pinned(http.client.HTTPConnection):
    """A connection to one IP address, over TLS for the name that was asked for."""

    def __init__(self, host: str, port: int, address: str, is_secure: bool, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address = address
        self._is_secure = is_secure
        self.default_port = _PORTS["https" if is_secure else "http"]

    def connect(self) -> None:
        """Connect to the address that was checked."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        if not self._is_secure:
            self.sock = plain
            return
        try:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise

    def abort(self) -> None:
        """Break off, whatever another thread is waiting for: a server that drips must not hold us."""
        sock = self.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def _read(answer: http.client.HTTPResponse, deadline: float) -> bytes:
    content = bytearray()
    while block := answer.read1(65_536):
        content += block
        if len(content) > MOST_BYTES:
            raise unusable("calendar-large", f"the calendar is larger than {MOST_BYTES} bytes")
    if time.monotonic() > deadline:
        raise TimeoutError
    return bytes(content)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
