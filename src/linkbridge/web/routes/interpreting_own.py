"""An interpreter's own pages, made for a phone: what is asked, and what was accepted."""

from fastapi import APIRouter, Depends, Response
from sqlmodel import Session

from linkbridge.accounts.permissions import Permission, require
from linkbridge.interpreting.directory.values import InterpreterRead
from linkbridge.interpreting.reads import AssignmentRead
from linkbridge.interpreting.values import OCCUPYING, AssignmentState, Party
from linkbridge.kernel.errors import Conflict, Expired, InvalidInput, NotFound
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession
from linkbridge.web.forms import StaffForm
from linkbridge.web.interpreting_forms import say_outcome
from linkbridge.web.interpreting_views import assignment_view, offer_view, split_by_end
from linkbridge.web.staff_pages import StaffPageDep
from linkbridge.web.templating import official_language


def interpreter(actor: CurrentStaff) -> None:
    """Return if the actor may answer offers; the services check again."""
    require(actor, Permission.ANSWER_OFFERS)


router = APIRouter(prefix="/staff", include_in_schema=False, dependencies=[Depends(interpreter)])
MOST = 50
JOINABLE = frozenset({AssignmentState.BOOKED, AssignmentState.IN_SESSION})


@router.get("/offers")
def offers(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff, refused: str = ""
) -> Response:
    """Show what is asked now, and what became of earlier offers."""
    person = _own(container, session, actor)
    ui, now = official_language(page.request), container.clock.now()
    found = (
        container.interpreting.dispatch.offers(session, by=actor, interpreter_id=person.id, limit=MOST)
        if person
        else ()
    )
    views = [offer_view(offer, zone=person.time_zone, ui=ui, now=now) for offer in found] if person else []
    context = {
        "person": person,
        "open": [view for view in views if view.can_answer],
        "earlier": [view for view in views if not view.can_answer],
        "now": now.isoformat(),
        "refused": refused,
    }
    return page.show("interpreting/offers.html", context)


@router.post("/offers/{offer_id}")
def answer(
    container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, form: StaffForm, offer_id: str
) -> Response:
    """Accept or decline an offer."""
    dispatch = container.interpreting.dispatch
    act = {"accept": dispatch.accept_offer, "decline": dispatch.decline_offer}.get(form.text("action"))
    if act is None:
        raise InvalidInput("choose one of the buttons", field="action", problem="choice")
    try:
        with container.sessions.transaction() as session:
            act(session, offer_id, by=actor)
    except (Conflict, Expired) as error:
        return page.go(f"/staff/offers?refused={error.params.get('reason', error.code)}")
    accepted = form.text("action") == "accept"
    return page.go("/staff/assignments" if accepted else "/staff/offers", done="accepted" if accepted else "declined")


@router.get("/assignments")
def assignments(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """Show what lies ahead, with where and the note, and what is over."""
    person = _own(container, session, actor)
    ui, now = official_language(page.request), container.clock.now()
    services = container.interpreting
    found = services.assignments.list(session, by=actor, interpreter_id=person.id, limit=MOST) if person else ()
    ahead, over = split_by_end(found, now)
    zone = person.time_zone if person else "UTC"
    context = {
        "person": person,
        "ahead": [
            (
                assignment_view(each, zone=zone, ui=ui, now=now),
                services.requests.secrets(session, each.request_id, by=actor) if each.state in OCCUPYING else None,
                join_path(container, session, each),
            )
            for each in ahead
        ],
        "over": [assignment_view(each, zone=zone, ui=ui, now=now) for each in over],
    }
    return page.show("interpreting/assignments.html", context)


@router.post("/assignments/{assignment_id}/withdraw")
def withdraw(
    container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, _form: StaffForm, assignment_id: str
) -> Response:
    """Step back: others are asked at once."""
    with container.sessions.transaction() as session:
        container.interpreting.assignments.withdraw(session, assignment_id, by=actor)
    return page.go("/staff/assignments", done="stepped-back")


@router.post("/assignments/{assignment_id}/outcome")
def outcome(
    container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, form: StaffForm, assignment_id: str
) -> Response:
    """Say how it went, and rate it if the form says so."""
    with container.sessions.transaction() as session:
        say_outcome(container.interpreting.assignments, session, assignment_id, form, by=actor)
    return page.go("/staff/assignments", done="outcome-recorded")


def join_path(container: ContainerDep, session: Session, given: AssignmentRead) -> str:
    """Return where an interpreter joins; empty before all are booked, and after."""
    if given.state not in JOINABLE:
        return ""
    return container.interpreting.calls.join_path(
        session, given.request_id, party=Party.INTERPRETER, assignment_id=given.id
    )


def _own(container: ContainerDep, session: ReadSession, actor: CurrentStaff) -> InterpreterRead | None:
    """Return the interpreter behind the account; ``None`` where a coordinator has not linked it yet."""
    try:
        return container.interpreting.directory.own(session, by=actor)
    except NotFound:
        return None
