"""Encryption of whole files as a stream of authenticated chunks: nothing cut off, changed or swapped is accepted.

The file is: the magic line, 8 bytes that name the key, 32 random bytes of salt, then the chunks. The key of
the file is HKDF-SHA-256 (RFC 5869) of the given key with that salt. Each chunk holds 64 KiB of text, the last one
less or the same, and is AES-256-GCM with a nonce of 11 bytes of counter and one byte that is 1 for the last chunk
(the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
"""

import hashlib
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from linkbridge.kernel.errors import InvalidInput

MAGIC = b"LBCRYPT1\n"
KEY_BYTES = 32
CHUNK = 64 * 1024
_TAG = 16
_SALT = 32
_ID = 8


class EncryptingWriter:
    """Writes to ``target`` what is written to it, encrypted. It is complete only after ``close``."""

    def __init__(self, target: BinaryIO, key: bytes) -> None:
        salt = os.urandom(_SALT)
        target.write(MAGIC + _key_id(key) + salt)
        self._target = target
        self._cipher = _cipher(key, salt)
        self._buffer = bytearray()
        self._counter = 0

    def write(self, data: bytes) -> int:
        """Take ``data`` and return its length."""
        self._buffer += data
        # A full chunk is kept back until more comes: the last one is marked as the last.
        while len(self._buffer) > CHUNK:
            self._put(bytes(self._buffer[:CHUNK]), is_last=False)
            del self._buffer[:CHUNK]
        return len(data)

    def close(self) -> None:
        """Write the last chunk. ``target`` stays open."""
        self._put(bytes(self._buffer), is_last=True)
        self._buffer.clear()

    def _put(self, text: bytes, *, is_last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._counter, is_last=is_last), text, None))
        self._counter += 1


class DecryptingReader:
    """Reads from ``source`` what was encrypted. Only what has proved genuine is given out.

    Whether the end is genuine is known only when ``read`` has returned nothing.

    Raises:
        InvalidInput: the file is none of ours, made with another key, changed or cut short.
    """

    def __init__(self, source: BinaryIO, key: bytes) -> None:
        header = source.read(len(MAGIC) + _ID + _SALT)
        if len(header) < len(MAGIC) + _ID + _SALT or not header.startswith(MAGIC):
            raise InvalidInput("this is not an encrypted file of LinkBridge", field="file")
        if header[len(MAGIC) : len(MAGIC) + _ID] != _key_id(key):
            raise InvalidInput("this file was encrypted with another key", field="key")
        self._source = source
        self._cipher = _cipher(key, header[-_SALT:])
        self._next = source.read(CHUNK + _TAG)
        self._text = b""
        self._counter = 0
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes, or all that is left; nothing at the end."""
        parts = []
        wanted = size if size >= 0 else None
        while wanted is None or wanted > 0:
            if not self._text and not self._refill():
                break
            part = self._text if wanted is None else self._text[:wanted]
            self._text = self._text[len(part) :]
            parts.append(part)
            wanted = None if wanted is None else wanted - len(part)
        return b"".join(parts)

    def _refill(self) -> bool:
        if self._ended:
            return False
        current, self._next = self._next, self._source.read(CHUNK + _TAG)
        self._ended = not self._next
        try:
            self._text = self._cipher.decrypt(_nonce(self._counter, is_last=self._ended), current, None)
        except InvalidTag as error:
            raise InvalidInput("this file was changed or cut short", field="file") from error
        self._counter += 1
        return bool(self._text) or self._refill()


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"linkbridge file v1").derive(key))


def _nonce(counter: int, *, is_last: bool) -> bytes:
    return counter.to_bytes(11, "big") + bytes([is_last])


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"linkbridge file key id" + key).digest()[:_ID]
