"""What a local change does to the delivered texts, without a database."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.files import load_library
from linkbridge.phrasebook.overlay import Place, find_phrase, with_changes
from linkbridge.phrasebook.schema import Library, Origin, Review, Status, Translation

DAY = date(2026, 12, 24)
CONSULATE = Place("rights", "consulate", "es")
ENGLISH = Place("rights", "consulate", "en")
SPANISH_WORDS = Translation("Puede pedirlo.", "You can ask us to tell your consulate.", DAY, origin=Origin.HUMAN)
ENGLISH_WORDS = Translation("Ask us.", "Ask us.", DAY, origin=Origin.HUMAN)


@pytest.fixture
def library(books: Path) -> Library:
    return load_library(books)


def shown(library: Library, place: Place) -> tuple[str, Status]:
    text = Catalogue(library).phrase(f"{place.book}.{place.phrase}", place.tag)
    assert text is not None
    return text.text, text.status


def test_place_has_a_name_in_one_word() -> None:
    assert CONSULATE.key == "rights.consulate.es"


def test_no_changes_leave_the_library_itself(library: Library) -> None:
    assert with_changes(library, {}) is library


def test_change_replaces_one_translation_and_leaves_all_else(library: Library) -> None:
    changed = with_changes(library, {CONSULATE: SPANISH_WORDS})
    assert shown(changed, CONSULATE) == ("Puede pedirlo.", Status.DRAFT)
    assert changed.books == library.books
    assert changed.instruments == library.instruments
    assert changed.translations["interface", "es"] is library.translations["interface", "es"]
    others = {key: text for key, text in changed.translations["rights", "es"].items() if key != "consulate"}
    assert others == {key: text for key, text in library.translations["rights", "es"].items() if key != "consulate"}


def test_delivered_library_stays_as_it_was(library: Library, books: Path) -> None:
    with_changes(library, {CONSULATE: SPANISH_WORDS, ENGLISH: ENGLISH_WORDS})
    assert library == load_library(books)


def test_change_can_begin_a_language(library: Library) -> None:
    french = replace(CONSULATE, tag="fr")
    changed = with_changes(library, {french: replace(SPANISH_WORDS, text="Vous pouvez le demander.")})
    assert changed.tags_of("rights") == ("en", "es", "fr")
    assert shown(changed, french) == ("Vous pouvez le demander.", Status.DRAFT)


def test_changed_english_makes_translations_outdated_whatever_readers_said(library: Library) -> None:
    assert shown(library, CONSULATE)[1] is Status.VERIFIED
    changed = with_changes(library, {ENGLISH: ENGLISH_WORDS})
    assert shown(changed, CONSULATE)[1] is Status.OUTDATED
    assert shown(changed, ENGLISH) == ("Ask us.", Status.DRAFT)
    assert shown(changed, Place("rights", "title", "es"))[1] is Status.DRAFT


def test_changed_english_has_a_status_of_its_own(library: Library) -> None:
    readers = (Review("a", DAY), Review("b", DAY))
    verified = replace(ENGLISH_WORDS, status=Status.VERIFIED, reviewers=readers)
    changed = with_changes(library, {ENGLISH: verified})
    assert shown(changed, ENGLISH) == ("Ask us.", Status.VERIFIED)
    assert shown(changed, Place("rights", "title", "en"))[1] is Status.DRAFT
    claimed = with_changes(library, {ENGLISH: replace(verified, reviewers=readers[:1])})
    assert shown(claimed, ENGLISH)[1] is Status.REVIEWED


def test_english_is_always_made_from_itself(library: Library) -> None:
    stray = replace(ENGLISH_WORDS, source="", comments=("x",), unsure=True, same_as_source=True)
    found = find_phrase(with_changes(library, {ENGLISH: stray}), ENGLISH)
    assert found is not None
    assert found[1].edited == ENGLISH_WORDS


def test_translation_made_from_the_changed_english_is_current(library: Library) -> None:
    again = replace(SPANISH_WORDS, source="Ask us.", status=Status.REVIEWED, reviewers=(Review("a", DAY),))
    changed = with_changes(library, {ENGLISH: ENGLISH_WORDS, CONSULATE: again})
    assert shown(changed, CONSULATE) == ("Puede pedirlo.", Status.REVIEWED)


@pytest.mark.parametrize(
    "place",
    [
        Place("rights", "gone", "es"),
        Place("gone", "consulate", "es"),
        Place("rights", "gone", "en"),
        Place("gone", "consulate", "en"),
    ],
)
def test_change_of_a_phrase_that_no_book_has_is_left_out(library: Library, place: Place) -> None:
    assert with_changes(library, {place: SPANISH_WORDS}) == library
    assert find_phrase(library, place) is None


def test_phrase_is_found_with_its_book(library: Library) -> None:
    found = find_phrase(library, CONSULATE)
    assert found is not None
    assert (found[0].id, found[1].id) == ("rights", "consulate")
