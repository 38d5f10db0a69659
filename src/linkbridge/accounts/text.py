"""Cleans single lines that staff type: names, labels, addresses. Pure."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeVar

from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.text_checks import bidi_controls, forbidden_characters

T = TypeVar("T")


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


def fold_email(text: str) -> str:
    """Return the form in which addresses are compared: NFC, folded to lower case, without outer spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def clean_email(text: str, *, field: str = "email") -> str:
    """Return an e-mail address in the form in which it is compared: folded to lower case.

    Only its shape is checked: that mail arrives is what an invitation proves.

    Raises:
        InvalidInput: it has not the shape of an address.
    """
    cleaned = fold_email(clean_line(text, field=field, longest=254))
    local, at, domain = cleaned.rpartition("@")
    if not (local and at and domain) or " " in cleaned or "@" in local or "." not in domain.strip("."):
        raise InvalidInput("this is not an e-mail address", field=field, problem="email")
    return cleaned


class InvalidForm(InvalidInput):
    """Several fields of a form cannot be used; ``problems`` holds one error for each."""

    def __init__(self, problems: Sequence[InvalidInput]) -> None:
        super().__init__(problems[0].message, **problems[0].params)
        self.problems = tuple(problems)


class Checks:
    """Collects what is wrong with a form, so that a person is told everything at once."""

    def __init__(self) -> None:
        self._problems: list[InvalidInput] = []

    def run(self, check: Callable[[], T], otherwise: T, *, field: str = "") -> T:
        """Return what ``check`` returns, or note its ``InvalidInput`` and return ``otherwise``.

        ``field`` is how this form calls what the check calls ``name``.
        """
        try:
            return check()
        except InvalidInput as error:
            found = error.problems if isinstance(error, InvalidForm) else (error,)
            for one in found:
                if field and one.params.get("field") == "name":
                    one.params["field"] = field
            self._problems.extend(found)
        return otherwise

    def expect(self, holds: bool, message: str, *, field: str, problem: str) -> None:
        """Note a problem unless the claim holds."""
        if not holds:
            self._problems.append(InvalidInput(message, field=field, problem=problem))

    def done(self) -> None:
        """Return if nothing was noted.

        Raises:
            InvalidForm: something was.
        """
        if self._problems:
            raise InvalidForm(self._problems)
