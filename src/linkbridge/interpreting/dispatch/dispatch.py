"""Offers: listed, answered, withdrawn; and what a coordinator does by hand."""

from sqlmodel import Session, col, select

from linkbridge.accounts.permissions import Actor
from linkbridge.interpreting.dispatch import access, rows
from linkbridge.interpreting.dispatch.bookings import Bookings
from linkbridge.interpreting.dispatch.pages import newest
from linkbridge.interpreting.dispatch.previews import preview
from linkbridge.interpreting.dispatch.tools import Tools
from linkbridge.interpreting.dispatch.values import Preview
from linkbridge.interpreting.dispatch.waves import Waves
from linkbridge.interpreting.matching.rules import BLOCKED, hindrances
from linkbridge.interpreting.models import Assignment, Interpreter, InterpreterRequest, Offer
from linkbridge.interpreting.ports import News
from linkbridge.interpreting.reads import (
    AssignmentRead,
    OfferRead,
    RequestRead,
    read_assignment,
    read_offer,
    read_request,
)
from linkbridge.interpreting.values import OCCUPYING, OfferState, RequestState, Seat
from linkbridge.kernel.errors import Conflict, Expired, InvalidInput, NotFound

SEARCHING = frozenset({RequestState.NEW, RequestState.OFFERED})


class Dispatch:
    """Puts requests to interpreters and takes their answers."""

    def __init__(self, tools: Tools, waves: Waves, bookings: Bookings) -> None:
        self._tools = tools
        self._waves = waves
        self._bookings = bookings

    def preview(self, session: Session, request_id: str, *, by: Actor) -> Preview:
        """Return who was and would be asked, and who would not and why.

        Raises:
            NotFound: there is no such request for the actor.
        """
        row = access.require_seen(by, session.get(InterpreterRequest, request_id))
        return preview(session, row, self._waves, self._tools.policies.of(session, row.organisation_id))

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
        query = (
            select(Offer, InterpreterRequest)
            .join(InterpreterRequest, col(InterpreterRequest.id) == Offer.request_id)
            .where(access.answers_seen(by, col(Offer.interpreter_id)))
        )
        for column, value in (
            (col(Offer.state), state),
            (col(Offer.request_id), request_id),
            (col(Offer.interpreter_id), interpreter_id),
        ):
            if value is not None:
                query = query.where(column == value)
        query = newest(session, query, Offer, col(Offer.sent_at), after)
        return tuple(read_offer(offer, row) for offer, row in session.exec(query.limit(limit)))

    def offer(self, session: Session, offer_id: str, *, by: Actor) -> OfferRead:
        """Return one offer.

        Raises:
            NotFound: there is none that concerns the actor.
        """
        query = (
            select(Offer, InterpreterRequest)
            .join(InterpreterRequest, col(InterpreterRequest.id) == Offer.request_id)
            .where(Offer.id == offer_id, access.answers_seen(by, col(Offer.interpreter_id)))
        )
        found = session.exec(query).first()
        if found is None:
            raise NotFound("there is no such offer")
        return read_offer(*found)

    def accept_offer(self, session: Session, offer_id: str, *, by: Actor) -> AssignmentRead:
        """Accept an offer; who was faster wins. Accepting again what one accepted returns the same assignment.

        Raises:
            NotFound: there is no such offer for the actor.
            NotAllowed: the actor may not answer for this interpreter.
            Expired: the time to answer is over.
            Conflict: ``reason`` is ``taken``, ``cancelled``, ``withdrawn``, ``declined`` or ``booked-elsewhere``.
        """
        offer, row = rows.lock_offer(session, offer_id)
        access.require_answerer(by, row, session.get(Interpreter, offer.interpreter_id))
        if offer.state == OfferState.ACCEPTED:
            return self._accepted_before(session, offer, row)
        self._require_open(offer, row)
        taken = {assignment.seat for assignment in rows.occupying(session, row.id)}
        free = [seat for seat in rows.seats(row) if seat.number not in taken]
        # The seats of a direct booking are all alike; those of a relay have their own languages.
        own = [seat for seat in free if seat.number == offer.seat]
        fitting = own if row.relay_language else (own or free)
        if not fitting:
            raise Conflict("somebody else was faster", reason="taken")
        assignment = self._bookings.place(session, row, offer.interpreter_id, fitting[0], by=by, offer=offer)
        return read_assignment(assignment, row)

    @staticmethod
    def _accepted_before(session: Session, offer: Offer, row: InterpreterRequest) -> AssignmentRead:
        assignment = session.exec(select(Assignment).where(Assignment.offer_id == offer.id)).one()
        if assignment.state not in OCCUPYING:
            reason = "cancelled" if row.state == RequestState.CANCELLED else "accepted"
            raise Conflict("this was accepted before, and is over", reason=reason)
        return read_assignment(assignment, row)

    def _require_open(self, offer: Offer, row: InterpreterRequest) -> None:
        """Return if an offer can be answered.

        Raises:
            Expired: its time is over.
            Conflict: it was answered or taken back, or the request is gone.
        """
        if row.state == RequestState.CANCELLED:
            raise Conflict("this request was cancelled", reason="cancelled")
        is_over = offer.state == OfferState.OPEN and offer.expires_at <= self._tools.clock.now()
        if is_over or offer.state == OfferState.EXPIRED:
            raise Expired("the time to answer is over")
        if offer.state != OfferState.OPEN:
            raise Conflict("this offer is not open any more", reason=offer.state)

    def decline_offer(self, session: Session, offer_id: str, *, by: Actor) -> OfferRead:
        """Decline an offer; if nobody is left to answer, the next are asked at once. Twice changes nothing.

        Raises:
            NotFound: there is no such offer for the actor.
            NotAllowed: the actor may not answer for this interpreter.
            Conflict: it is not open any more; ``reason`` as for ``accept_offer``, or ``accepted``.
        """
        offer, row = rows.lock_offer(session, offer_id)
        access.require_answerer(by, row, session.get(Interpreter, offer.interpreter_id))
        if offer.state == OfferState.DECLINED:
            return read_offer(offer, row)
        self._require_open(offer, row)
        return self._close(session, offer, row, OfferState.DECLINED, by)

    def _close(
        self, session: Session, offer: Offer, row: InterpreterRequest, state: OfferState, by: Actor
    ) -> OfferRead:
        """End an open offer, and ask the next ones if too few are left."""
        self._bookings.close_offer(session, offer, state, by=by)
        if state is OfferState.WITHDRAWN:
            self._tools.tell_asked(session, News.OFFER_WITHDRAWN, offer)
        self._tools.record(session, by, f"offer.{state.value}", row, offer=offer.id, interpreter=offer.interpreter_id)
        if row.state in SEARCHING:
            self._waves.advance(session, row, by=by)
        return read_offer(offer, row)

    def withdraw_offer(self, session: Session, offer_id: str, *, by: Actor) -> OfferRead:
        """Take an open offer back: the requesting side no longer asks this interpreter.

        Raises:
            NotFound: there is no such offer for the actor.
            NotAllowed: the actor is no broker of the requesting side.
            Conflict: it is not open any more.
        """
        offer, row = rows.lock_offer(session, offer_id)
        access.require_broker(by, row)
        if offer.state == OfferState.WITHDRAWN:
            return read_offer(offer, row)
        self._require_open(offer, row)
        return self._close(session, offer, row, OfferState.WITHDRAWN, by)

    def withdraw_overlapping(self, session: Session, offer_id: str, *, by: Actor) -> None:
        """Take an offer back if its interpreter has been booked elsewhere at that time meanwhile."""
        offer, row = rows.lock_offer(session, offer_id)
        span = self._waves.need(session, row).span
        overlapping = select(Assignment.id).where(
            Assignment.interpreter_id == offer.interpreter_id,
            col(Assignment.state).in_(OCCUPYING),
            Assignment.starts_at < span.end,
            Assignment.ends_at > span.start,
        )
        if offer.state == OfferState.OPEN and session.exec(overlapping).first() is not None:
            self._close(session, offer, row, OfferState.WITHDRAWN, by)

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
        row = access.require_broker(by, rows.lock(session, request_id))
        seats = {each.number: each for each in rows.seats(row)}
        if seat not in seats:
            raise InvalidInput("there is no such seat", field="seat", problem="choice")
        return self.book(session, row, interpreter_id, seats[seat], by=by)

    def book(
        self, session: Session, row: InterpreterRequest, interpreter_id: str, seat: Seat, *, by: Actor
    ) -> AssignmentRead:
        """Fill a seat of a request that is locked, by hand; see ``book_directly`` for the errors."""
        interpreter = session.get(Interpreter, interpreter_id)
        if interpreter is None or interpreter.deactivated_at is not None:
            raise NotFound("there is no such interpreter")
        if row.state not in SEARCHING | {RequestState.UNFILLED}:
            raise Conflict(f"this is not possible any more: it is {row.state}", state=row.state)
        given = rows.occupying(session, row.id)
        if any(each.seat == seat.number or each.interpreter_id == interpreter_id for each in given):
            raise Conflict("this seat is taken, or the interpreter has another one", reason="taken")
        self._require_unblocked(session, row, interpreter_id)
        if row.state == RequestState.UNFILLED:
            # A booking that stays incomplete is searched for: it counts as a new search.
            self._bookings.step(row, RequestState.NEW)
            row.search_wave, row.unfilled_reason = row.wave + 1, None
        offers = [each for each in rows.open_offers(session, row.id) if each.interpreter_id == interpreter_id]
        assignment = self._bookings.place(session, row, interpreter_id, seat, by=by, offer=next(iter(offers), None))
        if row.state in SEARCHING:
            self._waves.advance(session, row, by=by)
        return read_assignment(assignment, row)

    def _require_unblocked(self, session: Session, row: InterpreterRequest, interpreter_id: str) -> None:
        need = self._waves.need(session, row)
        policy = self._tools.policies.of(session, row.organisation_id)
        for profile in self._tools.profiles.load_some(session, [interpreter_id], need):
            if BLOCKED & set(hindrances(profile, need, policy)):
                raise Conflict("this interpreter and this request do not go together", reason="blocked")

    def escalate(self, session: Session, request_id: str, *, by: Actor) -> RequestRead:
        """Ask the next ones now, beside those whose offers are still open.

        Raises:
            NotFound: there is no such request for the actor.
            NotAllowed: the actor is no broker of the requesting side.
            Conflict: nothing is being searched.
        """
        row = access.require_broker(by, rows.lock(session, request_id))
        if row.state not in SEARCHING:
            raise Conflict(f"this is not possible any more: it is {row.state}", state=row.state)
        self._tools.record(session, by, "request.escalated", row, wave=row.wave)
        self._waves.advance(session, row, by=by, anyway=True)
        return read_request(row)
