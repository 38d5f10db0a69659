"""Requests for interpreters: made, read, called off, searched for again."""

from sqlmodel import Session

from linkbridge.accounts.permissions import Actor
from linkbridge.interpreting.dispatch.values import Board, RequestFilter, RequestSecrets, RequestWish
from linkbridge.interpreting.reads import RequestRead

EVERYTHING = RequestFilter()


class Requests:
    """The requests of all organisations."""

    def create(self, session: Session, wish: RequestWish, *, by: Actor) -> RequestRead:
        """Check a wish, write it down encrypted where it must be, and ask the first interpreters.

        Raises:
            NotAllowed: the actor may not ask for interpreters.
            InvalidForm: fields cannot be used.
        """
        raise NotImplementedError

    def get(self, session: Session, request_id: str, *, by: Actor) -> RequestRead:
        """Return a request of the actor's sites.

        Raises:
            NotFound: there is none that the actor may see.
        """
        raise NotImplementedError

    def list(
        self,
        session: Session,
        *,
        by: Actor,
        only: RequestFilter = EVERYTHING,
        limit: int = 50,
        after: str | None = None,
    ) -> tuple[RequestRead, ...]:
        """Return requests, the newest first; ``after`` is the id of the last one already seen."""
        raise NotImplementedError

    def board(self, session: Session, *, by: Actor, only: RequestFilter = EVERYTHING, per_state: int = 60) -> Board:
        """Return the board's cards in a constant number of queries."""
        raise NotImplementedError

    def secrets(self, session: Session, request_id: str, *, by: Actor) -> RequestSecrets:
        """Return note and place: to the requesting side, and to an interpreter with an occupying assignment.

        Raises:
            NotFound: there is no such request for the actor.
        """
        raise NotImplementedError

    def cancel(self, session: Session, request_id: str, *, by: Actor, reason: str = "not-needed") -> RequestRead:
        """Call a request off. ``reason`` is a ``CancelReason``. Cancelling twice changes nothing.

        Raises:
            NotFound: there is no such request for the actor.
            Conflict: it is over.
            InvalidInput: the reason is none.
        """
        raise NotImplementedError

    def search_again(self, session: Session, request_id: str, *, by: Actor) -> RequestRead:
        """Begin the search for an unfilled request anew; who did not answer may be asked again.

        Raises:
            NotFound: there is no such request for the actor.
            Conflict: it is not unfilled, or its start has passed.
        """
        raise NotImplementedError
