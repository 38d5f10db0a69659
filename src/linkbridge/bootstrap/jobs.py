"""Wires what runs in the background or is started by an operator: the worker, the purge, backups and restores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.erasures import Erasures
from linkbridge.bootstrap.installation import erasure_log, make_data_folder, read_cipher
from linkbridge.chat.jobs import ChatJobs
from linkbridge.chat.retention import ConversationEraser
from linkbridge.chat.service import NEWS_JOB
from linkbridge.container import Container
from linkbridge.encounters.retention import EncounterEraser
from linkbridge.interpreting.availability.calendars import CALENDAR_JOB, CALENDARS_JOB
from linkbridge.interpreting.directory.erasing import InterpreterEraser
from linkbridge.kernel.clock import Clock, SystemClock
from linkbridge.notifications.outbox import DELIVER_JOB
from linkbridge.notifications.subscriptions import PushSubscriptions
from linkbridge.phrasebook.voices import VoiceEraser
from linkbridge.settings import Settings
from linkbridge.worker.backup import Backups
from linkbridge.worker.delivery import Deliverer
from linkbridge.worker.purge import PURGE_JOB, Purge
from linkbridge.worker.queue import DbosJobQueue
from linkbridge.worker.restore import Restore
from linkbridge.worker.schedule import Hourly, Nightly

if TYPE_CHECKING:
    from linkbridge.worker.engine import Worker

PURGE_HOUR = 2
"""From which hour in UTC on the nightly purge runs."""


def build_worker(settings: Settings, container: Container) -> Worker:
    """Return the worker of this process, not yet started."""
    from linkbridge.worker.engine import Work, Worker  # noqa: PLC0415 - commands that run no jobs need no engine

    deliverer = Deliverer(sessions=container.sessions, outbox=container.outbox, channels=container.channels)
    purge = build_purge(settings, container)
    chat_jobs = ChatJobs(sessions=container.sessions, jobs=container.jobs, chat=container.chat)

    def requeue_overdue() -> int:
        with container.sessions.transaction() as session:
            found = container.outbox.requeue_overdue(session)
        with container.sessions.transaction() as session:
            found += container.interpreting.dispatching.jobs.requeue_lost(session)
        return found + chat_jobs.requeue_lost()

    return Worker(
        sessions=container.sessions,
        clock=container.clock,
        queue=container.jobs,
        work=Work(
            handlers={
                DELIVER_JOB: deliverer.deliver,
                PURGE_JOB: purge.run_job,
                CALENDARS_JOB: container.interpreting.calendars.run_look,
                CALENDAR_JOB: container.interpreting.calendars.read_calendar,
                **container.interpreting.dispatching.handlers,
                **chat_jobs.handlers,
            },
            regular=[Nightly(PURGE_JOB, hour=PURGE_HOUR), Hourly(CALENDARS_JOB), Hourly(NEWS_JOB)],
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
        erasers=[
            EncounterEraser(erasures),
            VoiceEraser(erasures),
            ConversationEraser(erasures),
            InterpreterEraser(erasures, PushSubscriptions(clock=clock, cipher=cipher), clock),
        ],
        audit=AuditLog(clock=clock),
        cipher=cipher,
    )
