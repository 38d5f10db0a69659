"""The chat as a whole: what its doors, the worker and caseworkers' pages work with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from linkbridge.accounts.directory import Directory
from linkbridge.accounts.permissions import Actor
from linkbridge.chat.casework import Casework
from linkbridge.chat.conversations import Conversations, Received
from linkbridge.chat.desks import Desks
from linkbridge.chat.dialogue.commands import Commands
from linkbridge.chat.dialogue.engine import Dialogue
from linkbridge.chat.dialogue.memory import Memory, Step
from linkbridge.chat.dialogue.world import ChannelFacts
from linkbridge.chat.handovers import Handovers
from linkbridge.chat.interpreters import ChatInterpreters
from linkbridge.chat.knowledge import Knowledge
from linkbridge.chat.messages import Inbound, Reply, Update
from linkbridge.chat.models import Conversation
from linkbridge.chat.reads import HandoverRead, MessageRead, Rendering
from linkbridge.chat.replies import Replies
from linkbridge.chat.sending import Sender
from linkbridge.chat.subscriptions import Subscriptions
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.languages import language_name_in
from linkbridge.phrasebook.catalogue import Catalogue

NEWS_JOB = "chat.news"
_BATCH = 100


@dataclass(frozen=True, slots=True)
class ChatParts:
    """The services that the chat is made of."""

    clock: Clock
    conversations: Conversations
    handovers: Handovers
    casework: Casework
    desks: Desks
    interpreters: ChatInterpreters
    subscriptions: Subscriptions
    sender: Sender
    replies: Replies
    places: Directory
    message_days: int


class Chat:
    """Takes messages of all channels, and carries out what caseworkers and time do to conversations."""

    def __init__(
        self,
        parts: ChatParts,
        *,
        knowledge: Callable[[Session], Knowledge],
        current: Callable[[], Catalogue],
    ) -> None:
        self._parts = parts
        self._knowledge = knowledge
        self._current = current
        self._commands: tuple[str, Commands] = ("", Commands(()))

    @property
    def casework(self) -> Casework:
        """The caseworkers' queue; what also tells the person is done by the methods here."""
        return self._parts.casework

    @property
    def desks(self) -> Desks:
        """Which organisations answer chats."""
        return self._parts.desks

    @property
    def sender(self) -> Sender:
        """What hands messages to their channels."""
        return self._parts.sender

    @property
    def conversations(self) -> Conversations:
        """Where conversations are."""
        return self._parts.conversations

    def receive(self, session: Session, channel: str, facts: ChannelFacts, update: Update) -> Received:
        """Take one update of a channel in the caller's transaction; see ``Conversations.receive``.

        Once that is committed, ``sender.send(conversation_id)`` sends what it led to at once; else the worker does.
        """
        return self._parts.conversations.receive(session, channel, update, dialogue=self._dialogue(session, facts))

    def show(self, session: Session, facts: ChannelFacts, memory: Memory, start: Inbound) -> Sequence[Reply]:
        """Return the screen at which a conversation is; one that has not begun is shown as ``start`` would begin it."""
        dialogue = self._dialogue(session, facts)
        return (dialogue.show(memory) if memory.tag else dialogue.answer(memory, start)).replies

    def _dialogue(self, session: Session, facts: ChannelFacts) -> Dialogue:
        return Dialogue(self._knowledge(session), facts, self._all_commands())

    def _all_commands(self) -> Commands:
        """Return the commands of all languages; made anew when a text has changed."""
        catalogue = self._current()
        version, commands = self._commands
        if version != catalogue.version:
            commands = Commands(catalogue.interface(tag) for tag in catalogue.languages)
            self._commands = (catalogue.version, commands)
        return commands

    # What caseworkers do, with what the person is told of it.

    def claim(self, session: Session, handover_id: str, *, by: Actor) -> HandoverRead:
        """Take a conversation and tell the person that somebody is there; see ``Casework.claim`` for errors."""
        was = self._parts.casework.get(session, handover_id, by=by)
        found = self._parts.casework.claim(session, handover_id, by=by)
        if was.state != found.state:
            self._tell(session, found, self._parts.replies.answered(found.tag, self._name(session, found)))
        return found

    def say(
        self, session: Session, handover_id: str, text: str, rendering: Rendering | None, *, by: Actor
    ) -> MessageRead:
        """Say something to the person, translated; see ``Casework.say`` for errors."""
        found = self._parts.casework.get(session, handover_id, by=by)
        said = self._parts.casework.say(session, handover_id, text, rendering, by=by)
        language = language_name_in(by.language, found.tag)
        self._tell(session, found, self._parts.replies.said(rendering, said.text, found.tag, language))
        return said

    def give_back(self, session: Session, handover_id: str, *, by: Actor) -> HandoverRead:
        """Let the computer answer again; see ``Casework.close`` for errors."""
        found = self._parts.casework.close(session, handover_id, by=by)
        self._free(session, found)
        self._tell(session, found, self._parts.replies.given_back(found.tag))
        return found

    def close(self, session: Session, handover_id: str, *, by: Actor) -> HandoverRead:
        """End the conversation with humans, and say when it is deleted; see ``Casework.close`` for errors."""
        found = self._parts.casework.close(session, handover_id, by=by)
        self._free(session, found)
        day = (self._parts.clock.now() + timedelta(days=self._parts.message_days)).date()
        self._tell(session, found, self._parts.replies.closed(found.tag, self._name(session, found), day))
        return found

    def call_interpreter(self, session: Session, handover_id: str, *, by: Actor) -> str:
        """Ask for an interpreter for a conversation that the actor has claimed; return the request's id, or nothing.

        Raises:
            NotFound: there is no such handover for the actor's organisation.
            Conflict: the actor has not claimed it.
        """
        found = self._parts.casework.require_claimed(session, handover_id, by=by)
        row = session.get_one(Conversation, found.conversation_id)
        return self._parts.interpreters.ask(session, row, found.organisation_id, found.tag, by=by)

    def request_of(self, session: Session, handover_id: str, *, by: Actor) -> str:
        """Return the id of the request for an interpreter that a conversation waits for; empty without one.

        Raises:
            NotFound: there is no such handover for the actor's organisation.
        """
        found = self._parts.casework.get(session, handover_id, by=by)
        row = session.get(Conversation, found.conversation_id)
        return (row.request_id if row else None) or ""

    # What time does.

    def tell_late(self, session: Session, handover_id: str) -> str:
        """Tell a person whom nobody has answered in time; return the conversation, or nothing."""
        found = self._parts.handovers.is_late(session, handover_id)
        if found is None:
            return ""
        self._tell(session, found, self._parts.replies.late(found.tag, self._name(session, found)))
        return found.conversation_id

    def tell_changes(self, session: Session) -> tuple[str, ...]:
        """Tell some of those who follow a notice that has changed; return their conversations.

        As long as any are returned, there may be more.
        """
        told = []
        for row, notice, version in self._parts.subscriptions.due(session, limit=_BATCH):
            title = self._current().notice(notice, row.tag).title.text
            if self._parts.subscriptions.told(session, row.id, notice, version):
                self._parts.conversations.say(session, row.id, [self._parts.replies.changed(row.tag, notice, title)])
                told.append(row.id)
        return tuple(told)

    def _tell(self, session: Session, found: HandoverRead, reply: Reply) -> None:
        self._parts.conversations.say(session, found.conversation_id, [reply])

    def _free(self, session: Session, found: HandoverRead) -> Memory | None:
        return self._parts.conversations.change(
            session, found.conversation_id, handed=False, step=Step.MENU, organisation=""
        )

    def _name(self, session: Session, found: HandoverRead) -> str:
        return self._parts.places.organisation(session, found.organisation_id).name
