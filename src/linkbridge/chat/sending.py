"""Messages on their way to people: written with what causes them, sent after the commit, each conversation in order."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlmodel import Session, col, delete, select, update

from linkbridge.chat.messages import Reply
from linkbridge.chat.models import Conversation, Outgoing
from linkbridge.chat.ports import ChannelError, ChatChannel
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.jobs import JobQueue

SEND_JOB = "chat.send"
SAFETY_NET = timedelta(seconds=10)
"""How long the worker waits for the process that wrote a message to send it itself, which is quicker."""
LEASE = timedelta(seconds=60)
"""How long a process may take to send what waits for one person before another takes over."""
GIVE_UP_AFTER = 8
WAITS = (2, 5, 15, 60, 300, 900, 3600)
"""Seconds between attempts, unless the channel says how long it wants to be left alone."""
_log = structlog.get_logger("linkbridge.chat")


class Writer:
    """Writes messages to people in the caller's transaction."""

    def __init__(self, *, clock: Clock, cipher: FieldCipher, jobs: JobQueue, fetched: frozenset[str]) -> None:
        self._clock = clock
        self._cipher = cipher
        self._jobs = jobs
        self._fetched = fetched

    def write(
        self, session: Session, row: Conversation, replies: Iterable[Reply], *, after: timedelta = timedelta(0)
    ) -> None:
        """Write messages; ``after`` is how long the worker leaves them to the process that wrote them."""
        now = self._clock.now()
        last: Outgoing | None = None
        for reply in replies:
            last = Outgoing(
                conversation_id=row.id,
                channel=row.channel,
                address_encrypted=row.address_encrypted,
                body_encrypted=self._cipher.encrypt(json.dumps(reply.to_json(), ensure_ascii=False)),
                due_at=now,
                created_at=now,
            )
            session.add(last)
            session.flush()  # one after the other: their numbers are their order
        if last is not None and row.channel not in self._fetched:
            self._jobs.enqueue(session, SEND_JOB, f"{row.id}-{last.sequence}", row.id, delay=after)


@dataclass(frozen=True, slots=True)
class _Next:
    sequence: int
    channel: str
    address: str
    reply: Reply
    attempts: int


class Sender:
    """Hands messages to their channels, in order, at least once: a crash between sending and noting repeats one."""

    def __init__(
        self, *, clock: Clock, cipher: FieldCipher, sessions: SessionFactory, channels: Mapping[str, ChatChannel]
    ) -> None:
        self._clock = clock
        self._cipher = cipher
        self._sessions = sessions
        self._channels = channels

    def send(self, conversation_id: str) -> timedelta | None:
        """Send what waits for one person, unless another process is at it.

        Returns how long to wait before the next attempt, or ``None`` when nothing waits any more.
        """
        if not self._channels:
            return None
        if not self._take_lease(conversation_id):
            return LEASE
        try:
            while True:
                waiting = self._next(conversation_id)
                if not isinstance(waiting, _Next):
                    return waiting
                pause = self._deliver(waiting)
                if pause is not None:
                    return pause
        finally:
            self._drop_lease(conversation_id)

    def overdue(self, *, limit: int = 500) -> tuple[str, ...]:
        """Return conversations with messages that should have gone out a while ago: their job was lost."""
        before = self._clock.now() - LEASE
        with self._sessions.reading() as session:
            query = select(Outgoing.conversation_id).where(
                col(Outgoing.due_at) < before, col(Outgoing.channel).in_(sorted(self._channels))
            )
            return tuple(session.exec(query.distinct().limit(limit)))

    def first_waiting(self, conversation_id: str) -> str:
        """Return a name for the next attempt at the first message that waits, different for each; empty without one."""
        with self._sessions.reading() as session:
            query = select(Outgoing).where(Outgoing.conversation_id == conversation_id)
            row = session.exec(query.order_by(col(Outgoing.sequence)).limit(1)).first()
            return f"{row.sequence}-{row.attempts}" if row else ""

    def _take_lease(self, conversation_id: str) -> bool:
        now = self._clock.now()
        free = (col(Conversation.sending_until).is_(None)) | (col(Conversation.sending_until) < now)
        with self._sessions.transaction() as session:
            taken = session.exec(
                update(Conversation)
                .where(col(Conversation.id) == conversation_id, free)
                .values(sending_until=now + LEASE)
            ).rowcount
            return bool(taken) or session.get(Conversation, conversation_id) is None  # erased: its last words go out

    def _drop_lease(self, conversation_id: str) -> None:
        with self._sessions.transaction() as session:
            session.exec(update(Conversation).where(col(Conversation.id) == conversation_id).values(sending_until=None))

    def _next(self, conversation_id: str) -> _Next | timedelta | None:
        with self._sessions.reading() as session:
            query = select(Outgoing).where(Outgoing.conversation_id == conversation_id)
            row = session.exec(query.order_by(col(Outgoing.sequence)).limit(1)).first()
            if row is None or row.channel not in self._channels:
                return None
            now = self._clock.now()
            if row.due_at > now:
                return row.due_at - now
            reply = Reply.from_json(json.loads(self._cipher.decrypt(row.body_encrypted)))
            address = self._cipher.decrypt(row.address_encrypted)
            return _Next(row.sequence or 0, row.channel, address, reply, row.attempts)

    def _deliver(self, waiting: _Next) -> timedelta | None:
        """Send one message and note it; return how long to wait if the channel did not take it."""
        try:
            self._channels[waiting.channel].send(waiting.address, waiting.reply)
        except ChannelError as error:
            return self._put_off(waiting, error)
        with self._sessions.transaction() as session:
            session.exec(delete(Outgoing).where(col(Outgoing.sequence) == waiting.sequence))
        return None

    def _put_off(self, waiting: _Next, error: ChannelError) -> timedelta | None:
        _log.info("chat_not_sent", channel=waiting.channel, error_code=error.code, attempt=waiting.attempts)
        gone = error.is_permanent or waiting.attempts + 1 >= GIVE_UP_AFTER
        seconds = error.retry_after or WAITS[min(waiting.attempts, len(WAITS) - 1)]
        with self._sessions.transaction() as session:
            row = session.get(Outgoing, waiting.sequence)
            if row is None:
                return None
            if not gone:
                row.attempts += 1
                row.due_at = self._clock.now() + timedelta(seconds=seconds)
                session.add(row)
                return timedelta(seconds=seconds)
            # What a person who blocked us would have got helps nobody; what one message did wrong, the next may not.
            doomed = delete(Outgoing).where(
                col(Outgoing.conversation_id) == row.conversation_id
                if error.is_blocked
                else col(Outgoing.sequence) == row.sequence
            )
            if error.is_blocked:
                session.exec(
                    update(Conversation)
                    .where(col(Conversation.id) == row.conversation_id)
                    .values(blocked_at=self._clock.now())
                )
            session.exec(doomed)
        return None
