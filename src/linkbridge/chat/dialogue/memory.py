"""What is remembered of a conversation between two messages: where it is, never what was written. Pure."""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

VERSION = 1
"""Raised whenever an older memory can no longer be understood; such a conversation begins at its menu."""


class Step(StrEnum):
    """Where a conversation is."""

    LANGUAGE = "language"
    MENU = "menu"
    NOTICES = "notices"
    NOTICE = "notice"
    QUESTION = "question"
    CANDIDATES = "candidates"
    PHRASE = "phrase"
    COUNTRY = "country"
    FACTS = "facts"
    HUMAN = "human"
    ORGANISATION = "organisation"
    CONSENT = "consent"
    WAITING = "waiting"
    DELETE = "delete"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Memory:
    """Where a conversation is.

    ``turn`` counts what was offered. ``page`` is that of a long list, ``notice`` and ``position`` what is being read,
    ``keys`` the phrases offered, ``purpose`` why a country, a person or a text is asked for, ``organisation`` the one
    chosen, ``before`` the step to go back to. ``greeted``: the person was told what is kept. ``handed``: humans have
    the conversation, and the computer is silent.
    """

    step: Step = Step.LANGUAGE
    tag: str = ""
    turn: int = 0
    page: int = 0
    notice: str = ""
    position: int = 0
    keys: tuple[str, ...] = ()
    country: str = ""
    purpose: str = ""
    organisation: str = ""
    before: str = ""
    greeted: bool = False
    handed: bool = False

    def at(self, step: Step, **changes: Any) -> "Memory":  # noqa: ANN401 - the fields of this class
        """Return the memory at another step; the page of a list begins anew unless it is given."""
        return replace(self, **{"step": step, "page": 0, **changes})

    def to_json(self) -> dict[str, Any]:
        """Return what is kept in the database."""
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Memory":
        """Return the memory that ``to_json`` kept. Of another version, only language and turn are taken over."""
        tag, turn = str(kept.get("tag", "")), int(kept.get("turn", 0))
        begun = cls(step=Step.MENU if tag else Step.LANGUAGE, tag=tag, turn=turn, greeted=True)
        if kept.get("version") != VERSION:
            return begun
        try:
            return cls(
                step=Step(kept["step"]),
                tag=tag,
                turn=turn,
                page=int(kept["page"]),
                notice=str(kept["notice"]),
                position=int(kept["position"]),
                keys=tuple(kept["keys"]),
                country=str(kept["country"]),
                purpose=str(kept["purpose"]),
                organisation=str(kept["organisation"]),
                before=str(kept["before"]),
                greeted=bool(kept["greeted"]),
                handed=bool(kept["handed"]),
            )
        except (KeyError, TypeError, ValueError):
            return begun
