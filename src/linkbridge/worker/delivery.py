"""Hands the outbox's messages over to their channels."""

from collections.abc import Mapping

import structlog

from linkbridge.kernel.db import SessionFactory
from linkbridge.notifications.outbox import Outbox
from linkbridge.notifications.ports import Channel, DeliveryError, NullChannel

_log = structlog.get_logger("linkbridge.delivery")
_OFF = NullChannel()


class Deliverer:
    """Delivers one message at a time, at least once: between handing over and noting it, a crash repeats it."""

    def __init__(self, *, sessions: SessionFactory, outbox: Outbox, channels: Mapping[str, Channel]) -> None:
        self._sessions = sessions
        self._outbox = outbox
        self._channels = channels

    def deliver(self, message_id: str, attempt: int) -> None:
        """Make this attempt, unless it was made before, and note what came of it."""
        with self._sessions.reading() as session:
            claimed = self._outbox.claim(session, message_id, attempt)
        if claimed is None:
            return
        error_code, again = None, False
        try:
            self._channels.get(claimed.channel, _OFF).send(claimed.delivery)
        except DeliveryError as error:
            error_code, again = error.code, not error.is_permanent
        except Exception as error:  # noqa: BLE001 - whatever a channel raises, the message must not be lost
            _log.error("delivery_failed", channel=claimed.channel, error_type=type(error).__name__)
            error_code, again = "unexpected", True
        with self._sessions.transaction() as session:
            state = self._outbox.settle(session, message_id, attempt, error_code=error_code, again=again)
        _log.info("delivery", message=message_id, attempt=attempt, state=state, error_code=error_code)
