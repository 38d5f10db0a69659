from datetime import UTC, datetime, timedelta

import pytest

from linkbridge.accounts.text import InvalidForm
from linkbridge.interpreting.dispatch.checking import CheckedWish, check_wish
from linkbridge.interpreting.dispatch.values import RequestWish

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WISH = RequestWish(person_language="am", domain="screening", modality="video", site_id="post")


def check(**changes: object) -> CheckedWish:
    values = {name: getattr(WISH, name) for name in RequestWish.__slots__} | changes
    return check_wish(RequestWish(**values), NOW, time_zone="America/Panama", official_language="es")


def test_wish_without_a_time_means_now_in_the_sites_zone_and_language() -> None:
    checked = check()
    assert (checked.is_on_demand, checked.time_zone, checked.official_language) == (True, "America/Panama", "es")
    assert checked.span.end - checked.span.start == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Asia/Kathmandu", "2026-12-01T09:00", datetime(2026, 12, 1, 3, 15, tzinfo=UTC)),
        ("Pacific/Kiritimati", "2026-12-01T09:00", datetime(2026, 11, 30, 19, 0, tzinfo=UTC)),
        ("Europe/Madrid", "2027-03-28T03:30", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        ("America/New_York", "2027-11-07T01:30", datetime(2027, 11, 7, 5, 30, tzinfo=UTC)),
    ],
)
def test_local_time_is_meant_in_the_zone(zone: str, local: str, utc: datetime) -> None:
    assert check(time_zone=zone, starts_at=datetime.fromisoformat(local)).span.start == utc


def test_an_end_counts_instead_of_minutes() -> None:
    start = NOW + timedelta(hours=1)
    assert check(starts_at=start, ends_at=start + timedelta(minutes=45)).span.end == start + timedelta(minutes=45)


@pytest.mark.parametrize("start", [NOW - timedelta(minutes=3), NOW + timedelta(days=367)])
def test_time_that_has_passed_or_is_far_is_refused(start: datetime) -> None:
    with pytest.raises(InvalidForm):
        check(starts_at=start)


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(InvalidForm) as refused:
        check(domain="x", modality="y", interpreters=9, duration_minutes=1, avoid=("z",))
    fields = [problem.params["field"] for problem in refused.value.problems]
    assert fields == ["domain", "modality", "duration_minutes", "interpreters", "avoid"]
