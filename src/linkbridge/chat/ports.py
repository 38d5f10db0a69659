"""What the chat needs of a channel. The next channel is one module that implements this."""

from typing import Protocol

from linkbridge.chat.dialogue.world import ChannelFacts
from linkbridge.chat.messages import Reply


class ChannelError(Exception):
    """A channel did not take a message.

    ``code`` is a fixed word. ``is_permanent``: it never will. ``is_blocked``: the person wants nothing from us
    any more. ``retry_after``: seconds that the channel wants to be left alone.
    """

    def __init__(
        self, code: str, *, is_permanent: bool = False, is_blocked: bool = False, retry_after: float = 0.0
    ) -> None:
        super().__init__(code)
        self.code = code
        self.is_permanent = is_permanent or is_blocked
        self.is_blocked = is_blocked
        self.retry_after = retry_after


class ChatChannel(Protocol):
    """Sends to people over one service."""

    @property
    def name(self) -> str:
        """What conversations of this channel are stored under."""
        ...

    @property
    def facts(self) -> ChannelFacts:
        """What the dialogue must know of it."""
        ...

    def send(self, address: str, reply: Reply) -> None:
        """Send one message.

        Raises:
            ChannelError: it was not taken.
        """
        ...
