"""Browsers that take web push: where each is reached, and the keys with which only it can read what is sent."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from sqlmodel import Session, col, delete, select

from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.encoding import from_b64url
from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.outgoing import PORTS, is_loopback
from linkbridge.notifications.models import PushSubscription

MOST_BROWSERS = 10
"""How many browsers of one owner are told. A further one takes the place of the oldest."""
LONGEST_ENDPOINT = 1_000
_SECRET_BYTES = 16


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a browser gives out (RFC 8030, RFC 8291): an address at its push service, its public key, and a secret."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that is told. A page knows its own by ``digest``, the SHA-256 of its address in hexadecimal."""

    id: str
    digest: str
    created_at: datetime


class PushSubscriptions:
    """Keeps subscriptions, encrypted. ``owner`` is an opaque id; for ``allow_local`` see ``PushChannel``."""

    def __init__(self, *, clock: Clock, cipher: FieldCipher, allow_local: bool = False) -> None:
        self._clock = clock
        self._cipher = cipher
        self._allow_local = allow_local

    def add(self, session: Session, owner: str, subscription: Subscription) -> str:
        """Keep a browser and return its id. Whoever subscribed from it before is told there no more.

        Raises:
            InvalidInput: this is no subscription, or it leads to a service that is not asked over TLS.
        """
        _check(subscription, allow_local=self._allow_local)
        digest = endpoint_digest(subscription.endpoint)
        session.exec(delete(PushSubscription).where(col(PushSubscription.endpoint_digest) == digest))
        for browser in self.browsers(session, owner)[MOST_BROWSERS - 1 :]:
            self.remove(session, browser.id)
        kept = {"endpoint": subscription.endpoint, "p256dh": subscription.p256dh, "auth": subscription.auth}
        row = PushSubscription(
            owner=owner,
            endpoint_digest=digest,
            subscription_encrypted=self._cipher.encrypt(json.dumps(kept)),
            created_at=self._clock.now(),
        )
        session.add(row)
        session.flush()
        return row.id

    def browsers(self, session: Session, owner: str) -> tuple[Browser, ...]:
        """Return an owner's browsers, the newest first."""
        query = (
            select(PushSubscription)
            .where(PushSubscription.owner == owner)
            .order_by(col(PushSubscription.created_at).desc(), col(PushSubscription.id))
        )
        return tuple(Browser(row.id, row.endpoint_digest, row.created_at) for row in session.exec(query))

    def find(self, session: Session, subscription_id: str) -> Subscription | None:
        """Return a subscription, or ``None`` if it is gone."""
        row = session.get(PushSubscription, subscription_id)
        return Subscription(**json.loads(self._cipher.decrypt(row.subscription_encrypted))) if row else None

    def remove(self, session: Session, subscription_id: str) -> None:
        """Forget one browser. Twice changes nothing."""
        session.exec(delete(PushSubscription).where(col(PushSubscription.id) == subscription_id))

    def forget(self, session: Session, owner: str) -> int:
        """Forget all browsers of an owner and return how many there were."""
        return session.exec(delete(PushSubscription).where(col(PushSubscription.owner) == owner)).rowcount


def endpoint_digest(endpoint: str) -> str:
    """Return the name under which an address is found without being read."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def _check(subscription: Subscription, *, allow_local: bool) -> None:
    """Return if a subscription can be used: https, or a service on this machine; a P-256 point; 16 bytes of secret."""
    try:
        parts = urlsplit(subscription.endpoint)
        is_local = is_loopback(parts.hostname or "")
        is_sound = (
            parts.scheme in PORTS
            and bool(parts.hostname)
            and parts.port != 0
            and "@" not in parts.netloc
            and (allow_local if is_local else parts.scheme == "https")
            and len(subscription.endpoint) <= LONGEST_ENDPOINT
            and all("!" <= letter <= "~" for letter in subscription.endpoint)
            and len(from_b64url(subscription.auth)) == _SECRET_BYTES
        )
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_b64url(subscription.p256dh))
    except ValueError:
        is_sound = False
    if not is_sound:
        raise InvalidInput("this is no push subscription", field="endpoint", problem="subscription")
