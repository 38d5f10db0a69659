"""What a door needs to do its work: every service, wired once by ``bootstrap`` and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from babel.support import NullTranslations

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.devices import Devices
from linkbridge.accounts.erasures import Erasures
from linkbridge.accounts.quota import Quota
from linkbridge.accounts.retention import Retention
from linkbridge.accounts.service import Accounts
from linkbridge.chat.service import Chat
from linkbridge.encounters.ports import InterpreterDesk
from linkbridge.encounters.service import Encounters
from linkbridge.interpreting.service import Interpreting
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.fonts import FontLibrary
from linkbridge.kernel.jobs import JobQueue
from linkbridge.kernel.readiness import Readiness
from linkbridge.kernel.sealing import Unsealer
from linkbridge.kernel.signing import Signer
from linkbridge.notifications.outbox import Outbox
from linkbridge.notifications.ports import Channel
from linkbridge.phrasebook.confirmations import Confirmations
from linkbridge.phrasebook.exchange.memory import TranslationMemory
from linkbridge.phrasebook.glossary import Glossary
from linkbridge.phrasebook.live import LiveCatalogue
from linkbridge.phrasebook.live_facts import LiveFacts
from linkbridge.phrasebook.policy import PublicationPolicy
from linkbridge.phrasebook.reviewers import Reviewers
from linkbridge.phrasebook.speech import Speech
from linkbridge.phrasebook.voices import Voices
from linkbridge.phrasebook.workshop import Workshop
from linkbridge.translation.document_translator import DocumentTranslator
from linkbridge.translation.limits import DoorLimits
from linkbridge.translation.machine import Machine
from linkbridge.translation.packages.shelf import ModelShelf
from linkbridge.translation.ports import Runner
from linkbridge.translation.rules import LiveRules, RouteRules
from linkbridge.translation.service import Translator


@dataclass(frozen=True, slots=True)
class WebOptions:
    """The few settings that web pages depend on. Times are in seconds, sizes in bytes."""

    base_url: str
    secure_cookies: bool
    max_body_bytes: int
    demo: bool
    idle_wipe_seconds: int
    metrics_token: str


@dataclass(frozen=True, slots=True)
class Container:
    """All services, the session factory and the clock."""

    clock: Clock
    sessions: SessionFactory
    web: WebOptions
    translations: Mapping[str, NullTranslations]
    readiness: Readiness
    fonts: FontLibrary
    cookie_secret: bytes = field(repr=False)
    cipher: FieldCipher
    accounts: Accounts
    audit: AuditLog
    erasures: Erasures
    devices: Devices
    signer: Signer
    unsealer: Unsealer
    catalogue: LiveCatalogue
    workshop: Workshop
    reviewers: Reviewers
    confirmations: Confirmations
    facts: LiveFacts
    glossary: Glossary
    speech: Speech
    voices: Voices
    public_policy: PublicationPolicy
    translator: Translator
    documents: DocumentTranslator
    machine: Machine
    models: ModelShelf
    runner: Runner
    route_rules: RouteRules
    live_rules: LiveRules
    memory: TranslationMemory
    lt: DoorLimits
    quota: Quota
    interpreter_desk: InterpreterDesk
    encounters: Encounters
    interpreting: Interpreting
    chat: Chat
    jobs: JobQueue
    channels: Mapping[str, Channel]
    outbox: Outbox
    retention: Retention
