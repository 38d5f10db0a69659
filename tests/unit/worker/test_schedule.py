from datetime import UTC, datetime, timedelta, timezone

import pytest

from linkbridge.worker.schedule import Nightly

NIGHTLY = Nightly("purge", hour=2)


@pytest.mark.parametrize(
    ("moment", "night"),
    [
        ("2026-11-24T01:59:59+00:00", "2026-11-23"),
        ("2026-11-24T02:00:00+00:00", "2026-11-24"),
        ("2026-11-24T23:59:59+00:00", "2026-11-24"),
        ("2026-11-25T01:59:59+00:00", "2026-11-24"),
        ("2027-01-01T00:30:00+00:00", "2026-12-31"),
        ("2028-03-01T01:00:00+00:00", "2028-02-29"),
    ],
)
def test_a_night_lasts_from_the_hour_to_the_hour(moment: str, night: str) -> None:
    assert NIGHTLY.key(datetime.fromisoformat(moment)) == night


def test_each_night_has_a_name_of_its_own() -> None:
    start = datetime.fromisoformat("2026-11-24T02:00:00+00:00")
    names = [NIGHTLY.key(start + timedelta(hours=hours)) for hours in range(24 * 366)]
    assert len(set(names)) == 366
    assert names == sorted(names)


def test_the_hour_is_in_utc() -> None:
    moment = datetime(2026, 11, 24, 1, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert Nightly("purge", hour=7).key(moment.astimezone(UTC)) == "2026-11-23"
    assert Nightly("purge", hour=6).key(moment.astimezone(UTC)) == "2026-11-24"
