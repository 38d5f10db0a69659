"""Requests for interpreters: made, read, called off, searched for again."""

from datetime import timedelta

from sqlmodel import Session, and_, col, or_, select

from linkbridge.accounts.permissions import Actor, Permission, allows, require
from linkbridge.accounts.sites import SiteRead
from linkbridge.interpreting.dispatch import access, boards, rows
from linkbridge.interpreting.dispatch.bookings import Bookings
from linkbridge.interpreting.dispatch.checking import CheckedWish, check_wish
from linkbridge.interpreting.dispatch.tools import Tools
from linkbridge.interpreting.dispatch.values import Board, CancelReason, RequestFilter, RequestSecrets, RequestWish
from linkbridge.interpreting.dispatch.waves import Waves
from linkbridge.interpreting.models import Assignment, Interpreter, InterpreterRequest
from linkbridge.interpreting.ports import News
from linkbridge.interpreting.reads import RequestRead, read_request
from linkbridge.interpreting.values import OCCUPYING, AssignmentState, Outcome, RequestState
from linkbridge.kernel.errors import Conflict, InvalidInput, NotFound

EVERYTHING = RequestFilter()


class Requests:
    """The requests of all organisations."""

    def __init__(self, tools: Tools, waves: Waves, bookings: Bookings) -> None:
        self._tools = tools
        self._waves = waves
        self._bookings = bookings

    def create(self, session: Session, wish: RequestWish, *, by: Actor) -> RequestRead:
        """Check a wish, write it down encrypted where it must be, and ask the first interpreters.

        Raises:
            NotAllowed: the actor may not ask for interpreters.
            InvalidForm: fields cannot be used.
        """
        require(by, Permission.REQUEST_INTERPRETER)
        site = self._open_site(session, wish.site_id, by)
        now = self._tools.clock.now()
        checked = check_wish(wish, now, time_zone=site.time_zone, official_language=site.official_language)
        row = self._row(checked, site, by)
        session.add(row)
        session.flush()
        self._tools.record(
            session,
            by,
            "request.created",
            row,
            source=row.source,
            domain=row.domain,
            modality=row.modality,
            on_demand=row.is_on_demand,
            interpreters=row.interpreters,
        )
        self._waves.advance(session, row, by=by)
        return read_request(row)

    def _open_site(self, session: Session, site_id: str, by: Actor) -> SiteRead:
        """Return a site for which the actor may ask.

        Raises:
            InvalidInput: there is none, or it is closed.
        """
        try:
            site = self._tools.places.site(session, site_id, by=by)
        except NotFound:
            site = None
        if site is None or site.closed_at is not None or not _works_at(by, site):
            raise InvalidInput("choose one of your open sites", field="site_id", problem="choice")
        return site

    def _row(self, checked: CheckedWish, site: SiteRead, by: Actor) -> InterpreterRequest:
        wish = checked.wish
        encrypt = self._tools.cipher.encrypt
        avoid = " ".join(checked.avoid)
        return InterpreterRequest(
            organisation_id=site.organisation_id,
            site_id=site.id,
            encounter_id=wish.encounter_id,
            source=wish.source,
            person_language=checked.person_language,
            official_language=checked.official_language,
            domain=wish.domain,
            modality=wish.modality,
            is_on_demand=checked.is_on_demand,
            starts_at=checked.span.start,
            ends_at=checked.span.end,
            time_zone=checked.time_zone,
            gender_preference=wish.gender_preference or None,
            credential=wish.credential or None,
            interpreters=wish.interpreters,
            confidentiality=wish.confidentiality,
            avoid_encrypted=encrypt(avoid) if avoid else None,
            note_encrypted=encrypt(checked.note) if checked.note else None,
            place_encrypted=encrypt(checked.place) if checked.place else None,
            state=RequestState.NEW,
            is_training=wish.is_training,
            created_by=by.reference,
            created_at=self._tools.clock.now(),
        )

    def get(self, session: Session, request_id: str, *, by: Actor) -> RequestRead:
        """Return a request of the actor's sites.

        Raises:
            NotFound: there is none that the actor may see.
        """
        return read_request(access.require_seen(by, session.get(InterpreterRequest, request_id)))

    def list(
        self,
        session: Session,
        *,
        by: Actor,
        only: RequestFilter = EVERYTHING,
        limit: int = 50,
        after: str | None = None,
    ) -> tuple[RequestRead, ...]:
        """Return requests, the newest first; ``after`` is the id of the last one already seen."""
        query = select(InterpreterRequest).where(access.requests_seen(by), *boards.conditions(only))
        if after is not None:
            last = session.get(InterpreterRequest, after)
            if last is None:
                raise InvalidInput("there is no such request", field="after", problem="choice")
            created = col(InterpreterRequest.created_at)
            same = and_(created == last.created_at, col(InterpreterRequest.id) < last.id)
            query = query.where(or_(created < last.created_at, same))
        order = (col(InterpreterRequest.created_at).desc(), col(InterpreterRequest.id).desc())
        return tuple(read_request(row) for row in session.exec(query.order_by(*order).limit(limit)))

    def board(self, session: Session, *, by: Actor, only: RequestFilter = EVERYTHING, per_state: int = 60) -> Board:
        """Return the board's cards in a constant number of queries."""
        return boards.board(session, by=by, only=only, per_state=per_state)

    def secrets(self, session: Session, request_id: str, *, by: Actor) -> RequestSecrets:
        """Return note and place: to the requesting side, and to who has an occupying assignment, or speaks for them.

        Raises:
            NotFound: there is no such request for the actor.
        """
        row = session.get(InterpreterRequest, request_id)
        if row is None or not (access.sees_request(by, row) or _has_seat(session, row, by)):
            raise NotFound("there is no such request")
        decrypt = self._tools.cipher.decrypt
        note = decrypt(row.note_encrypted) if row.note_encrypted else ""
        return RequestSecrets(note, decrypt(row.place_encrypted) if row.place_encrypted else "")

    def cancel(self, session: Session, request_id: str, *, by: Actor, reason: str = "not-needed") -> RequestRead:
        """Call a request off. ``reason`` is a ``CancelReason``. Cancelling twice changes nothing.

        Raises:
            NotFound: there is no such request for the actor.
            Conflict: it is over.
            InvalidInput: the reason is none.
        """
        row = access.require_seen(by, rows.lock(session, request_id))
        if reason not in {known.value for known in CancelReason}:
            raise InvalidInput("choose one of the list", field="reason", problem="choice")
        if row.state == RequestState.CANCELLED:
            return read_request(row)
        self._bookings.step(row, RequestState.CANCELLED)
        now = self._tools.clock.now()
        hours = self._tools.policies.of(session, row.organisation_id).late_hours
        row.version += 1
        row.closed_at, row.wave_ends_at = now, None
        session.add(row)
        session.flush()
        self._bookings.withdraw_open(session, row, by=by)
        given = rows.occupying(session, row.id)
        is_late = now >= row.starts_at - timedelta(hours=hours)
        for assignment in given:
            if is_late and assignment.state != AssignmentState.HELD:
                assignment.outcome, assignment.outcome_by, assignment.outcome_at = (
                    Outcome.CANCELLED_LATE,
                    by.reference,
                    now,
                )
            self._bookings.change(session, assignment, AssignmentState.CANCELLED)
            self._tools.tell_assigned(session, News.CANCELLED, assignment, row.version)
        late = is_late and bool(given)
        self._tools.record(session, by, "request.cancelled", row, reason=reason, late=late, version=row.version)
        return read_request(row)

    def stop_search(self, session: Session, request_id: str, *, by: Actor, reason: str) -> RequestRead:
        """Call a request off while nobody is booked for it, also one that is unfilled; any other stays as it is.

        Raises:
            NotFound: there is no such request for the actor.
            InvalidInput: the reason is none.
        """
        row = access.require_seen(by, rows.lock(session, request_id))
        if row.state not in (RequestState.NEW, RequestState.OFFERED, RequestState.UNFILLED):
            return read_request(row)
        return self.cancel(session, request_id, by=by, reason=reason)

    def search_again(self, session: Session, request_id: str, *, by: Actor) -> RequestRead:
        """Begin the search for an unfilled request anew; who did not answer may be asked again.

        Raises:
            NotFound: there is no such request for the actor.
            Conflict: it is not unfilled, or its start has passed.
        """
        row = access.require_seen(by, rows.lock(session, request_id))
        if row.state != RequestState.UNFILLED:
            raise Conflict("only an unfilled request can be searched for again", state=row.state)
        if not row.is_on_demand and row.starts_at <= self._tools.clock.now():
            raise Conflict("its start has passed", reason="start-passed")
        self._tools.record(session, by, "request.searched-again", row, wave=row.wave)
        self._waves.begin(session, row, by=by)
        return read_request(row)


def _works_at(by: Actor, site: SiteRead) -> bool:
    return allows(by, Permission.REQUEST_INTERPRETER, organisation_id=site.organisation_id, site_id=site.id)


def _has_seat(session: Session, row: InterpreterRequest, by: Actor) -> bool:
    """Whether the actor is an interpreter who is to come, or a broker of one's organisation."""
    query = (
        select(Interpreter)
        .join(Assignment, col(Assignment.interpreter_id) == Interpreter.id)
        .where(Assignment.request_id == row.id, col(Assignment.state).in_(OCCUPYING))
    )
    return any(access.speaks_for(by, each) for each in session.exec(query))
