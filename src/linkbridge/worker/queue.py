"""The queue of jobs in the application's own database, kept by DBOS. See ``docs/decisions/0002-durable-jobs.md``."""

import logging
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlmodel import Session

from linkbridge.kernel.db import SQLITE_BUSY_TIMEOUT_MS
from linkbridge.kernel.jobs import NOW

if TYPE_CHECKING:
    from dbos import DBOSClient, EnqueueOptions

APPLICATION = "linkbridge"
QUEUE = "jobs"
WORKFLOW = "linkbridge.job"
VERSION = "1"
"""Pinned: jobs carry no version, so that those waiting during an upgrade are run by the new release."""
FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
TABLES = frozenset(
    {
        "application_versions",
        "dbos_migrations",
        "event_dispatch_kv",
        "notifications",
        "operation_outputs",
        "queues",
        "streams",
        "workflow_events",
        "workflow_events_history",
        "workflow_input",
        "workflow_output",
        "workflow_schedules",
        "workflow_status",
    }
)
"""The tables that DBOS keeps, on SQLite beside ours: no table of ours may have one of these names."""
_BATCH = 500


def prepare_jobs(engine: sa.Engine) -> None:
    """Bring the tables of DBOS to what the installed release needs. Several processes may do this at once."""
    from dbos import DBOS  # noqa: PLC0415 - takes half a second to import

    quiet()
    DBOS.migrate(engine.url.render_as_string(hide_password=False))


def quiet() -> None:
    """Send what DBOS logs through our own handlers; it would add one of its own that prints exceptions in full."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.ERROR)


def own_engine(engine: sa.Engine) -> sa.Engine:
    """Return the engine that DBOS gets on SQLite: durable, with a write-ahead log and patient.

    It differs from ours in that DBOS begins its transactions itself.
    """
    own = sa.create_engine(engine.url, pool_size=20, connect_args={"check_same_thread": False})

    @sa.event.listens_for(own, "connect")
    def _prepare(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"busy_timeout={SQLITE_BUSY_TIMEOUT_MS}",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return own


class DbosJobQueue:
    """Puts jobs into the queue in the caller's transaction. Works in processes that run no worker, too."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._made: DBOSClient | None = None

    def enqueue(self, session: Session, job: str, key: str, *arguments: str | int, delay: timedelta = NOW) -> None:
        """Ask for ``job`` in the caller's transaction, not before ``delay`` has passed; see ``JobQueue``."""
        session.flush()
        options: EnqueueOptions = {"workflow_name": WORKFLOW, "queue_name": QUEUE, "workflow_id": f"{job}:{key}"}
        if delay > NOW:
            options["delay_seconds"] = delay.total_seconds()
        self._client.enqueue_in_transaction(session, options, job, *arguments)

    def delete_finished(self, before: datetime, dry_run: bool = False) -> int:
        """Delete what DBOS keeps of jobs that ended before that moment, or only count it; return how many."""
        total = 0
        while True:
            found = self._client.list_workflows(
                status=FINISHED,
                completed_before=before.isoformat(),
                limit=None if dry_run else _BATCH,
                load_input=False,
                load_output=False,
                application_name=APPLICATION,
            )
            total += len(found)
            if dry_run or not found:
                return total
            self._client.delete_workflows([workflow.workflow_id for workflow in found])

    @property
    def _client(self) -> "DBOSClient":
        with self._lock:
            if self._made is None:
                from dbos import DBOSClient  # noqa: PLC0415 - takes half a second to import

                self._made = DBOSClient(system_database_engine=self._engine, application_name=APPLICATION, lazy=True)
            return self._made
