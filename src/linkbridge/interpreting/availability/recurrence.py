"""Which days a recurrence rule (RRULE, RFC 5545 3.3.10) names. Pure.

Each day is judged by itself, so that a question about one day costs the same whenever the rule began, and a rule that
no day fulfils ends. Only rules by the day or longer are read: hours are the business of whoever asks.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from linkbridge.kernel.errors import InvalidInput

LONGEST = 200
MOST_COUNT = 5_000
MOST_INTERVAL = 1_000
LONGEST_COUNT = timedelta(days=366 * 20)
"""How far a rule with COUNT is followed from its start."""
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"})
_BYDAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule as it was read. ``by_day`` pairs an ordinal, 0 for every, with a weekday, 0 for Monday.

    ``until`` is a day, or a moment: naive for a local one, aware for UTC.
    """

    frequency: str
    interval: int = 1
    count: int | None = None
    until: date | datetime | None = None
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    by_position: tuple[int, ...] = ()
    week_start: int = 0

    @property
    def is_plain_week(self) -> bool:
        """Whether it says nothing but weekdays, or every day, and without end."""
        return self.is_daily or (bool(self.by_day) and self == Recurrence("WEEKLY", by_day=self.by_day))

    @property
    def is_daily(self) -> bool:
        """Whether it says every day, without end."""
        return self == Recurrence("DAILY")

    @property
    def weekdays(self) -> frozenset[int]:
        """The weekdays of a plain week."""
        return frozenset(range(7)) if self.is_daily else frozenset(day for _ordinal, day in self.by_day)


def weekly(weekdays: Iterator[int] | frozenset[int] | set[int]) -> str:
    """Return the rule for these weekdays in every week."""
    return "FREQ=WEEKLY;BYDAY=" + ",".join(_DAYS[day] for day in sorted(weekdays))


@lru_cache(maxsize=4096)
def read_recurrence(text: str) -> Recurrence:
    """Return the rule that is written.

    Raises:
        InvalidInput: it is no rule, repeats within a day, or would cost too much; ``problem`` says which.
    """
    if len(text) > LONGEST:
        raise _unusable("this rule is too long", "long")
    pairs = [part.partition("=") for part in text.upper().removeprefix("RRULE:").split(";")]
    parts = {name: value for name, _, value in pairs}
    if len(parts) < len(pairs) or not all(value for value in parts.values()):
        raise _unusable("this is not a rule such as FREQ=WEEKLY;BYDAY=MO,TU", "rrule")
    if parts.get("FREQ") in {"SECONDLY", "MINUTELY", "HOURLY"}:
        raise _unusable("a rule repeats daily or less often", "rrule-often")
    if not set(parts) <= _PARTS:
        raise _unusable("this rule has a part that cannot be used here", "rrule-part")
    try:
        found = _read(parts)
    except ValueError:
        raise _unusable("this is not a rule such as FREQ=WEEKLY;BYDAY=MO,TU", "rrule") from None
    _check(found)
    return found


def _read(parts: dict[str, str]) -> Recurrence:
    if parts.get("FREQ") not in _FREQUENCIES:
        raise ValueError
    return Recurrence(
        frequency=parts["FREQ"],
        interval=_number(parts.get("INTERVAL", "1")),
        count=_number(parts["COUNT"]) if "COUNT" in parts else None,
        until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
        by_day=tuple(_weekday(one) for one in parts["BYDAY"].split(",")) if "BYDAY" in parts else (),
        by_month_day=_numbers(parts.get("BYMONTHDAY"), 31, negative=True),
        by_month=_numbers(parts.get("BYMONTH"), 12),
        by_position=_numbers(parts.get("BYSETPOS"), 31, negative=True),
        week_start=_DAYS.index(parts.get("WKST", "MO")),
    )


def _check(found: Recurrence) -> None:
    if found.interval > MOST_INTERVAL or (found.count or 0) > MOST_COUNT:
        raise _unusable("this rule goes too far", "rrule-far")
    if found.count is not None and found.until is not None:
        raise _unusable("a rule has COUNT or UNTIL, not both", "rrule")
    has_ordinal = any(ordinal for ordinal, _day in found.by_day)
    is_monthly = found.frequency == "MONTHLY" or (found.frequency == "YEARLY" and bool(found.by_month))
    if (has_ordinal and not is_monthly) or (found.by_position and found.frequency != "MONTHLY"):
        raise _unusable("this rule has a part that cannot be used here", "rrule-part")
    if found.frequency == "WEEKLY" and found.by_month_day:
        raise _unusable("a weekly rule names no days of the month", "rrule-part")


def days(rule: Recurrence, starts_on: date, first: date, last: date) -> Iterator[date]:
    """Yield the days from ``first`` to ``last`` that the rule names, of which none is before ``starts_on``.

    The end that ``until`` sets as a moment is left to whoever knows the hour and the zone.
    """
    day = max(first, starts_on)
    until = rule.until if isinstance(rule.until, date) and not isinstance(rule.until, datetime) else None
    end = min(last, until or last)
    if rule.count is not None and day <= end:
        end = min(end, last_counted(rule, starts_on))
    while day <= end:
        if _fits(rule, starts_on, day):
            yield day
        if day == date.max:
            return
        day += timedelta(days=1)


@lru_cache(maxsize=4096)
def last_counted(rule: Recurrence, starts_on: date) -> date:
    """Return the last day of a rule with COUNT, or the end of time if it is not reached soon enough."""
    left, day = rule.count or 0, starts_on
    end = min(starts_on, date.max - LONGEST_COUNT) + LONGEST_COUNT
    while day < end:
        if _fits(rule, starts_on, day):
            left -= 1
            if left <= 0:
                return day
        day += timedelta(days=1)
    return date.max


def _fits(rule: Recurrence, starts_on: date, day: date) -> bool:
    if rule.by_month and day.month not in rule.by_month:
        return False
    if not _in_period(rule, starts_on, day) or not _in_set(rule, starts_on, day):
        return False
    return not rule.by_position or _at_position(rule, starts_on, day)


def _in_period(rule: Recurrence, starts_on: date, day: date) -> bool:
    """Whether the interval lets this day's period through."""
    if rule.interval == 1:
        return True
    if rule.frequency == "DAILY":
        passed = (day - starts_on).days
    elif rule.frequency == "WEEKLY":
        passed = (_week(day, rule.week_start) - _week(starts_on, rule.week_start)) // 7
    elif rule.frequency == "MONTHLY":
        passed = (day.year - starts_on.year) * 12 + day.month - starts_on.month
    else:
        passed = day.year - starts_on.year
    return passed % rule.interval == 0


def _in_set(rule: Recurrence, starts_on: date, day: date) -> bool:
    """Whether the day itself is among those of its period."""
    if rule.by_month_day and not _is_month_day(rule.by_month_day, day):
        return False
    if rule.by_day:
        return any(weekday == day.weekday() and _is_ordinal(ordinal, day) for ordinal, weekday in rule.by_day)
    if rule.by_month_day or rule.frequency == "DAILY":
        return True
    if rule.frequency == "WEEKLY":
        return day.weekday() == starts_on.weekday()
    is_month = rule.frequency == "MONTHLY" or bool(rule.by_month) or day.month == starts_on.month
    return is_month and day.day == starts_on.day


def _at_position(rule: Recurrence, starts_on: date, day: date) -> bool:
    length = calendar.monthrange(day.year, day.month)[1]
    every = [one for one in range(1, length + 1) if _in_set(rule, starts_on, day.replace(day=one))]
    place = every.index(day.day)
    return place + 1 in rule.by_position or place - len(every) in rule.by_position


def _is_month_day(wanted: tuple[int, ...], day: date) -> bool:
    return day.day in wanted or day.day - calendar.monthrange(day.year, day.month)[1] - 1 in wanted


def _is_ordinal(ordinal: int, day: date) -> bool:
    if ordinal == 0:
        return True
    if ordinal > 0:
        return (day.day - 1) // 7 + 1 == ordinal
    return (calendar.monthrange(day.year, day.month)[1] - day.day) // 7 + 1 == -ordinal


def _week(day: date, start: int) -> int:
    """Return the ordinal of the day with which this day's week starts."""
    return day.toordinal() - (day.weekday() - start) % 7


def _weekday(text: str) -> tuple[int, int]:
    found = _BYDAY.fullmatch(text)
    if found is None:
        raise ValueError
    return int(found[1] or 0), _DAYS.index(found[2])


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and int(text) > 0):
        raise ValueError
    return int(text)


def _numbers(text: str | None, most: int, *, negative: bool = False) -> tuple[int, ...]:
    if text is None:
        return ()
    found = []
    for one in text.split(","):
        sign = -1 if one.startswith("-") and negative else 1
        number = _number(one.removeprefix("-" if sign < 0 else "+"))
        if number > most:
            raise ValueError
        found.append(sign * number)
    return tuple(found)


def _until(text: str) -> date | datetime:
    if len(text) == 8:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    if text.endswith("Z"):
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a local time, in whatever zone the rule is


def _unusable(message: str, problem: str) -> InvalidInput:
    return InvalidInput(message, field="rrule", problem=problem)
