"""The outbox: messages are written in the transaction that causes them and sent after it, at least once."""

import json
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, select

from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.errors import Unavailable
from linkbridge.kernel.jobs import JobQueue
from linkbridge.notifications.models import OutboxMessage
from linkbridge.notifications.ports import Channel, Delivery

DELIVER_JOB = "deliver"
WAITING, DELIVERED, GIVEN_UP = "waiting", "delivered", "given-up"
RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=8),
    timedelta(hours=24),
)
"""The waits between attempts; after the last one a message is given up."""
OVERDUE_AFTER = timedelta(minutes=15)
"""A waiting message this late has lost its job: it was written without a worker, or restored from a backup."""
_KEY = re.compile(r"[A-Za-z0-9.:_-]{1,100}\Z")
_ID = re.compile(r"[0-9a-f]{32}")
_BATCH = 200


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many messages are in each state."""

    waiting: int
    delivered: int
    given_up: int


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """A message that is to be sent now, over the channel it was written for."""

    channel: str
    delivery: Delivery


class Outbox:
    """Takes messages and keeps what became of them."""

    def __init__(self, *, clock: Clock, cipher: FieldCipher, jobs: JobQueue, channels: Mapping[str, Channel]) -> None:
        self._clock = clock
        self._cipher = cipher
        self._jobs = jobs
        self._channels = channels

    def reaches(self, channel: str) -> bool:
        """Whether messages over this channel reach anyone. If not, show the person what would have been sent."""
        return channel in self._channels and self._channels[channel].is_configured

    def add(
        self, session: Session, *, channel: str, recipient: str, content: Mapping[str, str], idempotency_key: str
    ) -> str:
        """Write a message in the caller's transaction and return its id; the same key twice is one message.

        It is sent once the transaction has been committed. Mail has the content ``subject`` and ``text``.
        The key is an opaque id: it goes out as the Message-ID.

        Raises:
            Unavailable: the channel is not set up.
            ValueError: the key holds other characters than letters, digits and ``.:_-``, or more than 100.
        """
        if not _KEY.match(idempotency_key):
            raise ValueError("an idempotency key has 1 to 100 letters, digits and .:_-")
        if not self.reaches(channel):
            raise Unavailable("this channel is not set up", component=channel)
        found = session.exec(select(OutboxMessage.id).where(OutboxMessage.idempotency_key == idempotency_key)).first()
        if found is not None:
            return found
        now = self._clock.now()
        message = OutboxMessage(
            idempotency_key=idempotency_key,
            channel=channel,
            recipient_encrypted=self._cipher.encrypt(recipient),
            content_encrypted=self._cipher.encrypt(json.dumps(dict(content), ensure_ascii=False)),
            created_at=now,
            due_at=now,
        )
        session.add(message)
        session.flush()
        self._enqueue(session, message)
        return message.id

    def claim(self, session: Session, message_id: str, attempt: int) -> ClaimedMessage | None:
        """Return the message if this attempt is still to be made, else ``None``: a repeat of a job does nothing."""
        message = session.get(OutboxMessage, message_id)
        if message is None or message.state != WAITING or message.attempts != attempt:
            return None
        return ClaimedMessage(
            message.channel,
            Delivery(
                key=message.idempotency_key,
                recipient=self._cipher.decrypt(message.recipient_encrypted),
                content=json.loads(self._cipher.decrypt(message.content_encrypted)),
            ),
        )

    def settle(
        self, session: Session, message_id: str, attempt: int, *, error_code: str | None = None, again: bool = False
    ) -> str | None:
        """Note what came of an attempt and return the new state; ``None`` when another worker was faster.

        Without ``error_code`` the message was delivered. With it and ``again``, the next attempt is planned,
        unless this was the last one.
        """
        query = select(OutboxMessage).where(OutboxMessage.id == message_id).with_for_update()
        message = session.exec(query.execution_options(populate_existing=True)).first()
        if message is None or message.state != WAITING or message.attempts != attempt:
            return None
        now = self._clock.now()
        message.attempts += 1
        message.error_code = error_code
        session.add(message)
        if error_code is not None and again and attempt < len(RETRY_AFTER):
            message.due_at = now + RETRY_AFTER[attempt]
            session.flush()
            self._enqueue(session, message, delay=RETRY_AFTER[attempt])
            return message.state
        message.state = DELIVERED if error_code is None else GIVEN_UP
        message.finished_at = now
        session.flush()
        return message.state

    def requeue_overdue(self, session: Session) -> int:
        """Ask again for the delivery of messages whose job was lost, and return how many there were."""
        now = self._clock.now()
        query = (
            select(OutboxMessage)
            .where(OutboxMessage.state == WAITING, col(OutboxMessage.due_at) < now - OVERDUE_AFTER)
            .order_by(col(OutboxMessage.due_at))
            .limit(_BATCH)
            .with_for_update(skip_locked=True)
        )
        overdue = session.exec(query).all()
        for message in overdue:
            message.due_at = now
            session.add(message)
            session.flush()
            self._enqueue(session, message)
        return len(overdue)

    def counts(self, session: Session) -> OutboxCounts:
        """Return how many messages are in each state."""
        rows = session.exec(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state))
        found = dict(rows.all())
        return OutboxCounts(found.get(WAITING, 0), found.get(DELIVERED, 0), found.get(GIVEN_UP, 0))

    def purge(self, session: Session, *, before: datetime) -> int:
        """Delete messages that were delivered or given up before that moment, and return how many."""
        is_old = col(OutboxMessage.finished_at) < before
        return session.exec(delete(OutboxMessage).where(is_old)).rowcount

    def _enqueue(self, session: Session, message: OutboxMessage, *, delay: timedelta = timedelta(0)) -> None:
        key = f"{message.id}-{message.attempts}-{int(message.due_at.timestamp())}"
        self._jobs.enqueue(session, DELIVER_JOB, key, message.id, message.attempts, delay=delay)


def forget_messages(session: Session, ids: AbstractSet[str]) -> int:
    """Delete messages whose keys name one of these opaque ids, whatever became of them, and return how many."""
    known = session.exec(select(OutboxMessage.id, OutboxMessage.idempotency_key)).all()
    found = [message_id for message_id, key in known if any(each in ids for each in _ID.findall(key))]
    for start in range(0, len(found), _BATCH):
        session.exec(delete(OutboxMessage).where(col(OutboxMessage.id).in_(found[start : start + _BATCH])))
    return len(found)
