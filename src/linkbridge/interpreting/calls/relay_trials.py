"""Asks TURN relays for an allocation, as a browser in a call does, to find out whether they work."""

import asyncio
import contextlib
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from aioice import stun, turn

from linkbridge.notifications.apart import run_apart

_URL = re.compile(r"(turns?):(?://)?(\[[0-9A-Fa-f:.]+\]|[^:/?\[\]\s]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?")
_LARGEST_PORT = 65_535
_LEAVING_SECONDS = 0.2


class TrialResult(StrEnum):
    """What came of asking.

    ``refused``: the relay knows another secret. ``silent``: no answer in time. ``unreachable``: no connection.
    ``distrusted``: its certificate is not one that browsers accept. ``failing``: it answers with another error.
    ``no-address``: browsers cannot use this address.
    """

    WORKS = "works"
    REFUSED = "refused"
    SILENT = "silent"
    UNREACHABLE = "unreachable"
    DISTRUSTED = "distrusted"
    FAILING = "failing"
    NO_ADDRESS = "no-address"


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """Where a relay listens, and how one talks to it."""

    host: str
    port: int
    transport: str
    is_tls: bool

    @classmethod
    def read(cls, url: str) -> Self | None:
        """Return what a ``turn:`` or ``turns:`` address (RFC 7065) says, or ``None`` if browsers cannot use it."""
        found = _URL.fullmatch(url)
        if found is None:
            return None
        scheme, host, port, transport = found.groups()
        is_tls = scheme == "turns"
        number = int(port or (5349 if is_tls else 3478))
        if not 0 < number <= _LARGEST_PORT or (is_tls and transport == "udp"):
            return None
        return cls(host.strip("[]"), number, transport or ("tcp" if is_tls else "udp"), is_tls)


class _Peer(asyncio.DatagramProtocol):
    """Talks to nobody, and knows when the allocation has been given back."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the library's signature
        self.gone.set()


def try_relays(urls: Sequence[str], username: str, password: str, *, seconds: float) -> tuple[TrialResult, ...]:
    """Ask all relays at once, each for ``seconds`` at most, and return what came of it, in their order."""

    async def try_all() -> list[TrialResult]:
        found = await asyncio.gather(*(_try(url, username, password, seconds) for url in urls))
        # The library closes its connections without waiting; TLS takes leave of the other side first.
        await asyncio.sleep(_LEAVING_SECONDS)
        return found

    return tuple(run_apart(try_all()))


async def _try(url: str, username: str, password: str, seconds: float) -> TrialResult:
    address = RelayAddress.read(url)
    if address is None:
        return TrialResult.NO_ADDRESS
    try:
        async with asyncio.timeout(seconds):
            transport, peer = await turn.create_turn_endpoint(
                _Peer,
                server_addr=(address.host, address.port),
                username=username,
                password=password,
                ssl=ssl.create_default_context() if address.is_tls else None,
                transport=address.transport,
            )
    except (TimeoutError, stun.TransactionTimeout):
        return TrialResult.SILENT
    except stun.TransactionFailed as error:
        return TrialResult.REFUSED if error.response.error_code == 401 else TrialResult.FAILING
    except ssl.SSLCertVerificationError:
        return TrialResult.DISTRUSTED
    except OSError:
        return TrialResult.UNREACHABLE
    transport.close()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(peer.gone.wait(), 1)
    return TrialResult.WORKS
