"""The API's interpreting: offers and assignments. For tokens of coordinators of either side."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from linkbridge.accounts.permissions import Actor, Permission, allows, require
from linkbridge.interpreting.reads import AssignmentRead, OfferRead
from linkbridge.interpreting.values import OCCUPYING, AssignmentState, OfferState
from linkbridge.kernel.errors import NotFound
from linkbridge.web import api_schemas as wire
from linkbridge.web import interpreting_schemas as schemas
from linkbridge.web.api_route import KEYED, ApiRoute
from linkbridge.web.auth import BearerActor
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.routes.api import ApiTag, Limit
from linkbridge.web.routes.api_interpreting import CHANGING, PRIVATE, READING, Cursor, Id, next_page

router = APIRouter(prefix="/api/v1", tags=[ApiTag.INTERPRETING], route_class=ApiRoute)
_ANSWERING: dict[int | str, dict[str, Any]] = {
    **CHANGING,
    410: {"model": wire.ErrorRead, "description": "The time to answer is over."},
}
InterpreterFilter = Annotated[str | None, Query(max_length=32, description="Only this interpreter's.")]
RequestIdFilter = Annotated[str | None, Query(max_length=32, description="Only of this request.")]


@router.get("/offers", summary="List offers", response_model=schemas.OfferList, responses=READING)
def list_offers(
    container: ContainerDep,
    session: ReadSession,
    actor: BearerActor,
    response: Response,
    state: OfferState | None = None,
    request_id: RequestIdFilter = None,
    interpreter_id: InterpreterFilter = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> schemas.OfferList:
    """The newest first: those for the organisation's requests, and those to its interpreters."""
    _require_answerer(actor)
    found = container.interpreting.dispatch.offers(
        session,
        by=actor,
        state=state,
        request_id=request_id,
        interpreter_id=interpreter_id,
        limit=limit + 1,
        after=cursor,
    )
    response.headers["Cache-Control"] = PRIVATE
    return schemas.OfferList(items=[_offer(one) for one in found[:limit]], next=next_page(found, limit))


@router.post(
    "/offers/{offer_id}/accept",
    summary="Accept an offer",
    response_model=schemas.AssignmentRead,
    responses=_ANSWERING,
    dependencies=KEYED,
)
def accept_offer(
    container: ContainerDep, session: WriteSession, actor: BearerActor, response: Response, offer_id: Id
) -> schemas.AssignmentRead:
    """On the interpreter's behalf, which is recorded. Who was faster wins; accepting again answers the same."""
    _require_answerer(actor)
    response.headers["Cache-Control"] = PRIVATE
    return _assignment(container.interpreting.dispatch.accept_offer(session, offer_id, by=actor))


@router.post(
    "/offers/{offer_id}/decline",
    summary="Decline an offer",
    response_model=schemas.OfferRead,
    responses=_ANSWERING,
    dependencies=KEYED,
)
def decline_offer(
    container: ContainerDep, session: WriteSession, actor: BearerActor, response: Response, offer_id: Id
) -> schemas.OfferRead:
    """On the interpreter's behalf, which is recorded. If nobody is left to answer, the next are asked at once."""
    _require_answerer(actor)
    response.headers["Cache-Control"] = PRIVATE
    return _offer(container.interpreting.dispatch.decline_offer(session, offer_id, by=actor))


@router.get("/assignments", summary="List assignments", response_model=schemas.AssignmentList, responses=READING)
def list_assignments(
    container: ContainerDep,
    session: ReadSession,
    actor: BearerActor,
    response: Response,
    state: Annotated[list[AssignmentState] | None, Query(description="Only these states; may be repeated.")] = None,
    request_id: RequestIdFilter = None,
    interpreter_id: InterpreterFilter = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> schemas.AssignmentList:
    """The latest start first: those of the organisation's requests, and those of its interpreters."""
    _require_answerer(actor)
    found = container.interpreting.assignments.list(
        session,
        by=actor,
        states=frozenset(state or ()),
        request_id=request_id,
        interpreter_id=interpreter_id,
        limit=limit + 1,
        after=cursor,
    )
    response.headers["Cache-Control"] = PRIVATE
    return schemas.AssignmentList(items=[_assignment(one) for one in found[:limit]], next=next_page(found, limit))


@router.get(
    "/assignments/{assignment_id}",
    summary="Read an assignment",
    response_model=schemas.AssignmentFull,
    responses=READING,
)
def read_assignment(
    container: ContainerDep, session: ReadSession, actor: BearerActor, response: Response, assignment_id: Id
) -> schemas.AssignmentFull:
    """One assignment, with note and place while its interpreter is to come or there: for either side's coordinators."""
    _require_answerer(actor)
    found = container.interpreting.assignments.get(session, assignment_id, by=actor)
    note = place = None
    if found.state in OCCUPYING:
        secrets = container.interpreting.requests.secrets(session, found.request_id, by=actor)
        note, place = secrets.note, secrets.place
    response.headers["Cache-Control"] = PRIVATE
    return schemas.AssignmentFull(**_assignment(found).model_dump(), note=note, place=place)


@router.post(
    "/assignments/{assignment_id}/outcome",
    summary="Say how it went",
    response_model=schemas.AssignmentRead,
    responses=CHANGING,
    dependencies=KEYED,
)
def record_outcome(
    container: ContainerDep,
    session: WriteSession,
    actor: BearerActor,
    response: Response,
    assignment_id: Id,
    asked: schemas.OutcomeWrite,
) -> schemas.AssignmentRead:
    """Once it has begun. The same outcome twice changes nothing; another one is refused."""
    _require_answerer(actor)
    response.headers["Cache-Control"] = PRIVATE
    done = container.interpreting.assignments.record_outcome(
        session, assignment_id, asked.outcome, by=actor, no_show_by=asked.no_show_by
    )
    return _assignment(done)


def _require_answerer(actor: Actor) -> None:
    """Return if offers and assignments can concern the token.

    Raises:
        NotFound: it is of role interpreter, which a program cannot be.
        NotAllowed: its role has nothing to do with interpreting.
    """
    if allows(actor, Permission.ANSWER_OFFERS) and not allows(actor, Permission.BROKER_INTERPRETERS):
        raise NotFound("a token is no interpreter: use one of a coordinator")
    require(actor, Permission.REQUEST_INTERPRETER)


def _offer(found: OfferRead) -> schemas.OfferRead:
    return schemas.OfferRead(
        **_shared(found),
        sent_at=found.sent_at,
        expires_at=found.expires_at,
        answered_at=found.answered_at,
        answered_by=found.answered_by,
    )


def _assignment(found: AssignmentRead) -> schemas.AssignmentRead:
    return schemas.AssignmentRead(
        **_shared(found),
        offer_id=found.offer_id,
        accepted_at=found.accepted_at,
        accepted_by=found.accepted_by,
        outcome=found.outcome,
        no_show_by=found.no_show_by,
        outcome_at=found.outcome_at,
    )


def _shared(found: OfferRead | AssignmentRead) -> dict[str, Any]:
    """Return what an offer and what came of it both tell."""
    return {
        "id": found.id,
        "request_id": found.request_id,
        "interpreter_id": found.interpreter_id,
        "state": found.state,
        "starts_at": found.starts_at,
        "ends_at": found.ends_at,
        "time_zone": found.time_zone,
        "seat": found.seat.number,
        "source_language": found.seat.source,
        "target_language": found.seat.target,
        "is_relay": found.is_relay,
        "domain": found.domain,
        "modality": found.modality,
        "is_on_demand": found.is_on_demand,
    }
