"""The phrasebooks that LinkBridge delivers: complete, without faults, honest about their status, speakable."""

import shutil
import subprocess

import pytest

from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.checks import check_library
from linkbridge.phrasebook.files import default_directory, load_library
from linkbridge.phrasebook.po import write_po
from linkbridge.phrasebook.schema import Library, Origin, Status

NOTICES = ("first-contact", "detention-rights", "asylum-procedure", "interpreters")
TAGS = {"en", "es", "pt", "fr", "nl", "am", "ar", "bn", "hi", "ne", "ps", "so", "sw", "ti", "ur", "zh-Hans"}


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
            assert 10 <= len(notice.phrases) <= 15


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
    assert len(spoken) == 7
    for tag in spoken:
        text = " ".join(phrase.text for phrase in catalogue.phrases(tag, "detention-rights"))
        command = ["espeak-ng", "-v", LANGUAGES[tag].voice or "", "-q", "-x", "--stdin"]
        phonemes = subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout
        assert b"(en)" not in phonemes, tag
