"""Statuses, hashes, and what makes a translation outdated."""

import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.phrasebook.schema import (
    Phrase,
    PhraseKind,
    Review,
    Status,
    Translation,
    digest,
    earned_status,
    text_hash,
)

DAY = date(2026, 12, 1)
PHRASE = Phrase("rights", "lawyer", PhraseKind.STATEMENT, "You can ask for a lawyer.")
FIRST, SECOND = Review("a1", DAY), Review("b2", DAY)


def made_from(source: str, **changes: object) -> Translation:
    translation = Translation("Puede pedir un abogado.", source, DAY, Status.VERIFIED, reviewers=(FIRST, SECOND))
    return dataclasses.replace(translation, **changes)  # type: ignore[arg-type]


def test_status_ranks_from_outdated_to_verified() -> None:
    assert sorted(Status, key=lambda status: status.rank) == [
        Status.OUTDATED,
        Status.DRAFT,
        Status.REVIEWED,
        Status.VERIFIED,
    ]


def test_phrase_key_joins_book_and_id() -> None:
    assert PHRASE.key == "rights.lawyer"


def test_source_hash_is_blind_to_spaces_and_encoding() -> None:
    spaced = dataclasses.replace(PHRASE, text=" You can  ask for\na lawyer. ")
    assert spaced.source_hash == PHRASE.source_hash
    assert text_hash("caf\u00e9") == text_hash("cafe\u0301")
    assert text_hash("a") != text_hash("b")
    assert len(PHRASE.source_hash) == 12


@pytest.mark.parametrize(
    ("claimed", "reviewers", "earned"),
    [
        (Status.VERIFIED, (FIRST, SECOND), Status.VERIFIED),
        (Status.VERIFIED, (FIRST, Review("a1", date(2026, 12, 2))), Status.REVIEWED),
        (Status.VERIFIED, (), Status.DRAFT),
        (Status.REVIEWED, (FIRST,), Status.REVIEWED),
        (Status.REVIEWED, (), Status.DRAFT),
        (Status.DRAFT, (FIRST, SECOND), Status.DRAFT),
        (Status.OUTDATED, (FIRST, SECOND), Status.OUTDATED),
    ],
)
def test_earned_status(claimed: Status, reviewers: tuple[Review, ...], earned: Status) -> None:
    assert earned_status(claimed, reviewers) is earned


def test_status_for_unchanged_source_is_the_earned_one() -> None:
    assert made_from(PHRASE.text).status_for(PHRASE) is Status.VERIFIED


def test_status_for_changed_source_is_outdated() -> None:
    assert made_from("You must ask for a lawyer.").status_for(PHRASE) is Status.OUTDATED


def test_status_for_text_carried_over_by_a_tool_is_outdated() -> None:
    assert made_from(PHRASE.text, unsure=True).status_for(PHRASE) is Status.OUTDATED


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_digest_differs_for_different_parts(one: list[str], other: list[str]) -> None:
    assert (digest(one) == digest(other)) == (one == other)
