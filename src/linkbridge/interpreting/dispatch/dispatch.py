"""Offers: listed, answered, withdrawn; and what a coordinator does by hand."""

from sqlmodel import Session

from linkbridge.accounts.permissions import Actor
from linkbridge.interpreting.dispatch.values import Preview
from linkbridge.interpreting.reads import AssignmentRead, OfferRead, RequestRead
from linkbridge.interpreting.values import OfferState


class Dispatch:
    """Puts requests to interpreters and takes their answers."""

    def preview(self, session: Session, request_id: str, *, by: Actor) -> Preview:
        """Return who was and would be asked, and who would not and why.

        Raises:
            NotFound: there is no such request for the actor.
        """
        raise NotImplementedError

    def offers(
        self,
        session: Session,
        *,
        by: Actor,
        state: OfferState | None = None,
        request_id: str | None = None,
        interpreter_id: str | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> tuple[OfferRead, ...]:
        """Return offers that concern the actor, the newest first: own, of own interpreters, for own requests."""
        raise NotImplementedError

    def offer(self, session: Session, offer_id: str, *, by: Actor) -> OfferRead:
        """Return one offer.

        Raises:
            NotFound: there is none that concerns the actor.
        """
        raise NotImplementedError

    def accept_offer(self, session: Session, offer_id: str, *, by: Actor) -> AssignmentRead:
        """Accept an offer; who was faster wins. Accepting again what one accepted returns the same assignment.

        Raises:
            NotFound: there is no such offer for the actor.
            NotAllowed: the actor may not answer for this interpreter.
            Expired: the time to answer is over.
            Conflict: ``reason`` is ``taken``, ``cancelled``, ``withdrawn``, ``declined`` or ``booked-elsewhere``.
        """
        raise NotImplementedError

    def decline_offer(self, session: Session, offer_id: str, *, by: Actor) -> OfferRead:
        """Decline an offer; if nobody is left to answer, the next are asked at once. Twice changes nothing.

        Raises:
            NotFound: there is no such offer for the actor.
            NotAllowed: the actor may not answer for this interpreter.
            Conflict: it is not open any more; ``reason`` as for ``accept_offer``, or ``accepted``.
        """
        raise NotImplementedError

    def withdraw_offer(self, session: Session, offer_id: str, *, by: Actor) -> OfferRead:
        """Take an open offer back: the requesting side no longer asks this interpreter.

        Raises:
            NotFound: there is no such offer for the actor.
            NotAllowed: the actor is no broker of the requesting side.
            Conflict: it is not open any more.
        """
        raise NotImplementedError

    def book_directly(
        self, session: Session, request_id: str, interpreter_id: str, seat: int, *, by: Actor
    ) -> AssignmentRead:
        """Book an interpreter whom the coordinator has spoken to, whatever matching says against it.

        Raises:
            NotFound: there is no such request or active interpreter for the actor.
            NotAllowed: the actor is no broker of the requesting side.
            Conflict: ``reason`` is ``booked-elsewhere``, ``blocked``, ``taken`` (the seat), or the request is over.
            InvalidInput: there is no such seat.
        """
        raise NotImplementedError

    def escalate(self, session: Session, request_id: str, *, by: Actor) -> RequestRead:
        """Ask the next ones now, beside those whose offers are still open.

        Raises:
            NotFound: there is no such request for the actor.
            NotAllowed: the actor is no broker of the requesting side.
            Conflict: nothing is being searched.
        """
        raise NotImplementedError
