"""How programs and people name languages: BCP 47, with what other programs say for it. Pure."""

from functools import lru_cache

import langcodes

from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.languages import LANGUAGES, find_language

_LONGEST = 16
_MOST_KEPT = 1024
"""Callers may write what they like: so many answers are remembered."""
_ALIASES = {
    "zh": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zt": "zh-Hant",
    "pb": "pt-BR",
    "fa-af": "prs",
    "ku": "kmr",
}
"""What LibreTranslate, Argos and browsers call languages that BCP 47 names otherwise. ``ku`` is Kurmanji there."""


def normal_tag(written: str) -> str | None:
    """Return the tag that a written one means, or ``None`` if it means no language."""
    bare = written.strip().replace("_", "-")
    return _normal_tag(bare) if 1 < len(bare) <= _LONGEST else None


@lru_cache(_MOST_KEPT)
def _normal_tag(bare: str) -> str | None:
    if bare in LANGUAGES:
        return bare
    alias = _ALIASES.get(bare.lower())
    if alias is not None:
        return alias
    if not bare.isascii() or not langcodes.tag_is_valid(bare):
        return None
    standard: str = langcodes.standardize_tag(bare)
    return standard if len(standard) <= _LONGEST else None


@lru_cache(_MOST_KEPT)
def described_tag(tag: str) -> str:
    """Return the tag under which word lists know a language: ``pt`` for ``pt-BR``; the tag itself where none does."""
    language = find_language(tag)
    return language.tag if language else tag


def read_tag(written: str, *, field: str) -> str:
    """Return the tag that a caller's word for a language means.

    Raises:
        InvalidInput: it means none; ``field`` in ``params`` is the one given.
    """
    tag = normal_tag(written)
    if tag is None:
        raise InvalidInput("this is no language", field=field, problem="choice")
    return tag
