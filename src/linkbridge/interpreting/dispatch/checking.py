"""Checks a wish for an interpreter before anything is written."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from linkbridge.accounts.text import Checks
from linkbridge.interpreting.availability.local_time import exists, find_zone, to_utc
from linkbridge.interpreting.dispatch.values import RequestWish
from linkbridge.interpreting.values import Confidentiality, Credential, Domain, Gender, Modality, Source, TimeSpan
from linkbridge.kernel.tags import read_tag

LEAST_MINUTES, MOST_MINUTES = 5, 720
MOST_INTERPRETERS = 4
MOST_AHEAD = timedelta(days=366)
MOST_AVOIDED = 20
NOTE_LENGTH, PLACE_LENGTH = 2_000, 300
PAST_TOLERANCE = timedelta(minutes=2)
"""A form that was filled in slowly is not refused because its moment has just passed."""
_WORDS = {
    "domain": Domain,
    "modality": Modality,
    "gender_preference": Gender,
    "credential": Credential,
    "confidentiality": Confidentiality,
    "source": Source,
}
_OPTIONAL = frozenset({"gender_preference", "credential"})
_AVOID = re.compile(r"(nationality:[A-Z]{2}|(group|case|interpreter):[a-z0-9._-]{1,60})\Z")


@dataclass(frozen=True, slots=True)
class CheckedWish:
    """A wish that can be kept: with its span in UTC and its languages in their usual form."""

    wish: RequestWish
    time_zone: str
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


def check_wish(wish: RequestWish, now: datetime, *, time_zone: str, official_language: str) -> CheckedWish:
    """Return the wish as it is kept. Zone and official's language are the site's, for a wish that names none.

    Raises:
        InvalidForm: something in it cannot be used; each field is named.
    """
    checks = Checks()
    person, official = (
        checks.run(lambda: read_tag(tag, field=field), "")  # noqa: B023 - run at once
        for tag, field in (
            (wish.person_language, "person_language"),
            (wish.official_language or official_language, "official_language"),
        )
    )
    is_other = not person or person != official
    checks.expect(is_other, "both languages are the same", field="official_language", problem="same-language")
    _check_words(checks, wish)
    zone = wish.time_zone or time_zone
    found = find_zone(zone) if zone in available_timezones() else None
    checks.expect(found is not None, "there is no such time zone", field="time_zone", problem="zone")
    span = _span(checks, wish, found or ZoneInfo("UTC"), now)
    count = wish.interpreters
    checks.expect(
        1 <= count <= MOST_INTERPRETERS,
        f"ask for 1 to {MOST_INTERPRETERS} interpreters",
        field="interpreters",
        problem="range",
    )
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
    return CheckedWish(wish, zone, person, official, span, codes, note, place)


def _check_words(checks: Checks, wish: RequestWish) -> None:
    for name, words in _WORDS.items():
        value = getattr(wish, name)
        is_known = value in {word.value for word in words} or (name in _OPTIONAL and not value)
        checks.expect(is_known, "choose one of the list", field=name, problem="choice")


def _span(checks: Checks, wish: RequestWish, zone: ZoneInfo, now: datetime) -> TimeSpan:
    start = now if wish.starts_at is None else _moment(checks, wish.starts_at, zone, "starts_at")
    if wish.starts_at is not None:
        checks.expect(start >= now - PAST_TOLERANCE, "this time has passed", field="starts_at", problem="past")
        checks.expect(start <= now + MOST_AHEAD, "this is more than a year ahead", field="starts_at", problem="far")
    if wish.ends_at is None:
        length, field = timedelta(minutes=min(max(wish.duration_minutes, 0), 2 * MOST_MINUTES)), "duration_minutes"
    else:
        length, field = _moment(checks, wish.ends_at, zone, "ends_at") - start, "ends_at"
        checks.expect(length > timedelta(0), "the end is before the start", field=field, problem="end-before-start")
    checks.expect(
        timedelta(minutes=LEAST_MINUTES) <= length <= timedelta(minutes=MOST_MINUTES),
        f"a session lasts from {LEAST_MINUTES} to {MOST_MINUTES} minutes",
        field=field,
        problem="range",
    )
    return TimeSpan(start, start + length)


def _moment(checks: Checks, written: datetime, zone: ZoneInfo, field: str) -> datetime:
    """Return a moment in UTC; one without an offset is meant in ``zone``."""
    if written.tzinfo is not None:
        return written.astimezone(UTC)
    checks.expect(exists(written, zone), "the clocks skip this time on that day", field=field, problem="no-such-time")
    return to_utc(written, zone)
