"""What a message says of a booking: languages, time in two zones, and nothing of the person. Pure."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_skeleton, format_time, get_timezone_gmt

from linkbridge.interpreting.values import Seat, TimeSpan
from linkbridge.kernel.languages import babel_locale, language_name_in


def languages_of(seat: Seat, language: str) -> str:
    """Return the two languages as a reader of ``language`` calls them."""
    return f"{language_name_in(seat.source, language)} – {language_name_in(seat.target, language)}"


def day_of(span: TimeSpan, zone: str, language: str) -> str:
    """Return the day on which something begins, short, in a zone."""
    return str(format_date(span.start.astimezone(ZoneInfo(zone)), "medium", locale=babel_locale(language)))


def times_of(span: TimeSpan, zones: Sequence[str], language: str, *, short: bool = False) -> tuple[str, ...]:
    """Return the same time in each zone, once where clocks agree; the first is the reader's own.

    ``short`` leaves the year out, for cards.
    """
    found: dict[tuple[datetime, datetime], str] = {}
    for zone in zones:
        local = ZoneInfo(zone)
        start, end = span.start.astimezone(local), span.end.astimezone(local)
        found.setdefault(
            (start.replace(tzinfo=None), end.replace(tzinfo=None)), _written(start, end, zone, language, short=short)
        )
    return tuple(found.values())


def moment_of(moment: datetime, zone: str, language: str) -> str:
    """Return a moment in a zone, with the zone's difference from UTC."""
    local = moment.astimezone(ZoneInfo(zone))
    locale = babel_locale(language)
    return f"{format_datetime(local, 'short', locale=locale)} ({get_timezone_gmt(local, 'long', locale=locale)})"


def _written(start: datetime, end: datetime, zone: str, language: str, *, short: bool) -> str:
    locale = babel_locale(language)
    day = format_skeleton("MMMEd", start, locale=locale) if short else format_date(start, "full", locale=locale)
    hours = f"{format_time(start, 'short', locale=locale)} – {format_time(end, 'short', locale=locale)}"
    city = zone.rpartition("/")[2].replace("_", " ")
    return f"{day}, {hours} {city} ({get_timezone_gmt(start, 'long', locale=locale)})"
