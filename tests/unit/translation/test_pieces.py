"""What is too long is cut at the best places and joined again, and no word is lost."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.translation.pieces import Piece, cut, join, plain


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("", ""),
        (" \t\n\x00", ""),
        ("a\nb\r\n c", "a b  c"),
        ("a\ud800b", "a\ufffdb"),
        ("\ufeffمرحبا\u2028", "مرحبا"),
        ("👩🏽‍⚕️ snake_case", "👩🏽‍⚕️ snake_case"),
    ],
)
def test_plain_leaves_one_line_of_words(given_text: str, expected: str) -> None:
    assert plain(given_text) == expected


def test_cut_leaves_what_is_short_enough() -> None:
    assert cut("One. Two.", 9, len) == [Piece("One. Two.")]
    assert cut("", 9, len) == [Piece("")]


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("First one is here. Second, with a comma, there.", 30, ["First one is here.", "Second, with a comma, there."]),
        ("He said “no.” Then he left the room", 25, ["He said “no.”", "Then he left the room"]),
        ("before the comma, after the comma", 20, ["before the comma,", "after the comma"]),
        ("it costs 1,000 or 2.5 each", 20, ["it costs 1,000", "or 2.5 each"]),
        ("one two three four", 10, ["one two", "three four"]),
        ("第一句话。第二句话。", 5, ["第一句话。", "第二句话。"]),
        ("أولا، ثانيا ثالثا", 12, ["أولا،", "ثانيا ثالثا"]),
        ("abcdefgh", 4, ["abcd", "efgh"]),
    ],
)
def test_cut_prefers_sentences_to_clauses_to_words(text: str, limit: int, parts: list[str]) -> None:
    assert [piece.text for piece in cut(text, limit, len)] == parts


def test_cut_keeps_an_accent_with_its_letter() -> None:
    assert [piece.text for piece in cut("abe\u0301cd", 3, len)] == ["ab", "e\u0301", "cd"]


@given(st.text(max_size=300), st.integers(1, 40))
def test_cut_loses_nothing_but_spaces(text: str, limit: int) -> None:
    pieces = cut(text, limit, len)
    assert "".join("".join(piece.text.split()) for piece in pieces) == "".join(text.split())
    assert all(len(piece.text) <= limit for piece in pieces)


@pytest.mark.parametrize(
    ("pieces", "target", "expected"),
    [
        ([Piece("a"), Piece("b")], "en", "A B"),
        ([Piece("a"), Piece("b", glued=True)], "en", "AB"),
        ([Piece("a"), Piece("b")], "zh-Hans", "AB"),
        ([Piece("a"), Piece("b")], "th", "AB"),
        ([Piece("a")], "en", "A"),
    ],
)
def test_join_puts_spaces_where_the_language_has_them(pieces: list[Piece], target: str, expected: str) -> None:
    assert join(pieces, [piece.text.upper() for piece in pieces], target) == expected


def test_join_makes_no_space_for_nothing() -> None:
    assert join([Piece("a"), Piece("b"), Piece("c")], ["A", "", "C"], "en") == "A C"


def test_a_very_long_word_is_cut_inside_and_joined_whole() -> None:
    pieces = cut("x" * 5_000, 100, len)
    assert max(len(piece.text) for piece in pieces) <= 100
    assert join(pieces, [piece.text for piece in pieces], "es") == "x" * 5_000


def test_heap_of_marks_is_cut_in_few_steps() -> None:
    asked: list[int] = []

    def count(text: str) -> int:
        asked.append(len(text))
        return len(text)

    text = "a" + "\u0301" * 5000
    pieces = cut(text, 400, count)
    assert "".join(piece.text for piece in pieces) == text
    assert len(asked) < 50


def test_run_of_spaces_is_cut_in_time_that_grows_with_its_length() -> None:
    """Each space was once the beginning of a search to the end of the run: a hundred thousand took ten seconds."""
    started = time.process_time()
    pieces = cut("Go " + " " * 100_000 + "- now", 400, len)
    assert time.process_time() - started < 2
    assert " ".join(piece.text.strip() for piece in pieces).split() == ["Go", "-", "now"]
