"""What a person may type instead of tapping: the name of a language or of a country. Pure."""

from collections.abc import Iterable, Sequence

from linkbridge.kernel.languages import LANGUAGES, OFFICIAL_TAGS, language_name_in
from linkbridge.phrasebook.matching.normalising import words

_LONGEST_NAME = 4
_LEAST_LETTERS = 2


def find_typed_language(text: str, tags: Sequence[str]) -> str:
    """Return the language whose name was typed, in itself or in an official language; empty if it is none."""
    said = words(text)
    if not 0 < len(said) <= _LONGEST_NAME:
        return ""
    for tag in tags:
        names = (
            LANGUAGES[tag].autonym,
            LANGUAGES[tag].english_name,
            *(language_name_in(tag, ui) for ui in OFFICIAL_TAGS),
        )
        if any(said == words(name) or said == words(name)[:1] for name in names):
            return tag
    return ""


def find_country(text: str, countries: Iterable[tuple[str, str]]) -> str:
    """Return the code of the country whose name was typed; empty if it is none of these."""
    said = words(text)
    return next((code for code, name in countries if said and said == words(name)), "")


def is_worth_reading(text: str) -> bool:
    """Whether a message has words at all: not only signs, digits or pictures."""
    return sum(character.isalpha() for character in text) >= _LEAST_LETTERS
