"""Identifiers: opaque ids for rows, and encounter codes that can be read out aloud."""

import re
import secrets
import uuid

from linkbridge.kernel.errors import InvalidInput

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"
_WORD = re.compile(f"^[{_CONSONANTS}][{_VOWELS}][{_CONSONANTS}][{_VOWELS}][{_CONSONANTS}]$")
CODE_WORDS = 3


def new_id() -> str:
    """Return a new opaque row id: a random UUID as 32 lower-case hexadecimal digits."""
    return uuid.uuid4().hex


def proquint(value: int) -> str:
    """Spell a 16-bit number as one pronounceable word (Wilkerson, arXiv:0901.4016)."""
    return (
        _CONSONANTS[value >> 12 & 15]
        + _VOWELS[value >> 10 & 3]
        + _CONSONANTS[value >> 6 & 15]
        + _VOWELS[value >> 4 & 3]
        + _CONSONANTS[value & 15]
    )


def new_encounter_code() -> str:
    """Return a random 48-bit code of three words such as ``lusab-babad-gutih``.

    Proquints (arXiv:0901.4016) are used because officials of five languages can read them out
    and type them again; 48 bits cannot be guessed through a rate-limited page.
    """
    return "-".join(proquint(secrets.randbits(16)) for _ in range(CODE_WORDS))


def parse_encounter_code(text: str) -> str:
    """Return the canonical form of a code that a person typed or a tablet made.

    Raises:
        InvalidInput: the text is no encounter code.
    """
    words = re.findall(r"[a-z]+", text.strip().lower())
    if len(words) != CODE_WORDS or not all(_WORD.match(word) for word in words):
        raise InvalidInput("this is not an encounter code", field="code")
    return "-".join(words)
