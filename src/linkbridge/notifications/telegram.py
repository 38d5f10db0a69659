"""Messages over Telegram's Bot API (https://core.telegram.org/bots/api). The recipient is the id of a chat."""

import logging
import os

from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.outgoing import is_loopback
from linkbridge.notifications.apart import run_apart
from linkbridge.notifications.ports import Channel, Delivery, DeliveryError, NullChannel

API = "https://api.telegram.org/bot"
TIMEOUT_SECONDS = 20.0
MOST_LETTERS = 4_000
"""What stays of a text; the API takes 4096."""


def make_telegram_channel(token: str, base_url: str = API) -> Channel:
    """Return the channel for a bot's token; without one, a channel that sends nothing.

    Raises:
        InvalidInput: the address of the API is neither https nor on this machine.
    """
    if not token:
        return NullChannel()
    host = base_url.partition("://")[2].partition("/")[0].rpartition(":")[0]
    if not base_url.startswith("https://") and not (base_url.startswith("http://") and is_loopback(host)):
        raise InvalidInput("the address of Telegram begins with https://", field="telegram_url")
    return TelegramChannel(token, base_url)


class TelegramChannel:
    """Sends as a bot. Whoever wants its messages has begun a chat with it."""

    is_configured = True

    def __init__(self, token: str, base_url: str = API, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._token = token
        self._base_url = base_url
        self._timeout = timeout
        # At its level of information the HTTP client writes each address into the log, and the token is part of it.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        # Waits are of the type that the library's next version has; without this it warns at each one.
        os.environ.setdefault("PTB_TIMEDELTA", "1")

    def send(self, delivery: Delivery) -> None:
        """Send one message, as plain text, without a preview of its link and not to be passed on.

        Raises:
            DeliveryError: it was not taken.
        """
        from telegram.error import (  # noqa: PLC0415 - takes time, and most installations use no bot
            BadRequest,
            ChatMigrated,
            Forbidden,
            InvalidToken,
            RetryAfter,
            TelegramError,
        )

        try:
            run_apart(self._hand_over(delivery))
        except Forbidden as error:
            raise DeliveryError("telegram-blocked", is_permanent=True) from error
        except (BadRequest, ChatMigrated) as error:
            raise DeliveryError("telegram-refused", is_permanent=True) from error
        except InvalidToken as error:
            raise DeliveryError("telegram-token", is_permanent=False) from error
        except RetryAfter as error:
            raise DeliveryError("telegram-busy", is_permanent=False) from error
        except TelegramError as error:
            raise DeliveryError("telegram-connection", is_permanent=False) from error

    async def _hand_over(self, delivery: Delivery) -> None:
        from telegram import Bot, LinkPreviewOptions  # noqa: PLC0415 - see above
        from telegram.request import HTTPXRequest  # noqa: PLC0415 - the same

        request = HTTPXRequest(read_timeout=self._timeout, write_timeout=self._timeout, connect_timeout=self._timeout)
        await request.initialize()
        try:
            await Bot(self._token, base_url=self._base_url, request=request).send_message(
                chat_id=delivery.recipient,
                text=f"{delivery.content['subject']}\n\n{delivery.content['text']}"[:MOST_LETTERS],
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                protect_content=True,
            )
        finally:
            await request.shutdown()
