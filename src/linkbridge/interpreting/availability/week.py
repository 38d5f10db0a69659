"""The hours of a plain week, as the grid and the lists of a page show them, and back. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linkbridge.accounts.text import Checks
from linkbridge.interpreting.availability.hours import DAY_MINUTES, Rule
from linkbridge.interpreting.availability.recurrence import read_recurrence, weekly
from linkbridge.kernel.errors import InvalidInput

WEEK = range(7)
"""The days of a week, 0 for Monday."""
_RANGE = re.compile(r"(\d{1,2})(?::?(\d{2}))?\s*[-–—]\s*(\d{1,2})(?::?(\d{2}))?")
_MOST_RANGES = 12


@dataclass(frozen=True, slots=True)
class Range:
    """From one minute after midnight to another, 1440 for the midnight that ends the day."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.start // 60:02}:{self.start % 60:02}-{self.end // 60:02}:{self.end % 60:02}"


@dataclass(frozen=True, slots=True)
class DayHours:
    """The hours of one weekday: working, and on call."""

    working: tuple[Range, ...] = ()
    on_call: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class WeekHours:
    """The hours of Monday to Sunday."""

    days: tuple[DayHours, ...] = tuple(DayHours() for _ in WEEK)


def split_rules(rules: Iterable[Rule], today: date) -> tuple[WeekHours, tuple[Rule, ...]]:
    """Return the hours that every week has already, and the rules that are no part of a plain week."""
    lists: dict[tuple[int, bool], list[Range]] = defaultdict(list)
    others = []
    for rule in rules:
        recurrence = read_recurrence(rule.rrule)
        if not recurrence.is_plain_week or rule.starts_on > today:
            others.append(rule)
            continue
        end = rule.start_minute + rule.minutes
        for day in recurrence.weekdays:
            lists[day, rule.on_call].append(Range(rule.start_minute, min(end, DAY_MINUTES)))
            if end > DAY_MINUTES:
                lists[(day + 1) % 7, rule.on_call].append(Range(0, end - DAY_MINUTES))
    days = (DayHours(_tidy(lists[day, False]), _tidy(lists[day, True])) for day in WEEK)
    return WeekHours(tuple(days)), tuple(others)


def week_rules(week: WeekHours, starts_on: date) -> tuple[Rule, ...]:
    """Return the fewest rules that say the same."""
    on_days: dict[tuple[int, int, bool], set[int]] = defaultdict(set)
    for day, hours in enumerate(week.days):
        for ranges, on_call in ((hours.working, False), (hours.on_call, True)):
            for one in _tidy(ranges):
                on_days[one.start, one.end, on_call].add(day)
    return tuple(
        Rule(weekly(days), starts_on, start, end - start, on_call)
        for (start, end, on_call), days in sorted(on_days.items())
    )


def read_week(texts: Mapping[str, str]) -> WeekHours:
    """Return the week that a form states: ``work-0`` to ``work-6`` and ``call-0`` to ``call-6``, from Monday on.

    Raises:
        InvalidForm: a field cannot be read, or the same hour is working and on call.
    """
    checks = Checks()
    late: dict[tuple[str, int], Range] = {}
    found: dict[tuple[str, int], list[Range]] = {}
    for kind in ("work", "call"):
        for day in WEEK:
            field = f"{kind}-{day}"
            ranges = _checked(checks, texts.get(field, ""), field)
            found[kind, day] = [Range(one.start, min(one.end, DAY_MINUTES)) for one in ranges]
            after = max((one.end for one in ranges), default=0) - DAY_MINUTES
            if after > 0:
                late[kind, (day + 1) % 7] = Range(0, after)
    for place, one in late.items():
        found[place].append(one)
    days = []
    for day in WEEK:
        working, on_call = _tidy(found["work", day]), _tidy(found["call", day])
        clash = any(one.start < other.end and other.start < one.end for one in working for other in on_call)
        checks.expect(
            not clash, "an hour is working or on call, not both", field=f"call-{day}", problem="contradiction"
        )
        days.append(DayHours(working, on_call))
    checks.done()
    return WeekHours(tuple(days))


def _checked(checks: Checks, text: str, field: str) -> tuple[Range, ...]:
    nothing: tuple[Range, ...] = ()
    return checks.run(lambda: read_ranges(text, field), nothing)


def read_ranges(text: str, field: str) -> tuple[Range, ...]:
    """Return the ranges in a text such as ``9-12, 13:30-17:00``. One that ends before it starts ends the day after.

    Raises:
        InvalidInput: it cannot be read so.
    """
    found: list[Range] = []
    for part in filter(None, (one.strip() for one in re.split(r"[,;\n]", text))):
        match = _RANGE.fullmatch(part)
        if match is None or len(found) >= _MOST_RANGES:
            raise InvalidInput("write hours as 09:00-12:30, 14:00-18:00", field=field, problem="ranges")
        start, end = (int(match[n]) * 60 + int(match[n + 1] or 0) for n in (1, 3))
        minutes = [int(match[n] or 0) for n in (2, 4)]
        if start >= DAY_MINUTES or end > DAY_MINUTES or max(minutes) > 59 or start == end:
            raise InvalidInput("write hours as 09:00-12:30, 14:00-18:00", field=field, problem="ranges")
        found.append(Range(start, end if end > start else end + DAY_MINUTES))
    return tuple(found)


def write_ranges(ranges: Sequence[Range]) -> str:
    """Return the text that ``read_ranges`` reads."""
    return ", ".join(str(one) for one in ranges)


def _tidy(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Return the same minutes in order, with what touches made one."""
    tidy: list[Range] = []
    for one in sorted(ranges, key=lambda item: item.start):
        if tidy and one.start <= tidy[-1].end:
            tidy[-1] = Range(tidy[-1].start, max(tidy[-1].end, one.end))
        elif one.start < one.end:
            tidy.append(one)
    return tuple(tidy)
