"""Wires the chat: the dialogue's knowledge, conversations, handovers and what sends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from sqlmodel import Session

from linkbridge.accounts.service import Accounts
from linkbridge.bootstrap.installation import read_cookie_secret
from linkbridge.chat.casework import Casework
from linkbridge.chat.conversations import Conversations
from linkbridge.chat.desks import Desks
from linkbridge.chat.handovers import Handovers
from linkbridge.chat.interpreters import ChatAnnouncer, ChatInterpreters
from linkbridge.chat.knowledge import Knowledge
from linkbridge.chat.ledger import Ledger
from linkbridge.chat.replies import Replies
from linkbridge.chat.sending import Sender, Writer
from linkbridge.chat.service import Chat, ChatParts
from linkbridge.chat.subscriptions import Subscriptions
from linkbridge.chat.webchat import WEB
from linkbridge.interpreting.calls.links import CallLinks
from linkbridge.interpreting.service import Interpreting
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.jobs import JobQueue
from linkbridge.phrasebook.files import default_directory
from linkbridge.phrasebook.interface import InterfaceTexts
from linkbridge.phrasebook.live import LiveCatalogue
from linkbridge.phrasebook.live_facts import LiveFacts
from linkbridge.phrasebook.policy import PublicationPolicy
from linkbridge.phrasebook.question_files import MatchingFiles, load_matching
from linkbridge.phrasebook.speech import Speech
from linkbridge.settings import Settings
from linkbridge.translation.identification import Guess

if TYPE_CHECKING:
    from linkbridge.phrasebook.matching.finder import PhraseFinder


def build_writer(*, clock: Clock, cipher: FieldCipher, jobs: JobQueue) -> Writer:
    """Return what writes messages to people. Those of the web chat are fetched by its page, not sent."""
    return Writer(clock=clock, cipher=cipher, jobs=jobs, fetched=frozenset({WEB}))


def build_announcer(settings: Settings, *, writer: Writer, texts: Callable[[str], InterfaceTexts]) -> ChatAnnouncer:
    """Return what tells people in a chat of the interpreters that they asked for."""
    links = CallLinks(read_cookie_secret(settings))
    return ChatAnnouncer(writer=writer, texts=texts, links=links, base_url=settings.resolved_base_url)


def build_chat(
    settings: Settings,
    *,
    clock: Clock,
    sessions: SessionFactory,
    cipher: FieldCipher,
    accounts: Accounts,
    jobs: JobQueue,
    writer: Writer,
    announcer: ChatAnnouncer,
    interpreting: Interpreting,
    catalogue: LiveCatalogue,
    facts: LiveFacts,
    countries: Sequence[str],
    policy: PublicationPolicy,
    speech: Speech,
    identify: Callable[[str], Sequence[Guess]],
) -> Chat:
    """Return the chat as ``settings`` want it. Its lists of words are read when the first message needs them."""

    @cache
    def matching() -> MatchingFiles:
        folder = settings.phrasebooks_dir or default_directory()
        return load_matching(folder, catalogue.library.phrase_keys)

    @cache
    def finder() -> PhraseFinder:
        from linkbridge.phrasebook.matching.finder import PhraseFinder  # noqa: PLC0415 - numpy takes time to load
        from linkbridge.phrasebook.matching.meaning import load_meaning  # noqa: PLC0415 - the same

        return PhraseFinder(
            lambda: catalogue.current,
            lambda: matching().questions,
            load_meaning(settings.data_dir / "cache" / "meaning"),
            in_background=_in_background,
        )

    interpreters = ChatInterpreters(interpreting=interpreting, writer=writer, announcer=announcer)
    ledger = Ledger(clock=clock, cipher=cipher, audit=accounts.audit)
    handovers = Handovers(ledger=ledger, jobs=jobs)
    subscriptions = Subscriptions(clock=clock, current=lambda: catalogue.current)

    def knowledge(session: Session) -> Knowledge:
        return Knowledge(
            session,
            catalogue=catalogue,
            facts=facts,
            countries=countries,
            policy=policy,
            finder=finder,
            urgent=lambda: matching().urgent,
            identify=identify,
            speech=speech,
            places=accounts.directory,
            any_interpreter=interpreters.any_active,
            state_days=settings.retain_chats_days,
            message_days=settings.retain_handovers_days,
        )

    parts = ChatParts(
        clock=clock,
        conversations=Conversations(
            clock=clock,
            cipher=cipher,
            audit=accounts.audit,
            erasures=accounts.erasures,
            writer=writer,
            handovers=handovers,
            interpreters=interpreters,
            subscriptions=subscriptions,
            state_days=settings.retain_chats_days,
        ),
        handovers=handovers,
        casework=Casework(ledger),
        desks=Desks(clock=clock, audit=accounts.audit, places=accounts.directory),
        interpreters=interpreters,
        subscriptions=subscriptions,
        sender=Sender(clock=clock, cipher=cipher, sessions=sessions, channels={}),
        replies=Replies(catalogue.interface),
        places=accounts.directory,
        message_days=settings.retain_handovers_days,
    )
    return Chat(parts, knowledge=knowledge, current=lambda: catalogue.current)


def _in_background(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="linkbridge-meaning", daemon=True).start()
