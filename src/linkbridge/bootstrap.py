"""The composition root: the only place that reads settings and wires adapters to services."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from linkbridge import migrations
from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.erasure_log import ErasureLog
from linkbridge.accounts.erasures import Erasures
from linkbridge.accounts.retention import Retention
from linkbridge.accounts.service import Accounts, AccountTimes, build_accounts
from linkbridge.container import Container, WebOptions
from linkbridge.encounters.ports import NoInterpreterDesk
from linkbridge.encounters.retention import EncounterEraser
from linkbridge.encounters.service import Encounters
from linkbridge.kernel import keyfiles
from linkbridge.kernel.clock import Clock, SystemClock
from linkbridge.kernel.crypto import FieldCipher, KeyRing
from linkbridge.kernel.db import SessionFactory, create_engine
from linkbridge.kernel.errors import StorageFull, Unavailable
from linkbridge.kernel.font_subsets import FontReport, prepare_fonts
from linkbridge.kernel.fonts import FontLibrary
from linkbridge.kernel.i18n import load_translations
from linkbridge.kernel.logging import configure_logging
from linkbridge.kernel.readiness import Readiness, writable_folder
from linkbridge.kernel.sealing import Unsealer
from linkbridge.kernel.signing import Signer
from linkbridge.notifications.mail import make_mail_channel
from linkbridge.notifications.outbox import DELIVER_JOB, Outbox
from linkbridge.notifications.ports import MAIL
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.files import default_directory, load_library
from linkbridge.phrasebook.policy import PublicationPolicy
from linkbridge.phrasebook.schema import Status
from linkbridge.phrasebook.speech import Speech
from linkbridge.settings import Settings
from linkbridge.worker.backup import Backups
from linkbridge.worker.delivery import Deliverer
from linkbridge.worker.purge import PURGE_JOB, Purge
from linkbridge.worker.queue import DbosJobQueue, prepare_jobs
from linkbridge.worker.restore import Restore
from linkbridge.worker.schedule import Nightly

if TYPE_CHECKING:
    from fastapi import FastAPI

    from linkbridge.worker.engine import Worker

LEAST_FREE_BYTES = 64 * 1024 * 1024
"""Below this much room in the data folder the server says that it is not ready."""
PURGE_HOUR = 2
"""From which hour in UTC on the nightly purge runs."""


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
    smtp_url = settings.smtp_url.get_secret_value() if settings.smtp_url else ""
    channels = {MAIL: make_mail_channel(smtp_url, settings.mail_from, clock=clock)}
    unsealer = Unsealer(settings.data_dir / "keys", clock)
    phrasebooks = settings.phrasebooks_dir or default_directory()
    catalogue = Catalogue(load_library(phrasebooks))
    desk = NoInterpreterDesk()
    return Container(
        clock=clock,
        sessions=SessionFactory(engine),
        web=WebOptions(
            base_url=base_url,
            secure_cookies=base_url.startswith("https://"),
            max_body_bytes=settings.max_body_bytes,
            demo=settings.demo,
            idle_wipe_seconds=settings.idle_wipe_seconds,
            metrics_token=settings.metrics_token.get_secret_value() if settings.metrics_token else "",
        ),
        translations=load_translations(),
        readiness=Readiness(
            {
                "database": lambda: database_problem(engine),
                "disk": writable_folder(settings.data_dir, least_free_bytes=LEAST_FREE_BYTES),
            }
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
        speech=Speech(settings.data_dir / "audio", phrasebooks),
        public_policy=PublicationPolicy(Status(settings.public_status), show_drafts=settings.demo),
        interpreter_desk=desk,
        encounters=Encounters(
            clock=clock,
            catalogue=catalogue,
            unsealer=unsealer,
            desk=desk,
            audit=accounts.audit,
            erasures=accounts.erasures,
        ),
        jobs=jobs,
        channels=channels,
        outbox=Outbox(clock=clock, cipher=cipher, jobs=jobs, channels=channels),
        retention=Retention(**retention_days(settings)),
    )


def build_worker(settings: Settings, container: Container) -> Worker:
    """Return the worker of this process, not yet started."""
    from linkbridge.worker.engine import Work, Worker  # noqa: PLC0415 - commands that run no jobs need no engine

    deliverer = Deliverer(sessions=container.sessions, outbox=container.outbox, channels=container.channels)
    purge = build_purge(settings, container)

    def requeue_overdue() -> int:
        with container.sessions.transaction() as session:
            return container.outbox.requeue_overdue(session)

    return Worker(
        sessions=container.sessions,
        clock=container.clock,
        queue=container.jobs,
        work=Work(
            handlers={DELIVER_JOB: deliverer.deliver, PURGE_JOB: purge.run_job},
            nightly=[Nightly(PURGE_JOB, hour=PURGE_HOUR)],
            requeue_overdue=requeue_overdue,
        ),
    )


def build_purge(settings: Settings, container: Container) -> Purge:
    """Return what deletes everything that is past its retention."""
    return Purge(
        sessions=container.sessions,
        clock=container.clock,
        retention=container.retention,
        outbox=container.outbox,
        audit=container.audit,
        delete_jobs=DbosJobQueue(container.sessions.engine).delete_finished,
        delete_backups=build_backups(settings, container.clock).delete_expired,
    )


def build_backups(settings: Settings, clock: Clock | None = None) -> Backups:
    """Return the backups of this installation. The database is opened only when one is made.

    Raises:
        Unavailable: the keys of the installation are not here.
    """
    return Backups(
        folder=settings.data_dir / "backups",
        url=settings.resolved_database_url,
        erasures=erasure_log(settings).path,
        cipher=read_cipher(settings),
        clock=clock or SystemClock(),
    )


def build_restore(settings: Settings, clock: Clock | None = None) -> Restore:
    """Return what brings a backup back. It opens no database yet: that may be gone or damaged.

    Raises:
        Unavailable: the keys of the installation are not here.
    """
    make_data_folder(settings)
    clock = clock or SystemClock()
    log = erasure_log(settings)
    cipher = read_cipher(settings)
    erasures = Erasures(clock=clock, cipher=cipher, log=log)
    return Restore(
        url=settings.resolved_database_url,
        folder=settings.data_dir,
        backups=build_backups(settings, clock),
        erasures=erasures,
        erasure_log=log,
        erasers=[EncounterEraser(erasures)],
        audit=AuditLog(clock=clock),
        cipher=cipher,
    )


def erasure_log(settings: Settings) -> ErasureLog:
    """Return the file of erasures, which outlives the database."""
    return ErasureLog(settings.data_dir / "erasures.log")


def make_fonts(settings: Settings) -> FontReport:
    """Make the web fonts that the phrasebooks' texts need and that the data folder does not hold yet."""
    catalogue = Catalogue(load_library(settings.phrasebooks_dir or default_directory()))
    texts = {tag: [phrase.text for phrase in catalogue.phrases(tag)] for tag in catalogue.languages}
    return prepare_fonts(settings.data_dir / "fonts", texts)


def retention_days(settings: Settings) -> dict[str, int]:
    """Return how many days each kind of record is kept, by the middle of the settings ``retain_…_days``."""
    kept = [name for name in Settings.model_fields if name.startswith("retain_")]
    return {name.removeprefix("retain_").removesuffix("_days"): getattr(settings, name) for name in kept}


def account_times(settings: Settings) -> AccountTimes:
    """Return how long sessions and codes last."""
    return AccountTimes(
        session=timedelta(hours=settings.session_hours),
        session_idle=timedelta(minutes=settings.session_idle_minutes),
        enrolment_code=timedelta(minutes=settings.enrolment_minutes),
        invitation=timedelta(hours=settings.invitation_hours),
    )


def build_cipher(settings: Settings) -> FieldCipher:
    """Return the cipher of encrypted fields, with its keys made on the first start.

    Raises:
        InvalidInput: a given key is no Fernet key.
        Unavailable: a key file can be read by others, or not by us.
    """
    lookup = keyfiles.read_or_create(settings.data_dir / "keys" / "lookup", lambda: secrets.token_bytes(32))
    return FieldCipher(read_key_ring(settings), lookup)


def read_cipher(settings: Settings) -> FieldCipher:
    """Return the cipher of an installation that exists: keys made now would open nothing of it.

    Raises:
        Unavailable: a key is missing.
    """
    needed = ["lookup"] if settings.field_keys else ["lookup", "fields"]
    missing = [name for name in needed if not (settings.data_dir / "keys" / name).exists()]
    if missing:
        raise Unavailable(
            f"the keys are missing in {settings.data_dir / 'keys'} ({', '.join(missing)}): "
            "put the keys folder of the installation there first",
            component="keys",
        )
    return build_cipher(settings)


def read_key_ring(settings: Settings) -> KeyRing:
    """Return the keys of encrypted fields."""
    given = settings.field_keys.get_secret_value() if settings.field_keys else ""
    return KeyRing(path=settings.data_dir / "keys" / "fields", given=given)


def read_cookie_secret(settings: Settings) -> bytes:
    """Return what signs forms: the setting, or a key made on the first start."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    return keyfiles.read_or_create(settings.data_dir / "keys" / "secret", lambda: secrets.token_bytes(32))


def build_web(settings: Settings | None = None) -> FastAPI:
    """Return the web application; without ``settings``, as in a server's further processes, from the environment."""
    from linkbridge.web.app import create_app  # noqa: PLC0415 - commands that serve nothing need no web framework

    if settings is None:
        settings = Settings()
        configure_logging(settings.log_level, settings.log_format)
    container = build_container(settings)
    if not container.sessions.is_sqlite:
        return create_app(container)
    from linkbridge.worker.lifespan import worker_lifespan  # noqa: PLC0415 - see build_worker

    return create_app(container, lifespan=worker_lifespan(build_worker(settings, container)))


def make_data_folder(settings: Settings) -> None:
    """Make the data folder, for its owner alone.

    Raises:
        Unavailable: it cannot be made there, or not be written to.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Unavailable(
            f"the data folder {settings.data_dir} cannot be made: {error.strerror}. "
            "Set LINKBRIDGE_DATA_DIR to a folder that this user may write to",
            component="data folder",
        ) from error


def migrate(engine: sa.Engine) -> None:
    """Bring the database to the newest schema.

    Raises:
        Unavailable: the database cannot be reached or opened.
        StorageFull: there is no room for it.
    """
    try:
        migrations.upgrade(engine)
        prepare_jobs(engine)
    except sa.exc.OperationalError as error:
        if "full" in str(error.orig):
            raise StorageFull("the disk is full; the database was left as it was") from error
        address = engine.url.render_as_string(hide_password=True)
        raise Unavailable(
            f"the database {address} cannot be reached: {str(error.orig).splitlines()[0]}", component="database"
        ) from error


def database_problem(engine: sa.Engine) -> str | None:
    """Return what is wrong with the database now, or ``None``."""
    revision = migrations.current_revision(engine)
    return None if revision == migrations.newest_revision() else "not migrated"
