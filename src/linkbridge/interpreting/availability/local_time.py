"""Local times in a zone and the moments they mean. Pure.

One rule for the days on which clocks change, for starts and ends alike: a local time that comes twice means the first
time, and one that is skipped means the moment of the change. So a later local time is never an earlier moment.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@lru_cache(maxsize=1024)
def find_zone(name: str) -> ZoneInfo | None:
    """Return the zone of an IANA name, or ``None`` if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def exists(local: datetime, zone: ZoneInfo) -> bool:
    """Whether clocks in the zone ever show this naive local time."""
    return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local


def to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment that a naive local time means."""
    moment = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    shown = moment.astimezone(zone).replace(tzinfo=None, fold=0)
    return moment if shown == local else _change_before(moment, shown - local, zone)


def _change_before(moment: datetime, skipped: timedelta, zone: ZoneInfo) -> datetime:
    """Return when the clocks changed, at most ``skipped`` before ``moment``."""
    high = int(moment.timestamp())
    low = high - int(skipped.total_seconds())
    after = moment.astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)
