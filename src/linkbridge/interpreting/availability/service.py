"""Interpreters' hours: shown as a week, changed, with an entry in the audit log for each change."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, delete, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import Actor
from linkbridge.accounts.text import Checks, InvalidForm
from linkbridge.interpreting.availability.access import find_interpreter, own_interpreter_id, zone_of
from linkbridge.interpreting.availability.hours import HourException, Rule
from linkbridge.interpreting.availability.loading import load_availability
from linkbridge.interpreting.availability.local_time import exists, to_utc
from linkbridge.interpreting.availability.week import WeekHours, split_rules, week_rules
from linkbridge.interpreting.availability.wishes import (
    MOST_EXCEPTIONS,
    AvailabilityWish,
    agree,
    check_exception,
    check_wish,
)
from linkbridge.interpreting.models import AvailabilityException, AvailabilityRule, Interpreter
from linkbridge.interpreting.values import TimeSpan
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.errors import InvalidInput, NotFound

PREVIEW = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ExceptionRead:
    """An exception as it is kept."""

    id: str
    exception: HourException


@dataclass(frozen=True, slots=True)
class WeekRead:
    """An interpreter's hours. ``free`` is what can be booked in the next seven days, ``shifts`` what is offered.

    ``other_rules`` are those that are no part of a plain week; exceptions that are over are left out.
    """

    interpreter_id: str
    organisation_id: str
    name: str
    time_zone: str
    week: WeekHours
    other_rules: tuple[Rule, ...]
    exceptions: tuple[ExceptionRead, ...]
    free: tuple[TimeSpan, ...]
    booked: tuple[TimeSpan, ...]


class AvailabilityService:
    """The hours of all interpreters."""

    def __init__(self, *, clock: Clock, audit: AuditLog, cipher: FieldCipher) -> None:
        self._clock = clock
        self._audit = audit
        self._cipher = cipher

    def own_id(self, session: Session, *, by: Actor) -> str:
        """Return the id of the interpreter who the actor is.

        Raises:
            NotFound: the actor is none.
        """
        return own_interpreter_id(session, by)

    def week(self, session: Session, interpreter_id: str, *, by: Actor) -> WeekRead:
        """Return an interpreter's hours and what can be booked in the next seven days.

        Raises:
            NotFound: there is no such interpreter.
            NotAllowed: it is not for this actor.
        """
        row = find_interpreter(session, interpreter_id, by)
        now = self._clock.now()
        window = TimeSpan(now, now + PREVIEW)
        hours = load_availability(session, [row.id], window)[row.id]
        week, others = split_rules(hours.rules, now.astimezone(hours.zone).date())
        return WeekRead(
            interpreter_id=row.id,
            organisation_id=row.organisation_id,
            name=self._cipher.decrypt(row.name_encrypted),
            time_zone=row.time_zone,
            week=week,
            other_rules=others,
            exceptions=self._exceptions(session, row.id, now),
            free=hours.free_spans(window),
            booked=tuple(sorted(hours.booked, key=lambda one: one.start)),
        )

    def replace(self, session: Session, interpreter_id: str, wish: AvailabilityWish, *, by: Actor) -> None:
        """Let these be all the rules and exceptions of an interpreter.

        Raises:
            NotFound: there is no such interpreter.
            NotAllowed: it is not for this actor.
            InvalidForm: a rule or an exception cannot be used, or two contradict each other.
        """
        row = find_interpreter(session, interpreter_id, by)
        check_wish(wish, zone_of(row), self._clock.now())
        for table in (AvailabilityRule, AvailabilityException):
            session.exec(delete(table).where(col(table.interpreter_id) == row.id))
        session.add_all(_rule_row(row.id, rule) for rule in wish.rules)
        session.add_all(_exception_row(row.id, one) for one in wish.exceptions)
        self._replaced(session, row, by, rules=len(wish.rules), exceptions=len(wish.exceptions))

    def replace_week(
        self, session: Session, interpreter_id: str, week: WeekHours, *, keep_others: bool = True, by: Actor
    ) -> None:
        """Let these be the hours of every week. Exceptions stay, and other rules if they are to be kept.

        Raises:
            NotFound: there is no such interpreter.
            NotAllowed: it is not for this actor.
            InvalidInput: the week contradicts another rule.
        """
        row = find_interpreter(session, interpreter_id, by)
        now = self._clock.now()
        today = now.astimezone(zone_of(row)).date()
        old = session.exec(select(AvailabilityRule).where(AvailabilityRule.interpreter_id == row.id)).all()
        others = split_rules((_read_rule(one) for one in old), today)[1] if keep_others else ()
        rules = (*others, *week_rules(week, today - timedelta(days=today.weekday())))
        try:
            check_wish(AvailabilityWish(rules), zone_of(row), now)
        except InvalidForm as error:
            # The week agrees with itself: what contradicts it is one of the other rules.
            raise InvalidInput(error.message, field="other_rules", problem="contradiction") from None
        session.exec(delete(AvailabilityRule).where(col(AvailabilityRule.interpreter_id) == row.id))
        session.add_all(_rule_row(row.id, rule) for rule in rules)
        self._replaced(session, row, by, rules=len(rules))

    def add_exception(
        self,
        session: Session,
        interpreter_id: str,
        start: datetime,
        end: datetime,
        *,
        is_available: bool,
        on_call: bool = False,
        by: Actor,
    ) -> str:
        """Add an exception from one local time of the interpreter's zone to another, and return its id.

        Raises:
            NotFound: there is no such interpreter.
            NotAllowed: it is not for this actor.
            InvalidForm: it is over, clocks never show a time of it, or it contradicts another exception.
        """
        row = find_interpreter(session, interpreter_id, by)
        zone, now = zone_of(row), self._clock.now()
        checks = Checks()
        for field, local in (("starts_at", start), ("ends_at", end)):
            is_shown = exists(local, zone)
            checks.expect(is_shown, "the clocks change over this hour", field=field, problem="no-such-hour")
        added = HourException(to_utc(start, zone), to_utc(end, zone), is_available, on_call)
        check_exception(checks, added)
        checks.expect(added.ends_at > now, "this time is over", field="ends_at", problem="past")
        kept = self._exceptions(session, row.id, now)
        agrees = all(agree(added, one.exception) for one in kept)
        checks.expect(agrees, "another exception says otherwise", field="starts_at", problem="contradiction")
        checks.expect(len(kept) < MOST_EXCEPTIONS, "these are too many exceptions", field="starts_at", problem="many")
        checks.done()
        made = _exception_row(row.id, added)
        session.add(made)
        session.flush()
        self._audit.record(session, actor=by.reference, action="availability.exception-added", subject=row.id)
        return made.id

    def remove_exception(self, session: Session, interpreter_id: str, exception_id: str, *, by: Actor) -> None:
        """Let the rules hold again for a time.

        Raises:
            NotFound: there is no such interpreter or exception.
            NotAllowed: it is not for this actor.
        """
        row = find_interpreter(session, interpreter_id, by)
        found = session.get(AvailabilityException, exception_id)
        if found is None or found.interpreter_id != row.id:
            raise NotFound("there is no such exception")
        session.delete(found)
        session.flush()
        self._audit.record(session, actor=by.reference, action="availability.exception-removed", subject=row.id)

    @staticmethod
    def _exceptions(session: Session, interpreter_id: str, now: datetime) -> tuple[ExceptionRead, ...]:
        """Return the exceptions that are not over, in order."""
        query = select(AvailabilityException).where(
            AvailabilityException.interpreter_id == interpreter_id, AvailabilityException.ends_at > now
        )
        rows = session.exec(query.order_by(col(AvailabilityException.starts_at), col(AvailabilityException.id)))
        return tuple(
            ExceptionRead(one.id, HourException(one.starts_at, one.ends_at, one.is_available, one.on_call))
            for one in rows
        )

    def _replaced(self, session: Session, row: Interpreter, by: Actor, **counts: int) -> None:
        session.flush()
        self._audit.record(
            session, actor=by.reference, action="availability.replaced", subject=row.id, details=dict(counts)
        )


def _read_rule(row: AvailabilityRule) -> Rule:
    return Rule(row.rrule, row.starts_on, row.start_minute, row.minutes, row.on_call)


def _rule_row(interpreter_id: str, rule: Rule) -> AvailabilityRule:
    return AvailabilityRule(
        interpreter_id=interpreter_id,
        rrule=rule.rrule.upper().removeprefix("RRULE:"),
        starts_on=rule.starts_on,
        start_minute=rule.start_minute,
        minutes=rule.minutes,
        on_call=rule.on_call,
    )


def _exception_row(interpreter_id: str, one: HourException) -> AvailabilityException:
    return AvailabilityException(
        interpreter_id=interpreter_id,
        starts_at=one.starts_at.astimezone(UTC),
        ends_at=one.ends_at.astimezone(UTC),
        is_available=one.is_available,
        on_call=one.on_call,
    )
