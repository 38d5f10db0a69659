"""Deletes what is past its time: requests with all that hangs on them, notes before, signals of calls at once."""

from datetime import datetime

from sqlmodel import Session, col, delete, or_, select, update

from linkbridge.interpreting.models import Assignment, Attendance, CallSignal, InterpreterRequest, Offer
from linkbridge.interpreting.values import RequestState

_OPEN = (RequestState.NEW, RequestState.OFFERED, RequestState.BOOKED, RequestState.IN_SESSION)
_BATCH = 500
_SECRETS = {"note_encrypted": None, "place_encrypted": None, "avoid_encrypted": None}


def purge_requests(session: Session, *, before: datetime) -> int:
    """Delete requests that ended before that moment and are open no more, and return how many."""
    query = select(InterpreterRequest.id).where(
        InterpreterRequest.ends_at < before, col(InterpreterRequest.state).not_in(_OPEN)
    )
    ids = session.exec(query).all()
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        for table in (CallSignal, Attendance, Assignment, Offer):
            session.exec(delete(table).where(col(table.request_id).in_(batch)))
        session.exec(delete(InterpreterRequest).where(col(InterpreterRequest.id).in_(batch)))
    return len(ids)


def purge_notes(session: Session, *, before: datetime) -> int:
    """Erase notes, places and conflicts of requests that ended before that moment, and return of how many."""
    has_secrets = or_(*(col(getattr(InterpreterRequest, name)).is_not(None) for name in _SECRETS))
    query = update(InterpreterRequest).where(col(InterpreterRequest.ends_at) < before, has_secrets)
    return session.exec(query.values(**_SECRETS)).rowcount


def purge_signals(session: Session, *, before: datetime) -> int:
    """Delete what browsers of calls told each other before that moment, and return how many."""
    return session.exec(delete(CallSignal).where(col(CallSignal.created_at) < before)).rowcount
