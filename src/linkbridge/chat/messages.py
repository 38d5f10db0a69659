"""What comes in from a channel and what goes out to one, whatever the channel. Pure."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

LONGEST_TEXT = 4_000
"""Characters of a message that are read; what is longer is answered, not read."""


class InboundKind(StrEnum):
    """What a person sent. ``start``: they opened the chat. ``media``: something that is no text."""

    START = "start"
    TEXT = "text"
    CHOICE = "choice"
    MEDIA = "media"


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message from a person.

    ``choice`` is the id of a tapped choice and ``turn`` the turn that offered it. ``quoted`` is what the person had
    written when it was offered, where the channel hands it back. ``hints`` are the languages of the person's device.
    """

    kind: InboundKind
    text: str = field(default="", repr=False)
    choice: str = ""
    turn: int = 0
    quoted: str = field(default="", repr=False)
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """A message as a channel hands it over: from whom (how the channel reaches them), and what the channel calls it."""

    address: str = field(repr=False)
    id: str
    inbound: Inbound


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to tap: what the program is told, and what the person reads."""

    id: str
    label: str
    pictogram: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An address to open, and its words."""

    address: str
    label: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A message to a person, in the language ``tag``.

    ``mark`` is the sentence that says how far the text can be trusted, ``is_machine`` that a machine translated it.
    ``audio`` is the key of a phrase that can be heard. ``quotes``: it answers the message just written, which the
    channel should hand back when a choice is tapped. ``turn`` numbers what offers choices.
    """

    text: str = field(repr=False)
    tag: str
    mark: str = ""
    choices: tuple[Choice, ...] = ()
    links: tuple[Link, ...] = ()
    audio: str = ""
    quotes: bool = False
    turn: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return what is kept until the message has been sent."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Reply":
        """Return the message that ``to_json`` kept."""
        choices = tuple(Choice(**each) for each in kept["choices"])
        links = tuple(Link(**each) for each in kept["links"])
        return cls(**{**kept, "choices": choices, "links": links})
