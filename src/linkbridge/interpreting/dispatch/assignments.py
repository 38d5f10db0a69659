"""Assignments: read, given back, reassigned, begun, ended, and how they went."""

from sqlmodel import Session

from linkbridge.accounts.permissions import Actor
from linkbridge.interpreting.reads import AssignmentRead
from linkbridge.interpreting.values import AssignmentState, Outcome, Party


class Assignments:
    """The accepted offers of all organisations."""

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
        raise NotImplementedError

    def get(self, session: Session, assignment_id: str, *, by: Actor) -> AssignmentRead:
        """Return one assignment.

        Raises:
            NotFound: there is none that concerns the actor.
        """
        raise NotImplementedError

    def withdraw(self, session: Session, assignment_id: str, *, by: Actor) -> AssignmentRead:
        """The interpreter steps back: somebody else is sought at once.

        Raises:
            NotFound: there is no such assignment for the actor.
            NotAllowed: the actor answers neither for the interpreter nor for the requesting side.
            Conflict: it is over.
        """
        raise NotImplementedError

    def reassign(self, session: Session, assignment_id: str, interpreter_id: str, *, by: Actor) -> AssignmentRead:
        """Give the seat to another interpreter, whom the coordinator has spoken to; return the new assignment.

        Raises:
            NotFound: there is no such assignment or interpreter for the actor.
            NotAllowed: the actor is no broker of the requesting side.
            Conflict: it is over, or ``reason`` is ``booked-elsewhere`` or ``blocked``.
        """
        raise NotImplementedError

    def mark_started(self, session: Session, request_id: str, *, by: Actor) -> None:
        """Note that the session has begun. A repeat changes nothing.

        Raises:
            NotFound: there is no such request.
            Conflict: it is not booked.
        """
        raise NotImplementedError

    def mark_ended(self, session: Session, request_id: str, *, by: Actor) -> None:
        """Note that the session is over: how it went is asked next. A repeat changes nothing.

        Raises:
            NotFound: there is no such request.
            Conflict: it is not in session.
        """
        raise NotImplementedError

    def record_outcome(
        self, session: Session, assignment_id: str, outcome: Outcome, *, by: Actor, no_show_by: Party | None = None
    ) -> AssignmentRead:
        """Note how it went; the same outcome twice changes nothing. ``no_show_by`` goes with a no-show alone.

        Raises:
            NotFound: there is no such assignment for the actor.
            Conflict: another outcome was recorded, it has not begun, or it was never booked.
            InvalidInput: a no-show says not by whom, or another outcome does.
        """
        raise NotImplementedError

    def rate(self, session: Session, assignment_id: str, stars: int, *, by: Actor) -> AssignmentRead:
        """Rate the other side from 1 to 5 stars, once, when the assignment has ended.

        Raises:
            NotFound: there is no such assignment for the actor.
            Conflict: it has not ended, or this side has rated it.
            InvalidInput: ``stars`` is not from 1 to 5.
        """
        raise NotImplementedError
