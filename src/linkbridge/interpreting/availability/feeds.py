"""The private calendar of an interpreter: who has its address can follow the assignments, and learns nothing else."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import Session, col, delete, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import Actor
from linkbridge.interpreting.availability.access import find_interpreter, zone_of
from linkbridge.interpreting.calendar_files import Event, Method, event_uid, feed_file
from linkbridge.interpreting.models import Assignment, CalendarFeed, Interpreter, InterpreterRequest
from linkbridge.interpreting.values import OCCUPYING, AssignmentState, Domain, Modality
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import new_token, token_digest
from linkbridge.kernel.errors import NotFound

KEPT_FOR = timedelta(days=30)
"""How long an assignment stays in the feed after its end."""
_MOST_EVENTS = 1_000
_SHOWN = (*OCCUPYING, AssignmentState.ENDED)
_DOMAINS = {
    Domain.ASYLUM_INTERVIEW: "asylum interview",
    Domain.DETENTION: "detention",
    Domain.MEDICAL: "medical",
    Domain.HEARING: "hearing",
    Domain.SCREENING: "screening",
    Domain.CHILD_PROTECTION: "child protection",
}
_MODALITIES = {Modality.PHONE: "phone", Modality.VIDEO: "video", Modality.ON_SITE: "on site"}


@dataclass(frozen=True, slots=True)
class FeedFile:
    """A feed as it is now. ``etag`` changes when its content does."""

    content: bytes = field(repr=False)
    etag: str


class CalendarFeeds:
    """The feeds of all interpreters. ``base_url`` is the address of this installation."""

    def __init__(self, *, clock: Clock, audit: AuditLog, base_url: str) -> None:
        self._clock = clock
        self._audit = audit
        self._base_url = base_url

    def exists(self, session: Session, interpreter_id: str, *, by: Actor) -> bool:
        """Whether the interpreter has a feed.

        Raises:
            NotFound: there is no such interpreter.
            NotAllowed: it is not for this actor.
        """
        row = find_interpreter(session, interpreter_id, by)
        return session.exec(select(CalendarFeed.id).where(CalendarFeed.interpreter_id == row.id)).first() is not None

    def make(self, session: Session, interpreter_id: str, *, by: Actor) -> str:
        """Return the address of a new feed, which is kept nowhere; an earlier address stops working.

        Raises:
            NotFound: there is no such interpreter.
            NotAllowed: it is not for this actor.
        """
        row = find_interpreter(session, interpreter_id, by)
        session.exec(delete(CalendarFeed).where(col(CalendarFeed.interpreter_id) == row.id))
        secret, digest = new_token()
        session.add(CalendarFeed(interpreter_id=row.id, secret_digest=digest, created_at=self._clock.now()))
        session.flush()
        self._audit.record(session, actor=by.reference, action="calendar-feed.made", subject=row.id)
        return f"{self._base_url}/calendar/{secret}.ics"

    def revoke(self, session: Session, interpreter_id: str, *, by: Actor) -> None:
        """Let the address stop working.

        Raises:
            NotFound: there is no such interpreter, or it has no feed.
            NotAllowed: it is not for this actor.
        """
        row = find_interpreter(session, interpreter_id, by)
        if not self.exists(session, row.id, by=by):
            raise NotFound("there is no such calendar")
        session.exec(delete(CalendarFeed).where(col(CalendarFeed.interpreter_id) == row.id))
        session.flush()
        self._audit.record(session, actor=by.reference, action="calendar-feed.revoked", subject=row.id)

    def read(self, session: Session, secret: str) -> FeedFile:
        """Return the feed behind a secret, in two queries.

        Raises:
            NotFound: there is none.
        """
        found = session.exec(
            select(Interpreter)
            .join(CalendarFeed, col(CalendarFeed.interpreter_id) == col(Interpreter.id))
            .where(CalendarFeed.secret_digest == token_digest(secret))
        ).first()
        if found is None or found.deactivated_at is not None:
            raise NotFound("there is no such calendar")
        query = (
            select(Assignment, InterpreterRequest)
            .join(InterpreterRequest, col(InterpreterRequest.id) == col(Assignment.request_id))
            .where(
                Assignment.interpreter_id == found.id,
                col(Assignment.state).in_([state.value for state in _SHOWN]),
                Assignment.ends_at > self._clock.now() - KEPT_FOR,
            )
            .order_by(col(Assignment.starts_at), col(Assignment.id))
            .limit(_MOST_EVENTS)
        )
        content = feed_file(list(_events(session.exec(query).all(), zone_of(found).key)))
        return FeedFile(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def _events(rows: Iterable[tuple[Assignment, InterpreterRequest]], zone: str) -> Iterable[Event]:
    for assignment, request in rows:
        domain, modality = _DOMAINS[Domain(request.domain)], _MODALITIES[Modality(request.modality)]
        yield Event(
            uid=event_uid(assignment.id),
            sequence=request.version,
            method=Method.REQUEST,
            start=assignment.starts_at,
            end=assignment.ends_at,
            zone=zone,
            summary=f"{assignment.source_tag} - {assignment.target_tag}: {domain}, {modality}",
            description="",
            url="",
            organizer="",
            attendee="",
            changed_at=assignment.accepted_at,
        )
