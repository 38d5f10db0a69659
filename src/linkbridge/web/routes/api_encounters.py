"""The API's encounters: read and erase with a token that may, and ask who one is."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from linkbridge.accounts.permissions import Permission, allows
from linkbridge.encounters.records import EncounterRead, Position, find_encounter, list_encounters
from linkbridge.kernel.encoding import b64url, from_b64url
from linkbridge.kernel.errors import InvalidInput
from linkbridge.web import api_schemas as wire
from linkbridge.web.auth import BearerActor
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.routes.api import ERRORS, ApiTag, Limit

router = APIRouter(prefix="/api/v1")
_PRIVATE = "no-store"
_CLOSED: dict[int | str, dict[str, Any]] = {
    401: {"model": wire.ErrorRead, "description": "There is no token, or it does not work."},
    403: {"model": wire.ErrorRead, "description": "The token's role does not allow this."},
}
Code = Annotated[
    str, Path(max_length=64, description="The code on the person's paper.", examples=["lusab-babad-gutih"])
]


@router.get(
    "/encounters",
    tags=[ApiTag.ENCOUNTERS],
    summary="List encounters",
    response_model=wire.EncounterList,
    responses={**_CLOSED, 400: {"model": wire.ErrorRead, "description": "The cursor is none of this list."}, **ERRORS},
)
def encounters(
    session: ReadSession,
    actor: BearerActor,
    response: Response,
    site_id: Annotated[
        str | None, Query(max_length=32, description="Without it: all sites that the token reaches.")
    ] = None,
    limit: Limit = 50,
    cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before.")] = None,
) -> wire.EncounterList:
    """The newest encounters first, with their answers. No names: LinkBridge keeps none."""
    response.headers["Cache-Control"] = _PRIVATE
    before = read_position(cursor) if cursor else None
    found = list_encounters(session, by=actor, site_id=site_id, limit=limit + 1, before=before)
    following = write_position(found[limit - 1]) if len(found) > limit else None
    items = [wire.EncounterRead.model_validate(encounter) for encounter in found[:limit]]
    return wire.EncounterList(items=items, next=following)


@router.get(
    "/encounters/{code}",
    tags=[ApiTag.ENCOUNTERS],
    summary="Read an encounter",
    response_model=wire.EncounterRead,
    responses={**_CLOSED, 400: {"model": wire.ErrorRead, "description": "The text is no code."}, **ERRORS},
)
def encounter(session: ReadSession, actor: BearerActor, response: Response, code: Code) -> wire.EncounterRead:
    """One encounter by its code, which may be written with spaces or capitals."""
    response.headers["Cache-Control"] = _PRIVATE
    return wire.EncounterRead.model_validate(find_encounter(session, code, by=actor))


@router.delete(
    "/encounters/{code}",
    tags=[ApiTag.ENCOUNTERS],
    summary="Erase an encounter",
    status_code=204,
    responses={
        **_CLOSED,
        400: {"model": wire.ErrorRead, "description": "The text is no code."},
        **ERRORS,
        204: {"description": "It is erased with all that belonged to it. A restored backup erases it again."},
    },
)
def erase_encounter(container: ContainerDep, session: WriteSession, actor: BearerActor, code: Code) -> None:
    """Erase an encounter because the person asks. That it was erased, and by whom, is noted in the audit log."""
    container.encounters.erase(session, code, by=actor)


@router.get(
    "/me", tags=[ApiTag.TOKEN], summary="Ask who the token is", response_model=wire.MeRead, responses=dict(_CLOSED)
)
def me(actor: BearerActor, response: Response) -> wire.MeRead:
    """What the token stands for and may do."""
    response.headers["Cache-Control"] = _PRIVATE
    return wire.MeRead(
        kind=actor.kind,
        id=actor.id,
        role=actor.role,
        organisation_id=actor.organisation_id,
        everywhere=actor.everywhere,
        site_ids=sorted(actor.site_ids),
        permissions=[permission for permission in Permission if allows(actor, permission)],
    )


def write_position(last: EncounterRead) -> str:
    """Return the cursor of the page that follows an encounter."""
    return b64url(json.dumps([last.started_at.astimezone(UTC).isoformat(), last.id]).encode())


def read_position(cursor: str) -> Position:
    """Return the place that a cursor names.

    Raises:
        InvalidInput: it is no cursor of a list of encounters.
    """
    try:
        moment, row_id = json.loads(from_b64url(cursor))
        return Position(datetime.fromisoformat(moment).astimezone(UTC), str(row_id).encode("ascii").decode())
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise InvalidInput("this is no cursor of this list", field="cursor") from None
