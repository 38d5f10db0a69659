"""Checks a wish for an interpreter before anything is written. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from linkbridge.accounts.text import Checks
from linkbridge.interpreting.dispatch.values import RequestWish
from linkbridge.interpreting.values import TimeSpan
from linkbridge.kernel.tags import read_tag

LEAST_MINUTES, MOST_MINUTES = 5, 720
MOST_INTERPRETERS = 4
MOST_AHEAD = timedelta(days=366)
MOST_AVOIDED = 20
NOTE_LENGTH, PLACE_LENGTH = 2_000, 300
PAST_TOLERANCE = timedelta(minutes=2)
"""A form that was filled in slowly is not refused because its moment has just passed."""
_AVOID = re.compile(r"(nationality:[A-Z]{2}|(group|case|interpreter):[a-z0-9._-]{1,60})\Z")


@dataclass(frozen=True, slots=True)
class CheckedWish:
    """A wish that can be kept: with its span in UTC and its languages in their usual form."""

    wish: RequestWish
    person_language: str
    official_language: str
    span: TimeSpan
    avoid: tuple[str, ...]
    note: str
    place: str

    @property
    def is_on_demand(self) -> bool:
        """Whether somebody is wanted now."""
        return self.wish.starts_at is None


def check_wish(wish: RequestWish, now: datetime) -> CheckedWish:
    """Return the wish as it is kept.

    Raises:
        InvalidForm: something in it cannot be used; each field is named.
    """
    checks = Checks()
    person, official = (
        _language(checks, tag, field)
        for tag, field in ((wish.person_language, "person_language"), (wish.official_language, "official_language"))
    )
    checks.expect(
        not person or person != official,
        "both languages are the same",
        field="official_language",
        problem="same-language",
    )
    checks.expect(
        LEAST_MINUTES <= wish.duration_minutes <= MOST_MINUTES,
        f"a session lasts from {LEAST_MINUTES} to {MOST_MINUTES} minutes",
        field="duration_minutes",
        problem="range",
    )
    checks.expect(
        1 <= wish.interpreters <= MOST_INTERPRETERS,
        f"ask for 1 to {MOST_INTERPRETERS} interpreters",
        field="interpreters",
        problem="range",
    )
    checks.expect(is_zone(wish.time_zone), "there is no such time zone", field="time_zone", problem="zone")
    start = _start(checks, wish.starts_at, now)
    codes = tuple(sorted({code.strip() for code in wish.avoid if code.strip()}))
    checks.expect(
        len(codes) <= MOST_AVOIDED and all(_AVOID.match(code) for code in codes),
        "write conflicts as nationality:ER, group:word, case:code or interpreter:id",
        field="avoid",
        problem="avoid",
    )
    note, place = wish.note.strip(), wish.place.strip()
    checks.expect(len(note) <= NOTE_LENGTH, "the note is too long", field="note", problem="long")
    checks.expect(len(place) <= PLACE_LENGTH, "the place is too long", field="place", problem="long")
    checks.done()
    span = TimeSpan(start, start + timedelta(minutes=wish.duration_minutes))
    return CheckedWish(wish, person, official, span, codes, note, place)


def is_zone(name: str) -> bool:
    """Whether this is the name of a time zone (IANA)."""
    return name in available_timezones()


def local_moment(naive: datetime, time_zone: str) -> datetime | None:
    """Return a local time in UTC, or ``None`` where the clocks were put forward over it and it never was.

    Of an hour that comes twice, the first is meant.
    """
    moment = naive.replace(tzinfo=ZoneInfo(time_zone), fold=0).astimezone(UTC)
    back = moment.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)
    return moment if back == naive else None


def _language(checks: Checks, tag: str, field: str) -> str:
    return checks.run(lambda: read_tag(tag, field=field), "")


def _start(checks: Checks, starts_at: datetime | None, now: datetime) -> datetime:
    if starts_at is None:
        return now
    if starts_at.tzinfo is None:
        checks.expect(False, "the time needs an offset from UTC", field="starts_at", problem="offset")
        return now
    start = starts_at.astimezone(UTC)
    checks.expect(start >= now - PAST_TOLERANCE, "this time has passed", field="starts_at", problem="past")
    checks.expect(start <= now + MOST_AHEAD, "this is more than a year ahead", field="starts_at", problem="far")
    return start
