"""Who may use `/lt`, and how much: by API key, or by the address of the true peer where the door is open to all."""

import ipaddress
from dataclasses import dataclass

from fastapi import HTTPException

from linkbridge.accounts.permissions import Actor, Permission, allows
from linkbridge.accounts.quota import Rate
from linkbridge.container import Container
from linkbridge.kernel.errors import NotSignedIn
from linkbridge.web.lt_calls import LtCall

_BYTES_OF_A_TEXT = 10_000
_IPV6_CUSTOMER = 64
"""A customer is given a whole network of this prefix, and can send from any address in it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a name under which waiting texts are served in turn, the program behind a key, and the longest text."""

    name: str
    actor: Actor | None
    characters: int
    rate: Rate


def admit(container: Container, call: LtCall, *, cost: int = 1) -> Caller:
    """Return who asks, after using ``cost`` of its requests of this minute.

    Raises:
        HTTPException: 403 for a key that does not work, 400 where one is needed and absent, 429 over the limit.
    """
    if not call.key:
        caller = _anonymous(container, call)
        _charge(container, caller, cost)
        if not container.lt.is_open:
            raise HTTPException(400, "Please contact the server operator to get an API key")
        return caller
    try:
        with container.sessions.reading() as session:
            actor = container.accounts.tokens.resolve(session, call.key)
            needs_touch = container.accounts.tokens.needs_touch(session, actor.id)
    except NotSignedIn:
        _charge(container, _anonymous(container, call), 1)
        raise HTTPException(403, "Invalid API key") from None
    if not allows(actor, Permission.TRANSLATE):
        raise HTTPException(403, "This API key may not translate")
    caller = Caller(key_name(actor), actor, container.lt.characters_with_key, key_rate(container))
    _charge(container, caller, cost)
    if needs_touch:
        with container.sessions.transaction() as session:
            container.accounts.tokens.touch(session, actor.id)
    return caller


def key_name(actor: Actor) -> str:
    """Return the name under which the texts of a program with a key are counted, and wait for their turn."""
    return f"token:{actor.id}"


def key_rate(container: Container) -> Rate:
    """Return how many texts a program with a key may send in a minute, through whichever door."""
    return Rate("lt-key", container.lt.per_minute_with_key)


def document_cost(size: int) -> int:
    """Return as how many texts a document of ``size`` bytes counts."""
    return max(1, size // _BYTES_OF_A_TEXT)


def check_length(texts: list[str], caller: Caller) -> None:
    """Accept texts that are not too long.

    Raises:
        HTTPException: one is.
    """
    for text in texts:
        if len(text) > caller.characters:
            raise HTTPException(400, f"Invalid request: request ({len(text)}) exceeds text limit ({caller.characters})")


def _anonymous(container: Container, call: LtCall) -> Caller:
    limits = container.lt
    return Caller(f"peer:{network_of(call.peer)}", None, limits.characters, Rate("lt-peer", limits.per_minute))


def _charge(container: Container, caller: Caller, cost: int) -> None:
    wait = container.quota.take(caller.rate, caller.name, cost=cost)
    if wait:
        message = f"Slowdown: {caller.rate.per_minute} per 1 minute"
        raise HTTPException(429, message, headers={"Retry-After": str(wait)})


def network_of(peer: str) -> str:
    """Return what one customer has: an IPv4 address, or the network of an IPv6 address."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return peer
    if address.version == 4:
        return peer
    mapped = address.ipv4_mapped
    return str(mapped or ipaddress.ip_network((address, _IPV6_CUSTOMER), strict=False))
