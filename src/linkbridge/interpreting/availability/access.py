"""Who may see and change an interpreter's hours."""

from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from linkbridge.accounts.permissions import Actor, Permission, Role, require
from linkbridge.interpreting.availability.local_time import find_zone
from linkbridge.interpreting.models import Interpreter
from linkbridge.kernel.errors import NotFound


def find_interpreter(session: Session, interpreter_id: str, by: Actor) -> Interpreter:
    """Return an interpreter whose hours the actor may see and change.

    Those are the actor's own, those of the organisation whose interpreters it brokers, and all for administrators of
    the host.

    Raises:
        NotFound: there is no such interpreter.
        NotAllowed: it is not for this actor.
    """
    row = session.get(Interpreter, interpreter_id)
    if row is None or row.erased_at is not None:
        raise NotFound("there is no such interpreter")
    is_own = by.kind == "staff" and row.staff_id == by.id
    if not is_own and not (by.is_host and by.role == Role.ADMINISTRATOR):
        require(by, Permission.BROKER_INTERPRETERS, organisation_id=row.organisation_id)
    return row


def own_interpreter_id(session: Session, by: Actor) -> str:
    """Return the id of the interpreter who the actor is.

    Raises:
        NotFound: the actor is none.
    """
    found = (
        session.exec(select(Interpreter.id).where(Interpreter.staff_id == by.id)).first()
        if by.kind == "staff"
        else None
    )
    if found is None:
        raise NotFound("this account belongs to no interpreter")
    return found


def zone_of(row: Interpreter) -> ZoneInfo:
    """Return the zone in which an interpreter's hours are meant."""
    return find_zone(row.time_zone) or ZoneInfo("UTC")
