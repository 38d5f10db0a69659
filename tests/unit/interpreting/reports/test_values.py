"""Percentiles of counted waits, hours of the day, and what a request counts as."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.interpreting.reports.values import (
    RequestGroup,
    Times,
    hours_of_day,
    nearest_rank,
    outcome_words,
    served,
    times,
)


@pytest.mark.parametrize(
    ("counts", "median", "ninety"),
    [
        ({}, None, None),
        ({7: 1}, 7, 7),
        ({30: 1, 10: 1}, 10, 30),
        ({5: 9, 600: 1}, 5, 5),
        ({5: 8, 600: 2}, 5, 600),
    ],
)
def test_percentiles_of_counted_waits(counts: dict[int, int], median: int | None, ninety: int | None) -> None:
    assert (nearest_rank(counts, 50), nearest_rank(counts, 90)) == (median, ninety)


@given(st.dictionaries(st.integers(0, 10_000), st.integers(1, 20), min_size=1), st.integers(1, 100))
def test_percentile_is_the_least_value_that_so_many_do_not_exceed(counts: dict[int, int], percent: int) -> None:
    everyone = sorted(value for value, count in counts.items() for _ in range(count))
    found = nearest_rank(counts, percent)
    assert found is not None
    assert sum(value <= found for value in everyone) * 100 >= percent * len(everyone)
    assert sum(value < found for value in everyone) * 100 < percent * len(everyone)


def test_first_offer_counts_without_being_filled() -> None:
    assert times({2: 3}, {}) == Times(0, 2, None, None)


def test_moments_count_in_their_own_zone() -> None:
    moment = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)
    found = hours_of_day([(moment, "America/Panama"), (moment, "Asia/Kathmandu"), (moment, "Asia/Kathmandu")])
    assert {hour: count for hour, count in enumerate(found) if count} == {15: 1, 2: 2}


@pytest.mark.parametrize(
    ("state", "was_filled", "field"),
    [
        ("done", True, "filled"),
        ("cancelled", True, "filled"),
        ("unfilled", False, "unmet"),
        ("cancelled", False, "called_off"),
        ("offered", False, "open"),
    ],
)
def test_request_counts_once(state: str, was_filled: bool, field: str) -> None:
    group = RequestGroup("am", "es", "medical", "site", state, was_filled, is_on_demand=True, is_relay=False, count=3)
    found = served([group])
    counts = {name: getattr(found, name) for name in ("filled", "unmet", "open", "called_off")}
    assert (found.asked, counts) == (3, {**dict.fromkeys(counts, 0), field: 3})


@pytest.mark.parametrize(
    ("outcome", "by", "word"),
    [
        (None, None, "missing"),
        ("completed", None, "completed"),
        ("no-show", "interpreter", "no-show-interpreter"),
        ("no-show", None, "no-show-person"),
    ],
)
def test_outcome_names_who_did_not_come(outcome: str | None, by: str | None, word: str) -> None:
    assert outcome_words(outcome, by) == word
