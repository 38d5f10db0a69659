"""Signatures (Ed25519, RFC 8032) over what leaves this server and is trusted later, such as offline manifests.

A page verifies with WebCrypto: ``crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"])``
and ``crypto.subtle.verify("Ed25519", key, signature, bytes)``, with ``public_key_b64`` and the signature
decoded from base64url.
"""

import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from linkbridge.kernel import keyfiles
from linkbridge.kernel.encoding import b64url, canonical_json, from_b64url
from linkbridge.kernel.errors import Unavailable


class Signer:
    """Signs with this server's key, which ``Signer.load`` makes once."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public_key_b64 = b64url(raw)
        """The 32 bytes of the public key, in base64url without padding."""
        thumbprint = canonical_json({"crv": "Ed25519", "kty": "OKP", "x": self.public_key_b64})
        self.key_id = b64url(hashlib.sha256(thumbprint).digest())
        """The key's JWK thumbprint (RFC 7638 and RFC 8037, section 2)."""

    @classmethod
    def load(cls, keys_dir: Path) -> "Signer":
        """Return the signer whose key is ``keys_dir/signing`` (PKCS 8 in PEM), made now if there is none.

        Raises:
            Unavailable: the file holds no such key, or others can read it.
        """
        path = keys_dir / "signing"
        try:
            key = load_pem_private_key(keyfiles.read_or_create(path, _new_key), password=None)
        except (ValueError, TypeError) as error:
            raise Unavailable(f"{path} holds no private key", component="keys") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise Unavailable(f"{path} holds no Ed25519 key", component="keys")
        return cls(key)

    def sign(self, data: bytes) -> str:
        """Return the signature over ``data``: 64 bytes, in base64url without padding."""
        return b64url(self._key.sign(data))

    def sign_json(self, value: object) -> str:
        """Return the signature over the canonical JSON of ``value`` (RFC 8785).

        Raises:
            ValueError: the value has no canonical JSON.
        """
        return self.sign(canonical_json(value))


def verify(public_key_b64: str, data: bytes, signature: str) -> bool:
    """Whether ``signature`` over ``data`` was made with the private half of ``public_key_b64``."""
    try:
        key = Ed25519PublicKey.from_public_bytes(from_b64url(public_key_b64))
        key.verify(from_b64url(signature), data)
    except (ValueError, InvalidSignature):
        return False
    return True


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
