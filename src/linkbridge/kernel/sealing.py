"""Sealing to this server's key: what a tablet has sealed, the tablet itself cannot read again.

The envelope is JSON::

    {"v": 1, "kid": …, "epk": …, "iv": …, "ct": …}

``v``     the number 1: this description.
``kid``   which server key: the JWK thumbprint (RFC 7638, SHA-256) of its public half.
``epk``   the sender's ephemeral P-256 public key, made anew for each envelope: the 65 bytes of the
          uncompressed point (SEC 1, section 2.3.3; what WebCrypto exports as ``raw``).
``iv``    12 random bytes.
``ct``    ciphertext and 16-byte tag, as AES-GCM in WebCrypto returns them.

All byte strings are base64url without padding. To seal a text under an id:

1. ``shared`` = ECDH(ephemeral private key, server public key): the 32-byte x coordinate.
2. ``key`` = HKDF-SHA-256 (RFC 5869) of ``shared``, empty salt, info ``linkbridge seal v1``, 32 bytes.
3. ``ct`` = AES-256-GCM(``key``, ``iv``, text, additional data = the id in UTF-8).

The id travels beside the envelope and is its additional data, so that an envelope under another id does
not open. Sealing needs no secret: an opened envelope proves nothing about who made it, so the sender is
authenticated by the device session it arrives in. The browser's twin is ``web/static/js/seal.js``.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from linkbridge.kernel import keyfiles
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.encoding import b64url, canonical_json, from_b64url
from linkbridge.kernel.errors import InvalidInput, Unavailable

VERSION = 1
INFO = b"linkbridge seal v1"
IV_BYTES = 12
MAX_CIPHERTEXT_CHARACTERS = 262_144
_FIELDS = {"v", "kid", "epk", "iv", "ct"}
_CURVE = ec.SECP256R1()


class Unsealer:
    """Opens envelopes with this server's keys: one for each rotation, the newest handed out for sealing.

    Keys are files ``<UTC time>.pem`` in ``keys_dir/sealing`` (the first one is ``0.pem``: whichever process is
    first makes it). Older ones stay, because tablets that were offline still send what they sealed to them.
    """

    def __init__(self, keys_dir: Path, clock: Clock) -> None:
        """Load the keys, and make the first one if there is none.

        Raises:
            Unavailable: a file holds no such key, or others can read it.
        """
        self._folder = keys_dir / "sealing"
        self._clock = clock
        self._keys: dict[str, ec.EllipticCurvePrivateKey] = {}
        self._load()
        if not self._keys:
            self._make(self._folder / "0.pem")
            self._load()

    @property
    def key_id(self) -> str:
        """The id of the key to seal with."""
        return next(reversed(self._keys))

    @property
    def public_key_jwk(self) -> dict[str, str]:
        """The public key to seal with, as a JSON Web Key (RFC 7517)."""
        return _jwk(self._keys[self.key_id].public_key())

    @property
    def public_key_json(self) -> str:
        """The same key as JSON text, for a page's data attribute."""
        return canonical_json(self.public_key_jwk).decode("utf-8")

    def rotate(self) -> str:
        """Make a new key for sealing and return its id. Older keys still open what was sealed to them."""
        self._make(self._folder / f"{self._clock.now():%Y%m%dT%H%M%S%fZ}.pem")
        self._load()
        return self.key_id

    def open(self, envelope: Mapping[str, Any], event_id: str) -> bytes:
        """Return the text that was sealed under ``event_id``.

        Raises:
            InvalidInput: the envelope is malformed, made for another key or id, or was changed. Which of
                these it was is not said when the cipher itself refuses.
        """
        kid, point, iv, ciphertext = _parse(envelope)
        if kid not in self._keys:
            self._load()  # another process may have made a new key
        key = self._keys.get(kid)
        if key is None:
            raise InvalidInput("the envelope is sealed to a key that this server does not have", field="kid")
        try:
            sender = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
        except ValueError as error:
            raise InvalidInput("the envelope's key is no point of the curve", field="epk") from error
        try:
            return AESGCM(_derive(key.exchange(ec.ECDH(), sender))).decrypt(iv, ciphertext, event_id.encode("utf-8"))
        except InvalidTag as error:
            raise InvalidInput("the envelope was changed, or sealed under another id", field="ct") from error

    def _load(self) -> None:
        keys: dict[str, ec.EllipticCurvePrivateKey] = {}
        for path in sorted(self._folder.glob("*.pem")):
            try:
                key = load_pem_private_key(keyfiles.read(path), password=None)
            except (ValueError, TypeError) as error:
                raise Unavailable(f"{path} holds no private key", component="keys") from error
            if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
                raise Unavailable(f"{path} holds no P-256 key", component="keys")
            keys[_thumbprint(key.public_key())] = key
        self._keys = keys

    def _make(self, path: Path) -> None:
        key = ec.generate_private_key(_CURVE)
        keyfiles.create(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def seal(public_key_jwk: Mapping[str, str], kid: str, event_id: str, text: bytes) -> dict[str, str | int]:
    """Seal ``text`` under ``event_id``, as a tablet does. Used by tests and other programs.

    Raises:
        InvalidInput: the key is no P-256 public key.
    """
    server = _public_key(public_key_jwk)
    ephemeral = ec.generate_private_key(_CURVE)
    iv = os.urandom(IV_BYTES)
    key = _derive(ephemeral.exchange(ec.ECDH(), server))
    return {
        "v": VERSION,
        "kid": kid,
        "epk": b64url(_point(ephemeral.public_key())),
        "iv": b64url(iv),
        "ct": b64url(AESGCM(key).encrypt(iv, text, event_id.encode("utf-8"))),
    }


def _parse(envelope: Mapping[str, Any]) -> tuple[str, bytes, bytes, bytes]:
    if set(envelope) != _FIELDS:
        raise InvalidInput("an envelope has the fields v, kid, epk, iv and ct", field="envelope")
    if envelope["v"] != VERSION or isinstance(envelope["v"], bool):
        raise InvalidInput("this envelope's version is unknown", field="v")
    for name in ("kid", "epk", "iv", "ct"):
        if not isinstance(envelope[name], str):
            raise InvalidInput("the fields of an envelope are texts", field=name)
    if len(envelope["ct"]) > MAX_CIPHERTEXT_CHARACTERS:
        raise InvalidInput("the envelope is too large", field="ct")
    parts = []
    for name in ("epk", "iv", "ct"):
        try:
            parts.append(from_b64url(envelope[name]))
        except ValueError as error:
            raise InvalidInput("the bytes of an envelope are in base64url without padding", field=name) from error
    point, iv, ciphertext = parts
    if len(iv) != IV_BYTES:
        raise InvalidInput("an envelope's iv has 12 bytes", field="iv")
    # from_encoded_point would also take the compressed form, and one key must have one spelling.
    if len(point) != 65 or point[0] != 4:
        raise InvalidInput("the envelope's key is an uncompressed point", field="epk")
    return envelope["kid"], point, iv, ciphertext


def _derive(shared: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=INFO).derive(shared)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    point = _point(key)
    return {"crv": "P-256", "kty": "EC", "x": b64url(point[1:33]), "y": b64url(point[33:])}


def _thumbprint(key: ec.EllipticCurvePublicKey) -> str:
    return b64url(hashlib.sha256(canonical_json(_jwk(key))).digest())


def _public_key(jwk: Mapping[str, str]) -> ec.EllipticCurvePublicKey:
    if (jwk.get("kty"), jwk.get("crv")) != ("EC", "P-256"):
        raise InvalidInput("this is no P-256 public key", field="jwk")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(
            _CURVE, b"\x04" + from_b64url(jwk["x"]) + from_b64url(jwk["y"])
        )
    except (KeyError, ValueError) as error:
        raise InvalidInput("this is no P-256 public key", field="jwk") from error
