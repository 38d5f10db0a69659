"""Cleans single lines that staff type: names, labels, addresses. Pure."""

import unicodedata

from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.text_checks import bidi_controls, forbidden_characters


def clean_line(text: str, *, field: str, longest: int, required: bool = True) -> str:
    """Return ``text`` in Unicode form NFC with runs of spaces made one.

    Raises:
        InvalidInput: it is empty though required, longer than ``longest`` characters, or holds control or
            hidden characters; ``field`` and ``problem`` in ``params`` say where and what.
    """
    if forbidden_characters(text, allowed="\t\r\n") or bidi_controls(text):
        raise InvalidInput("this holds characters that cannot be used", field=field, problem="characters")
    cleaned = " ".join(unicodedata.normalize("NFC", text).split())
    if required and not cleaned:
        raise InvalidInput("this must not be empty", field=field, problem="empty")
    if len(cleaned) > longest:
        raise InvalidInput(f"this is longer than {longest} characters", field=field, problem="long", longest=longest)
    return cleaned


def clean_email(text: str, *, field: str = "email") -> str:
    """Return an e-mail address in the form in which it is compared: folded to lower case.

    Only its shape is checked: that mail arrives is what an invitation proves.

    Raises:
        InvalidInput: it has not the shape of an address.
    """
    cleaned = clean_line(text, field=field, longest=254).casefold()
    local, at, domain = cleaned.rpartition("@")
    if not (local and at and domain) or " " in cleaned or "@" in local or "." not in domain.strip("."):
        raise InvalidInput("this is not an e-mail address", field=field, problem="email")
    return cleaned
