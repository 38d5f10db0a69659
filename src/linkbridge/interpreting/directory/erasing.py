"""Erases interpreters for good: what stays of one is an opaque id with its organisation and cost, for the reports."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlmodel import Session, col, delete, func, select, update

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.erasures import Erasures
from linkbridge.accounts.permissions import Actor, system_actor
from linkbridge.interpreting.directory.reading import count_ahead
from linkbridge.interpreting.directory.service import InterpreterDirectory
from linkbridge.interpreting.models import (
    Assignment,
    AvailabilityException,
    AvailabilityRule,
    BusyCalendar,
    BusyTime,
    CalendarFeed,
    Interpreter,
    InterpreterBlock,
    InterpreterContact,
    InterpreterCredential,
    InterpreterLanguage,
    InterpreterRequest,
    Offer,
)
from linkbridge.interpreting.values import OCCUPYING, AssignmentState, OfferState, RequestState
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.errors import Conflict
from linkbridge.notifications.outbox import forget_messages
from linkbridge.notifications.subscriptions import PushSubscriptions

ERASURE_KIND = "interpreter"
_REPLAY = system_actor("restore")
_TABLES = (
    BusyTime,
    BusyCalendar,
    CalendarFeed,
    AvailabilityRule,
    AvailabilityException,
    InterpreterBlock,
    InterpreterContact,
    InterpreterCredential,
    InterpreterLanguage,
)
_OPEN_REQUESTS = (RequestState.NEW, RequestState.OFFERED, RequestState.BOOKED, RequestState.IN_SESSION)


class InterpreterErasing:
    """Erases interpreters on request."""

    def __init__(
        self,
        *,
        clock: Clock,
        audit: AuditLog,
        erasures: Erasures,
        directory: InterpreterDirectory,
        subscriptions: PushSubscriptions,
    ) -> None:
        self._clock = clock
        self._audit = audit
        self._erasures = erasures
        self._directory = directory
        self._subscriptions = subscriptions

    def erase(self, session: Session, interpreter_id: str, *, by: Actor) -> None:
        """Delete all that is known of an interpreter, now and for ever: a restore deletes it again.

        Open offers are taken back without a word; the search goes on when their time is over.

        Raises:
            NotFound: there is no such interpreter that the actor may manage.
            Conflict: ``count`` assignments lie ahead (``reason`` is ``ahead``), which must be given to others first.
        """
        self._directory.find_own(session, interpreter_id, by=by)
        # Whoever books takes this lock before a seat is filled: nobody is booked between our look and the erasure.
        session.exec(
            select(Interpreter.id).where(Interpreter.id == interpreter_id).with_for_update(key_share=True)
        ).one()
        now = self._clock.now()
        ahead = count_ahead(session, interpreter_id, now)
        if ahead:
            message = "this interpreter has assignments ahead: give them to others first"
            raise Conflict(message, reason="ahead", count=ahead)
        _erase(session, [interpreter_id], now, self._subscriptions, by=by)
        self._erasures.record(session, ERASURE_KIND, interpreter_id)
        self._audit.record(session, actor=by.reference, action="interpreter.erased", subject=interpreter_id)


class InterpreterEraser:
    """Erases interpreters by the digests of their ids, after a restore."""

    kind = ERASURE_KIND

    def __init__(self, erasures: Erasures, subscriptions: PushSubscriptions, clock: Clock) -> None:
        self._erasures = erasures
        self._subscriptions = subscriptions
        self._clock = clock

    def erase_by_digest(self, session: Session, digests: AbstractSet[str]) -> int:
        """Erase the interpreters that ``digests`` stand for, and return how many there were.

        What the backup says they are booked for has found somebody else since, or nobody: it becomes unfilled.
        """
        if not digests:
            return 0
        known = session.exec(select(Interpreter.id).where(col(Interpreter.erased_at).is_(None))).all()
        ids = [each for each in known if self._erasures.digest(ERASURE_KIND, each) in digests]
        now = self._clock.now()
        _unfill(session, ids, now)
        _erase(session, ids, now, self._subscriptions, by=_REPLAY)
        return len(ids)


def _erase(session: Session, ids: Sequence[str], now: datetime, subscriptions: PushSubscriptions, *, by: Actor) -> None:
    for table in _TABLES:
        session.exec(delete(table).where(col(table.interpreter_id).in_(ids)))
    for each in ids:
        subscriptions.forget(session, each)
    named = [session.exec(select(table.id).where(col(table.interpreter_id).in_(ids))) for table in (Offer, Assignment)]
    forget_messages(session, {each for found in named for each in found})
    is_open = (col(Offer.interpreter_id).in_(ids), col(Offer.state) == OfferState.OPEN)
    taken_back = update(Offer).where(*is_open)
    session.exec(taken_back.values(state=OfferState.WITHDRAWN, answered_at=now, answered_by=by.reference))
    session.exec(
        update(Interpreter)
        .where(col(Interpreter.id).in_(ids))
        .values(
            staff_id=None,
            name_encrypted="",
            gender=None,
            country="",
            time_zone="UTC",
            language="en",
            domains=[],
            modalities=[],
            changed_at=now,
            deactivated_at=func.coalesce(Interpreter.deactivated_at, now),
            erased_at=now,
        )
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def _unfill(session: Session, ids: Sequence[str], now: datetime) -> None:
    """Let go of every seat of the requests that these interpreters have a seat of."""
    given = (col(Assignment.interpreter_id).in_(ids), col(Assignment.state).in_(OCCUPYING))
    requests = session.exec(select(Assignment.request_id).where(*given).distinct()).all()
    session.exec(update(Assignment).where(*given).values(state=AssignmentState.WITHDRAWN, closed_at=now))
    others = (col(Assignment.request_id).in_(requests), col(Assignment.state).in_(OCCUPYING))
    session.exec(update(Assignment).where(*others).values(state=AssignmentState.RELEASED, closed_at=now))
    session.exec(
        update(InterpreterRequest)
        .where(col(InterpreterRequest.id).in_(requests), col(InterpreterRequest.state).in_(_OPEN_REQUESTS))
        .values(
            state=RequestState.UNFILLED,
            unfilled_reason="partner-missing",
            wave_ends_at=None,
            filled_at=None,
            version=InterpreterRequest.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
