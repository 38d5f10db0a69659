from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from linkbridge.interpreting.availability.recurrence import days, read_recurrence, weekly
from linkbridge.kernel.errors import InvalidInput

FIRST = date(2026, 1, 1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(("DAILY", "WEEKLY", "MONTHLY", "YEARLY")))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 5))}"]
    by_month = draw(st.lists(st.integers(1, 12), max_size=3, unique=True))
    if by_month:
        parts.append("BYMONTH=" + ",".join(map(str, by_month)))
    has_ordinals = frequency == "MONTHLY" or (frequency == "YEARLY" and by_month)
    # All or none: of a weekday with and without an ordinal dateutil takes what both name, RFC 5545 what either does.
    is_ordinal = bool(has_ordinals) and draw(st.booleans())
    ordinals = st.sampled_from(("1", "2", "-1", "5")) if is_ordinal else st.just("")
    by_day = draw(st.lists(st.tuples(ordinals, st.sampled_from(WEEKDAYS)), max_size=3, unique=True))
    if by_day:
        parts.append("BYDAY=" + ",".join(ordinal + day for ordinal, day in by_day))
    if frequency != "WEEKLY" and not any(ordinal for ordinal, _day in by_day) and draw(st.booleans()):
        parts.append("BYMONTHDAY=" + draw(st.sampled_from(("1", "-1", "13,31", "29"))))
    if frequency == "MONTHLY" and by_day and draw(st.booleans()):
        parts.append("BYSETPOS=" + draw(st.sampled_from(("1", "-1", "2,-2"))))
    if frequency == "WEEKLY" and draw(st.booleans()):
        parts.append("WKST=SU")
    if draw(st.booleans()):
        parts.append(draw(st.sampled_from(("COUNT=4", "UNTIL=20270301"))))
    return ";".join(parts)


@settings(max_examples=150, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(rules(), st.integers(0, 400))
def test_days_are_those_of_dateutil(rule: str, offset: int) -> None:
    starts_on = FIRST + timedelta(days=offset)
    end = starts_on + timedelta(days=800)
    begin = datetime.combine(starts_on, datetime.min.time())
    other = rrulestr(rule, dtstart=begin).between(begin, datetime.combine(end, datetime.min.time()), inc=True)
    assert list(days(read_recurrence(rule), starts_on, FIRST, end)) == [one.date() for one in other]


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("FREQ=HOURLY", "rrule-often"),
        ("FREQ=SECONDLY;COUNT=2", "rrule-often"),
        ("FREQ=DAILY;COUNT=999999", "rrule-far"),
        ("FREQ=DAILY;INTERVAL=100000", "rrule-far"),
        ("FREQ=DAILY;BYHOUR=1", "rrule-part"),
        ("FREQ=YEARLY;BYDAY=20MO", "rrule"),
        ("FREQ=YEARLY;BYWEEKNO=53", "rrule-part"),
        ("FREQ=WEEKLY;BYDAY=1MO", "rrule-part"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "rrule"),
        ("FREQ=DAILY;FREQ=WEEKLY", "rrule"),
        ("FREQ=SOMETIMES", "rrule"),
        ("FREQ=DAILY;COUNT=-1", "rrule"),
        ("FREQ=DAILY;UNTIL=tomorrow", "rrule"),
        ("", "rrule"),
        ("FREQ=DAILY;" + "BYDAY=MO;" * 60, "long"),
    ],
)
def test_rule_that_cannot_be_used_is_refused_by_name(rule: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_recurrence(rule)
    assert refused.value.params == {"field": "rrule", "problem": problem}


def test_rule_that_no_day_fulfils_ends() -> None:
    rule = read_recurrence("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    assert list(days(rule, FIRST, FIRST, FIRST + timedelta(days=4000))) == []


def test_plain_week_is_known_as_such() -> None:
    assert weekly({4, 0}) == "FREQ=WEEKLY;BYDAY=MO,FR"
    assert read_recurrence(weekly({4, 0})).is_plain_week
    assert read_recurrence("rrule:freq=weekly;byday=mo").is_plain_week
    assert not read_recurrence("FREQ=WEEKLY;BYDAY=MO;INTERVAL=2").is_plain_week
    assert not read_recurrence("FREQ=WEEKLY").is_plain_week
    assert read_recurrence("FREQ=DAILY").weekdays == set(range(7))
    assert not read_recurrence("FREQ=DAILY;COUNT=2").is_plain_week
