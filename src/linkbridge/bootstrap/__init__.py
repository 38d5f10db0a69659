"""The composition root: the only place that reads settings and wires adapters to services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from linkbridge.accounts.quota import Quota
from linkbridge.accounts.retention import Retention
from linkbridge.accounts.service import Accounts, build_accounts
from linkbridge.bootstrap.channels import build_channels
from linkbridge.bootstrap.chat import build_announcer, build_chat, build_writer
from linkbridge.bootstrap.installation import (
    account_times,
    build_cipher,
    database_problem,
    erasure_log,
    make_data_folder,
    migrate,
    read_cookie_secret,
    read_key_ring,
    retention_days,
)
from linkbridge.bootstrap.interpreting import build_interpreting
from linkbridge.bootstrap.jobs import PURGE_HOUR, build_backups, build_purge, build_restore, build_worker
from linkbridge.bootstrap.translation import build_translation, door_limits
from linkbridge.container import Container, WebOptions
from linkbridge.encounters.brokered_desk import BrokeredDesk
from linkbridge.encounters.service import Encounters
from linkbridge.interpreting.values import Modality
from linkbridge.kernel.clock import Clock, SystemClock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.db import SessionFactory, create_engine
from linkbridge.kernel.font_subsets import FontReport, prepare_fonts
from linkbridge.kernel.fonts import FontLibrary
from linkbridge.kernel.i18n import load_translations
from linkbridge.kernel.logging import configure_logging
from linkbridge.kernel.readiness import Readiness, within, writable_folder
from linkbridge.kernel.sealing import Unsealer
from linkbridge.kernel.signing import Signer
from linkbridge.notifications.outbox import Outbox
from linkbridge.phrasebook.confirmations import Confirmations
from linkbridge.phrasebook.files import default_directory
from linkbridge.phrasebook.glossary_files import load_glossary
from linkbridge.phrasebook.jurisdictions import load_jurisdictions
from linkbridge.phrasebook.live import LiveCatalogue
from linkbridge.phrasebook.live_facts import LiveFacts
from linkbridge.phrasebook.policy import PublicationPolicy
from linkbridge.phrasebook.reviewers import Reviewers
from linkbridge.phrasebook.schema import Status
from linkbridge.phrasebook.service import load_catalogue
from linkbridge.phrasebook.speech import Speech
from linkbridge.phrasebook.voice_coverage import VoiceCoverage
from linkbridge.phrasebook.voice_index import VoiceIndex
from linkbridge.phrasebook.voices import Voices
from linkbridge.phrasebook.workshop import Workshop
from linkbridge.settings import Settings
from linkbridge.worker.queue import DbosJobQueue

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = [
    "PURGE_HOUR",
    "AccountsDoor",
    "build_accounts_door",
    "build_backups",
    "build_cipher",
    "build_container",
    "build_purge",
    "build_restore",
    "build_web",
    "build_worker",
    "erasure_log",
    "make_data_folder",
    "make_fonts",
    "read_key_ring",
]

LEAST_FREE_BYTES = 64 * 1024 * 1024
"""Below this much room in the data folder the server says that it is not ready."""
PATIENT_SECONDS = 3.0
"""How long ``/readyz`` waits for a test sentence: a proxy that asks must get its answer in time."""


@dataclass(frozen=True, slots=True)
class AccountsDoor:
    """What commands on accounts need: they start quickly, because no phrasebook is read."""

    sessions: SessionFactory
    cipher: FieldCipher
    accounts: Accounts
    base_url: str


def build_accounts_door(settings: Settings) -> AccountsDoor:
    """Return the services of accounts alone, with the data folder made and the database migrated."""
    make_data_folder(settings)
    engine = create_engine(settings.resolved_database_url)
    migrate(engine)
    cipher = build_cipher(settings)
    accounts = build_accounts(clock=SystemClock(), cipher=cipher, times=account_times(settings))
    return AccountsDoor(SessionFactory(engine), cipher, accounts, settings.resolved_base_url)


def build_container(settings: Settings, *, clock: Clock | None = None) -> Container:
    """Return the container for ``settings``, with the data folder made and the database migrated."""
    make_data_folder(settings)
    engine = create_engine(settings.resolved_database_url)
    migrate(engine)
    clock = clock or SystemClock()
    base_url = settings.resolved_base_url
    cipher = build_cipher(settings)
    accounts = build_accounts(
        clock=clock, cipher=cipher, times=account_times(settings), erasure_log=erasure_log(settings)
    )
    jobs = DbosJobQueue(engine)
    unsealer = Unsealer(settings.data_dir / "keys", clock)
    phrasebooks = settings.phrasebooks_dir or default_directory()
    jurisdictions = load_jurisdictions(phrasebooks)
    sessions = SessionFactory(engine)
    channels = build_channels(settings, clock=clock, sessions=sessions, cipher=cipher)
    catalogue = LiveCatalogue(load_catalogue(phrasebooks, cache=settings.data_dir / "cache"))
    catalogue.refresh(sessions.reading, clock.now())
    recordings = VoiceIndex(sessions, clock)
    recordings.refresh()
    speech = Speech(settings.data_dir / "audio", phrasebooks, recordings=recordings)
    translations = load_translations()
    outbox = Outbox(clock=clock, cipher=cipher, jobs=jobs, channels=channels.by_name)
    writer = build_writer(clock=clock, cipher=cipher, jobs=jobs)
    chat_announcer = build_announcer(settings, writer=writer, texts=catalogue.interface)
    interpreting = build_interpreting(
        settings,
        clock=clock,
        sessions=sessions,
        cipher=cipher,
        accounts=accounts,
        jobs=jobs,
        outbox=outbox,
        channels=channels,
        translations=translations,
        others=[chat_announcer],
    )
    desk = BrokeredDesk(sessions=sessions, interpreting=interpreting, modality=Modality.VIDEO)
    glossary = load_glossary(phrasebooks)
    translation = build_translation(
        settings, clock=clock, sessions=sessions, audit=accounts.audit, catalogue=catalogue, glossary=glossary
    )
    facts = LiveFacts(jurisdictions)
    public_policy = PublicationPolicy(Status(settings.public_status), show_drafts=settings.demo)
    chat = build_chat(
        settings,
        clock=clock,
        sessions=sessions,
        cipher=cipher,
        accounts=accounts,
        jobs=jobs,
        writer=writer,
        announcer=chat_announcer,
        interpreting=interpreting,
        catalogue=catalogue,
        facts=facts,
        countries=tuple(jurisdictions.countries),
        policy=public_policy,
        speech=speech,
        identify=translation.translator.identify,
    )
    return Container(
        clock=clock,
        sessions=sessions,
        web=WebOptions(
            base_url=base_url,
            secure_cookies=base_url.startswith("https://"),
            max_body_bytes=settings.max_body_bytes,
            demo=settings.demo,
            idle_wipe_seconds=settings.idle_wipe_seconds,
            metrics_token=settings.metrics_token.get_secret_value() if settings.metrics_token else "",
        ),
        translations=translations,
        readiness=Readiness(
            {
                "database": lambda: database_problem(engine),
                "disk": writable_folder(settings.data_dir, least_free_bytes=LEAST_FREE_BYTES),
            },
            optional={"translation": within(translation.translator.self_test, seconds=PATIENT_SECONDS)},
        ),
        fonts=FontLibrary.load(settings.data_dir / "fonts"),
        cookie_secret=read_cookie_secret(settings),
        cipher=cipher,
        accounts=accounts,
        audit=accounts.audit,
        erasures=accounts.erasures,
        devices=accounts.devices,
        signer=Signer.load(settings.data_dir / "keys"),
        unsealer=unsealer,
        catalogue=catalogue,
        workshop=Workshop(clock=clock, texts=catalogue, audit=accounts.audit),
        reviewers=Reviewers(clock=clock, audit=accounts.audit),
        confirmations=Confirmations(clock=clock, audit=accounts.audit, jurisdictions=jurisdictions),
        facts=facts,
        glossary=glossary,
        speech=speech,
        voices=Voices(
            clock=clock,
            audit=accounts.audit,
            erasures=accounts.erasures,
            coverage=VoiceCoverage(catalogue, speech),
            index=recordings,
        ),
        public_policy=public_policy,
        translator=translation.translator,
        documents=translation.documents,
        machine=translation.machine,
        models=translation.shelf,
        runner=translation.runner,
        route_rules=translation.rules,
        live_rules=translation.live_rules,
        memory=translation.memory,
        lt=door_limits(settings),
        quota=Quota(clock=clock, cipher=cipher, sessions=sessions),
        interpreter_desk=desk,
        encounters=Encounters(
            clock=clock,
            catalogue=catalogue,
            unsealer=unsealer,
            desk=desk,
            audit=accounts.audit,
            erasures=accounts.erasures,
            cipher=cipher,
        ),
        interpreting=interpreting,
        chat=chat,
        jobs=jobs,
        channels=channels.by_name,
        outbox=outbox,
        retention=Retention(**retention_days(settings)),
    )


def make_fonts(settings: Settings) -> FontReport:
    """Make the web fonts that the phrasebooks' texts need and that the data folder does not hold yet."""
    catalogue = load_catalogue(settings.phrasebooks_dir or default_directory(), cache=settings.data_dir / "cache")
    texts = {tag: [phrase.text for phrase in catalogue.phrases(tag)] for tag in catalogue.languages}
    return prepare_fonts(settings.data_dir / "fonts", texts)


def build_web(settings: Settings | None = None) -> FastAPI:
    """Return the web application; without ``settings``, as in a server's further processes, from the environment."""
    from linkbridge.web.app import create_app  # noqa: PLC0415 - commands that serve nothing need no web framework
    from linkbridge.web.lifespan import together, translation_lifespan  # noqa: PLC0415 - the same

    if settings is None:
        settings = Settings()
        configure_logging(settings.log_level, settings.log_format)
    container = build_container(settings)
    translation = translation_lifespan(container)
    if not container.sessions.is_sqlite:
        return create_app(container, lifespan=translation)
    from linkbridge.worker.lifespan import worker_lifespan  # noqa: PLC0415 - see build_worker

    # The worker ends first: its jobs may translate.
    return create_app(container, lifespan=together(translation, worker_lifespan(build_worker(settings, container))))
