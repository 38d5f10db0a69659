"""The jobs of dispatch, each a transaction that may be repeated, and the sweep for those that were lost.

A job says only what may be due. Whether it is, the rows and our clock say: one that comes early is asked for again.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from linkbridge.accounts.permissions import system_actor
from linkbridge.interpreting.dispatch import rows
from linkbridge.interpreting.dispatch.assignments import RUNNING, Assignments
from linkbridge.interpreting.dispatch.bookings import Bookings
from linkbridge.interpreting.dispatch.dispatch import SEARCHING, Dispatch
from linkbridge.interpreting.dispatch.tools import Tools
from linkbridge.interpreting.dispatch.values import (
    CLOSE_AFTER_MINUTES,
    CLOSE_JOB,
    REMINDER_JOB,
    REMINDER_MINUTES,
    WAVE_JOB,
)
from linkbridge.interpreting.dispatch.waves import Waves
from linkbridge.interpreting.models import Assignment, InterpreterRequest, Offer
from linkbridge.interpreting.ports import News
from linkbridge.interpreting.values import OCCUPYING, AssignmentState, OfferState, RequestState
from linkbridge.kernel.db import SessionFactory

WORKER = system_actor("worker")
LOST_AFTER = timedelta(minutes=1)
"""What is this late has lost its job."""
LOOK_BACK = timedelta(hours=1)
_BATCH = 200
_CLOSE_AFTER = timedelta(minutes=CLOSE_AFTER_MINUTES)


class DispatchJobs:
    """Runs what became due."""

    def __init__(
        self,
        *,
        sessions: SessionFactory,
        tools: Tools,
        waves: Waves,
        bookings: Bookings,
        dispatch: Dispatch,
        assignments: Assignments,
    ) -> None:
        self._sessions = sessions
        self._tools = tools
        self._waves = waves
        self._bookings = bookings
        self._dispatch = dispatch
        self._assignments = assignments

    def end_wave(self, request_id: str, wave: int) -> None:
        """Let the offers whose time is over expire, and ask the next ones."""
        with self._sessions.transaction() as session:
            row = rows.lock(session, request_id)
            if row is None or row.state not in SEARCHING or row.wave != wave or row.wave_ends_at is None:
                return
            now = self._tools.clock.now()
            if now < row.wave_ends_at:
                self._again(session, WAVE_JOB, f"{row.id}-{wave}", row.id, wave, due=row.wave_ends_at)
                return
            expired = [offer for offer in rows.open_offers(session, row.id) if offer.expires_at <= now]
            for offer in expired:
                self._bookings.close_offer(session, offer, OfferState.EXPIRED, by=WORKER)
            self._tools.record(session, WORKER, "request.wave-ended", row, wave=wave, expired=len(expired))
            self._waves.advance(session, row, by=WORKER, anyway=True)

    def remind(self, request_id: str, version: int, minutes: int) -> None:
        """Remind the interpreters of a booking that still stands as it did, unless the next reminder is due."""
        with self._sessions.transaction() as session:
            row = rows.lock(session, request_id)
            if row is None or row.state != RequestState.BOOKED or row.version != version:
                return
            now = self._tools.clock.now()
            due = row.starts_at - timedelta(minutes=minutes)
            if now < due:
                self._again(session, REMINDER_JOB, f"{row.id}-{version}-{minutes}", row.id, version, minutes, due=due)
                return
            following = max((each for each in REMINDER_MINUTES if each < minutes), default=0)
            if now >= row.starts_at - timedelta(minutes=following):
                return
            for assignment in rows.occupying(session, row.id):
                self._tools.tell_assigned(session, News.REMINDER, assignment, version, minutes)

    def close(self, request_id: str, version: int) -> None:
        """End a booking whose time is over, and ask how it went if nobody has said so."""
        with self._sessions.transaction() as session:
            row = rows.lock(session, request_id)
            if row is None or row.version != version or row.state not in RUNNING | {RequestState.DONE}:
                return
            due = row.ends_at + _CLOSE_AFTER
            if self._tools.clock.now() < due:
                self._again(session, CLOSE_JOB, f"{row.id}-{version}", row.id, version, due=due)
                return
            if row.state in RUNNING:
                self._assignments.end(session, row, by=WORKER)
            unsaid = select(Assignment.id).where(
                Assignment.request_id == row.id,
                Assignment.state == AssignmentState.ENDED,
                col(Assignment.outcome).is_(None),
            )
            if session.exec(unsaid).first() is not None:
                self._tools.tell_requester(session, News.OUTCOME_MISSING, row)

    def clear(self, assignment_id: str) -> None:
        """Take back what else an interpreter was asked for at the time of an assignment."""
        with self._sessions.reading() as session:
            given = session.get(Assignment, assignment_id)
            if given is None or given.state not in OCCUPYING:
                return
            query = (
                select(Offer.id)
                .join(InterpreterRequest, col(InterpreterRequest.id) == Offer.request_id)
                .where(
                    Offer.interpreter_id == given.interpreter_id,
                    Offer.state == OfferState.OPEN,
                    or_(
                        col(InterpreterRequest.is_on_demand),
                        (col(InterpreterRequest.starts_at) < given.ends_at)
                        & (col(InterpreterRequest.ends_at) > given.starts_at),
                    ),
                )
            )
            found = session.exec(query).all()
        # Each in a transaction of its own: only one request is ever locked at a time.
        for offer_id in found:
            with self._sessions.transaction() as session:
                self._dispatch.withdraw_overlapping(session, offer_id, by=WORKER)

    def requeue_lost(self, session: Session) -> int:
        """Ask again for what should have happened by now and did not, and return how much that was."""
        now = self._tools.clock.now()
        return self._lost_waves(session, now) + self._lost_reminders(session, now) + self._lost_closings(session, now)

    def _lost_waves(self, session: Session, now: datetime) -> int:
        query = (
            select(InterpreterRequest.id, InterpreterRequest.wave)
            .where(
                col(InterpreterRequest.state).in_(SEARCHING), col(InterpreterRequest.wave_ends_at) < now - LOST_AFTER
            )
            .limit(_BATCH)
        )
        found = session.exec(query).all()
        for request_id, wave in found:
            self._again(session, WAVE_JOB, f"{request_id}-{wave}", request_id, wave, due=now)
        return len(found)

    def _lost_reminders(self, session: Session, now: datetime) -> int:
        """Ask for the reminders of the last hour again: those that were sent are known by their key."""
        count = 0
        for minutes in REMINDER_MINUTES:
            newest = now - LOST_AFTER + timedelta(minutes=minutes)
            start = col(InterpreterRequest.starts_at)
            query = (
                select(InterpreterRequest.id, InterpreterRequest.version)
                .where(
                    InterpreterRequest.state == RequestState.BOOKED,
                    start <= newest,
                    start > newest - LOOK_BACK,
                    start > now,
                )
                .limit(_BATCH)
            )
            for request_id, version in session.exec(query).all():
                key = f"{request_id}-{version}-{minutes}"
                self._tools.jobs.enqueue(session, REMINDER_JOB, f"{key}-late", request_id, version, minutes)
                count += 1
        return count

    def _lost_closings(self, session: Session, now: datetime) -> int:
        query = (
            select(InterpreterRequest.id, InterpreterRequest.version)
            .where(
                col(InterpreterRequest.state).in_(RUNNING), InterpreterRequest.ends_at < now - _CLOSE_AFTER - LOST_AFTER
            )
            .limit(_BATCH)
        )
        found = session.exec(query).all()
        for request_id, version in found:
            self._again(session, CLOSE_JOB, f"{request_id}-{version}", request_id, version, due=now)
        return len(found)

    def _again(self, session: Session, job: str, key: str, *arguments: str | int, due: datetime) -> None:
        """Ask for a job once more. The moment in its key tells it from those before."""
        now = self._tools.clock.now()
        self._tools.jobs.enqueue(
            session, job, f"{key}-{int(now.timestamp())}", *arguments, delay=max(due - now, timedelta(0))
        )
