"""The phrasebooks that LinkBridge delivers: complete, without faults, honest about their status, speakable."""

import shutil
import subprocess

import pytest

from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.checks import check_library
from linkbridge.phrasebook.files import default_directory, load_library
from linkbridge.phrasebook.po import write_po
from linkbridge.phrasebook.schema import Library, Origin, PhraseKind, Status

NOTICES = (
    "first-contact",
    "detention-rights",
    "asylum-procedure",
    "interpreters",
    "entry-and-documents",
    "consular-assistance",
    "voluntary-return",
    "humanitarian-visa",
    "trafficking-and-smuggling",
    "statelessness",
    "shelter-food-health",
    "children",
    "hearings-and-decisions",
    "data-protection",
)
SHORT = {"data-protection": 8}
TAGS = {
    "en",
    "es",
    "pt",
    "fr",
    "nl",
    "ht",
    "am",
    "ar",
    "bn",
    "ckb",
    "fa",
    "ff",
    "gu",
    "ha",
    "hi",
    "kmr",
    "ln",
    "ne",
    "om",
    "pa",
    "prs",
    "ps",
    "ru",
    "si",
    "so",
    "sw",
    "ta",
    "ti",
    "tr",
    "ur",
    "uz",
    "vi",
    "wo",
    "yo",
    "zh-Hans",
}
"""Every language that the delivered books are in."""


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(default_directory())


@pytest.fixture(scope="module")
def catalogue(library: Library) -> Catalogue:
    return Catalogue(library)


def test_delivered_books_have_no_problem(library: Library) -> None:
    assert check_library(library) == []


def test_delivered_notices_are_whole_in_every_language(catalogue: Catalogue) -> None:
    assert catalogue.notice_ids == NOTICES
    assert set(catalogue.languages) == TAGS
    for notice_id in NOTICES:
        assert set(catalogue.languages_of(notice_id)) == TAGS
        for tag in TAGS:
            notice = catalogue.notice(notice_id, tag)
            assert notice.missing == ()
            assert SHORT.get(notice_id, 10) <= len(notice.phrases) <= 15


def test_delivered_questions_are_whole_in_every_language(catalogue: Catalogue) -> None:
    for tag in TAGS:
        phrases = catalogue.phrases(tag, "protection-needs")
        assert len(phrases) == 23
        questions = [phrase for phrase in phrases if phrase.kind is PhraseKind.QUESTION]
        assert len(questions) == 16
        assert {f"answer-{name}" for name in ("yes", "no", "do-not-know", "do-not-want-to-say")} < {
            p.id for p in phrases
        }


def test_delivered_translations_tell_what_they_say_in_english(library: Library) -> None:
    """Whoever reviews sees what another reader, who did not know the English, understood."""
    for texts in library.translations.values():
        for text in texts.values():
            assert any(comment.startswith("back-translation: ") for comment in text.comments)


def test_delivered_texts_are_machines_drafts(catalogue: Catalogue) -> None:
    statuses = {(phrase.status, phrase.origin) for tag in TAGS for phrase in catalogue.phrases(tag)}
    assert statuses == {(Status.DRAFT, Origin.MACHINE)}


def test_delivered_notices_name_their_legal_basis(catalogue: Catalogue) -> None:
    named = {basis.instrument for phrase in catalogue.phrases("en") for basis in phrase.legal_basis}
    assert {"VCCR", "CSR51", "ICCPR", "CARTAGENA"} <= named
    assert all(catalogue.instrument(instrument).source for instrument in named)


def test_delivered_po_files_are_as_written_by_linkbridge(library: Library) -> None:
    for book in library.books:
        for tag in library.tags_of(book.id)[1:]:
            path = default_directory() / book.path_of(tag)
            assert path.read_text(encoding="utf-8") == write_po(book, tag, library.translations[book.id, tag])


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_delivered_texts_are_read_in_their_own_language(catalogue: Catalogue) -> None:
    """A voice that cannot read a script switches to English, letter by letter: that helps nobody."""
    spoken = [tag for tag in catalogue.languages if LANGUAGES[tag].voice and LANGUAGES[tag].script != "Latn"]
    assert len(spoken) == 14
    for tag in spoken:
        text = " ".join(phrase.text for phrase in catalogue.phrases(tag, "detention-rights"))
        command = ["espeak-ng", "-v", LANGUAGES[tag].voice or "", "-q", "-x", "--stdin"]
        phonemes = subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout
        assert b"(en)" not in phonemes, tag
