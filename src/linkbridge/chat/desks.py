"""Which organisations answer chats, how soon, and for which site they ask for interpreters."""

from dataclasses import dataclass

from sqlmodel import Session

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.directory import Directory
from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.chat.models import ChatDesk
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.errors import InvalidInput, NotFound

SOONEST, LATEST = 1, 24 * 60
"""Minutes within which an organisation may promise an answer."""


@dataclass(frozen=True, slots=True)
class DeskRead:
    """How an organisation answers chats."""

    organisation_id: str
    site_id: str
    answer_minutes: int
    is_open: bool


class Desks:
    """The desks of all organisations. Each organisation's coordinators and administrators set their own."""

    def __init__(self, *, clock: Clock, audit: AuditLog, places: Directory) -> None:
        self._clock = clock
        self._audit = audit
        self._places = places

    def get(self, session: Session, *, by: Actor) -> DeskRead | None:
        """Return the desk of the actor's organisation, or ``None`` when it never had one."""
        row = session.get(ChatDesk, by.organisation_id) if by.organisation_id else None
        return None if row is None else _read(row)

    def set(self, session: Session, *, site_id: str, answer_minutes: int, is_open: bool, by: Actor) -> DeskRead:
        """Let the actor's organisation answer chats, or stop.

        Raises:
            NotAllowed: the actor is no coordinator or administrator.
            InvalidInput: the site is none of the organisation's open ones, or the minutes are out of range.
        """
        require(by, Permission.BROKER_INTERPRETERS, organisation_id=by.organisation_id)
        if not SOONEST <= answer_minutes <= LATEST:
            raise InvalidInput(f"from {SOONEST} to {LATEST} minutes", field="answer_minutes", problem="range")
        try:
            site = self._places.site(session, site_id, by=by)
        except NotFound:
            site = None
        if site is None or site.closed_at is not None or by.organisation_id is None:
            raise InvalidInput("choose one of your open sites", field="site_id", problem="choice")
        row = session.get(ChatDesk, by.organisation_id)
        now = self._clock.now()
        if row is None:
            row = ChatDesk(organisation_id=by.organisation_id, site_id=site.id, changed_at=now, changed_by=by.reference)
        row.site_id, row.answer_minutes, row.is_open = site.id, answer_minutes, is_open
        row.changed_at, row.changed_by = now, by.reference
        session.add(row)
        session.flush()
        self._audit.record(
            session,
            actor=by.reference,
            action="chat-desk.changed",
            subject=by.organisation_id,
            details={"site": site.id, "minutes": answer_minutes, "open": is_open},
        )
        return _read(row)


def _read(row: ChatDesk) -> DeskRead:
    return DeskRead(row.organisation_id, row.site_id, row.answer_minutes, row.is_open)
