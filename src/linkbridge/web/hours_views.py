"""What the page of an interpreter's hours shows, in the words of calendars and clocks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_day_names, get_timezone_name
from fastapi import Request

from linkbridge.interpreting.availability.hours import HourException
from linkbridge.interpreting.availability.service import WeekRead
from linkbridge.interpreting.availability.week import WEEK, write_ranges
from linkbridge.interpreting.values import TimeSpan
from linkbridge.kernel.languages import babel_locale
from linkbridge.web.templating import official_language


@dataclass(frozen=True, slots=True)
class DayView:
    """A weekday: its names, and its hours as they are typed."""

    number: int
    name: str
    short: str
    working: str
    on_call: str


@dataclass(frozen=True, slots=True)
class PreviewDay:
    """A day of the preview, with what is free to be booked on it and what is booked."""

    name: str
    free: tuple[str, ...]
    booked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoursView:
    """An interpreter's week in the official's language and the interpreter's zone."""

    zone_name: str
    days: tuple[DayView, ...]
    preview: tuple[PreviewDay, ...]
    span_text: Callable[[HourException], str]


def hours_view(request: Request, week: WeekRead, now: datetime) -> HoursView:
    """Return the view of a week."""
    locale = babel_locale(official_language(request))
    zone = ZoneInfo(week.time_zone)
    wide, short = (get_day_names(width, context="stand-alone", locale=locale) for width in ("wide", "abbreviated"))
    days = (
        DayView(
            number=day,
            name=wide[day],
            short=short[day],
            working=write_ranges(week.week.days[day].working),
            on_call=write_ranges(week.week.days[day].on_call),
        )
        for day in WEEK
    )

    def clock(moment: datetime) -> str:
        return str(format_time(moment.astimezone(zone).time(), "short", locale=locale))

    def times(spans: tuple[TimeSpan, ...], day: datetime) -> tuple[str, ...]:
        # The next midnight by the clock on the wall, however long the day is.
        start, end = (at.replace(tzinfo=zone) for at in (day, day + timedelta(days=1)))
        within = (one for one in spans if one.start < end and start < one.end)
        return tuple(f"{clock(max(one.start, start))}–{clock(min(one.end, end))}" for one in within)

    def span_text(one: HourException) -> str:
        start, end = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
        first = f"{format_date(start.date(), 'medium', locale=locale)} {clock(start)}"
        last = "" if end.date() == start.date() else f"{format_date(end.date(), 'medium', locale=locale)} "
        return f"{first} – {last}{clock(end)}"

    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    preview = (
        PreviewDay(
            name=str(format_date(day.date(), "EEEE d MMM", locale=locale)),
            free=times(week.free, day),
            booked=times(week.booked, day),
        )
        for day in (midnight + timedelta(days=n) for n in WEEK)
    )
    zone_name = f"{get_timezone_name(zone, locale=locale)} ({week.time_zone})"
    return HoursView(zone_name, tuple(days), tuple(preview), span_text)
