"""Encrypted fields with key rotation, keyed digests for look-ups, and tokens."""

import hmac
import secrets
import threading
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from linkbridge.kernel import keyfiles
from linkbridge.kernel.errors import InvalidInput, Unavailable

TOKEN_BYTES = 32


class KeyRing:
    """The Fernet keys of encrypted fields, newest first, one a line in a file or given from outside."""

    def __init__(self, *, path: Path | None = None, given: str = "") -> None:
        if path is None and not given:
            raise ValueError("a key ring needs a file or given keys")
        self._path = None if given else path
        self._given = tuple(part.strip().encode() for part in given.split(",") if part.strip())

    @property
    def is_file(self) -> bool:
        """Whether the keys live in a file, so that one can be added here."""
        return self._path is not None

    def keys(self) -> tuple[bytes, ...]:
        """Return the keys, newest first.

        Raises:
            InvalidInput: a key is no Fernet key (32 bytes in URL-safe base64).
        """
        path = self._path
        found = self._given if path is None else tuple(keyfiles.read_or_create(path, Fernet.generate_key).split())
        for key in found:
            _check_fernet_key(key)
        return found

    def add(self) -> str:
        """Put a new key first and return its id.

        Raises:
            InvalidInput: the keys were given through the environment, where only the administrator can add one.
        """
        if self._path is None:
            raise InvalidInput("the field keys come from LINKBRIDGE_FIELD_KEYS: put the new key first there")
        key = Fernet.generate_key()
        self.keys()
        with keyfiles.locked(self._path.parent):  # two additions at once must not lose a key that is in use already
            keyfiles.replace(self._path, b"\n".join([key, *self.keys()]) + b"\n")
        return key_id(key)


def _check_fernet_key(key: bytes) -> None:
    try:
        Fernet(key)
    except ValueError as error:
        raise InvalidInput("a field key is not 32 bytes in URL-safe base64", field="field_keys") from error


def key_id(key: bytes) -> str:
    """Return the name under which a key is listed: eight hexadecimal digits that do not reveal it."""
    return sha256(b"key id\0" + key).hexdigest()[:8]


class FieldCipher:
    """Encrypts what people wrote before it reaches the database, and makes digests to find it again.

    When a text was encrypted with a key that this process has not seen, the ring is read again: keys can
    be rotated while servers run. ``digest`` uses a key of its own that never rotates.
    """

    def __init__(self, ring: KeyRing, lookup_key: bytes) -> None:
        self._ring = ring
        self._lookup_key = lookup_key
        self._lock = threading.Lock()
        self._load()

    def _load(self) -> None:
        keys = self._ring.keys()
        with self._lock:
            self._ids = tuple(key_id(key) for key in keys)
            self._newest = Fernet(keys[0])
            self._all = MultiFernet([Fernet(key) for key in keys])

    def names(self) -> dict[str, str]:
        """Return the names of the keys that are in use now, which do not reveal them."""
        return {"fields": self._ids[0], "lookup": key_id(self._lookup_key)}

    def answers_to(self, names: Mapping[str, str]) -> bool:
        """Whether what was made when the keys had these names can be read and looked up."""
        return names.get("fields") in self._ids and names.get("lookup") == key_id(self._lookup_key)

    def encrypt(self, text: str) -> str:
        """Return ``text`` encrypted with the newest key."""
        return self._newest.encrypt(text.encode()).decode()

    def decrypt(self, encrypted: str) -> str:
        """Return the text.

        Raises:
            Unavailable: no key of the ring opens it (component ``field-keys``).
        """
        try:
            return self._all.decrypt(encrypted.encode()).decode()
        except InvalidToken:
            self._load()
        try:
            return self._all.decrypt(encrypted.encode()).decode()
        except InvalidToken as error:
            raise Unavailable("a field cannot be read with the keys at hand", component="field-keys") from error

    def needs_rotation(self, encrypted: str) -> bool:
        """Whether ``encrypted`` was made with another key than the newest."""
        try:
            self._newest.decrypt(encrypted.encode())
        except InvalidToken:
            return True
        return False

    def rotate(self, encrypted: str) -> str:
        """Return the same text encrypted with the newest key.

        Raises:
            Unavailable: no key of the ring opens it.
        """
        return self.encrypt(self.decrypt(encrypted))

    def digest(self, kind: str, text: str) -> str:
        """Return 64 hexadecimal digits that stand for ``text`` in look-ups of one ``kind`` (HMAC-SHA-256)."""
        return hmac.new(self._lookup_key, f"{kind}\0{text}".encode(), sha256).hexdigest()


def new_token() -> tuple[str, str]:
    """Return a random token of 256 bits, in URL-safe base64, and its digest, which alone is kept."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, token_digest(token)


def token_digest(token: str) -> str:
    """Return the digest under which a token is kept. Plain SHA-256 will do: the token is random and long."""
    return sha256(token.encode()).hexdigest()
