"""One request: what happened so far, why it stands where it stands, and everything that can be done about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlmodel import Session

from linkbridge.accounts.permissions import Actor, Permission, allows
from linkbridge.container import Container
from linkbridge.interpreting.announcements.facts import languages_of, moment_of, times_of
from linkbridge.interpreting.directory.values import InterpreterName
from linkbridge.interpreting.dispatch.values import CancelReason, Preview
from linkbridge.interpreting.reads import AssignmentRead, OfferRead
from linkbridge.interpreting.values import OCCUPYING, OfferState, Party, RequestState, Seat, TimeSpan
from linkbridge.kernel.errors import Conflict, Expired, InvalidInput, NotFound
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession
from linkbridge.web.forms import FormValues, StaffForm
from linkbridge.web.interpreting_board import tags_of
from linkbridge.web.interpreting_forms import say_outcome, small_number
from linkbridge.web.interpreting_views import outcome_word
from linkbridge.web.routes.interpreting import PREFIX, asks_for_interpreters
from linkbridge.web.routes.interpreting_answer import LINK
from linkbridge.web.staff_pages import StaffPageDep
from linkbridge.web.templating import official_language

router = APIRouter(prefix=PREFIX, include_in_schema=False, dependencies=[Depends(asks_for_interpreters)])
MOST = 200
SEARCHING = frozenset({RequestState.NEW, RequestState.OFFERED})
JOINABLE = frozenset({RequestState.BOOKED, RequestState.IN_SESSION})
OVER = frozenset({RequestState.DONE, RequestState.CANCELLED})


@dataclass(frozen=True, slots=True)
class OfferLine:
    """An offer in the history of a request. ``by_other`` tells that somebody answered in the interpreter's place."""

    id: str
    wave: int
    name: str
    organisation: str
    state: str
    sent: str
    answered: str
    expires_at: str
    by_other: bool


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """Somebody who accepted."""

    id: str
    name: str
    organisation: str
    languages: str
    seat: int
    state: str
    outcome: str
    is_open: bool
    can_say_outcome: bool
    can_rate: bool


@router.get("/{request_id}")
def show(
    container: ContainerDep,
    session: ReadSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    request_id: str,
    refused: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show a request of one of the actor's sites."""
    services, ui = container.interpreting, official_language(page.request)
    found = services.requests.get(session, request_id, by=actor)
    offers = services.dispatch.offers(session, by=actor, request_id=request_id, limit=MOST)
    given = services.assignments.list(session, by=actor, request_id=request_id, limit=MOST)
    is_broker = allows(actor, Permission.BROKER_INTERPRETERS)
    preview = (
        services.dispatch.preview(session, request_id, by=actor) if is_broker and found.state not in OVER else None
    )
    names = services.directory.names(session, _people(offers, given, preview))
    site = container.accounts.directory.site(session, found.site_id, by=actor)
    zone, now = site.time_zone, container.clock.now()
    people = [names[each.interpreter_id] for each in given]
    zones = (zone, found.time_zone, *(person.time_zone for person in people if person.name))
    return page.show(
        "interpreting/request.html",
        {
            "found": found,
            "site": site,
            "tags": tags_of(found),
            "languages_named": languages_of(Seat(0, found.person_language, found.official_language), ui),
            "times": times_of(TimeSpan(found.starts_at, found.ends_at), zones, ui),
            "made": moment_of(found.created_at, zone, ui),
            "waits_until": moment_of(found.wave_ends_at, zone, ui) if found.wave_ends_at else "",
            "offers": [_offer_line(each, names, zone, ui) for each in sorted(offers, key=lambda one: one.sent_at)],
            "assignments": [_assignment_line(each, names, ui, now) for each in given],
            "preview": preview,
            "names": names,
            "seats": [(seat.number, languages_of(seat, ui)) for seat in found.seats],
            "secrets": services.requests.secrets(session, request_id, by=actor),
            "join": services.calls.join_path(session, request_id, party=Party.OFFICIAL)
            if found.state in JOINABLE
            else "",
            "is_broker": is_broker,
            "is_searching": found.state in SEARCHING,
            "is_over": found.state in OVER,
            "reasons": list(CancelReason),
            "refused": refused,
            "now": now.isoformat(),
        },
    )


@router.post("/{request_id}")
def act(container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, form: StaffForm, request_id: str) -> Response:
    """Do one of the things that can be done about a request."""
    action = ACTIONS.get(form.text("action"))
    if action is None:
        raise InvalidInput("choose one of the buttons", field="action", problem="choice")
    address = f"{PREFIX}/{request_id}"
    try:
        with container.sessions.transaction() as session:
            action(container, session, request_id, form, actor)
    except (Conflict, Expired, InvalidInput) as error:
        return page.go(f"{address}?refused={error.params.get('reason', error.code)}")
    return page.go(address, done=f"request-{form.text('action')}")


def _cancel(container: Container, session: Session, request_id: str, form: FormValues, by: Actor) -> None:
    container.interpreting.requests.cancel(session, request_id, by=by, reason=form.text("reason"))


def _search_again(container: Container, session: Session, request_id: str, _form: FormValues, by: Actor) -> None:
    container.interpreting.requests.search_again(session, request_id, by=by)


def _escalate(container: Container, session: Session, request_id: str, _form: FormValues, by: Actor) -> None:
    container.interpreting.dispatch.escalate(session, request_id, by=by)


def _book(container: Container, session: Session, request_id: str, form: FormValues, by: Actor) -> None:
    number = small_number(form, "seat")
    container.interpreting.dispatch.book_directly(session, request_id, form.text("interpreter_id"), number, by=by)


def _accept(container: Container, session: Session, request_id: str, form: FormValues, by: Actor) -> None:
    offer = _own_offer(container, session, request_id, form, by)
    container.interpreting.dispatch.accept_offer(session, offer.id, by=by)


def _withdraw_offer(container: Container, session: Session, request_id: str, form: FormValues, by: Actor) -> None:
    offer = _own_offer(container, session, request_id, form, by)
    container.interpreting.dispatch.withdraw_offer(session, offer.id, by=by)


def _replace(container: Container, session: Session, request_id: str, form: FormValues, by: Actor) -> None:
    given = _own_assignment(container, session, request_id, form, by)
    container.interpreting.assignments.withdraw(session, given.id, by=by)


def _reassign(container: Container, session: Session, request_id: str, form: FormValues, by: Actor) -> None:
    given = _own_assignment(container, session, request_id, form, by)
    interpreter_id = form.text("interpreter_id")
    if not interpreter_id:
        raise InvalidInput("choose an interpreter", field="interpreter_id", problem="choice")
    container.interpreting.assignments.reassign(session, given.id, interpreter_id, by=by)


def _say_outcome(container: Container, session: Session, request_id: str, form: FormValues, by: Actor) -> None:
    given = _own_assignment(container, session, request_id, form, by)
    say_outcome(container.interpreting.assignments, session, given.id, form, by=by)


Action = Callable[[Container, Session, str, FormValues, Actor], None]
ACTIONS: dict[str, Action] = {
    "cancel": _cancel,
    "search-again": _search_again,
    "escalate": _escalate,
    "book": _book,
    "accept": _accept,
    "withdraw-offer": _withdraw_offer,
    "replace": _replace,
    "reassign": _reassign,
    "outcome": _say_outcome,
}


def _own_offer(container: Container, session: Session, request_id: str, form: FormValues, by: Actor) -> OfferRead:
    """Return the offer that the form names, if it belongs to the request.

    Raises:
        NotFound: it does not.
    """
    offer = container.interpreting.dispatch.offer(session, form.text("offer_id"), by=by)
    if offer.request_id != request_id:
        raise NotFound("there is no such offer")
    return offer


def _own_assignment(
    container: Container, session: Session, request_id: str, form: FormValues, by: Actor
) -> AssignmentRead:
    """Return the assignment that the form names, if it belongs to the request.

    Raises:
        NotFound: it does not.
    """
    given = container.interpreting.assignments.get(session, form.text("assignment_id"), by=by)
    if given.request_id != request_id:
        raise NotFound("there is no such assignment")
    return given


def _people(offers: tuple[OfferRead, ...], given: tuple[AssignmentRead, ...], preview: Preview | None) -> set[str]:
    found = {offer.interpreter_id for offer in offers} | {one.interpreter_id for one in given}
    if preview is not None:
        found |= {each.interpreter_id for each in preview.candidates}
        found |= {each.interpreter_id for each in preview.rejected}
        for each in preview.replacements.values():
            found |= {*each.fits, *(other.interpreter_id for other in each.others)}
    return found


def _offer_line(offer: OfferRead, names: dict[str, InterpreterName], zone: str, ui: str) -> OfferLine:
    person = names.get(offer.interpreter_id)
    is_open = offer.state is OfferState.OPEN
    own = {LINK.reference, f"staff:{person.staff_id}" if person and person.staff_id else LINK.reference}
    return OfferLine(
        id=offer.id,
        wave=offer.wave,
        name=person.name if person else "",
        organisation=person.organisation_name if person else "",
        state=offer.state,
        sent=moment_of(offer.sent_at, zone, ui),
        answered=moment_of(offer.answered_at, zone, ui) if offer.answered_at else "",
        expires_at=offer.expires_at.isoformat() if is_open else "",
        by_other=offer.state in {OfferState.ACCEPTED, OfferState.DECLINED} and offer.answered_by not in own,
    )


def _assignment_line(
    given: AssignmentRead, names: dict[str, InterpreterName], ui: str, now: datetime
) -> AssignmentLine:
    person = names.get(given.interpreter_id)
    has_begun = given.starts_at <= now
    return AssignmentLine(
        id=given.id,
        name=person.name if person else "",
        organisation=person.organisation_name if person else "",
        languages=languages_of(given.seat, ui),
        seat=given.seat.number,
        state=given.state,
        outcome=outcome_word(given),
        is_open=given.state in OCCUPYING,
        can_say_outcome=given.outcome is None and has_begun and (given.state in OCCUPYING or given.state == "ended"),
        can_rate=given.state == "ended" and given.rating_by_official is None,
    )
