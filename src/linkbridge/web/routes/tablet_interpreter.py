"""What became of a tablet's wish for an interpreter, and calling it off."""

from typing import Annotated

from fastapi import APIRouter, Path
from sqlmodel import Session

from linkbridge.accounts.devices import DeviceRead
from linkbridge.container import Container
from linkbridge.encounters.brokered_desk import TABLET
from linkbridge.encounters.records import encounter_of_answer
from linkbridge.interpreting.encounter_links import LinkedRequest, find_linked
from linkbridge.interpreting.values import Party, RequestState
from linkbridge.kernel.errors import NotFound
from linkbridge.web.auth import CurrentDevice, DeviceCsrf
from linkbridge.web.csrf import CsrfHeaderToken, SameOrigin
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession

router = APIRouter(include_in_schema=False)
EventId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
_JOINABLE = (RequestState.BOOKED, RequestState.IN_SESSION)


@router.get("/tablet/interpreter/{event_id}")
def interpreter_state(
    container: ContainerDep, session: ReadSession, device: CurrentDevice, event_id: EventId
) -> dict[str, str | int]:
    """Say where the search stands: how many are being asked, or where to join."""
    found = _linked(session, device, event_id)
    return {"state": "none"} if found is None else _shown(container, session, found)


@router.post("/tablet/interpreter/{event_id}/cancel", dependencies=[SameOrigin])
def cancel_interpreter(
    container: ContainerDep,
    session: WriteSession,
    device: CurrentDevice,
    csrf: DeviceCsrf,
    event_id: EventId,
    token: CsrfHeaderToken = None,
) -> dict[str, str | int]:
    """Call the request off: the person needs no interpreter any more."""
    csrf.check(token)
    found = _linked(session, device, event_id)
    if found is None:
        raise NotFound("there is no request for this")
    container.interpreting.requests.cancel(session, found.request.id, by=TABLET)
    return _shown(container, session, _linked(session, device, event_id) or found)


def _linked(session: Session, device: DeviceRead, event_id: str) -> LinkedRequest | None:
    """Return the request that a wish led to, if it led to one.

    Raises:
        NotFound: the wish has not arrived, or is another site's.
    """
    encounter_id = encounter_of_answer(session, event_id, site_id=device.site.id)
    if encounter_id is None:
        raise NotFound("there is no such wish")
    return find_linked(session, encounter_id)


def _shown(container: Container, session: Session, found: LinkedRequest) -> dict[str, str | int]:
    request = found.request
    join = ""
    if request.state in _JOINABLE:
        join = container.interpreting.calls.join_path(session, request.id, party=Party.OFFICIAL)
    return {"state": request.state.value, "asked": found.asked, "join": join}
