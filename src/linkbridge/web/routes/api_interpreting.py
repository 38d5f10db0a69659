"""The API's interpreting: requests, interpreters and their hours, offers, assignments. For tokens of coordinators."""

from collections.abc import Sequence
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import APIRouter, Path, Query, Response

from linkbridge.accounts.permissions import Actor, Permission, allows, require
from linkbridge.interpreting.availability.hours import HourException, Rule
from linkbridge.interpreting.availability.wishes import AvailabilityWish
from linkbridge.interpreting.dispatch.values import RequestFilter, RequestWish
from linkbridge.interpreting.reads import AssignmentRead, OfferRead, RequestRead
from linkbridge.interpreting.values import (
    OCCUPYING,
    AssignmentState,
    Domain,
    OfferState,
    RequestState,
    Source,
    TimeSpan,
)
from linkbridge.kernel.errors import NotFound
from linkbridge.web import api_schemas as wire
from linkbridge.web import interpreting_schemas as schemas
from linkbridge.web.api_route import KEYED, ApiRoute
from linkbridge.web.auth import BearerActor
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.routes.api import ERRORS, ApiTag, Limit

router = APIRouter(prefix="/api/v1", tags=[ApiTag.INTERPRETING], route_class=ApiRoute)
_PRIVATE = "no-store"
_READING: dict[int | str, dict[str, Any]] = {
    400: {"model": wire.ErrorRead, "description": "A value cannot be used; `params.field` names it."},
    401: {"model": wire.ErrorRead, "description": "There is no token, or it does not work."},
    403: {"model": wire.ErrorRead, "description": "The token's role does not allow this."},
    **ERRORS,
}
_CHANGING: dict[int | str, dict[str, Any]] = {
    **_READING,
    409: {"model": wire.ErrorRead, "description": "The state does not allow this now, or the key is in use."},
    422: {"model": wire.ErrorRead, "description": "The request is malformed, or its key was used for another one."},
}
_ANSWERING: dict[int | str, dict[str, Any]] = {
    **_CHANGING,
    410: {"model": wire.ErrorRead, "description": "The time to answer is over."},
}
Id = Annotated[str, Path(max_length=32, pattern="^[0-9a-f]+$")]
Cursor = Annotated[str | None, Query(max_length=32, pattern="^[0-9a-f]+$", description="`next` of the page before.")]
InterpreterFilter = Annotated[str | None, Query(max_length=32, description="Only this interpreter's.")]
RequestIdFilter = Annotated[str | None, Query(max_length=32, description="Only of this request.")]


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Identified)


@router.post(
    "/interpreter-requests",
    summary="Ask for an interpreter",
    status_code=201,
    response_model=schemas.InterpreterRequestRead,
    responses=_CHANGING,
    dependencies=KEYED,
)
def create_request(
    container: ContainerDep,
    session: WriteSession,
    actor: BearerActor,
    asked: schemas.InterpreterRequestWrite,
    response: Response,
) -> schemas.InterpreterRequestRead:
    """The first interpreters are asked at once. Without `starts_at` somebody is wanted now."""
    wish = RequestWish(
        person_language=asked.person_language,
        official_language=asked.official_language,
        domain=asked.domain,
        modality=asked.modality,
        site_id=asked.site_id,
        starts_at=asked.starts_at,
        duration_minutes=asked.duration_minutes,
        time_zone=asked.time_zone,
        gender_preference=asked.gender_preference or "",
        credential=asked.credential or "",
        interpreters=asked.interpreters,
        confidentiality=asked.confidentiality,
        avoid=tuple(asked.avoid),
        note=asked.note,
        place=asked.place,
        source=Source.API,
    )
    made = container.interpreting.requests.create(session, wish, by=actor)
    response.headers["Location"] = f"/api/v1/interpreter-requests/{made.id}"
    response.headers["Cache-Control"] = _PRIVATE
    return schemas.InterpreterRequestRead.model_validate(made)


@router.get(
    "/interpreter-requests",
    summary="List requests",
    response_model=schemas.InterpreterRequestList,
    responses=_READING,
)
def list_requests(
    container: ContainerDep,
    session: ReadSession,
    actor: BearerActor,
    response: Response,
    state: Annotated[list[RequestState] | None, Query(description="Only these states; may be repeated.")] = None,
    site_id: Annotated[str | None, Query(max_length=32)] = None,
    language: Annotated[str | None, Query(max_length=35, description="Of either side.")] = None,
    domain: Domain | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> schemas.InterpreterRequestList:
    """The newest first, of the sites that the token reaches."""
    require(actor, Permission.REQUEST_INTERPRETER)
    only = RequestFilter(frozenset(state or ()), site_id, language, domain)
    found = container.interpreting.requests.list(session, by=actor, only=only, limit=limit + 1, after=cursor)
    response.headers["Cache-Control"] = _PRIVATE
    items = [schemas.InterpreterRequestRead.model_validate(one) for one in found[:limit]]
    return schemas.InterpreterRequestList(items=items, next=_next(found, limit))


@router.get(
    "/interpreter-requests/{request_id}",
    summary="Read a request",
    response_model=schemas.InterpreterRequestFull,
    responses=_READING,
)
def read_request(
    container: ContainerDep, session: ReadSession, actor: BearerActor, response: Response, request_id: Id
) -> schemas.InterpreterRequestFull:
    """One request, with its note once the booking is complete. Conflicts to avoid are never sent."""
    require(actor, Permission.REQUEST_INTERPRETER)
    requests = container.interpreting.requests
    found = requests.get(session, request_id, by=actor)
    note = place = None
    if found.state in (RequestState.BOOKED, RequestState.IN_SESSION):
        secrets = requests.secrets(session, request_id, by=actor)
        note, place = secrets.note, secrets.place
    response.headers["Cache-Control"] = _PRIVATE
    shown = schemas.InterpreterRequestRead.model_validate(found).model_dump()
    return schemas.InterpreterRequestFull(**shown, note=note, place=place)


@router.post(
    "/interpreter-requests/{request_id}/cancel",
    summary="Call a request off",
    response_model=schemas.InterpreterRequestRead,
    responses=_CHANGING,
    dependencies=KEYED,
)
def cancel_request(
    container: ContainerDep,
    session: WriteSession,
    actor: BearerActor,
    response: Response,
    request_id: Id,
    asked: schemas.CancelWrite | None = None,
) -> schemas.InterpreterRequestRead:
    """Who was asked or booked is told. Calling off twice changes nothing."""
    require(actor, Permission.REQUEST_INTERPRETER)
    reason = (asked or schemas.CancelWrite()).reason
    done: RequestRead = container.interpreting.requests.cancel(session, request_id, by=actor, reason=reason)
    response.headers["Cache-Control"] = _PRIVATE
    return schemas.InterpreterRequestRead.model_validate(done)


@router.get("/interpreters", summary="List interpreters", response_model=schemas.InterpreterList, responses=_READING)
def list_interpreters(
    container: ContainerDep,
    session: ReadSession,
    actor: BearerActor,
    response: Response,
    language: Annotated[str | None, Query(max_length=35, description="Who works with this language.")] = None,
    organisation_id: Annotated[str | None, Query(max_length=32)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> schemas.InterpreterList:
    """All of the token's organisation, and the active ones of others."""
    found = container.interpreting.directory.list(
        session, by=actor, organisation_id=organisation_id, language=language, limit=limit + 1, after=cursor
    )
    response.headers["Cache-Control"] = _PRIVATE
    items = [schemas.InterpreterRead.model_validate(one) for one in found[:limit]]
    return schemas.InterpreterList(items=items, next=_next(found, limit))


@router.put(
    "/interpreters/{interpreter_id}/availability",
    summary="Set an interpreter's hours",
    response_model=schemas.AvailabilityRead,
    responses=_CHANGING,
)
def set_availability(
    container: ContainerDep,
    session: WriteSession,
    actor: BearerActor,
    response: Response,
    interpreter_id: Id,
    asked: schemas.AvailabilityWrite,
) -> schemas.AvailabilityRead:
    """Replaces all rules and exceptions, and answers with what can be booked in the next seven days."""
    wish = AvailabilityWish(tuple(map(_rule, asked.rules)), tuple(map(_exception, asked.exceptions)))
    service = container.interpreting.availability
    service.replace(session, interpreter_id, wish, by=actor)
    session.flush()
    week = service.week(session, interpreter_id, by=actor)
    response.headers["Cache-Control"] = _PRIVATE
    return schemas.AvailabilityRead(
        interpreter_id=week.interpreter_id,
        time_zone=week.time_zone,
        free=[_span(one) for one in week.free],
        booked=[_span(one) for one in week.booked],
    )


def _rule(asked: schemas.RuleWrite) -> Rule:
    hours, minutes = asked.start.split(":")
    return Rule(asked.rrule, asked.starts_on, int(hours) * 60 + int(minutes), asked.minutes, asked.on_call)


def _exception(asked: schemas.ExceptionWrite) -> HourException:
    return HourException(asked.starts_at, asked.ends_at, asked.is_available, asked.on_call)


def _span(span: TimeSpan) -> schemas.SpanRead:
    return schemas.SpanRead(starts_at=span.start, ends_at=span.end)


@router.get("/offers", summary="List offers", response_model=schemas.OfferList, responses=_READING)
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
    response.headers["Cache-Control"] = _PRIVATE
    return schemas.OfferList(items=[_offer(one) for one in found[:limit]], next=_next(found, limit))


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
    response.headers["Cache-Control"] = _PRIVATE
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
    response.headers["Cache-Control"] = _PRIVATE
    return _offer(container.interpreting.dispatch.decline_offer(session, offer_id, by=actor))


@router.get("/assignments", summary="List assignments", response_model=schemas.AssignmentList, responses=_READING)
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
    response.headers["Cache-Control"] = _PRIVATE
    return schemas.AssignmentList(items=[_assignment(one) for one in found[:limit]], next=_next(found, limit))


@router.get(
    "/assignments/{assignment_id}",
    summary="Read an assignment",
    response_model=schemas.AssignmentFull,
    responses=_READING,
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
    response.headers["Cache-Control"] = _PRIVATE
    return schemas.AssignmentFull(**_assignment(found).model_dump(), note=note, place=place)


@router.post(
    "/assignments/{assignment_id}/outcome",
    summary="Say how it went",
    response_model=schemas.AssignmentRead,
    responses=_CHANGING,
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
    response.headers["Cache-Control"] = _PRIVATE
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


def _next(found: Sequence[T], limit: int) -> str | None:
    return found[limit - 1].id if len(found) > limit else None


def _offer(found: OfferRead) -> schemas.OfferRead:
    return schemas.OfferRead(
        id=found.id,
        request_id=found.request_id,
        interpreter_id=found.interpreter_id,
        state=found.state,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        time_zone=found.time_zone,
        seat=found.seat.number,
        source_language=found.seat.source,
        target_language=found.seat.target,
        is_relay=found.is_relay,
        domain=found.domain,
        modality=found.modality,
        is_on_demand=found.is_on_demand,
        sent_at=found.sent_at,
        expires_at=found.expires_at,
        answered_at=found.answered_at,
        answered_by=found.answered_by,
    )


def _assignment(found: AssignmentRead) -> schemas.AssignmentRead:
    return schemas.AssignmentRead(
        id=found.id,
        request_id=found.request_id,
        interpreter_id=found.interpreter_id,
        offer_id=found.offer_id,
        state=found.state,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        time_zone=found.time_zone,
        seat=found.seat.number,
        source_language=found.seat.source,
        target_language=found.seat.target,
        is_relay=found.is_relay,
        domain=found.domain,
        modality=found.modality,
        is_on_demand=found.is_on_demand,
        accepted_at=found.accepted_at,
        accepted_by=found.accepted_by,
        outcome=found.outcome,
        no_show_by=found.no_show_by,
        outcome_at=found.outcome_at,
    )
