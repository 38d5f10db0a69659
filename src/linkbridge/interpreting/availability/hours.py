"""When one interpreter can work: the one rule by which hours are listed and booked. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from linkbridge.interpreting.availability.local_time import to_utc
from linkbridge.interpreting.availability.recurrence import Recurrence, days, read_recurrence
from linkbridge.interpreting.values import TimeSpan

DAY_MINUTES = 24 * 60
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """Hours that recur: on each day of ``rrule`` from ``start_minute`` after local midnight, for ``minutes``.

    Both are what a clock on the wall shows; ``local_time`` says what becomes of them when clocks change. A shift is on
    call when the interpreter can be rung at once.
    """

    rrule: str
    starts_on: date
    start_minute: int
    minutes: int
    on_call: bool = False


@dataclass(frozen=True, slots=True)
class HourException:
    """A time at which the rules do not hold: free although no rule says so, or away although one does."""

    starts_at: datetime
    ends_at: datetime
    is_available: bool = False
    on_call: bool = False

    @property
    def span(self) -> TimeSpan:
        """Its time."""
        return TimeSpan(self.starts_at, self.ends_at)


@dataclass(frozen=True, slots=True)
class Availability:
    """An interpreter's hours, as ``ports.Hours``. ``busy`` and ``booked`` are in any order and may overlap."""

    zone: ZoneInfo
    rules: tuple[Rule, ...] = ()
    exceptions: tuple[HourException, ...] = ()
    busy: tuple[TimeSpan, ...] = ()
    booked: tuple[TimeSpan, ...] = ()

    def problem(self, span: TimeSpan) -> str:
        """Return why the whole of ``span`` cannot be worked, or nothing when it can; see ``ports.Hours``."""
        if not any(shift.contains(span) for shift in self.shifts(span)):
            return "outside-hours"
        for reason, taken in (("away", self._away()), ("busy", self.busy), ("booked", self.booked)):
            if any(one.overlaps(span) for one in taken):
                return reason
        return ""

    def is_on_call(self, span: TimeSpan) -> bool:
        """Whether ``span`` begins in an on-call shift, away from which the interpreter is not."""
        moment = TimeSpan(span.start, span.start + timedelta(microseconds=1))
        on_call = any(shift.overlaps(moment) for shift, is_on_call in self._occurrences(moment) if is_on_call)
        return on_call and not any(away.overlaps(moment) for away in self._away())

    def shifts(self, window: TimeSpan, *, on_call: bool | None = None) -> tuple[TimeSpan, ...]:
        """Return what rules and extra times offer around ``window``, merged; ``on_call`` narrows it to one kind."""
        found = (span for span, kind in self._occurrences(window) if on_call is None or kind == on_call)
        return merge(found)

    def free_spans(self, window: TimeSpan) -> tuple[TimeSpan, ...]:
        """Return when the interpreter can be booked within ``window``, in order; no two of them touch."""
        taken = merge(one for one in (*self._away(), *self.busy, *self.booked) if one.overlaps(window))
        return tuple(subtract((clip(shift, window) for shift in self.shifts(window)), taken))

    def _away(self) -> Iterator[TimeSpan]:
        return (one.span for one in self.exceptions if not one.is_available)

    def _occurrences(self, window: TimeSpan) -> Iterator[tuple[TimeSpan, bool]]:
        """Yield each shift and extra time that shares a moment with ``window``, and whether it is on call."""
        today = window.start.astimezone(self.zone).date()
        last = window.end.astimezone(self.zone).date()
        for rule in self.rules:
            # A shift of the day before matters only if it lasts past midnight.
            first = today - _DAY if rule.start_minute + rule.minutes > DAY_MINUTES else today
            for span in occurrences(rule, self.zone, first, last):
                if span.overlaps(window):
                    yield span, rule.on_call
        for one in self.exceptions:
            if one.is_available and one.span.overlaps(window):
                yield one.span, one.on_call


def occurrences(rule: Rule, zone: ZoneInfo, first: date, last: date) -> Iterator[TimeSpan]:
    """Yield the shifts of a rule that begin on local days from ``first`` to ``last``."""
    recurrence = read_recurrence(rule.rrule)
    for day in days(recurrence, rule.starts_on, first, last):
        local = datetime.combine(day, time()) + timedelta(minutes=rule.start_minute)
        start, end = to_utc(local, zone), to_utc(local + timedelta(minutes=rule.minutes), zone)
        if start < end and not is_over(recurrence, local, start):
            yield TimeSpan(start, end)


def is_over(recurrence: Recurrence, local: datetime, moment: datetime) -> bool:
    """Whether an occurrence, at a local time that means ``moment``, is after what the rule's ``until`` says."""
    until = recurrence.until
    if not isinstance(until, datetime):
        return False
    return local > until if until.tzinfo is None else moment > until.astimezone(UTC)


def merge(spans: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
    """Return the same time in order, with what touches or overlaps made one."""
    merged: list[TimeSpan] = []
    for span in sorted(spans, key=lambda one: one.start):
        if merged and span.start <= merged[-1].end:
            merged[-1] = TimeSpan(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def clip(span: TimeSpan, window: TimeSpan) -> TimeSpan:
    """Return the part of a span that lies within ``window``, which it overlaps."""
    return TimeSpan(max(span.start, window.start), min(span.end, window.end))


def subtract(spans: Iterable[TimeSpan], taken: tuple[TimeSpan, ...]) -> Iterator[TimeSpan]:
    """Yield what is left of spans without what is taken; both are merged and in order."""
    for span in spans:
        start = span.start
        for one in taken:
            if one.end <= start or one.start >= span.end:
                continue
            if start < one.start:
                yield TimeSpan(start, one.start)
            start = max(start, one.end)
        if start < span.end:
            yield TimeSpan(start, span.end)
