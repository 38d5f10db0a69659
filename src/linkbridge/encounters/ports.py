"""What encounters need of others: someone who can find an interpreter."""

from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class InterpreterWish:
    """A person at a site asked for an interpreter. Nothing in it says who the person is."""

    encounter_id: str
    site_id: str
    person_language: str | None
    official_language: str
    is_training: bool


@dataclass(frozen=True, slots=True)
class InterpreterReply:
    """What became of a wish: ``requested`` when brokering took it, else a word that says why not."""

    outcome: str


class InterpreterDesk(Protocol):
    """Takes wishes for an interpreter."""

    @property
    def is_configured(self) -> bool:
        """Whether wishes reach anyone."""
        ...

    def request(self, session: Session, wish: InterpreterWish) -> InterpreterReply:
        """Take a wish in the caller's transaction."""
        ...

    def finish(self, session: Session, encounter_id: str) -> None:
        """Stop searching for an encounter that somebody finished; an interpreter who is coming or there stays."""
        ...

    def forget(self, session: Session, encounter_id: str) -> None:
        """Call off what an encounter that is being erased still asks for."""
        ...


class NoInterpreterDesk:
    """Stands in until interpreters are brokered: the page then shows the site's own number."""

    is_configured = False

    def request(self, session: Session, wish: InterpreterWish) -> InterpreterReply:  # noqa: ARG002 - the port's signature
        """Take no wish and say so."""
        return InterpreterReply("not-configured")

    def finish(self, session: Session, encounter_id: str) -> None:
        """Have nothing to stop."""

    def forget(self, session: Session, encounter_id: str) -> None:
        """Have nothing to call off."""
