"""Who may see and do what with requests, offers and assignments."""

from typing import Any

from sqlmodel import and_, col, exists, false, or_, select, true

from linkbridge.accounts.permissions import Actor, Permission, allows, require
from linkbridge.interpreting.models import Interpreter, InterpreterRequest
from linkbridge.kernel.errors import NotAllowed, NotFound


def sees_request(by: Actor, row: InterpreterRequest) -> bool:
    """Whether the actor works at the site that asked."""
    return allows(by, Permission.REQUEST_INTERPRETER, organisation_id=row.organisation_id, site_id=row.site_id)


def requests_seen(by: Actor) -> Any:  # noqa: ANN401 - a condition of SQLAlchemy
    """Return the condition under which the actor sees a request."""
    if not allows(by, Permission.REQUEST_INTERPRETER):
        return false()
    if by.everywhere:
        return true()
    return and_(
        col(InterpreterRequest.organisation_id) == by.organisation_id,
        col(InterpreterRequest.site_id).in_(sorted(by.site_ids)),
    )


def answers_seen(by: Actor, interpreter_id: Any) -> Any:  # noqa: ANN401 - a condition of SQLAlchemy
    """Return the condition under which an offer or assignment is the actor's: as its interpreter, or as a broker."""
    own = [requests_seen(by)]
    if allows(by, Permission.BROKER_INTERPRETERS) and by.organisation_id is not None:
        own.append(_is(interpreter_id, col(Interpreter.organisation_id) == by.organisation_id))
    if allows(by, Permission.ANSWER_OFFERS) and by.kind == "staff":
        own.append(_is(interpreter_id, col(Interpreter.staff_id) == by.id))
    return or_(*own)


def _is(interpreter_id: Any, condition: Any) -> Any:  # noqa: ANN401 - a condition of SQLAlchemy
    return exists(select(Interpreter.id).where(col(Interpreter.id) == interpreter_id, condition))


def is_interpreter(by: Actor, interpreter: Interpreter) -> bool:
    """Whether the actor is this interpreter."""
    return allows(by, Permission.ANSWER_OFFERS) and by.kind == "staff" and interpreter.staff_id == by.id


def speaks_for(by: Actor, interpreter: Interpreter) -> bool:
    """Whether the actor is the interpreter, or a broker of the interpreter's organisation, or the machine."""
    if is_interpreter(by, interpreter):
        return True
    return allows(by, Permission.BROKER_INTERPRETERS, organisation_id=interpreter.organisation_id)


def brokers(by: Actor, row: InterpreterRequest) -> bool:
    """Whether the actor is a broker of the side that asked."""
    return allows(by, Permission.BROKER_INTERPRETERS, organisation_id=row.organisation_id, site_id=row.site_id)


def require_seen(by: Actor, row: InterpreterRequest | None) -> InterpreterRequest:
    """Return the request if the actor sees it.

    Raises:
        NotFound: there is none, or it is not the actor's.
    """
    if row is None or not sees_request(by, row):
        raise NotFound("there is no such request")
    return row


def require_broker(by: Actor, row: InterpreterRequest | None) -> InterpreterRequest:
    """Return the request if the actor is a broker of the side that asked.

    Raises:
        NotFound: there is none, or it is not the actor's.
        NotAllowed: the actor sees it but is no broker.
    """
    row = require_seen(by, row)
    organisation_id, site_id = row.organisation_id, row.site_id
    require(by, Permission.BROKER_INTERPRETERS, organisation_id=organisation_id, site_id=site_id)
    return row


def require_answerer(by: Actor, row: InterpreterRequest | None, interpreter: Interpreter | None) -> None:
    """Return if the actor may answer for the interpreter: a broker of either side may, on the record.

    Raises:
        NotFound: it is not the actor's.
        NotAllowed: the actor sees the request but may not answer for an interpreter.
    """
    if row is None or interpreter is None:
        raise NotFound("there is no such offer or assignment")
    if speaks_for(by, interpreter) or brokers(by, row):
        return
    if not sees_request(by, row):
        raise NotFound("there is no such offer or assignment")
    raise NotAllowed("only the interpreter or a broker can answer", permission=Permission.ANSWER_OFFERS.value)
