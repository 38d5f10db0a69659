"""Sessions: links, who may enter when, what browsers say to find each other, and attendance."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, delete, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import system_actor
from linkbridge.interpreting.calls.links import CallLinks
from linkbridge.interpreting.calls.presence import close_lost, is_present, note_seen, open_rows, present_rows
from linkbridge.interpreting.calls.relays import ice_configuration
from linkbridge.interpreting.calls.values import (
    EARLY,
    LATE,
    CallLink,
    CallRead,
    CallSetup,
    Gate,
    MeetingKind,
    Peer,
    choose_meeting,
    gate_of,
)
from linkbridge.interpreting.dispatch import rows
from linkbridge.interpreting.dispatch.assignments import Assignments
from linkbridge.interpreting.models import Assignment, Attendance, CallSignal, InterpreterRequest
from linkbridge.interpreting.values import AssignmentState, Modality, Party, RequestState
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.errors import Conflict, NotFound

CALL = system_actor("call")
STALE = timedelta(minutes=2)
"""What nobody fetched for so long is deleted."""
MOST_WAITING = 200
"""Messages that may wait for one peer."""


class Calls:
    """The sessions of all requests."""

    def __init__(
        self,
        *,
        clock: Clock,
        audit: AuditLog,
        cipher: FieldCipher,
        links: CallLinks,
        setup: CallSetup,
        assignments: Assignments,
    ) -> None:
        self._clock = clock
        self._audit = audit
        self._cipher = cipher
        self._links = links
        self._setup = setup
        self._assignments = assignments

    def join_path(self, session: Session, request_id: str, *, party: Party, assignment_id: str | None = None) -> str:
        """Return the path of the page on which one side enters a session. The caller decides who is given it.

        Raises:
            NotFound: there is no such request, or the assignment is not one of it.
        """
        link = CallLink(request_id, party, assignment_id)
        self._rows(session, link)
        return f"/call/{self._links.token(link)}"

    def read(self, session: Session, token: str) -> CallRead:
        """Return the session that a link leads to, as its side sees it now.

        Raises:
            NotFound: this is no link of ours.
        """
        link = self._links.read(token)
        row, assignment = self._rows(session, link)
        place = self._cipher.decrypt(row.place_encrypted) if row.place_encrypted else ""
        kind = choose_meeting(Modality(row.modality), place, self._setup)
        opens_at = row.created_at if row.is_on_demand else row.starts_at - EARLY
        closes_at = row.ends_at + LATE
        state = AssignmentState(assignment.state) if assignment else None
        now = self._clock.now()
        gate = gate_of(RequestState(row.state), state, opens_at=opens_at, closes_at=closes_at, now=now)
        is_open = gate is Gate.OPEN
        shows_place = gate in (Gate.OPEN, Gate.EARLY) and kind in (MeetingKind.PHONE, MeetingKind.ADDRESS)
        room = f"{self._setup.jitsi_url.rstrip('/')}/{self._links.room(row.id)}"
        return CallRead(
            link=link,
            kind=kind,
            gate=gate,
            modality=Modality(row.modality),
            person_language=row.person_language,
            official_language=row.official_language,
            opens_at=opens_at,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            closes_at=closes_at,
            time_zone=row.time_zone,
            place=place if shows_place else "",
            room=room if is_open and kind is MeetingKind.JITSI else "",
        )

    @staticmethod
    def _rows(session: Session, link: CallLink) -> tuple[InterpreterRequest, Assignment | None]:
        row = session.get(InterpreterRequest, link.request_id)
        assignment = session.get(Assignment, link.assignment_id) if link.assignment_id else None
        is_interpreter = link.party is Party.INTERPRETER
        fits = assignment is not None and assignment.request_id == link.request_id
        if row is None or (is_interpreter and not fits) or (not is_interpreter and link.assignment_id is not None):
            raise NotFound("there is no such session")
        return row, assignment

    def ice(self, call: CallRead) -> dict[str, Any]:
        """Return what the browser is told to connect with."""
        return ice_configuration(self._setup, until=call.closes_at, nonce=secrets.token_urlsafe(9))

    def join(self, session: Session, token: str) -> Peer:
        """Note that a side came; whoever was there with the same link is replaced.

        The session starts when the interpreter and another side are present.

        Raises:
            NotFound: this is no link of ours.
            Conflict: it cannot be entered now, or is not held in the browser; ``reason`` says which.
        """
        call = self.read(session, token)
        if call.gate is not Gate.OPEN or call.kind is not MeetingKind.BROWSER:
            raise Conflict("this session cannot be entered now", reason=call.gate.value)
        link, now = call.link, self._clock.now()
        rows.lock(session, link.request_id)
        lost = close_lost(session, now)
        for other in open_rows(session, link.request_id):
            if (other.party, other.assignment_id) == (link.party, link.assignment_id):
                other.left_at = now
                session.add(other)
        row = Attendance(
            request_id=link.request_id,
            assignment_id=link.assignment_id,
            party=link.party.value,
            joined_at=now,
            seen_at=now,
        )
        session.add(row)
        session.flush()
        self._record_lost(session, lost)
        self._record(session, "session.joined", link)
        parties = {other.party for other in present_rows(session, link.request_id, now)}
        request = session.get_one(InterpreterRequest, link.request_id)
        if Party.INTERPRETER in parties and len(parties) > 1 and request.state == RequestState.BOOKED:
            self._assignments.mark_started(session, link.request_id, by=CALL)
        return Peer(row.id, link.party)

    def touch(self, session: Session, peer_id: str) -> None:
        """Note that a side is still there, and close the attendance of whoever is lost, in whatever session."""
        now = self._clock.now()
        note_seen(session, peer_id, now)
        self._record_lost(session, close_lost(session, now))

    def peers(self, session: Session, link: CallLink, peer_id: str) -> tuple[Peer, ...] | None:
        """Return who else is there, or ``None`` when ``peer_id`` was replaced, was lost or has left."""
        now, found = self._clock.now(), open_rows(session, link.request_id)
        if all(row.id != peer_id for row in found):
            return None
        return tuple(Peer(row.id, Party(row.party)) for row in found if row.id != peer_id and is_present(row, now))

    def is_taken(self, session: Session, link: CallLink) -> bool:
        """Whether somebody is in the session with this link."""
        found = present_rows(session, link.request_id, self._clock.now())
        return any((row.party, row.assignment_id) == (link.party, link.assignment_id) for row in found)

    def say(self, session: Session, link: CallLink, sender: str, recipient: str, body: str) -> bool:
        """Keep a message until the recipient's process fetches it; return whether the recipient is there."""
        now = self._clock.now()
        if not {sender, recipient} <= {row.id for row in present_rows(session, link.request_id, now)}:
            return False
        session.exec(delete(CallSignal).where(col(CallSignal.created_at) < now - STALE))
        waiting = session.exec(select(CallSignal.sequence).where(CallSignal.recipient == recipient)).all()
        if len(waiting) >= MOST_WAITING:
            return False
        encrypted = self._cipher.encrypt(body)
        session.add(
            CallSignal(
                request_id=link.request_id,
                sender=sender,
                recipient=recipient,
                body_encrypted=encrypted,
                created_at=now,
            )
        )
        return True

    @staticmethod
    def has_waiting(session: Session, link: CallLink, peer_id: str) -> bool:
        """Whether messages wait for a peer: asked often, it writes nothing."""
        query = select(CallSignal.sequence).where(
            CallSignal.request_id == link.request_id, CallSignal.recipient == peer_id
        )
        return session.exec(query.limit(1)).first() is not None

    def fetch(self, session: Session, link: CallLink, peer_id: str) -> tuple[tuple[str, str], ...]:
        """Return and delete the messages for a peer, in order: sender and body."""
        query = select(CallSignal).where(CallSignal.request_id == link.request_id, CallSignal.recipient == peer_id)
        found = session.exec(query.order_by(col(CallSignal.sequence))).all()
        for row in found:
            session.delete(row)
        return tuple((row.sender, self._cipher.decrypt(row.body_encrypted)) for row in found)

    def leave(self, session: Session, link: CallLink, peer_id: str, *, on_purpose: bool) -> None:
        """Note that a peer left. When the last one leaves on purpose, the session is over; a lost line ends nothing."""
        rows.lock(session, link.request_id)
        row = session.get(Attendance, peer_id, populate_existing=True)
        if row is None or row.left_at is not None:
            return
        row.left_at = now = self._clock.now()
        session.add(row)
        session.flush()
        session.exec(delete(CallSignal).where(col(CallSignal.recipient) == peer_id))
        self._record(session, "session.left", link)
        request = session.get_one(InterpreterRequest, link.request_id)
        is_alone = not present_rows(session, link.request_id, now)
        if on_purpose and request.state == RequestState.IN_SESSION and is_alone:
            session.exec(delete(CallSignal).where(col(CallSignal.request_id) == link.request_id))
            self._assignments.mark_ended(session, link.request_id, by=CALL)

    def _record(self, session: Session, action: str, link: CallLink) -> None:
        details = {"party": link.party.value, "assignment": link.assignment_id}
        self._audit.record(session, actor=CALL.reference, action=action, subject=link.request_id, details=details)

    def _record_lost(self, session: Session, lost: Sequence[Attendance]) -> None:
        for row in lost:
            session.exec(delete(CallSignal).where(col(CallSignal.recipient) == row.id))
            self._record(session, "session.lost", CallLink(row.request_id, Party(row.party), row.assignment_id))
