"""Byte and JSON encodings that signatures and sealed envelopes are made over."""

import base64
import binascii
import json
import re

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*\Z")


def b64url(data: bytes) -> str:
    """Encode as base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_b64url(text: str) -> bytes:
    """Decode base64url without padding.

    Raises:
        ValueError: the text holds anything else.
    """
    if not _BASE64URL.match(text):
        raise ValueError("not base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if b64url(data) != text:
        raise ValueError("not the only spelling of these bytes")
    return data


def canonical_json(value: object) -> bytes:
    """Return the one UTF-8 JSON text of ``value`` that the JSON Canonicalization Scheme (RFC 8785) defines.

    Numbers must be integers within ±(2^53 - 1): their spelling is then the same in every language, while
    that of fractions is not.

    Raises:
        ValueError: the value holds a fraction, a larger number, a lone surrogate or something JSON lacks.
    """
    text = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def _ordered(value: object) -> object:
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("canonical JSON has strings as keys")
        # RFC 8785, 3.2.3: keys are compared as arrays of UTF-16 code units.
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int) and abs(value) < 2**53:
        return value
    raise ValueError(f"canonical JSON cannot hold this {type(value).__name__}")
