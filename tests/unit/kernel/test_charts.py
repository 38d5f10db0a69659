import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.kernel.charts import Segment, stacked_bar


def test_stacked_bar_shares_its_length() -> None:
    assert stacked_bar([("verified", 3), ("draft", 1)], length=42) == (
        Segment("verified", 3, 0, 31),
        Segment("draft", 1, 31, 11),
    )


def test_stacked_bar_leaves_out_what_counts_nothing() -> None:
    assert stacked_bar([("verified", 0), ("draft", 14), ("missing", 0)], length=120) == (Segment("draft", 14, 0, 120),)


def test_stacked_bar_of_nothing_has_no_parts() -> None:
    assert stacked_bar([("verified", 0)], length=120) == ()


def test_stacked_bar_shows_one_among_thousands() -> None:
    few, many = stacked_bar([("verified", 1), ("draft", 100_000)], length=120)
    assert (few.length, many.length) == (1, 119)


@pytest.mark.parametrize("counts", [[("draft", -1), ("verified", 2)], [("a", 1), ("b", 1), ("c", 1)]])
def test_stacked_bar_refuses_what_cannot_be_drawn(counts: list[tuple[str, int]]) -> None:
    with pytest.raises(ValueError, match="each needs one unit"):
        stacked_bar(counts, length=2)


@given(st.lists(st.integers(min_value=0, max_value=10**9), max_size=8), st.integers(min_value=8, max_value=500))
def test_stacked_bar_fills_its_length_without_a_gap(counts: list[int], length: int) -> None:
    named = [(f"part-{place}", count) for place, count in enumerate(counts)]
    segments = stacked_bar(named, length=length)
    assert [(segment.name, segment.count) for segment in segments] == [(name, count) for name, count in named if count]
    ends = [segment.start + segment.length for segment in segments]
    assert [segment.start for segment in segments] == [0, *ends[:-1]][: len(segments)]
    assert not segments or ends[-1] == length
    assert all(segment.length >= 1 for segment in segments)
