"""The API's interpreting: requests, interpreters and their hours. For tokens of coordinators."""

from collections.abc import Sequence
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import APIRouter, Path, Query, Response

from linkbridge.accounts.permissions import Permission, require
from linkbridge.interpreting.availability.hours import HourException, Rule
from linkbridge.interpreting.availability.wishes import AvailabilityWish
from linkbridge.interpreting.dispatch.values import RequestFilter, RequestWish
from linkbridge.interpreting.reads import RequestRead
from linkbridge.interpreting.values import Domain, RequestState, Source, TimeSpan
from linkbridge.web import api_schemas as wire
from linkbridge.web import interpreting_schemas as schemas
from linkbridge.web.api_route import KEYED, ApiRoute
from linkbridge.web.auth import BearerActor
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.routes.api import ERRORS, ApiTag, Limit

router = APIRouter(prefix="/api/v1", tags=[ApiTag.INTERPRETING], route_class=ApiRoute)
PRIVATE = "no-store"
READING: dict[int | str, dict[str, Any]] = {
    400: {"model": wire.ErrorRead, "description": "A value cannot be used; `params.field` names it."},
    401: {"model": wire.ErrorRead, "description": "There is no token, or it does not work."},
    403: {"model": wire.ErrorRead, "description": "The token's role does not allow this."},
    **ERRORS,
}
CHANGING: dict[int | str, dict[str, Any]] = {
    **READING,
    409: {"model": wire.ErrorRead, "description": "The state does not allow this now, or the key is in use."},
    422: {"model": wire.ErrorRead, "description": "The request is malformed, or its key was used for another one."},
}
Id = Annotated[str, Path(max_length=32, pattern="^[0-9a-f]+$")]
Cursor = Annotated[str | None, Query(max_length=32, pattern="^[0-9a-f]+$", description="`next` of the page before.")]


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Identified)


@router.post(
    "/interpreter-requests",
    summary="Ask for an interpreter",
    status_code=201,
    response_model=schemas.InterpreterRequestRead,
    responses=CHANGING,
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
    response.headers["Cache-Control"] = PRIVATE
    return schemas.InterpreterRequestRead.model_validate(made)


@router.get(
    "/interpreter-requests",
    summary="List requests",
    response_model=schemas.InterpreterRequestList,
    responses=READING,
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
    response.headers["Cache-Control"] = PRIVATE
    items = [schemas.InterpreterRequestRead.model_validate(one) for one in found[:limit]]
    return schemas.InterpreterRequestList(items=items, next=next_page(found, limit))


@router.get(
    "/interpreter-requests/{request_id}",
    summary="Read a request",
    response_model=schemas.InterpreterRequestFull,
    responses=READING,
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
    response.headers["Cache-Control"] = PRIVATE
    shown = schemas.InterpreterRequestRead.model_validate(found).model_dump()
    return schemas.InterpreterRequestFull(**shown, note=note, place=place)


@router.post(
    "/interpreter-requests/{request_id}/cancel",
    summary="Call a request off",
    response_model=schemas.InterpreterRequestRead,
    responses=CHANGING,
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
    response.headers["Cache-Control"] = PRIVATE
    return schemas.InterpreterRequestRead.model_validate(done)


@router.get("/interpreters", summary="List interpreters", response_model=schemas.InterpreterList, responses=READING)
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
    response.headers["Cache-Control"] = PRIVATE
    items = [schemas.InterpreterRead.model_validate(one) for one in found[:limit]]
    return schemas.InterpreterList(items=items, next=next_page(found, limit))


@router.put(
    "/interpreters/{interpreter_id}/availability",
    summary="Set an interpreter's hours",
    response_model=schemas.AvailabilityRead,
    responses=CHANGING,
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
    response.headers["Cache-Control"] = PRIVATE
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


def next_page(found: Sequence[T], limit: int) -> str | None:
    """Return the cursor of the page after this one, if there is one: one more than ``limit`` was asked for."""
    return found[limit - 1].id if len(found) > limit else None
