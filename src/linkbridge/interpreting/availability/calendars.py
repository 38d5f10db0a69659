"""Interpreters' calendars elsewhere: named by address or uploaded, read regularly, of which the busy times are kept."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlmodel import Session, col, delete, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import Actor
from linkbridge.interpreting.availability.access import find_interpreter, zone_of
from linkbridge.interpreting.availability.busy_files import read_busy_times
from linkbridge.interpreting.availability.fetching import Fetched, Fetcher, check_address
from linkbridge.interpreting.availability.scanning import unusable
from linkbridge.interpreting.models import BusyCalendar, BusyTime, Interpreter
from linkbridge.interpreting.values import TimeSpan
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.errors import InvalidInput, NotFound
from linkbridge.kernel.jobs import JobQueue

CALENDARS_JOB = "interpreting.calendars"
"""Finds the calendars that are due."""
CALENDAR_JOB = "interpreting.calendar"
"""Reads one of them."""
EVERY = timedelta(minutes=55)
"""How long after a reading the next is due; the regular job looks every hour."""
BACK, AHEAD = timedelta(days=1), timedelta(days=400)
MOST_CALENDARS = 5
_MOST_DUE = 2_000
_log = structlog.get_logger("linkbridge.interpreting")


@dataclass(frozen=True, slots=True)
class CalendarRead:
    """A calendar. ``error`` says why the last reading failed; the busy times of the one before are kept."""

    id: str
    address: str
    read_at: datetime | None
    error: str

    @property
    def shown(self) -> str:
        """The server's name alone: such an address is itself a secret. Empty for a file."""
        return self.address.partition("://")[2].partition("/")[0]


class Calendars:
    """The calendars of all interpreters."""

    def __init__(
        self,
        *,
        clock: Clock,
        sessions: SessionFactory,
        audit: AuditLog,
        cipher: FieldCipher,
        jobs: JobQueue,
        fetcher: Fetcher,
    ) -> None:
        self._clock = clock
        self._sessions = sessions
        self._audit = audit
        self._cipher = cipher
        self._jobs = jobs
        self._fetcher = fetcher

    def list(self, session: Session, interpreter_id: str, *, by: Actor) -> tuple[CalendarRead, ...]:
        """Return an interpreter's calendars in the order in which they were added.

        Raises:
            NotFound: there is no such interpreter.
            NotAllowed: it is not for this actor.
        """
        row = find_interpreter(session, interpreter_id, by)
        query = select(BusyCalendar).where(BusyCalendar.interpreter_id == row.id)
        rows = session.exec(query.order_by(col(BusyCalendar.created_at), col(BusyCalendar.id)))
        return tuple(CalendarRead(one.id, self._address(one), one.read_at, one.error_code or "") for one in rows)

    def add_address(self, session: Session, interpreter_id: str, address: str, *, by: Actor) -> str:
        """Follow the calendar at an address, which a job reads after the commit; return its id.

        Raises:
            NotFound: there is no such interpreter.
            NotAllowed: it is not for this actor.
            InvalidInput: the address cannot be used, or the interpreter has as many calendars as may be.
        """
        row = find_interpreter(session, interpreter_id, by)
        tidy = address.strip()
        if tidy.startswith("webcal://"):
            tidy = "https://" + tidy.removeprefix("webcal://")
        check_address(tidy)
        made = self._new(session, row, by, url_encrypted=self._cipher.encrypt(tidy), due_at=self._clock.now())
        self._jobs.enqueue(session, CALENDAR_JOB, made.id, made.id)
        return made.id

    def add_file(self, session: Session, interpreter_id: str, content: bytes, *, by: Actor) -> str:
        """Take the busy times out of a file, and return the id of the calendar. The file itself is not kept.

        Raises:
            NotFound: there is no such interpreter.
            NotAllowed: it is not for this actor.
            InvalidInput: the file cannot be used, or the interpreter has as many calendars as may be.
        """
        row = find_interpreter(session, interpreter_id, by)
        busy = read_busy_times(content, zone_of(row), self._window())
        made = self._new(session, row, by, read_at=self._clock.now())
        self._keep(session, made, busy)
        return made.id

    def remove(self, session: Session, interpreter_id: str, calendar_id: str, *, by: Actor) -> None:
        """Forget a calendar and its busy times.

        Raises:
            NotFound: there is no such interpreter or calendar.
            NotAllowed: it is not for this actor.
        """
        row = find_interpreter(session, interpreter_id, by)
        found = session.get(BusyCalendar, calendar_id)
        if found is None or found.interpreter_id != row.id:
            raise NotFound("there is no such calendar")
        session.exec(delete(BusyTime).where(col(BusyTime.calendar_id) == found.id))
        session.delete(found)
        session.flush()
        self._audit.record(session, actor=by.reference, action="busy-calendar.removed", subject=row.id)

    def look(self) -> int:
        """Ask for a job for each calendar that is due, and return how many there are."""
        now = self._clock.now()
        with self._sessions.transaction() as session:
            query = select(BusyCalendar.id).where(col(BusyCalendar.due_at) <= now)
            due = session.exec(query.order_by(col(BusyCalendar.due_at)).limit(_MOST_DUE)).all()
            for calendar_id in due:
                self._jobs.enqueue(session, CALENDAR_JOB, f"{calendar_id}:{now:%Y%m%dT%H}", calendar_id)
        return len(due)

    def run_look(self) -> None:
        """Do what the regular job does."""
        self.look()

    def read_calendar(self, calendar_id: str) -> None:
        """Read one calendar again. If that fails, its busy times stay as they were and the reason is kept.

        The network is asked between two transactions, never within one.
        """
        with self._sessions.reading() as session:
            found = session.get(BusyCalendar, calendar_id)
            owner = session.get(Interpreter, found.interpreter_id) if found else None
            if found is None or owner is None or found.url_encrypted is None:
                return
            address, zone = self._cipher.decrypt(found.url_encrypted), zone_of(owner)
            known = (found.etag or "").removeprefix(self._month())
            etag = known if found.etag and known != found.etag else ""
        error, busy, fetched = "", None, Fetched(None, "")
        try:
            fetched = self._fetcher.fetch(address, etag)
            if fetched.content is not None:
                busy = read_busy_times(fetched.content, zone, self._window())
        except InvalidInput as problem:
            error = str(problem.params.get("problem", "calendar-broken"))
            _log.info("calendar_unread", calendar=calendar_id, problem=error)
        with self._sessions.transaction() as session:
            row = session.get(BusyCalendar, calendar_id, with_for_update=True)
            if row is None:
                return
            row.due_at = self._clock.now() + EVERY
            row.error_code = error or None
            if not error:
                row.read_at = self._clock.now()
                row.etag = self._month() + fetched.etag if fetched.etag else None
            session.add(row)
            if busy is not None:
                self._keep(session, row, busy)

    def _keep(self, session: Session, calendar: BusyCalendar, busy: tuple[TimeSpan, ...]) -> None:
        session.exec(delete(BusyTime).where(col(BusyTime.calendar_id) == calendar.id))
        session.add_all(
            BusyTime(
                calendar_id=calendar.id, interpreter_id=calendar.interpreter_id, starts_at=one.start, ends_at=one.end
            )
            for one in busy
        )
        session.flush()

    def _new(
        self,
        session: Session,
        row: Interpreter,
        by: Actor,
        *,
        url_encrypted: str | None = None,
        read_at: datetime | None = None,
        due_at: datetime | None = None,
    ) -> BusyCalendar:
        count = len(session.exec(select(BusyCalendar.id).where(BusyCalendar.interpreter_id == row.id)).all())
        if count >= MOST_CALENDARS:
            raise unusable("many", f"at most {MOST_CALENDARS} calendars are followed")
        made = BusyCalendar(
            interpreter_id=row.id,
            url_encrypted=url_encrypted,
            read_at=read_at,
            due_at=due_at,
            created_at=self._clock.now(),
        )
        session.add(made)
        session.flush()
        kind = "address" if url_encrypted else "file"
        self._audit.record(
            session, actor=by.reference, action="busy-calendar.added", subject=row.id, details={"kind": kind}
        )
        return made

    def _address(self, row: BusyCalendar) -> str:
        return self._cipher.decrypt(row.url_encrypted) if row.url_encrypted else ""

    def _window(self) -> TimeSpan:
        now = self._clock.now().astimezone(UTC)
        return TimeSpan(now - BACK, now + AHEAD)

    def _month(self) -> str:
        """Return what is kept before an ETag: each month a calendar is read whole, so that its end moves on."""
        return f"{self._clock.now():%Y-%m} "
