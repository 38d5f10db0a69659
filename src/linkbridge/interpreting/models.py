"""Tables of interpreting: interpreters, their hours, requests, offers, assignments and sessions.

That nobody is booked twice is a promise of the database, kept by what migration 0008 writes by hand: an exclusion
constraint on PostgreSQL, triggers on SQLite.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from linkbridge.kernel.tables import ID_LENGTH, id_field, json_column

_TAKEN = "state IN ('held', 'booked', 'in-session')"


def _interpreter_field(*, unique: bool = False) -> str:
    field: str = Field(foreign_key="interpreter.id", max_length=ID_LENGTH, index=not unique, unique=unique)
    return field


def _index_while(condition: str, name: str, *columns: str, unique: bool = False) -> sa.Index:
    """Return an index of the rows for which the condition holds; unique, no two of them agree in these columns."""
    where = sa.text(condition)
    return sa.Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


class Interpreter(SQLModel, table=True):
    """An interpreter of a partner organisation. Whoever signs in has a row of staff as well.

    ``language`` is the one in which notifications are written; ``cost_per_hour`` is in US cents, 0 for volunteers.
    Of one who was erased, organisation and cost alone are left, for the reports.
    """

    id: str = id_field()
    organisation_id: str = Field(foreign_key="organisation.id", max_length=ID_LENGTH, index=True)
    staff_id: str | None = Field(default=None, foreign_key="staff.id", max_length=ID_LENGTH, unique=True)
    name_encrypted: str
    gender: str | None = Field(default=None, max_length=16)
    country: str = Field(max_length=2)
    time_zone: str = Field(max_length=64)
    language: str = Field(max_length=16)
    domains: list[str] = Field(default_factory=list, sa_column=json_column())
    modalities: list[str] = Field(default_factory=list, sa_column=json_column())
    cost_per_hour: int = 0
    is_demo: bool = False
    created_at: datetime
    changed_at: datetime
    deactivated_at: datetime | None = None
    erased_at: datetime | None = None


class InterpreterLanguage(SQLModel, table=True):
    """Between which languages an interpreter works. ``both_ways``: also from the second into the first."""

    __tablename__ = "interpreter_language"
    __table_args__ = (sa.UniqueConstraint("interpreter_id", "source_tag", "target_tag"),)

    id: str = id_field()
    interpreter_id: str = _interpreter_field()
    source_tag: str = Field(max_length=16, index=True)
    target_tag: str = Field(max_length=16, index=True)
    level: str = Field(max_length=16)
    both_ways: bool = True


class InterpreterCredential(SQLModel, table=True):
    """What an interpreter can prove, until which day; none means without end."""

    __tablename__ = "interpreter_credential"
    __table_args__ = (sa.UniqueConstraint("interpreter_id", "code"),)

    id: str = id_field()
    interpreter_id: str = _interpreter_field()
    code: str = Field(max_length=40)
    expires_on: date | None = None


class InterpreterContact(SQLModel, table=True):
    """How an interpreter is reached; the lowest ``position`` is preferred. Push has its addresses elsewhere."""

    __tablename__ = "interpreter_contact"

    id: str = id_field()
    interpreter_id: str = _interpreter_field()
    position: int
    kind: str = Field(max_length=16)
    address_encrypted: str | None = None


class InterpreterBlock(SQLModel, table=True):
    """A conflict, or an entry of a do-not-send list; see ``BlockKind``."""

    __tablename__ = "interpreter_block"
    __table_args__ = (sa.UniqueConstraint("interpreter_id", "kind", "code"),)

    id: str = id_field()
    interpreter_id: str = _interpreter_field()
    kind: str = Field(max_length=16)
    code: str = Field(max_length=80)
    created_by: str = Field(max_length=64)
    created_at: datetime


class AvailabilityRule(SQLModel, table=True):
    """Hours that recur: an RRULE (RFC 5545) in the interpreter's own zone.

    ``starts_on`` and ``start_minute`` (minutes after local midnight) are the first occurrence; each lasts ``minutes``.
    """

    __tablename__ = "availability_rule"

    id: str = id_field()
    interpreter_id: str = _interpreter_field()
    rrule: str = Field(max_length=200)
    starts_on: date
    start_minute: int
    minutes: int
    on_call: bool = False


class AvailabilityException(SQLModel, table=True):
    """A time at which the rules do not hold: free although no rule says so, or away although one does."""

    __tablename__ = "availability_exception"

    id: str = id_field()
    interpreter_id: str = _interpreter_field()
    starts_at: datetime
    ends_at: datetime
    is_available: bool = False
    on_call: bool = False


class BusyCalendar(SQLModel, table=True):
    """A calendar of the interpreter's, elsewhere or uploaded, of which only the busy times are kept."""

    __tablename__ = "busy_calendar"

    id: str = id_field()
    interpreter_id: str = _interpreter_field()
    url_encrypted: str | None = None
    read_at: datetime | None = None
    due_at: datetime | None = Field(default=None, index=True)
    etag: str | None = Field(default=None, max_length=200)
    error_code: str | None = Field(default=None, max_length=64)
    created_at: datetime


class BusyTime(SQLModel, table=True):
    """A time that a calendar says is taken. Its title is never read."""

    __tablename__ = "busy_time"

    id: str = id_field()
    calendar_id: str = Field(foreign_key="busy_calendar.id", max_length=ID_LENGTH, index=True)
    interpreter_id: str = _interpreter_field()
    starts_at: datetime
    ends_at: datetime


class CalendarFeed(SQLModel, table=True):
    """The private address of an interpreter's own calendar. Only the digest of its secret is kept."""

    __tablename__ = "calendar_feed"

    id: str = id_field()
    interpreter_id: str = _interpreter_field(unique=True)
    secret_digest: str = Field(max_length=64, unique=True)
    created_at: datetime


class DispatchPolicy(SQLModel, table=True):
    """How an organisation's requests are dispatched; see ``interpreting.matching.policy`` for what each means."""

    __tablename__ = "dispatch_policy"

    organisation_id: str = Field(foreign_key="organisation.id", primary_key=True, max_length=ID_LENGTH)
    values: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    partner_ids: list[str] = Field(default_factory=list, sa_column=json_column())
    changed_by: str = Field(max_length=64)
    changed_at: datetime


class InterpreterRequest(SQLModel, table=True):
    """What is needed, when. ``avoid`` and ``note`` are encrypted; so is ``place``, a number or address to go to.

    ``encounter_id`` links to the encounter in which a tablet asked. ``version`` rises with every change that calendars
    must hear of. ``wave_ends_at`` is when the offers that are out expire. ``search_wave`` is the wave with
    which the present search began: whom an earlier one asked in vain may be asked again.
    """

    __tablename__ = "interpreter_request"

    id: str = id_field()
    organisation_id: str = Field(foreign_key="organisation.id", max_length=ID_LENGTH, index=True)
    site_id: str = Field(foreign_key="site.id", max_length=ID_LENGTH, index=True)
    encounter_id: str | None = Field(default=None, max_length=ID_LENGTH, index=True)
    source: str = Field(max_length=16)
    person_language: str = Field(max_length=16)
    official_language: str = Field(max_length=16)
    relay_language: str | None = Field(default=None, max_length=16)
    domain: str = Field(max_length=24)
    modality: str = Field(max_length=16)
    is_on_demand: bool
    starts_at: datetime = Field(index=True)
    ends_at: datetime
    time_zone: str = Field(max_length=64)
    gender_preference: str | None = Field(default=None, max_length=16)
    credential: str | None = Field(default=None, max_length=40)
    interpreters: int = 1
    confidentiality: str = Field(default="standard", max_length=16)
    avoid_encrypted: str | None = None
    note_encrypted: str | None = None
    place_encrypted: str | None = None
    state: str = Field(max_length=16, index=True)
    wave: int = 0
    search_wave: int = 1
    wave_ends_at: datetime | None = None
    unfilled_reason: str | None = Field(default=None, max_length=40)
    version: int = 0
    is_training: bool = False
    created_by: str = Field(max_length=64)
    created_at: datetime = Field(index=True)
    first_offer_at: datetime | None = None
    filled_at: datetime | None = None
    closed_at: datetime | None = None


class Offer(SQLModel, table=True):
    """A request put to one interpreter, for one seat of it."""

    __tablename__ = "interpreter_offer"
    __table_args__ = (
        sa.Index("ix_interpreter_offer_interpreter_state", "interpreter_id", "state"),
        _index_while("state = 'open'", "uq_interpreter_offer_open", "request_id", "interpreter_id", unique=True),
    )

    id: str = id_field()
    request_id: str = Field(foreign_key="interpreter_request.id", max_length=ID_LENGTH, index=True)
    interpreter_id: str = Field(foreign_key="interpreter.id", max_length=ID_LENGTH)
    seat: int
    source_tag: str = Field(max_length=16)
    target_tag: str = Field(max_length=16)
    wave: int
    state: str = Field(max_length=16, index=True)
    sent_at: datetime
    expires_at: datetime
    answered_at: datetime | None = None
    answered_by: str | None = Field(default=None, max_length=64)


class Assignment(SQLModel, table=True):
    """An accepted offer. ``starts_at`` and ``ends_at`` are the request's: the constraint against doubles reads them."""

    __tablename__ = "interpreter_assignment"
    __table_args__ = (
        sa.Index("ix_interpreter_assignment_interpreter_starts", "interpreter_id", "starts_at"),
        _index_while(_TAKEN, "uq_interpreter_assignment_seat", "request_id", "seat", unique=True),
    )

    id: str = id_field()
    request_id: str = Field(foreign_key="interpreter_request.id", max_length=ID_LENGTH, index=True)
    interpreter_id: str = Field(foreign_key="interpreter.id", max_length=ID_LENGTH)
    offer_id: str | None = Field(default=None, foreign_key="interpreter_offer.id", max_length=ID_LENGTH, unique=True)
    seat: int
    source_tag: str = Field(max_length=16)
    target_tag: str = Field(max_length=16)
    state: str = Field(max_length=16, index=True)
    starts_at: datetime
    ends_at: datetime
    accepted_at: datetime
    accepted_by: str = Field(max_length=64)
    closed_at: datetime | None = None
    outcome: str | None = Field(default=None, max_length=16)
    no_show_by: str | None = Field(default=None, max_length=16)
    outcome_by: str | None = Field(default=None, max_length=64)
    outcome_at: datetime | None = None
    rating_by_official: int | None = None
    rating_by_interpreter: int | None = None


class Attendance(SQLModel, table=True):
    """That a party was in a session, from when to when. ``assignment_id`` says which interpreter.

    ``seen_at`` is when its process last saw it; see ``interpreting.calls.presence``.
    """

    __tablename__ = "session_attendance"
    __table_args__ = (_index_while("left_at IS NULL", "ix_session_attendance_open", "seen_at"),)

    id: str = id_field()
    request_id: str = Field(foreign_key="interpreter_request.id", max_length=ID_LENGTH, index=True)
    assignment_id: str | None = Field(default=None, max_length=ID_LENGTH)
    party: str = Field(max_length=16)
    joined_at: datetime
    seen_at: datetime
    left_at: datetime | None = None


class CallSignal(SQLModel, table=True):
    """What one browser of a call says to another to find it. Kept for the length of the call at most."""

    __tablename__ = "call_signal"

    sequence: int | None = Field(
        default=None,
        sa_column=sa.Column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    )
    request_id: str = Field(foreign_key="interpreter_request.id", max_length=ID_LENGTH, index=True)
    sender: str = Field(max_length=40)
    recipient: str = Field(default="", max_length=40)
    body_encrypted: str
    created_at: datetime = Field(index=True)
