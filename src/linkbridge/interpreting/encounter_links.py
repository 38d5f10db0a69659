"""The link between a request and the encounter in which a tablet asked."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session, col, func, select, update

from linkbridge.interpreting.models import InterpreterRequest, Offer
from linkbridge.interpreting.reads import RequestRead, read_request
from linkbridge.interpreting.values import OfferState


@dataclass(frozen=True, slots=True)
class LinkedRequest:
    """A request, and how many interpreters are being asked."""

    request: RequestRead
    asked: int


def find_linked(session: Session, encounter_id: str) -> LinkedRequest | None:
    """Return the newest request of an encounter."""
    query = select(InterpreterRequest).where(InterpreterRequest.encounter_id == encounter_id)
    order = (col(InterpreterRequest.created_at).desc(), col(InterpreterRequest.id).desc())
    row = session.exec(query.order_by(*order).limit(1)).first()
    if row is None:
        return None
    is_open = (Offer.request_id == row.id, Offer.state == OfferState.OPEN)
    return LinkedRequest(read_request(row), session.exec(select(func.count(col(Offer.id))).where(*is_open)).one())


def unlink_encounters(session: Session, encounter_ids: Collection[str]) -> None:
    """Let requests forget the encounters in which they were made, with all that was written for their interpreters."""
    query = update(InterpreterRequest).where(col(InterpreterRequest.encounter_id).in_(encounter_ids))
    session.exec(query.values(encounter_id=None, note_encrypted=None, place_encrypted=None, avoid_encrypted=None))
