"""What waits for a reader, in which order, and what changed between two texts."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from linkbridge.phrasebook.files import load_library
from linkbridge.phrasebook.overlay import Place, with_changes
from linkbridge.phrasebook.review_queue import Part, compare, queue
from linkbridge.phrasebook.schema import Library, Review, Status, Translation
from tests.unit.phrasebook.conftest import Bend


def states(library: Library, reader: str = "nobody", tag: str = "es") -> list[tuple[str, str, bool]]:
    return [(item.place.phrase, item.state, item.waits_for_me) for item in queue(library, tag, reader=reader)]


def test_queue_starts_with_the_screens_and_ends_with_what_is_verified(books: Path) -> None:
    assert states(load_library(books)) == [
        ("listen", "draft", True),
        ("progress", "draft", True),
        ("text-date", "draft", True),
        ("title", "draft", True),
        ("deadline", "reviewed", True),
        ("consulate", "verified", False),
    ]


def test_outdated_comes_first_and_missing_next(books: Path, bend: Bend) -> None:
    bend("rights/book.yaml", "You can ask us to tell your consulate.", "You can ask us to call your consulate.")
    bend("rights/es.po", 'msgstr "Sus derechos"', 'msgstr ""')
    assert [name for name, _, _ in states(load_library(books))][:2] == ["consulate", "title"]


def test_what_a_reader_approved_waits_for_somebody_else(books: Path) -> None:
    library = load_library(books)
    reviewer = library.translations["rights", "es"]["deadline"].reviewers[0].reviewer
    assert ("deadline", "reviewed", False) in states(library, reviewer)
    assert ("deadline", "reviewed", True) in states(library, "another")


def test_approval_of_an_outdated_text_does_not_count(books: Path, bend: Bend) -> None:
    bend("rights/book.yaml", "You have 3 days", "You have only 3 days")
    library = load_library(books)
    reviewer = library.translations["rights", "es"]["deadline"].reviewers[0].reviewer
    assert ("deadline", "outdated", True) in states(library, reviewer)


def test_language_without_a_file_is_all_missing(books: Path) -> None:
    items = queue(load_library(books), "fr", reader="nobody")
    assert {(item.state, item.text, item.by_machine) for item in items} == {("missing", "", False)}
    assert len(items) == 6


def test_english_has_its_own_status(books: Path) -> None:
    library = load_library(books)
    text = Translation(
        "Your rights here", "", date(2026, 12, 1), Status.REVIEWED, reviewers=(Review("r", date(2026, 12, 1)),)
    )
    changed = with_changes(library, {Place("rights", "title", "en"): replace(text, source=text.text)})
    assert ("title", "reviewed", True) in states(changed, tag="en")
    assert ("title", "outdated", True) in states(changed)


def test_queue_of_one_book(books: Path) -> None:
    items = queue(load_library(books), "es", reader="nobody", book="interface")
    assert {item.place.book for item in items} == {"interface"}


def test_compare_tells_words_apart() -> None:
    assert compare("You can ask us now", "You may ask us") == (
        Part("same", "You"),
        Part("gone", "can"),
        Part("new", "may"),
        Part("same", "ask us"),
        Part("gone", "now"),
    )
    assert compare("same", "same") == (Part("same", "same"),)
    assert compare("", "new") == (Part("new", "new"),)
