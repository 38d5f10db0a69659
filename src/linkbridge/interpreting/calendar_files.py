"""Writes iCalendar files (RFC 5545, RFC 5546): an invitation, its update or cancellation, and a feed. Pure.

A calendar follows an event by its UID, and believes the file with the highest SEQUENCE. Each file is for one recipient
and names nobody else.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

_PRODUCT = "-//LinkBridge//Interpreting//EN"
_LONGEST_LINE = 75
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")


class Method(StrEnum):
    """What a file asks of the calendar that reads it."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Event:
    """An event in a calendar. Times are aware and shown in ``zone``, an IANA name.

    ``uid`` never changes, ``sequence`` rises with each change, which was made at ``changed_at``. ``organizer`` and
    ``attendee`` are mail addresses; they and ``description`` and ``url`` are left out when empty.
    """

    uid: str
    sequence: int
    method: Method
    start: datetime
    end: datetime
    zone: str
    summary: str
    description: str
    url: str
    organizer: str
    attendee: str
    changed_at: datetime


def event_uid(assignment_id: str) -> str:
    """Return the UID of an assignment in every calendar, which it keeps through all changes."""
    return f"{assignment_id}@linkbridge"


def event_file(event: Event) -> bytes:
    """Return the file that invites to an event, changes or cancels it (iTIP: one method, one event)."""
    lines = [f"METHOD:{event.method.value}", *_zones((event,)), *_event(event)]
    return _file(lines)


def feed_file(events: Sequence[Event], *, name: str = "LinkBridge") -> bytes:
    """Return a calendar that others subscribe to. Cancelled events stay in it as such."""
    lines = ["METHOD:PUBLISH", f"X-WR-CALNAME:{_escape(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    for event in sorted(events, key=lambda one: (one.start, one.uid)):
        lines += _event(event)
    return _file([*lines[:3], *_zones(events), *lines[3:]])


def _file(lines: Iterable[str]) -> bytes:
    every = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "CALSCALE:GREGORIAN", *lines, "END:VCALENDAR"]
    return b"".join(_fold(line) for line in every)


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_escape(event.uid)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTAMP:{_utc(event.changed_at)}"
    yield f"DTSTART{_when(event.start, event.zone)}"
    yield f"DTEND{_when(event.end, event.zone)}"
    yield f"SUMMARY:{_escape(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{_escape(event.description)}"
    if event.url:
        yield f"URL:{_CONTROLS.sub('', event.url)}"
    if event.organizer:
        yield f"ORGANIZER:mailto:{_CONTROLS.sub('', event.organizer)}"
    if event.attendee:
        yield f"ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{_CONTROLS.sub('', event.attendee)}"
    yield "STATUS:CANCELLED" if event.method is Method.CANCEL else "STATUS:CONFIRMED"
    yield "TRANSP:TRANSPARENT" if event.method is Method.CANCEL else "TRANSP:OPAQUE"
    yield "CLASS:PRIVATE"
    yield "END:VEVENT"


def _zones(events: Sequence[Event]) -> Iterator[str]:
    """Yield a VTIMEZONE for each zone, with the changes of its clocks in the years of its events and around."""
    for zone in sorted({event.zone for event in events}):
        within = [event for event in events if event.zone == zone]
        yield from _zone(zone, min(one.start for one in within).year - 1, max(one.end for one in within).year + 2)


@lru_cache(maxsize=512)
def _zone(zone: str, first_year: int, last_year: int) -> tuple[str, ...]:
    """Return the VTIMEZONE of a zone. Programs keep the first that they see of a name: hence some years more."""
    first, last = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year, 1, 1, tzinfo=UTC)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}", *_observance(first.astimezone(ZoneInfo(zone)), _offset(first, zone))]
    for moment in _changes(first, last, zone):
        lines += _observance(moment.astimezone(ZoneInfo(zone)), _offset(moment - timedelta(seconds=1), zone))
    return (*lines, "END:VTIMEZONE")


def _observance(moment: datetime, before: timedelta) -> Iterator[str]:
    """Yield the rule of a clock from a moment on. Its DTSTART is told by the clock ``before`` (RFC 5545, 3.6.5)."""
    kind = "DAYLIGHT" if moment.dst() else "STANDARD"
    after = moment.utcoffset() or timedelta(0)
    onset = moment.astimezone(UTC).replace(tzinfo=None) + before
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{onset:%Y%m%dT%H%M%S}"
    yield f"TZOFFSETFROM:{_written(before)}"
    yield f"TZOFFSETTO:{_written(after)}"
    yield f"TZNAME:{moment.tzname()}"
    yield f"END:{kind}"


def _changes(first: datetime, last: datetime, zone: str) -> Iterator[datetime]:
    """Yield the moments between which the offset of a zone changes, to the second."""
    day = first
    while day < last:
        following = day + timedelta(days=1)
        if _offset(day, zone) != _offset(following, zone):
            low, high = int(day.timestamp()), int(following.timestamp())
            old = _offset(day, zone)
            while high - low > 1:
                middle = (low + high) // 2
                if _offset(datetime.fromtimestamp(middle, UTC), zone) == old:
                    low = middle
                else:
                    high = middle
            yield datetime.fromtimestamp(high, UTC)
        day = following


def _offset(moment: datetime, zone: str) -> timedelta:
    return moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)


def _written(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}{minutes:02}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _when(moment: datetime, zone: str) -> str:
    """Return a time in its zone, but in UTC when clocks show it twice: programs differ in which of them is meant."""
    local = moment.astimezone(ZoneInfo(zone))
    is_clear = local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset()
    return f";TZID={zone}:{local:%Y%m%dT%H%M%S}" if is_clear else f":{_utc(moment)}"


def _escape(text: str) -> str:
    plain = _CONTROLS.sub("", text.replace("\r\n", "\n"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _fold(line: str) -> bytes:
    """Return a line cut into pieces of at most 75 octets, never within a letter (RFC 5545, 3.1)."""
    pieces, piece = [], b""
    for letter in line:
        octets = letter.encode()
        # Every piece but the first begins with a space, which counts.
        if len(piece) + len(octets) > _LONGEST_LINE:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
