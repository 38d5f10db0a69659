"""What notifications need of others: channels that carry a message to its recipient."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

MAIL, TELEGRAM, PUSH = "mail", "telegram", "push"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way. ``key`` is the same at every attempt, so that a repeat can be recognised."""

    key: str
    recipient: str = field(repr=False)
    content: Mapping[str, str] = field(repr=False)


class DeliveryError(Exception):
    """A message could not be handed over. ``code`` is a fixed word of ours, never text from the other side."""

    def __init__(self, code: str, *, is_permanent: bool) -> None:
        super().__init__(code)
        self.code = code
        self.is_permanent = is_permanent


class Channel(Protocol):
    """Carries messages: mail, Telegram or web push."""

    @property
    def is_configured(self) -> bool:
        """Whether messages reach anyone."""
        ...

    def send(self, delivery: Delivery) -> None:
        """Hand one message over.

        Raises:
            DeliveryError: it was not taken; ``is_permanent`` says whether trying again is of use.
        """
        ...


class NullChannel:
    """Stands in for a channel that is not set up."""

    is_configured = False

    def send(self, delivery: Delivery) -> None:  # noqa: ARG002 - the port's signature
        """Refuse for now: an administrator may still set the channel up."""
        raise DeliveryError("channel-off", is_permanent=False)
