"""What a dialogue asks its surroundings to do besides replying. Pure."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BeginHandover:
    """Give the conversation to an organisation; ``text`` is what the person agreed to send with it."""

    organisation_id: str
    is_urgent: bool = False
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Forward:
    """Hand what the person wrote to the humans whom they chose."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EndHandover:
    """Take the conversation back: the person wants the computer again."""


@dataclass(frozen=True, slots=True)
class AskInterpreter:
    """Ask an organisation for an interpreter in this language."""

    organisation_id: str
    tag: str


@dataclass(frozen=True, slots=True)
class Erase:
    """Delete everything that is kept about this conversation."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Write to the person when a notice changes; without one, never again."""

    notice: str = ""


Effect = BeginHandover | Forward | EndHandover | AskInterpreter | Erase | Subscribe
