"""The catalogue: what readers get, what is missing, and when versions change."""

from datetime import date
from pathlib import Path

import pytest

from linkbridge.kernel.errors import NotFound
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.files import load_library
from linkbridge.phrasebook.schema import LegalBasis, Origin, Status
from tests.unit.phrasebook.conftest import Bend


def catalogue(books: Path) -> Catalogue:
    return Catalogue(load_library(books))


def test_notice_is_a_title_and_phrases_in_order(books: Path) -> None:
    notice = catalogue(books).notice("rights", "es")
    assert notice.title.text == "Sus derechos"
    assert [phrase.id for phrase in notice.phrases] == ["consulate", "deadline"]
    assert (notice.id, notice.tag, notice.pictogram, notice.missing) == ("rights", "es", "1F6AA", ())


def test_notice_has_the_status_of_its_weakest_phrase(books: Path) -> None:
    notice = catalogue(books).notice("rights", "es")
    assert [notice.title.status, *(phrase.status for phrase in notice.phrases)] == [
        Status.DRAFT,
        Status.VERIFIED,
        Status.REVIEWED,
    ]
    assert (notice.status, notice.origin, notice.date) == (Status.DRAFT, Origin.MACHINE, date(2026, 12, 2))


def test_notice_in_english_is_the_source(books: Path) -> None:
    notice = catalogue(books).notice("rights", "en")
    assert (notice.title.text, notice.status, notice.origin) == ("Your rights", Status.DRAFT, Origin.MACHINE)


def test_screening_is_no_notice_and_has_phrases_and_a_title(books: Path, bend: Bend) -> None:
    bend("rights/book.yaml", "kind: notice", "kind: screening")
    texts = catalogue(books)
    assert texts.notice_ids == ()
    assert [phrase.id for phrase in texts.phrases("es", "rights")] == ["title", "consulate", "deadline"]
    title = texts.title("rights", "es")
    assert title is not None
    assert title.text == "Sus derechos"
    with pytest.raises(NotFound):
        texts.notice("rights", "es")


def test_title_is_of_books_that_have_one(books: Path) -> None:
    texts = catalogue(books)
    assert texts.title("interface", "es") is None
    assert texts.title("no-such-book", "es") is None
    assert texts.title("rights", "fr") is None


def test_phrase_carries_what_a_page_needs(books: Path) -> None:
    phrase = catalogue(books).phrase("rights.consulate", "es")
    assert phrase is not None
    assert (phrase.key, phrase.tag, phrase.direction, phrase.script) == ("rights.consulate", "es", "ltr", "Latn")
    assert phrase.source_text == "You can ask us to tell your consulate."
    assert (phrase.pictogram, phrase.legal_basis) == ("1F3DB", (LegalBasis("VCCR", "36(1)(b)"),))


def test_changed_source_makes_phrase_and_notice_outdated(books: Path, bend: Bend) -> None:
    bend("rights/book.yaml", "You can ask us to tell your consulate.", "You can ask us to call your consulate.")
    notice = catalogue(books).notice("rights", "es")
    assert notice.phrases[0].status is Status.OUTDATED
    assert notice.phrases[0].source_text == "You can ask us to call your consulate."
    assert notice.status is Status.OUTDATED


def test_missing_phrase_is_left_out_and_listed(books: Path, bend: Bend) -> None:
    bend("rights/es.po", 'msgstr "Puede pedir que avisemos a su consulado."', 'msgstr ""')
    notice = catalogue(books).notice("rights", "es")
    assert [phrase.id for phrase in notice.phrases] == ["deadline"]
    assert notice.missing == ("consulate",)
    assert catalogue(books).phrase("rights.consulate", "es") is None


@pytest.mark.parametrize("text", ["hasta {day}.", "hasta mañana.", "hasta \u202e{date}.", "hasta\u200b {date}."])
def test_translation_that_cannot_be_shown_safely_is_missing(books: Path, bend: Bend, text: str) -> None:
    bend("rights/es.po", "hasta el {date}.", text)
    assert catalogue(books).notice("rights", "es").missing == ("deadline",)


def test_notice_without_a_title_does_not_exist(books: Path, bend: Bend) -> None:
    bend("rights/es.po", 'msgstr "Sus derechos"', 'msgstr ""')
    with pytest.raises(NotFound):
        catalogue(books).notice("rights", "es")
    assert catalogue(books).languages_of("rights") == ("en",)


@pytest.mark.parametrize(
    ("notice_id", "tag"), [("rights", "am"), ("rights", "xx"), ("none", "es"), ("interface", "es")]
)
def test_unknown_notice_or_language_is_not_found(books: Path, notice_id: str, tag: str) -> None:
    with pytest.raises(NotFound):
        catalogue(books).notice(notice_id, tag)


def test_languages_are_those_with_the_whole_interface(books: Path, bend: Bend) -> None:
    assert catalogue(books).languages == ("en", "es")
    bend("interface/es.po", 'msgstr "Escuchar"', 'msgstr ""')
    assert catalogue(books).languages == ("en",)


def test_notice_ids_and_languages_of_a_notice(books: Path) -> None:
    assert catalogue(books).notice_ids == ("rights",)
    assert catalogue(books).languages_of("rights") == ("en", "es")
    with pytest.raises(NotFound):
        catalogue(books).languages_of("interface")


def test_phrases_of_all_books_or_one(books: Path) -> None:
    assert [phrase.key for phrase in catalogue(books).phrases("es")] == [
        "interface.listen",
        "interface.progress",
        "interface.text-date",
        "rights.title",
        "rights.consulate",
        "rights.deadline",
    ]
    assert len(catalogue(books).phrases("es", "rights")) == 3
    assert catalogue(books).phrases("am") == ()


def test_legal_label_and_instrument(books: Path) -> None:
    assert catalogue(books).legal_label(LegalBasis("VCCR", "36(1)(b)")) == "VCCR 36(1)(b)"
    assert catalogue(books).instrument("VCCR").name == "Vienna Convention on Consular Relations"
    with pytest.raises(NotFound):
        catalogue(books).instrument("X")


def test_coverage_counts_by_status(books: Path, bend: Bend) -> None:
    bend("rights/es.po", 'msgstr "Sus derechos"', 'msgstr ""')
    rows = {(row.book, row.tag): row for row in catalogue(books).coverage()}
    assert list(rows) == [("interface", "en"), ("interface", "es"), ("rights", "en"), ("rights", "es")]
    row = rows["rights", "es"]
    assert (row.total, row.missing) == (3, 1)
    assert row.counts == {Status.OUTDATED: 0, Status.DRAFT: 0, Status.REVIEWED: 1, Status.VERIFIED: 1}


def test_version_is_the_same_for_the_same_files(books: Path) -> None:
    first, second = catalogue(books), catalogue(books)
    assert first.version == second.version
    assert len(first.version) == 12
    assert first.notice("rights", "es") == second.notice("rights", "es")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("rights/es.po", "Sus derechos", "Tus derechos"),
        ("rights/es.po", "# status: verified", "# status: reviewed"),
        ("rights/es.po", "# origin: machine", "# origin: human"),
        ("rights/es.po", "# date: 2026-11-24", "# date: 2026-11-25"),
        ("rights/book.yaml", "pictogram: 1F3DB", "pictogram: 1F6E1"),
        ("rights/book.yaml", "pictogram: 1F6AA", "pictogram: 1F6E1"),
        ("rights/book.yaml", "36(1)(b)", "36(1)(c)"),
        ("rights/es.po", 'msgstr "Puede pedir que avisemos a su consulado."', 'msgstr ""'),
    ],
)
def test_version_changes_with_everything_that_a_reader_sees(
    books: Path, bend: Bend, file: str, old: str, new: str
) -> None:
    before = catalogue(books)
    bend(file, old, new)
    after = catalogue(books)
    assert after.version != before.version
    assert after.notice("rights", "es").version != before.notice("rights", "es").version


def test_version_of_another_language_does_not_change(books: Path, bend: Bend) -> None:
    before = catalogue(books).notice("rights", "en").version
    bend("rights/es.po", "Sus derechos", "Tus derechos")
    assert catalogue(books).notice("rights", "en").version == before


def test_interface_fills_numbers_and_dates(books: Path) -> None:
    texts = catalogue(books).interface("es")
    assert texts.text("listen") == "Escuchar"
    assert texts.format("progress", number=3, total=12000) == "3 de 12.000"
    assert texts.format("text-date", date=date(2026, 11, 24)) == "Texto del 24 de noviembre de 2026"
    assert (texts.tag_of("listen"), texts.direction, texts.script) == ("es", "ltr", "Latn")


def test_interface_falls_back_to_english_and_says_so(books: Path, bend: Bend) -> None:
    bend("interface/es.po", 'msgstr "Texto del {date}"', 'msgstr ""')
    texts = catalogue(books).interface("es")
    assert texts.tag_of("text-date") == "en"
    assert texts.format("text-date", date=date(2026, 11, 24)) == "Text of November 24, 2026"
    assert catalogue(books).interface("am").tag_of("listen") == "en"


def test_interface_inserts_texts_as_they_are(books: Path) -> None:
    texts = catalogue(books).interface("en")
    assert texts.format("progress", number="{total}", total="+52 55") == "{total} of +52 55"


def test_interface_of_unknown_language_is_not_found(books: Path) -> None:
    with pytest.raises(NotFound):
        catalogue(books).interface("xx")


def test_interface_phrase_or_value_that_does_not_exist_is_a_programs_error(books: Path) -> None:
    texts = catalogue(books).interface("es")
    with pytest.raises(KeyError):
        texts.text("nothing")
    with pytest.raises(KeyError):
        texts.format("progress", number=1)
