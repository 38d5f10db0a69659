"""Assignments: read, given back, reassigned, begun, ended, and how they went."""

from datetime import timedelta

from sqlmodel import Session, col, select

from linkbridge.accounts.permissions import Actor
from linkbridge.interpreting.dispatch import access, rows
from linkbridge.interpreting.dispatch.bookings import Bookings
from linkbridge.interpreting.dispatch.dispatch import SEARCHING, Dispatch
from linkbridge.interpreting.dispatch.pages import newest
from linkbridge.interpreting.dispatch.tools import Tools
from linkbridge.interpreting.dispatch.waves import Waves
from linkbridge.interpreting.models import Assignment, Interpreter, InterpreterRequest
from linkbridge.interpreting.ports import News
from linkbridge.interpreting.reads import AssignmentRead, read_assignment
from linkbridge.interpreting.values import OCCUPYING, AssignmentState, Outcome, Party, RequestState
from linkbridge.kernel.errors import Conflict, InvalidInput, NotFound

MOST_STARS = 5
RUNNING = frozenset({RequestState.BOOKED, RequestState.IN_SESSION})


class Assignments:
    """The accepted offers of all organisations."""

    def __init__(self, tools: Tools, waves: Waves, bookings: Bookings, dispatch: Dispatch) -> None:
        self._tools = tools
        self._waves = waves
        self._bookings = bookings
        self._dispatch = dispatch

    def list(
        self,
        session: Session,
        *,
        by: Actor,
        states: frozenset[AssignmentState] = frozenset(),
        request_id: str | None = None,
        interpreter_id: str | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> tuple[AssignmentRead, ...]:
        """Return assignments that concern the actor, the latest start first."""
        query = (
            select(Assignment, InterpreterRequest)
            .join(InterpreterRequest, col(InterpreterRequest.id) == Assignment.request_id)
            .where(access.answers_seen(by, col(Assignment.interpreter_id)))
        )
        if states:
            query = query.where(col(Assignment.state).in_(states))
        if request_id is not None:
            query = query.where(Assignment.request_id == request_id)
        if interpreter_id is not None:
            query = query.where(Assignment.interpreter_id == interpreter_id)
        query = newest(session, query, Assignment, col(Assignment.starts_at), after)
        return tuple(read_assignment(*found) for found in session.exec(query.limit(limit)))

    def get(self, session: Session, assignment_id: str, *, by: Actor) -> AssignmentRead:
        """Return one assignment.

        Raises:
            NotFound: there is none that concerns the actor.
        """
        query = (
            select(Assignment, InterpreterRequest)
            .join(InterpreterRequest, col(InterpreterRequest.id) == Assignment.request_id)
            .where(Assignment.id == assignment_id, access.answers_seen(by, col(Assignment.interpreter_id)))
        )
        found = session.exec(query).first()
        if found is None:
            raise NotFound("there is no such assignment")
        return read_assignment(*found)

    def withdraw(self, session: Session, assignment_id: str, *, by: Actor) -> AssignmentRead:
        """The interpreter steps back: somebody else is sought at once.

        Raises:
            NotFound: there is no such assignment for the actor.
            NotAllowed: the actor answers neither for the interpreter nor for the requesting side.
            Conflict: it is over.
        """
        assignment, row = rows.lock_assignment(session, assignment_id)
        access.require_answerer(by, row, session.get(Interpreter, assignment.interpreter_id))
        if assignment.state == AssignmentState.WITHDRAWN:
            return read_assignment(assignment, row)
        self._give_back(session, assignment, row, by)
        self._tools.tell_requester(session, News.STEPPED_BACK, row)
        if row.state in SEARCHING:
            self._waves.advance(session, row, by=by)
        else:
            self._waves.begin(session, row, by=by)
        return read_assignment(assignment, row)

    def _give_back(self, session: Session, assignment: Assignment, row: InterpreterRequest, by: Actor) -> None:
        """Free the seat. Partners who were booked are held again, until the booking is whole."""
        now = self._tools.clock.now()
        hours = self._tools.policies.of(session, row.organisation_id).late_hours
        is_late = assignment.state != AssignmentState.HELD and now >= row.starts_at - timedelta(hours=hours)
        if is_late and not row.is_on_demand:
            self._set_outcome(assignment, Outcome.CANCELLED_LATE, by)
        self._bookings.change(session, assignment, AssignmentState.WITHDRAWN)
        row.version += 1
        row.filled_at = None
        session.add(row)
        session.flush()
        for partner in rows.occupying(session, row.id):
            if partner.state == AssignmentState.BOOKED:
                self._bookings.change(session, partner, AssignmentState.HELD)
                self._tools.tell_assigned(session, News.HELD, partner, row.version)
        self._tools.record(
            session,
            by,
            "assignment.withdrawn",
            row,
            assignment=assignment.id,
            interpreter=assignment.interpreter_id,
            late=is_late,
            version=row.version,
        )

    def _set_outcome(self, assignment: Assignment, outcome: Outcome, by: Actor) -> None:
        assignment.outcome, assignment.outcome_by = outcome, by.reference
        assignment.outcome_at = self._tools.clock.now()

    def reassign(self, session: Session, assignment_id: str, interpreter_id: str, *, by: Actor) -> AssignmentRead:
        """Give the seat to another interpreter, whom the coordinator has spoken to; return the new assignment.

        Raises:
            NotFound: there is no such assignment or interpreter for the actor.
            NotAllowed: the actor is no broker of the requesting side.
            Conflict: it has begun or is over, or ``reason`` is ``booked-elsewhere``, ``blocked``, or ``taken``: by the
                interpreter, who has this seat or another one.
        """
        assignment, row = rows.lock_assignment(session, assignment_id)
        access.require_broker(by, row)
        if assignment.state not in (AssignmentState.HELD, AssignmentState.BOOKED):
            raise Conflict(f"this is not possible any more: it is {assignment.state}", state=assignment.state)
        if assignment.interpreter_id == interpreter_id:
            raise Conflict("this interpreter has the seat", reason="taken")
        seat = read_assignment(assignment, row).seat
        self._give_back(session, assignment, row, by)
        self._tools.tell_assigned(session, News.REPLACED, assignment, row.version)
        if row.state not in SEARCHING:
            self._bookings.step(row, RequestState.NEW)
        return self._dispatch.book(session, row, interpreter_id, seat, by=by)

    def mark_started(self, session: Session, request_id: str, *, by: Actor) -> None:
        """Note that the session has begun. A repeat changes nothing.

        Raises:
            NotFound: there is no such request.
            Conflict: it is not booked.
        """
        row = self._of_session(session, request_id, by)
        if row.state == RequestState.IN_SESSION:
            return
        if row.state != RequestState.BOOKED:
            raise Conflict("this session is not booked", state=row.state)
        self._bookings.step(row, RequestState.IN_SESSION)
        session.add(row)
        for assignment in rows.occupying(session, row.id):
            self._bookings.change(session, assignment, AssignmentState.IN_SESSION)
        self._tools.record(session, by, "session.started", row)

    @staticmethod
    def _of_session(session: Session, request_id: str, by: Actor) -> InterpreterRequest:
        """Return the request, locked, if the actor is on either side of its session."""
        row = rows.lock(session, request_id)
        if row is None:
            raise NotFound("there is no such request")
        if not access.sees_request(by, row):
            people = [session.get_one(Interpreter, one.interpreter_id) for one in rows.occupying(session, row.id)]
            if not any(access.speaks_for(by, one) for one in people):
                raise NotFound("there is no such request")
        return row

    def mark_ended(self, session: Session, request_id: str, *, by: Actor) -> None:
        """Note that the session is over: how it went is asked next. A repeat changes nothing.

        Raises:
            NotFound: there is no such request.
            Conflict: it is not in session.
        """
        row = self._of_session(session, request_id, by)
        if row.state == RequestState.DONE:
            return
        if row.state != RequestState.IN_SESSION:
            raise Conflict("this session has not begun", state=row.state)
        self.end(session, row, by=by)

    def end(self, session: Session, row: InterpreterRequest, *, by: Actor) -> None:
        """End what is still running of a request that is locked."""
        for assignment in rows.occupying(session, row.id):
            self._bookings.change(session, assignment, AssignmentState.ENDED)
        self._bookings.step(row, RequestState.DONE)
        row.closed_at = self._tools.clock.now()
        session.add(row)
        session.flush()
        self._tools.record(session, by, "session.ended", row)

    def record_outcome(
        self, session: Session, assignment_id: str, outcome: Outcome, *, by: Actor, no_show_by: Party | None = None
    ) -> AssignmentRead:
        """Note how it went; the same outcome twice changes nothing. ``no_show_by`` goes with a no-show alone.

        Raises:
            NotFound: there is no such assignment for the actor.
            Conflict: another outcome was recorded, it has not begun, or it was never booked.
            InvalidInput: a no-show says not by whom, or another outcome does.
        """
        assignment, row = rows.lock_assignment(session, assignment_id)
        self._require_side(session, assignment, row, by)
        if outcome is Outcome.CANCELLED_LATE:
            raise InvalidInput("cancel it instead", field="outcome", problem="choice")
        if (outcome is Outcome.NO_SHOW) != (no_show_by is not None):
            raise InvalidInput("a no-show, and nothing else, says by whom", field="no_show_by", problem="choice")
        if assignment.outcome is not None:
            if (assignment.outcome, assignment.no_show_by) != (outcome, no_show_by):
                raise Conflict("another outcome was recorded", reason="recorded")
            return read_assignment(assignment, row)
        has_begun = assignment.starts_at <= self._tools.clock.now() or row.state == RequestState.IN_SESSION
        if assignment.state != AssignmentState.ENDED and (row.state not in RUNNING or not has_begun):
            raise Conflict("it has not begun, or was never booked", state=assignment.state)
        self._set_outcome(assignment, outcome, by)
        assignment.no_show_by = no_show_by
        if assignment.state in OCCUPYING:
            self._bookings.change(session, assignment, AssignmentState.ENDED)
        session.add(assignment)
        session.flush()
        by_whom = no_show_by.value if no_show_by else None
        self._tools.record(
            session, by, "assignment.outcome", row, assignment=assignment.id, outcome=outcome.value, no_show_by=by_whom
        )
        if row.state in RUNNING and not rows.occupying(session, row.id):
            self.end(session, row, by=by)
        return read_assignment(assignment, row)

    @staticmethod
    def _require_side(session: Session, assignment: Assignment, row: InterpreterRequest, by: Actor) -> Party:
        """Return on which side of the session the actor is.

        Raises:
            NotFound: on neither.
        """
        interpreter = session.get(Interpreter, assignment.interpreter_id)
        if interpreter is not None and access.is_interpreter(by, interpreter):
            return Party.INTERPRETER
        if access.sees_request(by, row):
            return Party.OFFICIAL
        if interpreter is not None and access.speaks_for(by, interpreter):
            return Party.INTERPRETER
        raise NotFound("there is no such assignment")

    def rate(self, session: Session, assignment_id: str, stars: int, *, by: Actor) -> AssignmentRead:
        """Rate the other side from 1 to 5 stars, once, when the assignment has ended.

        Raises:
            NotFound: there is no such assignment for the actor.
            Conflict: it has not ended, or this side has rated it.
            InvalidInput: ``stars`` is not from 1 to 5.
        """
        assignment, row = rows.lock_assignment(session, assignment_id)
        side = self._require_side(session, assignment, row, by)
        if not 1 <= stars <= MOST_STARS:
            raise InvalidInput(f"from 1 to {MOST_STARS} stars", field="stars", problem="range")
        if assignment.state != AssignmentState.ENDED:
            raise Conflict("it has not ended", state=assignment.state)
        column = "rating_by_interpreter" if side is Party.INTERPRETER else "rating_by_official"
        if getattr(assignment, column) is not None:
            raise Conflict("this was rated before", reason="rated")
        setattr(assignment, column, stars)
        session.add(assignment)
        session.flush()
        self._tools.record(session, by, "assignment.rated", row, assignment=assignment.id, side=side.value)
        return read_assignment(assignment, row)
