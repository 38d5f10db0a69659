"""Connections to addresses that others named, none of which may lead into our own network.

A name is resolved once, every address behind it is checked by the caller, and the connection goes to the one that was
checked: what the name means a moment later does not matter.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl

PORTS = {"https": 443, "http": 80}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def resolve(host: str, port: int) -> list[str]:
    """Return every IP address behind a name.

    Raises:
        OSError: there is none.
    """
    return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


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


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name alone."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class PinnedConnection(http.client.HTTPConnection):
    """A connection to one IP address, over TLS for the name that was asked for."""

    def __init__(self, host: str, port: int, address: str, is_secure: bool, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address = address
        self._is_secure = is_secure
        self._used: socket.socket | None = None
        self.default_port = PORTS["https" if is_secure else "http"]

    def connect(self) -> None:
        """Connect to the address that was checked."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        if not self._is_secure:
            self.sock = self._used = plain
            return
        try:
            self.sock = self._used = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise

    def abort(self) -> None:
        """Break off, whatever another thread is waiting for: a server that drips must not hold us."""
        # The library forgets the socket of an answer that ends the connection, while that is still being read.
        if self._used is not None:
            with contextlib.suppress(OSError):
                self._used.shutdown(socket.SHUT_RDWR)
