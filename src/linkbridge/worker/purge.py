"""Deletes what is past its retention, in every domain, and notes how much that was."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlmodel import Session

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import Actor, system_actor
from linkbridge.accounts.retention import (
    Retention,
    demo_site_ids,
    purge_answers,
    purge_attempts,
    purge_audit,
    purge_sessions,
)
from linkbridge.chat.retention import purge_conversations, purge_handovers, purge_traffic
from linkbridge.encounters.retention import purge_encounters
from linkbridge.interpreting.retention import purge_notes, purge_requests, purge_signals
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.db import SessionFactory
from linkbridge.notifications.outbox import Outbox

PURGE_JOB = "purge"
WORKER = system_actor("worker")
TABLES = (
    "acknowledgement",
    "attempt",
    "audit_entry",
    "call_signal",
    "chat_conversation",
    "chat_handover",
    "chat_message",
    "chat_outgoing",
    "chat_subscription",
    "chat_update",
    "consent",
    "encounter",
    "idempotent_answer",
    "interpreter_assignment",
    "interpreter_offer",
    "interpreter_request",
    "one_time_link",
    "outbox_message",
    "session_attendance",
    "staff_session",
    "transcript",
    "voice",
)
"""The tables out of which rows are deleted: on PostgreSQL their space is cleared afterwards."""
_log = structlog.get_logger("linkbridge.purge")

Delete = Callable[[datetime, bool], int]
"""Deletes what ended before a moment, or only counts it when the second argument is true."""


class Purge:
    """The purge. ``delete_jobs`` and ``delete_backups`` remove what lies outside the domains' tables."""

    def __init__(
        self,
        *,
        sessions: SessionFactory,
        clock: Clock,
        retention: Retention,
        outbox: Outbox,
        audit: AuditLog,
        delete_jobs: Delete,
        delete_backups: Delete,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._retention = retention
        self._outbox = outbox
        self._audit = audit
        self._delete_jobs = delete_jobs
        self._delete_backups = delete_backups

    def run(self, *, by: Actor = WORKER, dry_run: bool = False) -> dict[str, int]:
        """Delete what is past its time and return how many records of each kind there were.

        A dry run does the same and takes it back. On SQLite what was deleted has been overwritten with zeros
        when this returns; PostgreSQL reuses its space, so the tables are vacuumed.
        """
        now = self._clock.now()
        outside = {
            "jobs": self._delete_jobs(self._retention.before("jobs", now), dry_run),
            "backups": self._delete_backups(self._retention.before("backups", now), dry_run),
        }
        if dry_run:
            with Session(self._sessions.engine) as session:  # closed without a commit: all of it is taken back
                return {**self.purge_rows(session, now), **outside}
        with self._sessions.transaction() as session:
            counts = {**self.purge_rows(session, now), **outside}
            self._audit.record(session, actor=by.reference, action="retention.purged", details=dict(counts))
        self._scrub()
        _log.info("purged", **counts)
        return counts

    def run_job(self) -> None:
        """Purge as the nightly job."""
        self.run()

    def purge_rows(self, session: Session, now: datetime) -> dict[str, int]:
        """Delete the rows that are past their time at ``now``, and return how many of each kind there were."""
        before = self._retention.before
        encounters, training = purge_encounters(
            session,
            before=before("encounters", now),
            training_before=before("training", now),
            demo_site_ids=demo_site_ids(session),
        )
        return {
            "encounters": encounters,
            "training": training,
            "sessions": purge_sessions(session, before=before("sessions", now)),
            "attempts": purge_attempts(session, before=before("attempts", now)),
            "outbox": self._outbox.purge(session, before=before("outbox", now)),
            "requests": purge_requests(session, before=before("requests", now)),
            "notes": purge_notes(session, before=before("notes", now)),
            "signals": purge_signals(session, before=before("signals", now)),
            "answers": purge_answers(session, before=before("answers", now)),
            "handovers": purge_handovers(session, before=before("handovers", now)),
            "chats": purge_conversations(session, before=before("chats", now)),
            "chat_traffic": purge_traffic(session, before=before("chat_traffic", now)),
            "audit": purge_audit(session, before=before("audit", now)),
        }

    def _scrub(self) -> None:
        engine = self._sessions.engine
        if self._sessions.is_sqlite:
            # The write-ahead log still holds the pages as they were; emptying it leaves the zeros alone.
            connection = engine.raw_connection()
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()
            return
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as autocommit:
            autocommit.execute(sa.text(f"VACUUM {', '.join(TABLES)}"))
