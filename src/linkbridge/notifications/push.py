"""Web push: a short message to a browser, through the push service of its maker, which cannot read it.

The message is encrypted for the browser alone (RFC 8291) and signed with this server's key (VAPID, RFC 8292). The
address of the service comes from the browser, so it may lead neither to this machine nor into our network.
"""

import http.client
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from linkbridge.kernel import keyfiles
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.encoding import b64url
from linkbridge.kernel.errors import Unavailable
from linkbridge.kernel.outgoing import PORTS, PinnedConnection, is_loopback, is_public, resolve
from linkbridge.notifications.ports import Delivery, DeliveryError
from linkbridge.notifications.subscriptions import PushSubscriptions, Subscription

if TYPE_CHECKING:
    from py_vapid import Vapid02

TIMEOUT_SECONDS = 15.0
SIGNED_SECONDS = 12 * 3600
"""How long a signature is valid; RFC 8292 allows 24 hours."""
DEFAULT_TTL = 24 * 3600
"""How long, in seconds, a push service keeps a message for a browser that is off."""
MOST_TEXT_BYTES = 2_500
"""What stays of a text: services take 4096 bytes together with the encryption (RFC 8030, section 7.2)."""
_GONE = frozenset({404, 410})
_OURS_TO_MEND = frozenset({401, 403, 408, 425, 429})


class PushKey:
    """The key with which this server signs for push services, made once."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public_key = b64url(point)
        """What a page hands to ``pushManager.subscribe`` as ``applicationServerKey``."""

    @classmethod
    def load(cls, keys_dir: Path) -> "PushKey":
        """Return the key in ``keys_dir/push`` (PKCS 8 in PEM), made now if there is none.

        Raises:
            Unavailable: the file holds no such key, or others can read it.
        """
        path = keys_dir / "push"
        try:
            key = load_pem_private_key(keyfiles.read_or_create(path, _new_key), password=None)
        except (ValueError, TypeError) as error:
            raise Unavailable(f"{path} holds no private key", component="keys") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise Unavailable(f"{path} holds no P-256 key", component="keys")
        return cls(key)

    def signer(self) -> "Vapid02":
        """Return what signs with it."""
        from py_vapid import Vapid02  # noqa: PLC0415 - takes time, and most commands send nothing

        return Vapid02(private_key=self._key)


class PushChannel:
    """Sends to the browser whose subscription has the recipient as its id.

    The content has ``subject`` and ``text``, and perhaps ``address`` (the page that a tap opens), ``urgency`` (``high``
    wakes a sleeping phone), ``ttl`` in seconds, and ``topic``: a later message of the same one replaces this.
    ``contact`` is how the makers of push services reach who runs this server: ``mailto:…`` or ``https://…``.
    ``allow_local``: a push service on this machine may be asked too, to try things out.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        sessions: SessionFactory,
        subscriptions: PushSubscriptions,
        key: PushKey,
        contact: str,
        allow_local: bool = False,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._clock = clock
        self._sessions = sessions
        self._subscriptions = subscriptions
        self._key = key
        self._contact = contact
        self._allow_local = allow_local
        self._timeout = timeout

    @property
    def is_configured(self) -> bool:
        """Whether push services will take our messages: they want to know whom to write to."""
        return bool(self._contact)

    def send(self, delivery: Delivery) -> None:
        """Hand one message to the push service. A browser that is gone for good is forgotten.

        Raises:
            DeliveryError: it was not taken.
        """
        with self._sessions.reading() as session:
            subscription = self._subscriptions.find(session, delivery.recipient)
        if subscription is None:
            raise DeliveryError("push-gone", is_permanent=True)
        headers = self._headers(subscription, delivery.content)
        try:
            status = self._post(subscription.endpoint, _encrypt(subscription, delivery.content), headers)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DeliveryError("push-connection", is_permanent=False) from error
        if status in _GONE:
            with self._sessions.transaction() as session:
                self._subscriptions.remove(session, delivery.recipient)
            raise DeliveryError("push-gone", is_permanent=True)
        if not 200 <= status < 300:
            is_permanent = 400 <= status < 500 and status not in _OURS_TO_MEND
            raise DeliveryError(f"push-{status}", is_permanent=is_permanent)

    def _headers(self, subscription: Subscription, content: Mapping[str, str]) -> dict[str, str]:
        parts = urlsplit(subscription.endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(self._clock.now().timestamp()) + SIGNED_SECONDS,
            "sub": self._contact,
        }
        headers = {
            **self._key.signer().sign(claims),
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": content.get("ttl", str(DEFAULT_TTL)),
            "Urgency": content.get("urgency", "normal"),
        }
        return {**headers, "Topic": content["topic"]} if "topic" in content else headers

    def _post(self, endpoint: str, body: bytes, headers: Mapping[str, str]) -> int:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
        port = parts.port or PORTS[parts.scheme]
        addresses = resolve(host, port)
        if not all(is_public(each) or (self._allow_local and is_loopback(each)) for each in addresses):
            raise DeliveryError("push-private", is_permanent=True)
        connection = PinnedConnection(host, port, addresses[0], parts.scheme == "https", self._timeout)
        try:
            path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
            connection.request("POST", path, body=body, headers=dict(headers))
            return connection.getresponse().status
        finally:
            connection.close()


def _encrypt(subscription: Subscription, content: Mapping[str, str]) -> bytes:
    from pywebpush import WebPusher  # noqa: PLC0415 - see above

    keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
    pusher = WebPusher({"endpoint": subscription.endpoint, "keys": keys})
    message = {
        "title": _cut(content["subject"], 300),
        "body": _cut(content["text"].strip(), MOST_TEXT_BYTES),
        "address": content.get("address", ""),
        "tag": content.get("topic", ""),
    }
    body: bytes = pusher.encode(json.dumps(message, ensure_ascii=False).encode())["body"]
    return body


def _cut(text: str, most: int) -> str:
    """Return a text cut to ``most`` bytes, never within a letter."""
    octets = text.encode()
    return text if len(octets) <= most else octets[: most - 3].decode(errors="ignore") + "…"


def _new_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
