"""Wires what the commands of exchange need: texts with their local changes, memory, trusted keys, voices."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.erasures import Erasures
from linkbridge.bootstrap.installation import build_cipher, erasure_log, make_data_folder, migrate
from linkbridge.kernel.clock import Clock, SystemClock
from linkbridge.kernel.db import SessionFactory, create_engine
from linkbridge.kernel.signing import Signer
from linkbridge.phrasebook.exchange.handed_voices import HandedVoices
from linkbridge.phrasebook.exchange.imported import ImportedBundles
from linkbridge.phrasebook.exchange.memory import TranslationMemory
from linkbridge.phrasebook.exchange.trust import TrustedKeys
from linkbridge.phrasebook.files import default_directory
from linkbridge.phrasebook.live import LiveCatalogue
from linkbridge.phrasebook.service import load_catalogue
from linkbridge.phrasebook.voice_shelf import VoiceShelf
from linkbridge.phrasebook.workshop import Workshop
from linkbridge.settings import Settings


@dataclass(frozen=True, slots=True)
class ExchangeDoor:
    """The services of exchange."""

    sessions: SessionFactory
    clock: Clock
    trusted_keys: TrustedKeys
    imported: ImportedBundles
    memory: TranslationMemory


@contextmanager
def open_exchange(settings: Settings, *, clock: Clock | None = None) -> Iterator[ExchangeDoor]:
    """Yield the services of exchange, with the data folder made and the database migrated."""
    make_data_folder(settings)
    engine = create_engine(settings.resolved_database_url)
    migrate(engine)
    clock = clock or SystemClock()
    audit = AuditLog(clock=clock)
    try:
        yield ExchangeDoor(
            sessions=SessionFactory(engine),
            clock=clock,
            trusted_keys=TrustedKeys(clock=clock, audit=audit),
            imported=ImportedBundles(clock=clock, audit=audit),
            memory=TranslationMemory(clock=clock, audit=audit),
        )
    finally:
        engine.dispose()


def build_workshop(settings: Settings, door: ExchangeDoor) -> Workshop:
    """Return the workshop over the phrasebooks of this installation."""
    delivered = load_catalogue(settings.phrasebooks_dir or default_directory())
    return Workshop(clock=door.clock, texts=LiveCatalogue(delivered), audit=AuditLog(clock=door.clock))


def build_voice_shelf(settings: Settings, door: ExchangeDoor) -> VoiceShelf:
    """Return where the recordings of this installation lie."""
    erasures = Erasures(clock=door.clock, cipher=build_cipher(settings), log=erasure_log(settings))
    return VoiceShelf(clock=door.clock, audit=AuditLog(clock=door.clock), erasures=erasures)


def build_handed_voices(settings: Settings, door: ExchangeDoor) -> HandedVoices:
    """Return what takes the voices of bundles into the database."""
    return HandedVoices(build_voice_shelf(settings, door), settings.phrasebooks_dir or default_directory())


def load_signer(settings: Settings) -> Signer:
    """Return this installation's signer, whose key is made on the first use.

    Raises:
        Unavailable: its key cannot be read.
    """
    make_data_folder(settings)
    return Signer.load(settings.data_dir / "keys")
