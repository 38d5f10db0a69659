"""Conversations: one message at a time each, over all processes, and every update answered once."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.erasures import Erasures
from linkbridge.chat.dialogue import effects
from linkbridge.chat.dialogue.engine import Dialogue
from linkbridge.chat.dialogue.memory import Memory, Step
from linkbridge.chat.handovers import Handovers
from linkbridge.chat.interpreters import ChatInterpreters
from linkbridge.chat.ledger import CHAT
from linkbridge.chat.messages import Reply, Update
from linkbridge.chat.models import ChatSubscription, ChatUpdate, Conversation
from linkbridge.chat.retention import ERASURE
from linkbridge.chat.sending import SAFETY_NET, Writer
from linkbridge.chat.subscriptions import Subscriptions
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Received:
    """What came of an update: ``replies`` is empty for one that was taken before."""

    conversation_id: str
    replies: tuple[Reply, ...] = ()
    is_repeat: bool = False
    handed: bool = False


class Conversations:
    """The conversations of all channels."""

    def __init__(
        self,
        *,
        clock: Clock,
        cipher: FieldCipher,
        audit: AuditLog,
        erasures: Erasures,
        writer: Writer,
        handovers: Handovers,
        interpreters: ChatInterpreters,
        subscriptions: Subscriptions,
        state_days: int,
    ) -> None:
        self._clock = clock
        self._cipher = cipher
        self._audit = audit
        self._erasures = erasures
        self._writer = writer
        self._interpreters = interpreters
        self._handovers = handovers
        self._subscriptions = subscriptions
        self._state_days = state_days

    def receive(
        self,
        session: Session,
        channel: str,
        update: Update,
        *,
        dialogue: Dialogue,
    ) -> Received:
        """Take one update of a channel in the caller's transaction: answer it, and do what the answer asks for.

        An update that was taken before changes nothing. Replies are written in order, to be sent after the commit.
        """
        row = self._lock(session, channel, update.address)
        if not self._is_new(session, channel, f"{update.address}:{update.id}"):
            return Received(row.id, is_repeat=True)
        turn = dialogue.answer(self._remembered(row), update.inbound)
        memory = turn.memory
        erased = any(isinstance(effect, effects.Erase) for effect in turn.effects)
        for effect in turn.effects:
            memory = self._do(session, row, memory, effect)
        self._writer.write(session, row, turn.replies, after=SAFETY_NET)
        if erased:
            self._erase(session, row)
        else:
            row.memory_encrypted = self._cipher.encrypt(json.dumps(memory.to_json()))
            row.tag, row.seen_at, row.blocked_at = memory.tag, self._clock.now(), None
            session.add(row)
        session.flush()
        return Received(row.id, turn.replies, handed=memory.handed)

    def memory(self, session: Session, channel: str, address: str) -> Memory:
        """Return where a conversation is; one that is not there is at its beginning."""
        row = self._find(session, channel, address)
        return self._remembered(row) if row else Memory()

    def say(self, session: Session, conversation_id: str, replies: Iterable[Reply]) -> None:
        """Write messages to a person that answer nothing: from a human, or news that they asked for."""
        row = session.get(Conversation, conversation_id)
        if row is not None:
            self._writer.write(session, row, replies)

    def change(self, session: Session, conversation_id: str, **changes: object) -> Memory | None:
        """Change where a conversation is, because something happened that the person did not do; return the memory."""
        query = select(Conversation).where(Conversation.id == conversation_id).with_for_update()
        row = session.exec(query.execution_options(populate_existing=True)).first()
        if row is None:
            return None
        memory = replace(self._remembered(row), **changes)  # type: ignore[arg-type]
        row.memory_encrypted = self._cipher.encrypt(json.dumps(memory.to_json()))
        session.add(row)
        session.flush()
        return memory

    def _find(self, session: Session, channel: str, address: str) -> Conversation | None:
        digest = self._cipher.digest(f"chat:{channel}", address)
        query = select(Conversation).where(Conversation.channel == channel, Conversation.address_digest == digest)
        return session.exec(query).first()

    def _lock(self, session: Session, channel: str, address: str) -> Conversation:
        """Return the person's conversation, locked; made if it is not there."""
        digest = self._cipher.digest(f"chat:{channel}", address)
        query = (
            select(Conversation)
            .where(Conversation.channel == channel, Conversation.address_digest == digest)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        for _ in range(_TRIES):
            row = session.exec(query).first()
            if row is not None:
                return row
            now = self._clock.now()
            row = Conversation(
                channel=channel,
                address_digest=digest,
                address_encrypted=self._cipher.encrypt(address),
                memory_encrypted=self._cipher.encrypt(json.dumps(Memory().to_json())),
                created_at=now,
                seen_at=now,
            )
            try:
                with session.begin_nested():
                    session.add(row)
            except IntegrityError:
                continue  # another process made it between our look and our write
            return row
        raise RuntimeError("a conversation can neither be found nor made")

    def _is_new(self, session: Session, channel: str, update: str) -> bool:
        """Note an update and return whether it had not been noted before. The conversation is locked already."""
        digest = self._cipher.digest("chat-update", update)
        if session.get(ChatUpdate, (channel, digest)) is not None:
            return False
        session.add(ChatUpdate(channel=channel, update_digest=digest, received_at=self._clock.now()))
        return True

    def _remembered(self, row: Conversation) -> Memory:
        memory = Memory.from_json(json.loads(self._cipher.decrypt(row.memory_encrypted)))
        if self._clock.now() - row.seen_at > timedelta(days=self._state_days) and not memory.handed:
            return Memory(tag=memory.tag, turn=memory.turn, step=Step.MENU if memory.tag else Step.LANGUAGE)
        return memory

    def _do(self, session: Session, row: Conversation, memory: Memory, effect: effects.Effect) -> Memory:
        match effect:
            case effects.BeginHandover():
                self._handovers.begin(session, row, effect, memory.tag)
            case effects.Forward():
                if not self._handovers.hear(session, row.id, effect.text, memory.tag):
                    return memory.at(Step.MENU, handed=False, organisation="")
            case effects.EndHandover():
                self._handovers.end_for(session, row.id, by=CHAT)
            case effects.AskInterpreter():
                self._interpreters.ask(session, row, effect.organisation_id, effect.tag)
            case effects.Subscribe():
                self._subscriptions.change(session, row.id, effect.notice, memory.tag)
            case effects.Erase():
                pass
        return memory

    def _erase(self, session: Session, row: Conversation) -> None:
        """Delete everything about a conversation; only what says so is still on its way."""
        self._interpreters.call_off(session, row)
        self._handovers.forget(session, row.id)
        session.exec(delete(ChatSubscription).where(col(ChatSubscription.conversation_id) == row.id))
        digest = self._erasures.record(session, ERASURE, row.id)
        self._audit.record(session, actor=CHAT.reference, action="conversation.erased", subject=digest)
        session.delete(row)
