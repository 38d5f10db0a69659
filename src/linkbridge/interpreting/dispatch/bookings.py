"""Fills seats, and books when all are filled: all or none."""

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from linkbridge.accounts.permissions import Actor
from linkbridge.interpreting.dispatch import rows
from linkbridge.interpreting.dispatch.tools import Tools
from linkbridge.interpreting.dispatch.values import (
    CLEAR_JOB,
    CLOSE_AFTER_MINUTES,
    CLOSE_JOB,
    REMINDER_JOB,
    REMINDER_MINUTES,
)
from linkbridge.interpreting.models import Assignment, Interpreter, InterpreterRequest, Offer
from linkbridge.interpreting.ports import News
from linkbridge.interpreting.states import ASSIGNMENTS, OFFERS, REQUESTS, require_step
from linkbridge.interpreting.values import AssignmentState, OfferState, RequestState, Seat
from linkbridge.kernel.errors import Conflict, NotFound


class Bookings:
    """Places interpreters on seats. The caller has locked the request."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def place(
        self,
        session: Session,
        row: InterpreterRequest,
        interpreter_id: str,
        seat: Seat,
        *,
        by: Actor,
        offer: Offer | None,
    ) -> Assignment:
        """Fill a seat, and book the request if it was the last.

        An urgent request begins when its first interpreter accepts.

        Raises:
            Conflict: the interpreter is booked elsewhere at that time, which the database itself says.
            NotFound: the interpreter was erased meanwhile.
        """
        now = self._tools.clock.now()
        if row.is_on_demand and not rows.occupying(session, row.id):
            row.starts_at, row.ends_at = now, now + rows.duration(row)
        assignment = Assignment(
            request_id=row.id,
            interpreter_id=interpreter_id,
            offer_id=offer.id if offer else None,
            seat=seat.number,
            source_tag=seat.source,
            target_tag=seat.target,
            state=AssignmentState.HELD,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            accepted_at=now,
            accepted_by=by.reference,
        )
        session.add(row)
        session.flush()
        # Two inserts that exclude each other would wait for one another: PostgreSQL then ends one as a deadlock.
        one = select(Interpreter.id).where(Interpreter.id == interpreter_id, col(Interpreter.erased_at).is_(None))
        if session.exec(one.with_for_update(key_share=True)).first() is None:
            raise NotFound("there is no such interpreter")
        try:
            with session.begin_nested():
                session.add(assignment)
                session.flush()
        except sa.exc.IntegrityError as error:
            raise Conflict("this interpreter is booked elsewhere at that time", reason="booked-elsewhere") from error
        if offer is not None:
            self.close_offer(session, offer, OfferState.ACCEPTED, by=by)
        self._tools.jobs.enqueue(session, CLEAR_JOB, assignment.id, assignment.id)
        self._tools.record(
            session,
            by,
            "request.seat-filled",
            row,
            assignment=assignment.id,
            interpreter=interpreter_id,
            seat=seat.number,
            direct=offer is None,
        )
        if not self._book_if_complete(session, row, by):
            self._tools.tell_assigned(session, News.HELD, assignment, row.version)
        return assignment

    def _book_if_complete(self, session: Session, row: InterpreterRequest, by: Actor) -> bool:
        """Turn held seats into a booking if none is free; whoever else was asked is told that it is taken."""
        filled = rows.occupying(session, row.id)
        if len(filled) < len(rows.seats(row)):
            return False
        self.step(row, RequestState.BOOKED)
        row.wave_ends_at, row.unfilled_reason = None, None
        row.filled_at = self._tools.clock.now()
        session.add(row)
        for assignment in filled:
            self.change(session, assignment, AssignmentState.BOOKED)
            self._tools.tell_assigned(session, News.BOOKED, assignment, row.version)
        for offer in rows.open_offers(session, row.id):
            self.close_offer(session, offer, OfferState.TAKEN, by=by)
            self._tools.tell_asked(session, News.OFFER_TAKEN, offer)
        self._tools.tell_requester(session, News.FILLED, row)
        self._tools.record(session, by, "request.booked", row, interpreters=len(filled), version=row.version)
        self._plan(session, row)
        return True

    def _plan(self, session: Session, row: InterpreterRequest) -> None:
        """Ask for the reminders that are still to come, and for the closing."""
        now = self._tools.clock.now()
        for minutes in REMINDER_MINUTES:
            wait = row.starts_at - timedelta(minutes=minutes) - now
            if wait > timedelta(0):
                key = f"{row.id}-{row.version}-{minutes}"
                self._tools.jobs.enqueue(session, REMINDER_JOB, key, row.id, row.version, minutes, delay=wait)
        wait = row.ends_at + timedelta(minutes=CLOSE_AFTER_MINUTES) - now
        self._tools.jobs.enqueue(session, CLOSE_JOB, f"{row.id}-{row.version}", row.id, row.version, delay=wait)

    def release(self, session: Session, row: InterpreterRequest) -> int:
        """Let go of every seat that is held, tell its interpreter, and return how many there were."""
        held = rows.occupying(session, row.id)
        for assignment in held:
            self.change(session, assignment, AssignmentState.RELEASED)
            self._tools.tell_assigned(session, News.RELEASED, assignment, row.version)
        return len(held)

    def withdraw_open(self, session: Session, row: InterpreterRequest, *, by: Actor) -> None:
        """Take back every offer that is open, and tell who was asked."""
        for offer in rows.open_offers(session, row.id):
            self.close_offer(session, offer, OfferState.WITHDRAWN, by=by)
            self._tools.tell_asked(session, News.OFFER_WITHDRAWN, offer)

    def close_offer(self, session: Session, offer: Offer, state: OfferState, *, by: Actor) -> None:
        """End an offer. What expired was answered by nobody."""
        offer.state = require_step(OFFERS, OfferState(offer.state), state)
        if state is not OfferState.EXPIRED:
            offer.answered_at, offer.answered_by = self._tools.clock.now(), by.reference
        session.add(offer)
        session.flush()

    def change(self, session: Session, assignment: Assignment, state: AssignmentState) -> None:
        """Move an assignment on."""
        assignment.state = require_step(ASSIGNMENTS, AssignmentState(assignment.state), state)
        is_over = not ASSIGNMENTS[state]
        if is_over:
            assignment.closed_at = self._tools.clock.now()
        session.add(assignment)
        session.flush()

    @staticmethod
    def step(row: InterpreterRequest, state: RequestState) -> None:
        """Move a request on; to stay where it is is always possible."""
        if row.state != state:
            row.state = require_step(REQUESTS, RequestState(row.state), state)
