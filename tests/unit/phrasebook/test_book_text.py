"""Changing the English of a phrase in ``book.yaml`` changes nothing else of the file."""

from datetime import date
from pathlib import Path

import pytest

from linkbridge.kernel.errors import InvalidInput
from linkbridge.phrasebook.book_text import revise_phrases
from linkbridge.phrasebook.checks import check_library
from linkbridge.phrasebook.files import load_library, read_library
from linkbridge.phrasebook.schema import Origin, Review, Status, Translation, text_hash
from tests.unit.phrasebook.conftest import RIGHTS, Bend

DAY = date(2026, 12, 1)
REVISED = 'revised: { hash: "%s", status: draft, origin: human, date: 2026-12-01, reviewers: [] }'


def english(text: str, status: Status = Status.DRAFT, *readers: str) -> Translation:
    reviewers = tuple(Review(reader, DAY) for reader in readers)
    return Translation(text, text, DAY, status, Origin.HUMAN, reviewers)


def revised(text: str) -> str:
    return REVISED % text_hash(text)


def book(phrase: str) -> str:
    return f"id: b # book\nphrases:\n{phrase}"


def test_only_the_text_and_a_line_below_it_change() -> None:
    changed = revise_phrases(RIGHTS, {"consulate": english("Ask us.")})
    assert changed == RIGHTS.replace(
        "    text: You can ask us to tell your consulate.\n",
        f"    text: Ask us.\n    {revised('Ask us.')}\n",
    )


def test_unchanged_text_gets_its_status_alone() -> None:
    text = "You can ask us to tell your consulate."
    changed = revise_phrases(RIGHTS, {"consulate": english(text, Status.VERIFIED, "7f3a", "9c01")})
    (line,) = set(changed.split("\n")) - set(RIGHTS.split("\n"))
    assert line == (
        f'    revised: {{ hash: "{text_hash(text)}", status: verified, origin: human, date: 2026-12-01, '
        'reviewers: [{ id: "7f3a", date: 2026-12-01 }, { id: "9c01", date: 2026-12-01 }] }'
    )


def test_several_phrases_change_at_once() -> None:
    changed = revise_phrases(RIGHTS, {"deadline": english("Until {date}."), "title": english("Rights")})
    assert changed == RIGHTS.replace("    text: Your rights\n", f"    text: Rights\n    {revised('Rights')}\n").replace(
        "    text: You have 3 days, until {date}.\n", f"    text: Until {{date}}.\n    {revised('Until {date}.')}\n"
    )


def test_status_is_replaced_where_there_is_one() -> None:
    once = revise_phrases(RIGHTS, {"title": english("Rights")})
    twice = revise_phrases(once, {"title": english("My rights")})
    assert twice == RIGHTS.replace("    text: Your rights\n", f"    text: My rights\n    {revised('My rights')}\n")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Plain words.", "Plain words."),
        ("¿Ünïcode 😀 ክ?", "¿Ünïcode 😀 ክ?"),
        ("Yes", '"Yes"'),
        ("null", '"null"'),
        ("112", '"112"'),
        ("Note: this", '"Note: this"'),
        ("See #1 and # 2", '"See #1 and # 2"'),
        ("{date} is the end", '"{date} is the end"'),
        ("- not a list", '"- not a list"'),
        ('He said "no"', 'He said "no"'),
        ('"No," he said', '"\\"No,\\" he said"'),
        ("A back\\slash", "A back\\slash"),
        ("Ends with a colon:", '"Ends with a colon:"'),
    ],
)
def test_text_is_quoted_only_where_yaml_would_read_something_else(text: str, written: str) -> None:
    source = book("  - id: a\n    text: Old\n")
    assert revise_phrases(source, {"a": english(text)}) == source.replace("Old", f"{written}\n    {revised(text)}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  - id: a\n    text: Old # why\n    kind: k\n", "  - id: a\n    text: New # why\n    REVISED\n    kind: k\n"),
        ("  - text: Old\n    id: a\n", "  - text: New\n    REVISED\n    id: a\n"),
        ('  - id: a\n    text: "Old"   \n', '  - id: a\n    text: "New"   \n    REVISED\n'),
        ("  - id: a\n    text: 'Old'\n", '  - id: a\n    text: "New"\n    REVISED\n'),
        ("  - id: a\n    text: Old\n      words\n  # next\n", "  - id: a\n    text: New\n    REVISED\n  # next\n"),
        (
            "  - id: a\n    text: >-  # why\n      Old\n      words\n\n  # next\n  - id: b\n    text: B\n",
            "  - id: a\n    text: New # why\n    REVISED\n\n  # next\n  - id: b\n    text: B\n",
        ),
        ("  - id: a\n    text: |\n      Old\n", "  - id: a\n    text: New\n    REVISED\n"),
        ("  - id: a\r\n    text: Old\r\n    kind: k\r\n",
         "  - id: a\r\n    text: New\r\n    REVISED\r\n    kind: k\r\n"),
        ("  - id: a\n    text: Old", "  - id: a\n    text: New\n    REVISED"),
        ("  - { id: a, text: Old, kind: k } # c\n", '  - { id: a, text: "New", REVISED, kind: k } # c\n'),
        ("  - { text: Old, id: a }\n", '  - { text: "New", REVISED, id: a }\n'),
        (
            "  - id: a\n    text: Old\n    revised:\n      status: draft\n      reviewers:\n        - id: x\n    # c\n",
            "  - id: a\n    text: New\n    revised:\n      STATUS\n    # c\n",
        ),
    ],
)  # fmt: skip
def test_every_way_to_write_a_phrase_is_understood(before: str, after: str) -> None:
    line = revised("New")
    wanted = after.replace("REVISED", line).replace("STATUS", line.removeprefix("revised: "))
    assert revise_phrases(book(before), {"a": english("New")}) == book(wanted)


@pytest.mark.parametrize(
    "phrase",
    [
        "  - id: b\n    text: B\n",
        "  - id: a\n",
        "  - id: &x a\n    text: *x\n",
        "  - id: a\n    text: [A]\n",
        "  - a\n",
    ],
)
def test_phrase_that_cannot_be_changed_is_refused(phrase: str) -> None:
    with pytest.raises(InvalidInput):
        revise_phrases(book(phrase), {"a": english("New")})


def test_text_that_yaml_cannot_carry_is_refused() -> None:
    with pytest.raises(InvalidInput):
        revise_phrases(RIGHTS, {"title": english("New\x85line")})


def test_file_that_is_no_yaml_is_refused() -> None:
    with pytest.raises(InvalidInput):
        revise_phrases("a: [", {"a": english("New")})


def test_revised_text_is_read_with_its_own_status(books: Path, bend: Bend) -> None:
    text = english("Your rights", Status.REVIEWED, "7f3a")
    path = bend("rights/book.yaml", "", "")
    path.write_text(revise_phrases(path.read_text(), {"title": text}))
    library = load_library(books)
    assert library.books[1].phrases[0].edited == text
    assert [problem for problem in check_library(library) if problem.file == "rights/book.yaml"] == []


def test_text_changed_after_it_was_revised_is_outdated_and_an_error(books: Path, bend: Bend) -> None:
    """An approval in a file was given to its words: whoever changes them by hand cannot keep it."""
    path = bend("rights/book.yaml", "", "")
    path.write_text(revise_phrases(path.read_text(), {"title": english("Your rights", Status.VERIFIED, "a", "b")}))
    bend("rights/book.yaml", "text: Your rights", "text: Your duties")
    library = load_library(books)
    phrase = library.books[1].phrases[0]
    assert phrase.edited is not None
    assert phrase.edited.status_for(phrase) is Status.OUTDATED
    assert "revised_other_text" in {problem.code for problem in check_library(library)}


def test_revised_text_without_its_readers_is_an_error(books: Path, bend: Bend) -> None:
    path = bend("rights/book.yaml", "", "")
    path.write_text(revise_phrases(path.read_text(), {"title": english("Your rights", Status.VERIFIED, "a")}))
    assert "missing_reviewer" in {problem.code for problem in check_library(load_library(books))}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("{ status: draft, date: 2026-12-01 }", "missing_key"),
        ("{ hash: 'xyz', status: draft, date: 2026-12-01 }", "wrong_form"),
        ("{ hash: 'aaaaaaaaaaaa', status: good, date: 2026-12-01 }", "unknown_value"),
        ("{ hash: 'aaaaaaaaaaaa', status: draft, date: today }", "bad_date"),
        ("{ hash: 'aaaaaaaaaaaa', status: draft, date: 2026-12-01, by: me }", "unknown_key"),
        ("yes", "wrong_type"),
    ],
)
def test_revised_that_is_not_in_the_format_is_reported(books: Path, bend: Bend, written: str, code: str) -> None:
    bend("rights/book.yaml", "    text: Your rights\n", f"    text: Your rights\n    revised: {written}\n")
    assert code in {problem.code for problem in read_library(books)[1]}
