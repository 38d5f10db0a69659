"""Reads the busy times of an iCalendar file (RFC 5545): the one module that knows the library ``icalendar``."""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Event, FreeBusy
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from linkbridge.interpreting.availability.hours import clip, is_over, merge
from linkbridge.interpreting.availability.local_time import find_zone, to_utc
from linkbridge.interpreting.availability.recurrence import days, read_recurrence
from linkbridge.interpreting.availability.scanning import Part, scan, unusable
from linkbridge.interpreting.values import TimeSpan
from linkbridge.kernel.errors import InvalidInput

READ_SECONDS = 8.0
MOST_TIMES = 20_000
_UTC = ZoneInfo("UTC")
_PRIVATE_ZONE = re.compile(r'(;TZID="?)/+', re.IGNORECASE)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Time:
    """A time as a calendar writes it: local, in a zone."""

    local: datetime
    zone: ZoneInfo
    is_day: bool

    @property
    def moment(self) -> datetime:
        return to_utc(self.local, self.zone)


def read_busy_times(
    content: bytes, zone: ZoneInfo, window: TimeSpan, *, ticks: Callable[[], float] = time.monotonic
) -> tuple[TimeSpan, ...]:
    """Return when the owner of a calendar is busy within ``window``, merged and in order.

    Times without a zone, or in one that nobody knows, are in ``zone``; whole days last from midnight to midnight there.

    Raises:
        InvalidInput: it is no calendar, too large, or costs too much to read; ``problem`` says which.
    """
    deadline = ticks() + READ_SECONDS
    found: list[TimeSpan] = []
    try:
        for one in _busy(scan(content), zone, window):
            if one.start < one.end and one.overlaps(window):
                found.append(clip(one, window))
            if len(found) > MOST_TIMES or ticks() > deadline:
                raise unusable("calendar-costly", "the calendar repeats too much")
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, IndexError):
        raise unusable("calendar-broken", "the calendar holds times that cannot be read") from None
    return merge(found)


def _busy(parts: Iterable[Part], zone: ZoneInfo, window: TimeSpan) -> Iterator[TimeSpan]:
    """Yield busy times; one that says nothing after each part lets the caller look at the clock."""
    nothing = TimeSpan(window.start, window.start)
    masters: list[Any] = []
    changed: defaultdict[str, set[datetime]] = defaultdict(set)
    for part in parts:
        yield nothing
        # A name with a slash before it belongs to one program; the library would only warn and guess what we look up.
        lines = (_PRIVATE_ZONE.sub(r"\1", line) for line in part.lines)
        text = "\r\n".join((f"BEGIN:{part.name}", *lines, f"END:{part.name}", ""))
        if part.name == "VFREEBUSY":
            yield from _periods(FreeBusy.from_ical(text))
            continue
        event = Event.from_ical(text)
        if "RECURRENCE-ID" in event:
            changed[str(event.get("UID", ""))].add(_read(event["RECURRENCE-ID"], zone).moment)
        masters.append(event)
    for event in masters:
        yield nothing
        if (
            str(event.get("STATUS", "")).upper() != "CANCELLED"
            and str(event.get("TRANSP", "")).upper() != "TRANSPARENT"
        ):
            yield from _occurrences(event, zone, window, changed[str(event.get("UID", ""))])


def _periods(part: Any) -> Iterator[TimeSpan]:  # noqa: ANN401 - the library has no types for its values
    for period in _each(part.get("FREEBUSY")):
        if str(period.params.get("FBTYPE", "BUSY")).upper() != "FREE":
            yield _period(period.dt)


def _period(value: tuple[datetime, datetime | timedelta]) -> TimeSpan:
    start, end = value
    start = start if start.tzinfo else start.replace(tzinfo=UTC)
    stop = start + end if isinstance(end, timedelta) else end if end.tzinfo else end.replace(tzinfo=UTC)
    return TimeSpan(start.astimezone(UTC), stop.astimezone(UTC))


def _occurrences(event: Any, zone: ZoneInfo, window: TimeSpan, changed: set[datetime]) -> Iterator[TimeSpan]:  # noqa: ANN401
    start = _read(event["DTSTART"], zone)
    length = _length(event, start, zone)
    if "RECURRENCE-ID" in event:
        yield _lasting(start, length)
        return
    left_out = {_read(one, zone).moment for one in _dates(event, "EXDATE")} | changed
    left_out_days = {_read(one, zone).local.date() for one in _dates(event, "EXDATE") if _read(one, zone).is_day}
    for one in _starts(event, start, length, window):
        if one.moment not in left_out and one.local.date() not in left_out_days:
            yield _lasting(one, length)
    for extra in _dates(event, "RDATE"):
        if isinstance(extra.dt, tuple):
            yield _period(extra.dt)
        elif _read(extra, zone).moment not in left_out:
            yield _lasting(_read(extra, zone), length)


def _starts(event: Any, start: _Time, length: timedelta, window: TimeSpan) -> Iterator[_Time]:  # noqa: ANN401
    rules = _each(event.get("RRULE"))
    if not rules:
        yield start
        return
    first = (window.start - length).astimezone(start.zone).date() - _DAY
    last = window.end.astimezone(start.zone).date() + _DAY
    # The first time counts as one even if the rule does not name its day.
    yield start
    for written in rules:
        try:
            rule = read_recurrence(written.to_ical().decode())
        except InvalidInput as error:
            raise unusable("calendar-recurrence", error.message) from None
        for day in days(rule, start.local.date(), first, last):
            local = datetime.combine(day, start.local.time())
            one = _Time(local, start.zone, start.is_day)
            if not is_over(rule, local, one.moment):
                yield one


def _length(event: Any, start: _Time, zone: ZoneInfo) -> timedelta:  # noqa: ANN401
    if "DURATION" in event:
        length: timedelta = event["DURATION"].dt
        return length
    if "DTEND" in event:
        end = _read(event["DTEND"], zone)
        return end.local - start.local if start.is_day and end.is_day else end.moment - start.moment
    return _DAY if start.is_day else timedelta(0)


def _lasting(start: _Time, length: timedelta) -> TimeSpan:
    """Return the time from a start on: whole days by the calendar, everything else by the clock."""
    if start.is_day:
        return TimeSpan(start.moment, to_utc(start.local + length, start.zone))
    return TimeSpan(start.moment, start.moment + length)


def _read(value: Any, zone: ZoneInfo) -> _Time:  # noqa: ANN401
    at: date | datetime = value.dt
    if not isinstance(at, datetime):
        return _Time(datetime(at.year, at.month, at.day), zone, is_day=True)  # noqa: DTZ001 - a local time
    named = str(value.params.get("TZID", ""))
    if named or at.tzinfo is None:
        return _Time(at.replace(tzinfo=None, fold=0), _zone(named) or zone, is_day=False)
    return _Time(at.astimezone(UTC).replace(tzinfo=None), _UTC, is_day=False)


def _zone(name: str) -> ZoneInfo | None:
    """Return the zone behind an IANA name, a Windows name, or a path that ends in an IANA name."""
    tidy = WINDOWS_TO_OLSON.get(name, name).strip("/")
    parts = tidy.split("/")
    ends = ("/".join(parts[start:]) for start in range(min(len(parts), 8)))
    return next((zone for end in ends if end and len(end) <= 64 and (zone := find_zone(end))), None)


def _dates(event: Any, name: str) -> Iterator[Any]:  # noqa: ANN401
    for group in _each(event.get(name)):
        for one in group.dts:
            if "TZID" in group.params and "TZID" not in one.params:
                one.params["TZID"] = group.params["TZID"]
            yield one


def _each(value: Any) -> list[Any]:  # noqa: ANN401
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
