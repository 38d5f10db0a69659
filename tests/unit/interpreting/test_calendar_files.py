"""Calendar files, read back by two independent programs: icalendar and vobject."""

import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest

from linkbridge.interpreting.calendar_files import Event, Method, event_file, event_uid, feed_file

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what it warns of while it is imported is no concern of ours
    import vobject

ZONES = ("Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati", "America/St_Johns", "Europe/Lisbon", "UTC")
MOMENTS = (
    datetime(2026, 11, 24, 12, tzinfo=UTC),
    datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
    datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
    datetime(2027, 10, 2, 15, 45, tzinfo=UTC),
    datetime(2027, 4, 3, 14, 45, tzinfo=UTC),
    datetime(2027, 10, 31, 0, 30, tzinfo=UTC),  # clocks in Lisbon show half past one
    datetime(2027, 10, 31, 1, 30, tzinfo=UTC),  # and again
)
EVENT = Event(
    uid=event_uid("0f" * 16),
    sequence=3,
    method=Method.REQUEST,
    start=MOMENTS[0],
    end=MOMENTS[0] + timedelta(minutes=45),
    zone="America/St_Johns",
    summary="ti - es: asylum interview, video; ከ ትግርኛ, \\ to Spanish — " + "ቃላት " * 20,
    description="First line\nsecond; line, with commas",
    url="https://linkbridge.example/staff/assignments/1",
    organizer="office@demo.example",
    attendee="almaz@demo.example",
    changed_at=MOMENTS[0] - timedelta(days=2),
)


def read_by_both(content: bytes) -> list[tuple[list[tuple[str, datetime, datetime]], str]]:
    """Return, for each program, the events as (UID, start, end in UTC) and the first summary."""
    ours: list[Any] = list(icalendar.Calendar.from_ical(content).walk("VEVENT"))
    other = vobject.readOne(content.decode()).vevent_list
    return [
        (
            [(str(one["UID"]), one["DTSTART"].dt.astimezone(UTC), one["DTEND"].dt.astimezone(UTC)) for one in ours],
            str(ours[0]["SUMMARY"]),
        ),
        (
            [(one.uid.value, one.dtstart.value.astimezone(UTC), one.dtend.value.astimezone(UTC)) for one in other],
            other[0].summary.value,
        ),
    ]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("moment", MOMENTS)
def test_invitation_means_the_same_instants_to_both_programs(zone: str, moment: datetime) -> None:
    event = replace(EVENT, zone=zone, start=moment, end=moment + timedelta(minutes=45))
    wanted = ([(event.uid, event.start, event.end)], event.summary)
    assert read_by_both(event_file(event)) == [wanted, wanted]


def test_feed_means_the_same_instants_to_both_programs_over_a_year_of_changes() -> None:
    events = [
        replace(EVENT, uid=event_uid(str(n)), zone="Europe/Lisbon", start=at, end=at + timedelta(minutes=45))
        for n, at in enumerate(datetime(2026, 11, 1, 9, tzinfo=UTC) + timedelta(days=30 * month) for month in range(14))
    ]
    wanted = ([(one.uid, one.start, one.end) for one in events], EVENT.summary)
    assert read_by_both(feed_file(events)) == [wanted, wanted]


def test_zone_description_alone_suffices_for_a_program_that_knows_no_zones() -> None:
    moment = datetime(2027, 10, 2, 15, 45, tzinfo=UTC)  # Lord Howe moves its clocks by half an hour at 15:30 UTC
    event = replace(EVENT, zone="Australia/Lord_Howe", start=moment, end=moment + timedelta(hours=1))
    content = event_file(event).replace(b"Australia/Lord_Howe", b"Nowhere/Known")
    found: Any = icalendar.Calendar.from_ical(content).walk("VEVENT")[0]
    assert found["DTSTART"].dt.astimezone(UTC) == moment
    read = vobject.readOne(content.decode()).vevent
    assert read.dtstart.value.astimezone(UTC) == moment


def test_cancellation_keeps_uid_and_is_told_as_such() -> None:
    asked = icalendar.Calendar.from_ical(event_file(EVENT))
    cancelled = icalendar.Calendar.from_ical(event_file(replace(EVENT, method=Method.CANCEL, sequence=4)))
    (before,), (after,) = asked.walk("VEVENT"), cancelled.walk("VEVENT")
    assert (asked["METHOD"], cancelled["METHOD"]) == ("REQUEST", "CANCEL")
    assert (before["UID"], before["SEQUENCE"], before["STATUS"]) == (EVENT.uid, 3, "CONFIRMED")
    assert (after["UID"], after["SEQUENCE"], after["STATUS"]) == (EVENT.uid, 4, "CANCELLED")
    assert str(after["ATTENDEE"]) == "mailto:almaz@demo.example"
    assert str(before["DESCRIPTION"]) == EVENT.description


def test_lines_end_in_crlf_and_are_folded_between_letters() -> None:
    content = event_file(EVENT)
    lines = content.split(b"\r\n")
    assert lines.pop() == b""
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in lines) <= 75
    assert all(line.decode() for line in lines), "no letter is cut in two"


def test_text_cannot_add_lines_of_its_own() -> None:
    event = replace(
        EVENT, summary="x\r\nATTENDEE:mailto:eve@demo.example", url="https://x\r\nX:1", attendee="a@b.example\r\nX:1"
    )
    lines = event_file(event).split(b"\r\n")
    assert not [line for line in lines if line.startswith((b"X:", b"ATTENDEE:mailto:eve"))]


def test_empty_feed_is_a_calendar() -> None:
    assert icalendar.Calendar.from_ical(feed_file([])).walk("VEVENT") == []
