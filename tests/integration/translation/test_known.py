"""Words that need no machine: phrases first, then memory, each no more trusted than it is."""

from pathlib import Path

import pytest

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import system_actor
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.exchange.memory import Pair, TranslationMemory
from linkbridge.phrasebook.files import load_library
from linkbridge.translation.known import Known, KnownTexts, matching_form
from linkbridge.translation.results import TextSource
from tests.support.workshop import write_books

BY = system_actor("test")
ENGLISH = "You can ask us to tell your consulate."
SPANISH = "Puede pedir que avisemos a su consulado."


@pytest.fixture
def memory(clock: FrozenClock) -> TranslationMemory:
    return TranslationMemory(clock=clock, audit=AuditLog(clock=clock))


@pytest.fixture
def known(tmp_path: Path, memory: TranslationMemory, sessions: SessionFactory) -> KnownTexts:
    return KnownTexts(Catalogue(load_library(write_books(tmp_path))), memory, sessions)


def remember(sessions: SessionFactory, memory: TranslationMemory, pair: Pair, *, reviewed: bool) -> None:
    with sessions.transaction() as session:
        memory.add(session, [pair], collection="clinic", by=BY, reviewed=reviewed)


def test_phrase_is_found_by_its_words_in_either_language(known: KnownTexts) -> None:
    assert known.find([ENGLISH], "en", "es") == {ENGLISH: Known(SPANISH, TextSource.VERIFIED, "rights.consulate")}
    assert known.find([SPANISH], "es", "en") == {SPANISH: Known(ENGLISH, TextSource.VERIFIED, "rights.consulate")}


@pytest.mark.parametrize(
    "written", ["you can ask us to tell  your consulate", "You can ask us\nto tell your consulate. "]
)
def test_case_spaces_and_full_stop_do_not_matter(known: KnownTexts, written: str) -> None:
    assert known.find([written], "en", "es")[written].text == SPANISH


def test_question_is_another_text(known: KnownTexts) -> None:
    assert known.find(["You can ask us to tell your consulate?"], "en", "es") == {}


def test_draft_is_called_a_draft(known: KnownTexts) -> None:
    assert known.find(["Your rights"], "en", "es")["Your rights"].source is TextSource.DRAFT


def test_regional_tag_finds_the_language(known: KnownTexts) -> None:
    assert known.find([ENGLISH], "en-GB", "es-419")[ENGLISH].text == SPANISH


def test_placeholders_buttons_and_unknown_languages_are_not_found(known: KnownTexts) -> None:
    for text, source, target in (
        ("You have 3 days, until {date}.", "en", "es"),
        ("Back", "en", "es"),
        (ENGLISH, "en", "fr"),
        (ENGLISH, "en", "tlh"),
    ):
        assert known.find([text], source, target) == {}


@pytest.mark.parametrize(("reviewed", "kept"), [(True, "Tus derechos"), (False, "Sus derechos")])
def test_reviewed_memory_comes_before_a_draft_and_other_memory_after_it(
    known: KnownTexts, memory: TranslationMemory, sessions: SessionFactory, *, reviewed: bool, kept: str
) -> None:
    remember(sessions, memory, Pair("en", "es", "Your rights", "Tus derechos"), reviewed=reviewed)
    assert known.find(["Your rights"], "en", "es")["Your rights"].text == kept


def test_memory_never_comes_before_verified_words(
    known: KnownTexts, memory: TranslationMemory, sessions: SessionFactory
) -> None:
    remember(sessions, memory, Pair("en", "es", ENGLISH, "otra cosa"), reviewed=True)
    assert known.find([ENGLISH], "en", "es")[ENGLISH].text == SPANISH


def test_memory_fills_what_no_phrase_has(
    known: KnownTexts, memory: TranslationMemory, sessions: SessionFactory
) -> None:
    remember(sessions, memory, Pair("en", "es", "a fever", "fiebre"), reviewed=False)
    assert known.find(["a  fever", "a cough"], "en", "es") == {"a  fever": Known("fiebre", TextSource.MEMORY, "clinic")}


def test_memory_of_a_language_serves_its_regions(
    known: KnownTexts, memory: TranslationMemory, sessions: SessionFactory
) -> None:
    remember(sessions, memory, Pair("en", "pt", "a fever", "febre"), reviewed=True)
    assert known.find(["a fever"], "en-US", "pt-BR")["a fever"].text == "febre"


def test_matching_form_of_other_scripts() -> None:
    assert matching_form("ፈቃድ አለዎት።") == matching_form("ፈቃድ  አለዎት")
    assert matching_form("آپ کے حقوق۔") == "آپ کے حقوق"
