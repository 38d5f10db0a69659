"""What hours an interpreter may have: read from JSON, and checked. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from linkbridge.accounts.text import Checks
from linkbridge.interpreting.availability.hours import DAY_MINUTES, HourException, Rule, merge, occurrences
from linkbridge.interpreting.availability.recurrence import last_counted, read_recurrence
from linkbridge.interpreting.values import TimeSpan
from linkbridge.kernel.errors import InvalidInput

MOST_RULES = 100
MOST_EXCEPTIONS = 200
LONGEST_EXCEPTION = timedelta(days=366)
_LOOK_AHEAD = timedelta(days=366)
_SOON_ENOUGH = timedelta(days=366 * 8)
"""Within this time of its start a rule must apply once: from one 29 February to the next."""
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class AvailabilityWish:
    """All rules and exceptions that an interpreter shall have from now on."""

    rules: tuple[Rule, ...] = ()
    exceptions: tuple[HourException, ...] = ()


def read_wish(body: object) -> AvailabilityWish:
    """Return the wish that JSON states: ``{"rules": […], "exceptions": […]}``, each of which may be absent.

    A rule holds ``rrule``, ``starts_on`` (ISO 8601 day), ``start`` (``HH:MM``), ``minutes``, ``on_call``; an exception
    ``starts_at`` and ``ends_at`` (RFC 3339), ``is_available``, ``on_call``.

    Raises:
        InvalidForm: something of it cannot be read; ``field`` says where, such as ``rules.0.start``.
    """
    checks = Checks()
    fields = _object(checks, body, "body", {"rules", "exceptions"})
    rules = tuple(_rule(checks, one, f"rules.{n}") for n, one in _list(checks, fields, "rules", MOST_RULES))
    exceptions = tuple(
        _exception(checks, one, f"exceptions.{n}") for n, one in _list(checks, fields, "exceptions", MOST_EXCEPTIONS)
    )
    checks.done()
    return AvailabilityWish(rules, exceptions)


def check_wish(wish: AvailabilityWish, zone: ZoneInfo, now: datetime) -> None:
    """Return if the wish makes sense in the interpreter's zone.

    Raises:
        InvalidForm: a rule or an exception cannot be used, or two contradict each other.
    """
    checks = Checks()
    checks.expect(len(wish.rules) <= MOST_RULES, "these are too many rules", field="rules", problem="many")
    checks.expect(
        len(wish.exceptions) <= MOST_EXCEPTIONS, "these are too many exceptions", field="exceptions", problem="many"
    )
    checks.done()
    for number, rule in enumerate(wish.rules):
        _check_rule(checks, rule, zone, f"rules.{number}")
    for number, one in enumerate(wish.exceptions):
        check_exception(checks, one, f"exceptions.{number}.")
    checks.done()
    _check_rules_agree(checks, wish.rules, zone, now)
    _check_exceptions_agree(checks, wish.exceptions)
    checks.done()


def _check_rule(checks: Checks, rule: Rule, zone: ZoneInfo, place: str) -> None:
    try:
        recurrence = read_recurrence(rule.rrule)
    except InvalidInput as error:
        checks.expect(False, error.message, field=f"{place}.rrule", problem=str(error.params["problem"]))
        return
    is_sound = 0 <= rule.start_minute < DAY_MINUTES
    checks.expect(is_sound, "a start is between 00:00 and 23:59", field=f"{place}.start", problem="time")
    is_sound &= 1 <= rule.minutes <= DAY_MINUTES
    checks.expect(
        1 <= rule.minutes <= DAY_MINUTES, "hours last up to a day", field=f"{place}.minutes", problem="length"
    )
    is_near = _FIRST_DAY <= rule.starts_on < _LAST_DAY
    checks.expect(is_near, "this day is too far away", field=f"{place}.starts_on", problem="far")
    if not (is_sound and is_near):
        return
    if recurrence.count is not None and last_counted(recurrence, rule.starts_on) == date.max:
        checks.expect(False, "this rule goes too far", field=f"{place}.rrule", problem="rrule-far")
        return
    some = next(occurrences(rule, zone, rule.starts_on, rule.starts_on + _SOON_ENOUGH), None)
    checks.expect(some is not None, "this rule never applies", field=f"{place}.rrule", problem="never")


def check_exception(checks: Checks, one: HourException, place: str = "") -> None:
    """Note what is wrong with an exception by itself; ``place`` is put before the names of its fields."""
    checks.expect(one.starts_at < one.ends_at, "the end is before the start", field=f"{place}ends_at", problem="order")
    is_short = one.ends_at - one.starts_at <= LONGEST_EXCEPTION
    checks.expect(is_short, "an exception lasts up to a year", field=f"{place}ends_at", problem="length")
    checks.expect(
        one.is_available or not one.on_call,
        "nobody is away and on call at once",
        field=f"{place}on_call",
        problem="contradiction",
    )


def agree(one: HourException, other: HourException) -> bool:
    """Whether two exceptions say nothing different of the same time."""
    says_the_same = (one.is_available, one.on_call) == (other.is_available, other.on_call)
    return says_the_same or not one.span.overlaps(other.span)


def _check_rules_agree(checks: Checks, rules: Sequence[Rule], zone: ZoneInfo, now: datetime) -> None:
    """Note each on-call rule for hours of which another says that they are not."""
    today = now.astimezone(zone).date()

    def spans(rule: Rule) -> Iterable[TimeSpan]:
        first = max(today, rule.starts_on)
        return occurrences(rule, zone, first, first + _LOOK_AHEAD)

    working = merge(span for rule in rules if not rule.on_call for span in spans(rule))
    for number, rule in enumerate(rules):
        checks.expect(
            not (rule.on_call and _overlap(merge(spans(rule)), working)),
            "another rule says that these hours are not on call",
            field=f"rules.{number}.on_call",
            problem="contradiction",
        )


def _check_exceptions_agree(checks: Checks, exceptions: Sequence[HourException]) -> None:
    for number, one in enumerate(exceptions):
        agrees = all(agree(one, other) for other in exceptions[:number])
        checks.expect(
            agrees,
            "another exception says something else of this time",
            field=f"exceptions.{number}.starts_at",
            problem="contradiction",
        )


def _overlap(left: Sequence[TimeSpan], right: Sequence[TimeSpan]) -> bool:
    """Whether two merged lists share a moment, in one pass over both."""
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i].overlaps(right[j]):
            return True
        if left[i].end <= right[j].end:
            i += 1
        else:
            j += 1
    return False


def _rule(checks: Checks, value: object, place: str) -> Rule:
    fields = _object(checks, value, place, {"rrule", "starts_on", "start", "minutes", "on_call"})
    return Rule(
        rrule=checks.run(lambda: _text(fields, "rrule", place), "FREQ=DAILY"),
        starts_on=checks.run(lambda: _day(fields, place), _FIRST_DAY),
        start_minute=checks.run(lambda: _minute(fields, place), 0),
        minutes=checks.run(lambda: _minutes(fields, place), 1),
        on_call=checks.run(lambda: _flag(fields, "on_call", place), False),
    )


def _exception(checks: Checks, value: object, place: str) -> HourException:
    fields = _object(checks, value, place, {"starts_at", "ends_at", "is_available", "on_call"})
    nothing = datetime.fromisoformat("2000-01-01T00:00:00Z")
    return HourException(
        starts_at=checks.run(lambda: _moment(fields, "starts_at", place), nothing),
        ends_at=checks.run(lambda: _moment(fields, "ends_at", place), nothing),
        is_available=checks.run(lambda: _flag(fields, "is_available", place), False),
        on_call=checks.run(lambda: _flag(fields, "on_call", place), False),
    )


def _object(checks: Checks, value: object, place: str, known: set[str]) -> dict[str, object]:
    is_known = isinstance(value, dict) and set(value) <= known
    checks.expect(is_known, f"this holds {', '.join(sorted(known))}", field=place, problem="shape")
    return {str(name): one for name, one in value.items()} if isinstance(value, dict) else {}


def _list(checks: Checks, fields: dict[str, object], name: str, most: int) -> Iterable[tuple[int, object]]:
    value = fields.get(name, [])
    is_list = isinstance(value, list)
    checks.expect(is_list, "this is a list", field=name, problem="shape")
    found = value if isinstance(value, list) else []
    checks.expect(len(found) <= most, f"at most {most} are kept", field=name, problem="many")
    return enumerate(found[:most])


def _text(fields: dict[str, object], name: str, place: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidInput("fill this in", field=f"{place}.{name}", problem="empty")
    return value


def _day(fields: dict[str, object], place: str) -> date:
    try:
        return date.fromisoformat(_text(fields, "starts_on", place))
    except ValueError:
        raise InvalidInput("write a day as 2026-11-30", field=f"{place}.starts_on", problem="day") from None


def _minute(fields: dict[str, object], place: str) -> int:
    found = _TIME.fullmatch(_text(fields, "start", place))
    if found is None:
        raise InvalidInput("write a time as 09:00", field=f"{place}.start", problem="time")
    return int(found[1]) * 60 + int(found[2])


def _minutes(fields: dict[str, object], place: str) -> int:
    value = fields.get("minutes")
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidInput("this is a whole number of minutes", field=f"{place}.minutes", problem="length")
    return value


def _flag(fields: dict[str, object], name: str, place: str) -> bool:
    value = fields.get(name, False)
    if not isinstance(value, bool):
        raise InvalidInput("this is true or false", field=f"{place}.{name}", problem="choice")
    return value


def _moment(fields: dict[str, object], name: str, place: str) -> datetime:
    text = _text(fields, name, place)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 2000 <= moment.year < 2100:
        raise InvalidInput("write a time as 2026-11-30T09:00:00Z", field=f"{place}.{name}", problem="moment")
    return moment
