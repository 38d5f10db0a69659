"""The board of requests, in a constant number of queries however many there are."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, case, col, func, or_, select

from linkbridge.accounts.permissions import Actor
from linkbridge.interpreting.dispatch.access import requests_seen
from linkbridge.interpreting.dispatch.values import Board, BoardCard, RequestFilter
from linkbridge.interpreting.models import Assignment, InterpreterRequest, Offer
from linkbridge.interpreting.reads import AssignmentRead, read_assignment, read_request
from linkbridge.interpreting.values import OCCUPYING, AssignmentState, OfferState, RequestState

_SHOWN = OCCUPYING | {AssignmentState.ENDED}
_OVER = (RequestState.DONE, RequestState.UNFILLED, RequestState.CANCELLED)


def conditions(only: RequestFilter) -> list[Any]:
    """Return the conditions that a filter means."""
    row = InterpreterRequest
    found: list[Any] = []
    if only.states:
        found.append(col(row.state).in_(only.states))
    if only.site_id is not None:
        found.append(row.site_id == only.site_id)
    if only.language is not None:
        found.append(or_(row.person_language == only.language, row.official_language == only.language))
    if only.domain is not None:
        found.append(row.domain == only.domain)
    if only.starts_from is not None:
        found.append(row.starts_at >= only.starts_from)
    if only.starts_before is not None:
        found.append(row.starts_at < only.starts_before)
    return found


def board(session: Session, *, by: Actor, only: RequestFilter, per_state: int) -> Board:
    """Return the first ``per_state`` cards of each state: what comes next first, and what is over newest first."""
    chosen = (requests_seen(by), *conditions(only))
    counted = select(InterpreterRequest.state, func.count()).where(*chosen).group_by(InterpreterRequest.state)
    counts = {RequestState(state): count for state, count in session.exec(counted)}
    start = func.extract("epoch", col(InterpreterRequest.starts_at))
    order = case((col(InterpreterRequest.state).in_(_OVER), -start), else_=start)
    number = func.row_number().over(partition_by=col(InterpreterRequest.state), order_by=(order, InterpreterRequest.id))
    ranked = select(col(InterpreterRequest.id), number.label("number")).where(*chosen).subquery()
    query = (
        select(InterpreterRequest)
        .join(ranked, ranked.c.id == InterpreterRequest.id)
        .where(ranked.c.number <= per_state)
        .order_by(ranked.c.number, InterpreterRequest.state)
    )
    rows = session.exec(query).all()
    return Board(_cards(session, rows), counts)


def _cards(session: Session, rows: Sequence[InterpreterRequest]) -> tuple[BoardCard, ...]:
    ids = [row.id for row in rows]
    offers: dict[str, list[Offer]] = defaultdict(list)
    query = select(Offer).where(col(Offer.request_id).in_(ids), Offer.state == OfferState.OPEN)
    for offer in session.exec(query.order_by(col(Offer.id))):
        offers[offer.request_id].append(offer)
    assignments: dict[str, list[AssignmentRead]] = defaultdict(list)
    by_id = {row.id: row for row in rows}
    given = select(Assignment).where(col(Assignment.request_id).in_(ids), col(Assignment.state).in_(_SHOWN))
    for assignment in session.exec(given.order_by(col(Assignment.seat))):
        assignments[assignment.request_id].append(read_assignment(assignment, by_id[assignment.request_id]))
    first = {key: min(found, key=lambda offer: offer.expires_at) for key, found in offers.items()}
    return tuple(
        BoardCard(
            request=read_request(row),
            open_offers=len(offers[row.id]),
            next_expiry=first[row.id].expires_at if row.id in first else None,
            next_sent=first[row.id].sent_at if row.id in first else None,
            asked_ids=tuple(offer.interpreter_id for offer in offers[row.id]),
            assignments=tuple(assignments[row.id]),
        )
        for row in rows
    )
