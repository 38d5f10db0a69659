"""Rows that dispatch reads and locks. Whoever changes anything of a request locks its row first: there is one order."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, col, or_, select

from linkbridge.interpreting.models import Assignment, InterpreterRequest, Offer
from linkbridge.interpreting.values import OCCUPYING, AssignmentState, OfferState, Seat, seats_of
from linkbridge.kernel.errors import NotFound


def lock(session: Session, request_id: str) -> InterpreterRequest | None:
    """Return a request as it is now, locked until the transaction ends."""
    query = select(InterpreterRequest).where(InterpreterRequest.id == request_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).first()


def lock_offer(session: Session, offer_id: str) -> tuple[Offer, InterpreterRequest]:
    """Return an offer and its request, which is locked.

    Raises:
        NotFound: there is no such offer.
    """
    request_id = session.exec(select(Offer.request_id).where(Offer.id == offer_id)).first()
    row = lock(session, request_id) if request_id else None
    offer = session.get(Offer, offer_id, populate_existing=True) if row else None
    if row is None or offer is None:
        raise NotFound("there is no such offer")
    return offer, row


def lock_assignment(session: Session, assignment_id: str) -> tuple[Assignment, InterpreterRequest]:
    """Return an assignment and its request, which is locked.

    Raises:
        NotFound: there is no such assignment.
    """
    request_id = session.exec(select(Assignment.request_id).where(Assignment.id == assignment_id)).first()
    row = lock(session, request_id) if request_id else None
    assignment = session.get(Assignment, assignment_id, populate_existing=True) if row else None
    if row is None or assignment is None:
        raise NotFound("there is no such assignment")
    return assignment, row


def seats(row: InterpreterRequest) -> tuple[Seat, ...]:
    """Return the seats of a request."""
    return seats_of(row.person_language, row.official_language, row.interpreters, row.relay_language)


def open_offers(session: Session, request_id: str) -> Sequence[Offer]:
    """Return the offers of a request that can still be answered, or whose time has just run out."""
    query = select(Offer).where(Offer.request_id == request_id, Offer.state == OfferState.OPEN).order_by(col(Offer.id))
    return session.exec(query.execution_options(populate_existing=True)).all()


def occupying(session: Session, request_id: str) -> Sequence[Assignment]:
    """Return the assignments that fill the seats of a request."""
    query = (
        select(Assignment)
        .where(Assignment.request_id == request_id, col(Assignment.state).in_(OCCUPYING))
        .order_by(col(Assignment.seat))
    )
    return session.exec(query.execution_options(populate_existing=True)).all()


def asked(session: Session, row: InterpreterRequest) -> frozenset[str]:
    """Return who is not asked again: asked in this search, ever declined, has a seat, or gave one back."""
    offers = select(Offer.interpreter_id).where(
        Offer.request_id == row.id,
        or_(col(Offer.wave) >= row.search_wave, col(Offer.state).in_((OfferState.OPEN, OfferState.DECLINED))),
    )
    states = OCCUPYING | {AssignmentState.WITHDRAWN}
    given = select(Assignment.interpreter_id).where(Assignment.request_id == row.id, col(Assignment.state).in_(states))
    return frozenset(session.exec(offers)) | frozenset(session.exec(given))


def unwilling(session: Session, row: InterpreterRequest) -> frozenset[str]:
    """Return who said no to a request, has a seat of it, or gave one back."""
    said_no = select(Offer.interpreter_id).where(Offer.request_id == row.id, Offer.state == OfferState.DECLINED)
    states = OCCUPYING | {AssignmentState.WITHDRAWN}
    given = select(Assignment.interpreter_id).where(Assignment.request_id == row.id, col(Assignment.state).in_(states))
    return frozenset(session.exec(said_no)) | frozenset(session.exec(given))


def duration(row: InterpreterRequest) -> timedelta:
    """Return how long a request wants an interpreter."""
    return row.ends_at - row.starts_at
