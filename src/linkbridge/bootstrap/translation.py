"""Wires translation: engines and their models, the runner, the memory, and what lies around them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from linkbridge.accounts.audit import AuditLog
from linkbridge.bootstrap.installation import make_data_folder, migrate
from linkbridge.kernel.clock import Clock, SystemClock
from linkbridge.kernel.db import SessionFactory, create_engine
from linkbridge.phrasebook.exchange.memory import TranslationMemory
from linkbridge.phrasebook.files import default_directory
from linkbridge.phrasebook.glossary import Glossary
from linkbridge.phrasebook.glossary_files import load_glossary
from linkbridge.phrasebook.live import LiveCatalogue
from linkbridge.phrasebook.service import load_catalogue
from linkbridge.settings import Settings
from linkbridge.translation.document_translator import DocumentTranslator
from linkbridge.translation.documents.values import Limits as DocumentLimits
from linkbridge.translation.engines import ENGINES
from linkbridge.translation.known import KnownTexts
from linkbridge.translation.limits import DoorLimits
from linkbridge.translation.machine import Machine
from linkbridge.translation.packages.shelf import ModelShelf
from linkbridge.translation.ports import EngineOptions, Places
from linkbridge.translation.rules import LiveRules, RouteRules
from linkbridge.translation.runtime.lanes import Limits
from linkbridge.translation.runtime.runner import ModelRunner, RunnerOptions
from linkbridge.translation.service import Translator
from linkbridge.translation.terms import Terms

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Translation:
    """All parts of translation, wired."""

    translator: Translator
    documents: DocumentTranslator
    memory: TranslationMemory
    machine: Machine
    runner: ModelRunner
    rules: RouteRules
    live_rules: LiveRules
    shelf: ModelShelf


def build_translation(
    settings: Settings,
    *,
    clock: Clock,
    sessions: SessionFactory,
    audit: AuditLog,
    catalogue: LiveCatalogue,
    glossary: Glossary,
) -> Translation:
    """Return translation as ``settings`` want it. No process starts and no model is loaded before a text comes."""
    runner = ModelRunner(runner_options(settings))

    def forget(model_ids: frozenset[str]) -> None:
        machine.forget(model_ids)

    shelf = ModelShelf(ENGINES.values(), model_places(settings), on_change=forget)
    rules = RouteRules(clock=clock, audit=audit, engines=ENGINES.keys())
    live_rules = LiveRules(rules, sessions, clock)
    machine = Machine(models=shelf.models, rules=live_rules.current, runner=runner, terms=Terms(glossary))
    memory = TranslationMemory(clock=clock, audit=audit)
    translator = Translator(KnownTexts(catalogue, memory, sessions), machine)
    documents = DocumentTranslator(translator, catalogue, limits=DocumentLimits(size=settings.document_mb * _MEBIBYTE))
    return Translation(translator, documents, memory, machine, runner, rules, live_rules, shelf)


@contextmanager
def open_translation(settings: Settings) -> Iterator[Translation]:
    """Open translation for a command, with the phrasebooks and the database of this installation."""
    make_data_folder(settings)
    engine = create_engine(settings.resolved_database_url)
    migrate(engine)
    clock = SystemClock()
    sessions = SessionFactory(engine)
    phrasebooks = settings.phrasebooks_dir or default_directory()
    catalogue = LiveCatalogue(load_catalogue(phrasebooks, cache=settings.data_dir / "cache"))
    catalogue.refresh(sessions.reading, clock.now())
    parts = build_translation(
        settings,
        clock=clock,
        sessions=sessions,
        audit=AuditLog(clock=clock),
        catalogue=catalogue,
        glossary=load_glossary(phrasebooks),
    )
    try:
        yield parts
    finally:
        parts.runner.close()
        engine.dispose()


def runner_options(settings: Settings) -> RunnerOptions:
    """Return how models run."""
    key = settings.translation_server_key.get_secret_value() if settings.translation_server_key else ""
    return RunnerOptions(
        processes=settings.translation_processes,
        waiting=settings.translation_queue,
        limits=Limits(memory_bytes=settings.translation_memory_mb * _MEBIBYTE),
        engine=EngineOptions(
            beam_size=settings.translation_beam,
            timeout_seconds=settings.translation_seconds,
            server_keys=dict.fromkeys(_servers(settings), key) if key else {},
        ),
    )


def model_places(settings: Settings) -> Places:
    """Return where engines look for their models."""
    return Places(settings.resolved_models_dir, _servers(settings))


def door_limits(settings: Settings) -> DoorLimits:
    """Return what one caller may ask for at the doors of programs."""
    return DoorLimits(
        is_open=settings.lt_open,
        characters=settings.lt_characters,
        characters_with_key=settings.lt_characters_with_key,
        per_minute=settings.lt_requests_per_minute,
        per_minute_with_key=settings.lt_requests_per_minute_with_key,
        document_bytes=settings.document_mb * _MEBIBYTE,
        seconds=settings.translation_seconds,
        folder=settings.data_dir / "translated",
    )


def _servers(settings: Settings) -> tuple[str, ...]:
    return tuple(address.strip().rstrip("/") for address in settings.translation_servers.split(",") if address.strip())
