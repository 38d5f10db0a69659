"""A browser that takes web push: it makes a subscription and decrypts what arrives for it."""

import json
import os
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from linkbridge.kernel.encoding import b64url
from linkbridge.notifications.subscriptions import Subscription


@dataclass
class PushBrowser:
    """The keys that never leave the browser."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    def subscription(self, endpoint: str) -> Subscription:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return Subscription(endpoint, b64url(point), b64url(self.secret))

    def read(self, body: bytes) -> Any:
        """Return the message in a body, decrypted by a second implementation (RFC 8188, RFC 8291)."""
        text = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        return json.loads(text)
