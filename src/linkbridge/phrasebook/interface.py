"""The words of a person's own screens in one language, with numbers and dates filled in as it writes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from babel.dates import format_date
from babel.numbers import format_decimal

from linkbridge.kernel.languages import LANGUAGES, babel_locale
from linkbridge.phrasebook.schema import Origin, PhraseText, Status

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class InterfaceTexts:
    """The phrases of the interface book in ``tag``; those that the language lacks come in English."""

    tag: str
    phrases: Mapping[str, PhraseText] = field(repr=False)

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """The direction in which the language is written."""
        return LANGUAGES[self.tag].direction

    @property
    def script(self) -> str:
        """The language's ISO 15924 script."""
        return LANGUAGES[self.tag].script

    def phrase(self, phrase_id: str) -> PhraseText:
        """Return the phrase with its status and language.

        Raises:
            KeyError: the interface book has no such phrase: an error of the program.
        """
        return self.phrases[phrase_id]

    def text(self, phrase_id: str) -> str:
        """Return the words of a phrase; see ``phrase`` for errors."""
        return self.phrases[phrase_id].text

    def tag_of(self, phrase_id: str) -> str:
        """Return the language in which a phrase came: ``tag``, or English when it lacks the phrase."""
        return self.phrases[phrase_id].tag

    def mark(self, status: Status, origin: Origin) -> str:
        """Return the sentence that says how far a text of this status and origin can be trusted."""
        words = self.text(mark_phrase(status, origin))
        if status is Status.OUTDATED and origin is Origin.MACHINE:
            return f"{words} {self.text('mark-draft')}"
        return words

    def format(self, phrase_id: str, **values: object) -> str:
        """Return the words of a phrase with its placeholders filled.

        Numbers and dates are written as the language of the phrase does, in the digits 0 to 9 that the
        phrasebooks use throughout; a text such as a telephone number stays as it is.

        Raises:
            KeyError: the phrase, or the value of one of its placeholders, is missing: an error of the program.
        """
        phrase = self.phrases[phrase_id]
        return _PLACEHOLDER.sub(lambda match: _written(values[match[1]], phrase.tag), phrase.text)


def mark_phrase(status: Status, origin: Origin) -> str:
    """Return the id of the phrase that marks a text of this status and origin."""
    if status is Status.DRAFT and origin is Origin.HUMAN:
        return "mark-draft-human"
    return f"mark-{status.value}"


def _written(value: object, tag: str) -> str:
    if isinstance(value, date | datetime):
        return str(format_date(value, format="long", locale=babel_locale(tag)))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(format_decimal(value, locale=babel_locale(tag)))
    return str(value)
