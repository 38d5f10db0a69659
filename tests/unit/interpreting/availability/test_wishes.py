from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from linkbridge.accounts.text import InvalidForm
from linkbridge.interpreting.availability.hours import HourException, Rule
from linkbridge.interpreting.availability.week import DayHours, Range, WeekHours, read_week, split_rules, week_rules
from linkbridge.interpreting.availability.wishes import AvailabilityWish, check_wish, read_wish

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
RULE = {"rrule": "FREQ=WEEKLY;BYDAY=MO", "starts_on": "2026-11-23", "start": "09:00", "minutes": 180, "on_call": False}
AWAY = {"starts_at": "2026-12-01T00:00:00Z", "ends_at": "2026-12-02T00:00:00+05:45", "is_available": False}


def problems(body: object) -> dict[str, str]:
    with pytest.raises(InvalidForm) as refused:
        check_wish(read_wish(body), ZoneInfo("Europe/Lisbon"), NOON)
    return {str(one.params["field"]): str(one.params["problem"]) for one in refused.value.problems}


def rule(**changes: object) -> dict[str, Any]:
    return {"rules": [{**RULE, **changes}]}


def away(**changes: object) -> dict[str, Any]:
    return {"exceptions": [{**AWAY, **changes}]}


def test_wish_is_read_as_it_is_written() -> None:
    wish = read_wish({"rules": [RULE], "exceptions": [AWAY]})
    check_wish(wish, ZoneInfo("Europe/Lisbon"), NOON)
    assert wish.rules == (Rule("FREQ=WEEKLY;BYDAY=MO", date(2026, 11, 23), 540, 180),)
    assert wish.exceptions == (
        HourException(datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 1, 18, 15, tzinfo=UTC)),
    )
    assert read_wish({}) == AvailabilityWish()


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ([], {"body": "shape"}),
        ({"rule": []}, {"body": "shape"}),
        ({"rules": {}}, {"rules": "shape"}),
        ({"rules": [RULE] * 101}, {"rules": "many"}),
        (rule(rrule="FREQ=HOURLY"), {"rules.0.rrule": "rrule-often"}),
        (rule(rrule=None, start="24:00", minutes="x"), {"rules.0.rrule": "empty", "rules.0.start": "time", "rules.0.minutes": "length"}),  # noqa: E501
        (rule(starts_on="soon"), {"rules.0.starts_on": "day"}),
        (rule(starts_on="1999-01-01"), {"rules.0.starts_on": "far"}),
        (rule(minutes=0), {"rules.0.minutes": "length"}),
        (rule(minutes=1441), {"rules.0.minutes": "length"}),
        (rule(on_call="yes"), {"rules.0.on_call": "choice"}),
        (rule(rrule="FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), {"rules.0.rrule": "never"}),
        (rule(rrule="FREQ=DAILY;UNTIL=20261101"), {"rules.0.rrule": "never"}),
        (rule(rrule="FREQ=YEARLY;COUNT=4000"), {"rules.0.rrule": "rrule-far"}),
        ({"rules": [RULE, {**RULE, "on_call": True, "start": "11:59"}]}, {"rules.1.on_call": "contradiction"}),
        (away(ends_at="2026-11-30T00:00:00Z"), {"exceptions.0.ends_at": "order"}),
        (away(ends_at="2028-11-30T00:00:00Z"), {"exceptions.0.ends_at": "length"}),
        (away(starts_at="2026-12-01T00:00:00"), {"exceptions.0.starts_at": "moment"}),
        (away(on_call=True), {"exceptions.0.on_call": "contradiction"}),
        ({"exceptions": [AWAY, {**AWAY, "is_available": True}]}, {"exceptions.1.starts_at": "contradiction"}),
    ],
)  # fmt: skip
def test_wish_that_makes_no_sense_is_refused_by_field(body: object, wanted: dict[str, str]) -> None:
    assert problems(body) == wanted


def test_costliest_wish_is_checked_in_bounds() -> None:
    many = tuple(
        Rule("FREQ=DAILY", date(2026, 1, 1) + timedelta(days=n), n * 14, 13, on_call=bool(n % 2)) for n in range(100)
    )
    check_wish(AvailabilityWish(many), ZoneInfo("Europe/Lisbon"), NOON)


def test_week_is_typed_kept_in_few_rules_and_shown_again() -> None:
    week = read_week({**{f"work-{day}": "9-12:30, 14:00 – 18:00" for day in range(5)}, "call-6": "22:00-02:00"})
    assert week.days[0] == DayHours((Range(540, 750), Range(840, 1080)), (Range(0, 120),))
    assert week.days[6] == DayHours((), (Range(1320, 1440),))
    rules = week_rules(week, date(2026, 11, 23))
    assert [(one.rrule, one.start_minute, one.minutes, one.on_call) for one in rules] == [
        ("FREQ=WEEKLY;BYDAY=MO", 0, 120, True),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 540, 210, False),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 840, 240, False),
        ("FREQ=WEEKLY;BYDAY=SU", 1320, 120, True),
    ]
    other = Rule("FREQ=MONTHLY;BYDAY=1MO", date(2026, 1, 1), 0, 60)
    assert split_rules((*rules, other), date(2026, 11, 24)) == (week, (other,))
    assert read_week({}) == WeekHours()


@pytest.mark.parametrize("text", ["9", "9-", "25-26", "9:60-10", "10-10", "nine to five", ",".join(["1-2"] * 13)])
def test_hours_that_cannot_be_read_are_refused_at_their_day(text: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        read_week({"work-3": text})
    assert refused.value.params == {"field": "work-3", "problem": "ranges"}


def test_hour_that_is_working_and_on_call_is_a_contradiction() -> None:
    with pytest.raises(InvalidForm) as refused:
        read_week({"work-0": "9-12", "call-0": "11-13"})
    assert refused.value.params == {"field": "call-0", "problem": "contradiction"}
