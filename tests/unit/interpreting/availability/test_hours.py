"""Listed means bookable and bookable means listed, over zones and the days on which clocks change."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkbridge.interpreting.availability.hours import Availability, HourException, Rule
from linkbridge.interpreting.availability.local_time import exists, to_utc
from linkbridge.interpreting.values import TimeSpan

ZONES = (
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Pacific/Apia",
    "Pacific/Chatham",
    "America/St_Johns",
    "America/Santiago",
    "America/Panama",
    "Africa/Addis_Ababa",
    "Africa/Casablanca",
    "Europe/Lisbon",
    "Asia/Beirut",
    "America/Havana",
)
MINUTE = timedelta(minutes=1)
STEP = timedelta(minutes=15)
UNTIL = ";UNTIL=20270405T120000Z"
RULES = (
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=2",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=MO,WE,SU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU;WKST=SU",
    "FREQ=DAILY;COUNT=3",
    "FREQ=DAILY" + UNTIL,
    "FREQ=MONTHLY;BYDAY=-1SU",
    "FREQ=MONTHLY;BYMONTHDAY=-1,15",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1",
    "FREQ=YEARLY;BYMONTH=3,4,10,11;BYDAY=1SU,2SU,-1SU",
)


def changes_of_clocks(zone: str) -> list[datetime]:
    """Return each moment of 2026 and 2027 at which clocks in the zone change, to the quarter of an hour."""
    at, found = datetime(2026, 1, 1, tzinfo=UTC), []
    while at.year < 2028:
        if at.astimezone(ZoneInfo(zone)).utcoffset() != (at + STEP).astimezone(ZoneInfo(zone)).utcoffset():
            found.append(at + STEP)
        at += STEP
    return found


CHANGES = {zone: changes_of_clocks(zone) or [datetime(2026, 3, 29, 1, tzinfo=UTC)] for zone in ZONES}


def oracle_moment(local: datetime, zone: ZoneInfo) -> datetime:
    """Return what a local time means, found by walking through the minutes around it."""
    at = local.replace(tzinfo=UTC) - timedelta(hours=16)
    # Never shown twice first: the earliest minute whose clock shows this local time or a later one.
    while at.astimezone(zone).replace(tzinfo=None) < local:
        at += MINUTE if local - at.astimezone(zone).replace(tzinfo=None) <= timedelta(hours=3) else timedelta(hours=1)
    return at


def oracle_minutes(hours: Availability, window: TimeSpan) -> set[datetime]:
    """Return every quarter of an hour that can be worked, by another way: dateutil from the first day on, and sets."""

    found: set[datetime] = set()
    for rule in hours.rules:
        for start, end in oracle_shifts(rule, hours.zone, window):
            found |= quarters(start, end, window)
    for one in (one for one in hours.exceptions if one.is_available):
        found |= quarters(one.starts_at, one.ends_at, window)
    for gone in (one for one in hours.exceptions if not one.is_available):
        found -= quarters(gone.starts_at, gone.ends_at, window)
    for taken in (*hours.busy, *hours.booked):
        found -= quarters(taken.start, taken.end, window)
    return found


def quarters(start: datetime, end: datetime, window: TimeSpan) -> set[datetime]:
    first = max(start, window.start)
    return {first + n * STEP for n in range(max(0, -(-(min(end, window.end) - first) // STEP)))}


def oracle_shifts(rule: Rule, zone: ZoneInfo, window: TimeSpan) -> Iterator[tuple[datetime, datetime]]:
    begin = datetime.combine(rule.starts_on, time()) + timedelta(minutes=rule.start_minute)
    is_ended = UNTIL in rule.rrule
    for local in rrulestr(rule.rrule.replace(UNTIL, ""), dtstart=begin).xafter(begin, inc=True):
        start = oracle_moment(local, zone)
        if start > window.end or (is_ended and start > datetime(2027, 4, 5, 12, tzinfo=UTC)):
            return
        if start > window.start - timedelta(days=3):
            yield start, oracle_moment(local + timedelta(minutes=rule.minutes), zone)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Availability, TimeSpan]:
    name = draw(st.sampled_from(ZONES))
    middle = draw(st.sampled_from(CHANGES[name]))
    window = TimeSpan(middle - timedelta(days=1), middle + timedelta(days=draw(st.integers(1, 3))))
    quarter = st.integers(0, int((window.end - window.start) / STEP) - 1)

    def span() -> TimeSpan:
        start = window.start + draw(quarter) * STEP
        return TimeSpan(start, start + draw(st.integers(1, 60)) * STEP)

    rules = tuple(
        Rule(
            rrule=draw(st.sampled_from(RULES)),
            starts_on=middle.date() - timedelta(days=draw(st.integers(-1, 40))),
            start_minute=draw(st.integers(0, 95)) * 15,
            minutes=draw(st.integers(1, 96)) * 15,
            on_call=draw(st.booleans()),
        )
        for _ in range(draw(st.integers(0, 3)))
    )
    exceptions = tuple(
        HourException(one.start, one.end, is_available=draw(st.booleans()))
        for one in (span() for _ in range(draw(st.integers(0, 2))))
    )
    busy = tuple(span() for _ in range(draw(st.integers(0, 2))))
    booked = tuple(span() for _ in range(draw(st.integers(0, 1))))
    return Availability(ZoneInfo(name), rules, exceptions, busy, booked), window


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_listed_is_bookable_and_both_agree_with_another_way_of_counting(
    world: tuple[Availability, TimeSpan],
) -> None:
    hours, window = world
    free = hours.free_spans(window)
    wanted = oracle_minutes(hours, window)
    count = int((window.end - window.start) / STEP)
    for at in (window.start + n * STEP for n in range(count)):
        quarter = TimeSpan(at, at + STEP)
        listed = any(span.contains(quarter) for span in free)
        assert listed == (hours.problem(quarter) == "") == (at in wanted), (at, free, hours.problem(quarter))
    for one, following in pairwise(free):
        assert one.end < following.start, "what touches is one span"
    for span in free:
        assert hours.problem(span) == ""
        if span.end < window.end:
            assert hours.problem(TimeSpan(span.start, span.end + MINUTE)) != ""
        if span.start > window.start:
            assert hours.problem(TimeSpan(span.start - MINUTE, span.end)) != ""


@pytest.mark.parametrize("zone", ZONES)
def test_local_time_means_the_same_as_a_walk_through_the_minutes_on_days_of_change(zone: str) -> None:
    for change in CHANGES[zone]:
        local = change.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) - timedelta(hours=3)
        moments = []
        for _ in range(24):
            moments.append(to_utc(local, ZoneInfo(zone)))
            assert moments[-1] == oracle_moment(local, ZoneInfo(zone))
            local += STEP
        assert moments == sorted(moments), "a later local time is never an earlier moment"


def test_shift_over_a_skipped_and_a_repeated_hour_follows_the_clock_on_the_wall() -> None:
    night = Rule("FREQ=DAILY", date(2027, 3, 1), 0, 4 * 60)
    lisbon = Availability(ZoneInfo("Europe/Lisbon"), (night,))
    spring = lisbon.free_spans(TimeSpan(datetime(2027, 3, 28, tzinfo=UTC), datetime(2027, 3, 28, 12, tzinfo=UTC)))
    autumn = lisbon.free_spans(TimeSpan(datetime(2027, 10, 30, 12, tzinfo=UTC), datetime(2027, 10, 31, 12, tzinfo=UTC)))
    assert spring == (TimeSpan(datetime(2027, 3, 28, 0, tzinfo=UTC), datetime(2027, 3, 28, 3, tzinfo=UTC)),)
    assert autumn == (TimeSpan(datetime(2027, 10, 30, 23, tzinfo=UTC), datetime(2027, 10, 31, 4, tzinfo=UTC)),)


def test_hour_that_clocks_skip_is_nothing_to_work_in() -> None:
    skipped = Rule("FREQ=DAILY", date(2027, 3, 1), 60, 60)  # 01:00 to 02:00, which 28 March does not have in Lisbon
    hours = Availability(ZoneInfo("Europe/Lisbon"), (skipped,))
    day = TimeSpan(datetime(2027, 3, 28, tzinfo=UTC), datetime(2027, 3, 29, tzinfo=UTC))
    assert hours.free_spans(day) == ()
    assert not exists(datetime.fromisoformat("2027-03-28T01:30"), ZoneInfo("Europe/Lisbon"))
    assert exists(datetime.fromisoformat("2027-03-28T02:00"), ZoneInfo("Europe/Lisbon"))


def test_day_that_the_date_line_took_has_no_shift() -> None:
    hours = Availability(ZoneInfo("Pacific/Apia"), (Rule("FREQ=DAILY", date(2011, 12, 1), 9 * 60, 60),))
    found = hours.free_spans(TimeSpan(datetime(2011, 12, 29, tzinfo=UTC), datetime(2012, 1, 1, tzinfo=UTC)))
    assert [span.start for span in found] == [
        datetime(2011, 12, 29, 19, tzinfo=UTC),
        datetime(2011, 12, 30, 19, tzinfo=UTC),
        datetime(2011, 12, 31, 19, tzinfo=UTC),
    ]


def test_problem_names_what_stands_in_the_way_and_on_call_shifts_are_known() -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def span(start: int, end: int) -> TimeSpan:
        return TimeSpan(noon + timedelta(hours=start), noon + timedelta(hours=end))

    hours = Availability(
        ZoneInfo("UTC"),
        (Rule("FREQ=DAILY", date(2026, 11, 1), 12 * 60, 240), Rule("FREQ=DAILY", date(2026, 11, 1), 960, 240, True)),
        (
            HourException(span(4, 5).start, span(4, 5).end),
            HourException(span(9, 10).start, span(9, 10).end, is_available=True, on_call=True),
        ),
        busy=(span(1, 2),),
        booked=(span(2, 3),),
    )
    assert hours.problem(span(-1, 1)) == "outside-hours"
    assert hours.problem(span(0, 1)) == ""
    assert hours.problem(span(0, 2)) == "busy"
    assert hours.problem(span(2, 3)) == "booked"
    assert hours.problem(span(3, 5)) == "away"
    assert hours.problem(span(5, 8)) == ""
    assert [hours.is_on_call(span(n, n + 1)) for n in (0, 3, 4, 5, 7, 8, 9)] == [
        False, False, False, True, True, False, True,
    ]  # fmt: skip
    assert hours.free_spans(span(0, 12)) == (span(0, 1), span(3, 4), span(5, 8), span(9, 10))
