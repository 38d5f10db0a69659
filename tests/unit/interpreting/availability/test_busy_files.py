import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from linkbridge.interpreting.availability.busy_files import READ_SECONDS, read_busy_times
from linkbridge.interpreting.availability.scanning import scan
from linkbridge.interpreting.values import TimeSpan
from linkbridge.kernel.errors import InvalidInput

NEPAL = ZoneInfo("Asia/Kathmandu")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WINDOW = TimeSpan(NOON - timedelta(days=1), NOON + timedelta(days=400))


def calendar(*events: str) -> bytes:
    parts = "".join(f"BEGIN:VEVENT\n{one}\nEND:VEVENT\n" for one in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{parts}END:VCALENDAR\n".replace("\n", "\r\n").encode()


SERIES = """DTSTART:20261125T090000Z
DURATION:PT1H
RRULE:FREQ=DAILY;COUNT=3
EXDATE:20261126T090000Z
RDATE:20261130T120000Z
RDATE;VALUE=PERIOD:20261201T120000Z/PT5M"""


def busy(*events: str, until: datetime = WINDOW.end) -> list[str]:
    found = read_busy_times(calendar(*events), NEPAL, TimeSpan(WINDOW.start, until))
    return [f"{one.start:%m-%dT%H:%M}/{one.end:%m-%dT%H:%M}" for one in found]


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        ("DTSTART:20261125T090000Z\nDTEND:20261125T100000Z", ["11-25T09:00/11-25T10:00"]),
        ("DTSTART:20261125T090000Z\nDURATION:PT30M", ["11-25T09:00/11-25T09:30"]),
        ("DTSTART;TZID=Europe/Lisbon:20270701T090000\nDURATION:PT1H", ["07-01T08:00/07-01T09:00"]),
        ("DTSTART;TZID=India Standard Time:20261125T090000\nDURATION:PT1H", ["11-25T03:30/11-25T04:30"]),
        ("DTSTART;TZID=/example.org/20110101/Asia/Tokyo:20261125T090000\nDURATION:PT1H", ["11-25T00:00/11-25T01:00"]),
        ("DTSTART;TZID=Moon/Sea:20261125T090000\nDURATION:PT1H", ["11-25T03:15/11-25T04:15"]),
        ("DTSTART:20261125T090000\nDURATION:PT1H", ["11-25T03:15/11-25T04:15"]),
        ("DTSTART;VALUE=DATE:20261125", ["11-24T18:15/11-25T18:15"]),
        ("DTSTART;VALUE=DATE:20261125\nDTEND;VALUE=DATE:20261127", ["11-24T18:15/11-26T18:15"]),
        ("DTSTART:20261125T090000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT", []),
        ("DTSTART:20261125T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED", []),
        ("DTSTART:20261125T090000Z", []),
        ("DTSTART:20200101T090000Z\nDURATION:PT1H", []),
        (
            SERIES,
            [
                "11-25T09:00/11-25T10:00",
                "11-27T09:00/11-27T10:00",
                "11-30T12:00/11-30T13:00",
                "12-01T12:00/12-01T12:05",
            ],
        ),
        (
            "DTSTART;TZID=Europe/Lisbon:20150325T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL=20261203T000000Z",
            ["11-25T09:00/11-25T10:00", "12-02T09:00/12-02T10:00"],
        ),
    ],
)
def test_busy_times_of_an_event(event: str, wanted: list[str]) -> None:
    assert busy(event) == wanted


def test_moved_and_cancelled_occurrences_replace_those_of_the_rule() -> None:
    master = "UID:a\nDTSTART:20261125T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3"
    moved = "UID:a\nRECURRENCE-ID:20261126T090000Z\nDTSTART:20261126T150000Z\nDURATION:PT2H"
    gone = "UID:a\nRECURRENCE-ID:20261127T090000Z\nDTSTART:20261127T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED"
    other = "UID:b\nDTSTART:20261126T090000Z\nDURATION:PT5M"
    assert busy(master, moved, gone, other) == [
        "11-25T09:00/11-25T10:00",
        "11-26T09:00/11-26T09:05",
        "11-26T15:00/11-26T17:00",
    ]


def test_recurrence_follows_the_clock_on_the_wall_over_a_change() -> None:
    event = "DTSTART;TZID=Europe/Lisbon:20270327T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2"
    assert busy(event) == ["03-27T09:00/03-27T10:00", "03-28T08:00/03-28T09:00"]


def test_free_busy_lists_count_but_for_free_times() -> None:
    content = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\nFREEBUSY;FBTYPE=BUSY:20261125T090000Z/PT1H,20261125T093000Z/20261125T11\r\n"
        b" 0000Z\r\nFREEBUSY;FBTYPE=FREE:20261125T150000Z/PT1H\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    )
    found = read_busy_times(content, NEPAL, WINDOW)
    assert found == (TimeSpan(datetime(2026, 11, 25, 9, tzinfo=UTC), datetime(2026, 11, 25, 11, tzinfo=UTC)),)


def test_titles_and_people_never_reach_the_reader() -> None:
    secret = (
        "SUMMARY:Doctor Who\nATTENDEE:mailto:x@demo.example\nDESCRIPTION:Doctor\n Who again\nDTSTART:20261125T090000Z"
    )
    alarm = "\nBEGIN:VALARM\nDURATION:PT9H\nEND:VALARM\nDURATION:PT1H"
    assert "Doctor" not in str(scan(calendar(secret + alarm)))
    assert busy(secret + alarm) == ["11-25T09:00/11-25T10:00"]


MANY = "DTSTART:20200101T000000Z\nDURATION:PT1M\nRRULE:FREQ=DAILY"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0", "calendar-broken"),
        (b"", "calendar-broken"),
        (b"BEGIN:VCALENDAR\r\n\0", "calendar-broken"),
        (b"<html>sign in first</html>", "calendar-broken"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "calendar-broken"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "calendar-broken"),
        (calendar("SUMMARY:no time"), "calendar-broken"),
        (calendar("DTSTART:tomorrow\nDURATION:PT1H"), "calendar-broken"),
        (calendar("DTSTART:00010101T000000Z\nDURATION:P9999999999D\nRRULE:FREQ=DAILY"), "calendar-broken"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 100_000, "calendar-broken"),
        (b"BEGIN:VCALENDAR\r\n" + b"\r\n" * 300_000, "calendar-large"),
        (b"BEGIN:VCALENDAR\r\n" + b"X" * 50_000_000, "calendar-large"),
        (calendar(*["DTSTART:20261125T090000Z"] * 21_000), "calendar-large"),
        (calendar("DTSTART:20261125T090000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY"), "calendar-recurrence"),
        (calendar("DTSTART:20261125T090000Z\nDURATION:PT1S\nRRULE:FREQ=DAILY;BYSECOND=1,2,3"), "calendar-recurrence"),
        (calendar("DTSTART:20261125T090000Z\nDURATION:PT1S\nRRULE:FREQ=DAILY;COUNT=99999999"), "calendar-recurrence"),
        (calendar(*[MANY] * 300), "calendar-costly"),
    ],
)
def test_malicious_file_is_refused_in_little_time_and_memory(content: bytes, problem: str) -> None:
    tracemalloc.start()
    started = time.perf_counter()
    try:
        with pytest.raises(InvalidInput) as refused:
            read_busy_times(content, NEPAL, WINDOW)
        assert refused.value.params["problem"] == problem
        assert time.perf_counter() - started < READ_SECONDS
        assert tracemalloc.get_traced_memory()[1] < 64_000_000
    finally:
        tracemalloc.stop()


def test_clock_ends_what_takes_too_long() -> None:
    ticks = iter(range(0, 1000, 5))
    with pytest.raises(InvalidInput) as refused:
        read_busy_times(calendar(*[MANY] * 3), NEPAL, WINDOW, ticks=lambda: next(ticks))
    assert refused.value.params["problem"] == "calendar-costly"


def test_rule_that_no_day_fulfils_ends_at_once() -> None:
    assert busy("DTSTART:20261130T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30") == [
        "11-30T09:00/11-30T10:00"
    ]


def test_line_without_end_is_read_in_bounds() -> None:
    long_title = "SUMMARY:" + "x" * 100 + ("\n " + "y" * 70) * 50_000
    assert busy(f"{long_title}\nDTSTART:20261125T090000Z\nDURATION:PT1H") == ["11-25T09:00/11-25T10:00"]
