"""Reading a folder of phrasebooks, and every way in which it can be broken."""

from datetime import date
from pathlib import Path

import pytest

from linkbridge.phrasebook.files import (
    MAX_FILE_BYTES,
    PhrasebookFileError,
    default_directory,
    load_library,
    read_library,
)
from linkbridge.phrasebook.schema import (
    BookKind,
    LegalBasis,
    Origin,
    PhraseKind,
    PlaceholderKind,
    Review,
    Status,
)
from tests.unit.phrasebook.conftest import Bend


def found(directory: Path) -> list[tuple[str, int, int, str]]:
    return [(problem.file, problem.line, problem.column, problem.code) for problem in read_library(directory)[1]]


def test_load_library_reads_books_in_order(books: Path) -> None:
    library = load_library(books)
    assert [book.id for book in library.books] == ["interface", "rights"]
    rights = library.books[1]
    assert rights.kind is BookKind.NOTICE
    assert (rights.source_status, rights.source_origin, rights.source_date) == (
        Status.DRAFT,
        Origin.MACHINE,
        date(2026, 11, 24),
    )
    assert [phrase.id for phrase in rights.phrases] == ["title", "consulate", "deadline"]


def test_load_library_reads_a_phrase_whole(books: Path) -> None:
    title, consulate, deadline = load_library(books).books[1].phrases
    assert (title.kind, title.context) == (PhraseKind.TITLE, "On a button.")
    assert consulate.kind is PhraseKind.STATEMENT
    assert consulate.pictogram == "1F3DB"
    assert consulate.legal_basis == (LegalBasis("VCCR", "36(1)(b)"),)
    assert consulate.sample_questions == ("Can I call my embassy?",)
    assert consulate.line == 13
    assert deadline.placeholders == {"date": PlaceholderKind.DATE}


def test_load_library_reads_instruments(books: Path) -> None:
    instrument = load_library(books).instruments["VCCR"]
    assert (instrument.year, instrument.source) == (1963, "UNTS vol. 596, p. 261")


def test_load_library_reads_translations(books: Path) -> None:
    consulate = load_library(books).translations["rights", "es"]["consulate"]
    assert consulate.text == "Puede pedir que avisemos a su consulado."
    assert consulate.status is Status.VERIFIED
    assert consulate.origin is Origin.HUMAN
    assert consulate.reviewers == (Review("7f3a", date(2026, 12, 1)), Review("9c01", date(2026, 12, 2)))
    assert consulate.comments == ("The word consulado is used everywhere in the Americas.",)


def test_read_library_dates_an_entry_without_a_date_by_the_header(books: Path) -> None:
    assert load_library(books).translations["interface", "es"]["listen"].date == date(2026, 11, 20)


def test_load_library_reads_source_reviewers(books: Path, bend: Bend) -> None:
    bend("rights/book.yaml", "status: draft", "status: reviewed\nreviewers: [{ id: r1, date: 2026-12-01 }]")
    assert load_library(books).books[1].source_reviewers == (Review("r1", date(2026, 12, 1)),)


def test_load_library_ignores_folders_without_a_book(books: Path) -> None:
    (books / "jurisdictions").mkdir()
    (books / "jurisdictions" / "mx.yaml").write_text("id: mx", encoding="utf-8")
    assert len(load_library(books).books) == 2


def test_load_library_names_all_problems_of_all_files(books: Path, bend: Bend) -> None:
    bend("rights/book.yaml", "kind: title", "kind: headline")
    bend("rights/es.po", 'msgctxt "deadline"', 'msgctxt "title"')
    bend("interface/es.po", '"Language: es\\n"', '"Language: fr\\n"')
    with pytest.raises(PhrasebookFileError) as raised:
        load_library(books)
    assert [(problem.file, problem.code) for problem in raised.value.problems] == [
        ("interface/es.po", "wrong_language"),
        ("rights/book.yaml", "unknown_value"),
        ("rights/es.po", "duplicate_id"),
    ]
    assert raised.value.code == "phrasebook_file"
    assert "rights/book.yaml:10:11: error: 'headline' is none of title, statement, question [unknown_value]" in str(
        raised.value
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "code"),
    [
        ("text: Your rights", "text: 'Your rights", 22, 1, "bad_yaml"),
        ("kind: notice", "kind: notice\n\tpictogram: x", 3, 1, "bad_yaml"),
        ("order: 1", "order: first", 3, 8, "wrong_form"),
        ("order: 1", "colour: red", 3, 1, "unknown_key"),
        ("order: 1", "id: rights", 3, 1, "duplicate_key"),
        ("id: rights", "id: other", 1, 5, "wrong_id"),
        ("id: consulate", "id: Con sulate", 13, 9, "wrong_form"),
        ("id: consulate", "id: title", 13, 5, "duplicate_id"),
        ("pictogram: 1F3DB", "pictogram: ../../etc", 15, 16, "wrong_form"),
        ("date: 2026-11-24", "date: 24.11.2026", 7, 7, "bad_date"),
        ("date: 2026-11-24", "date: 2026-02-30", 7, 7, "bad_date"),
        ("date: 2026-11-24", "order: 2", 7, 1, "duplicate_key"),
        ("text: Your rights", "text: [Your, rights]", 11, 11, "wrong_type"),
        ("text: Your rights", "text:", 11, 10, "wrong_type"),
        ("{ date: date }", "{ date: day }", 21, 27, "unknown_value"),
        ("{ date: date }", "[date]", 21, 19, "wrong_type"),
        ('["Can I call my embassy?"]', "Can I call my embassy?", 18, 23, "wrong_type"),
        ('article: "36(1)(b)" }', '"36(1)(b)": x }', 17, 9, "missing_key"),
        ("status: draft", "status: perfect", 5, 9, "unknown_value"),
    ],
)
def test_book_problems_have_line_and_column(
    books: Path, bend: Bend, old: str, new: str, line: int, column: int, code: str
) -> None:
    bend("rights/book.yaml", old, new)
    assert ("rights/book.yaml", line, column, code) in found(books)


def test_book_that_is_a_list_is_reported(books: Path) -> None:
    (books / "rights" / "book.yaml").write_text("- a\n- b\n", encoding="utf-8")
    assert ("rights/book.yaml", 1, 1, "wrong_type") in found(books)


def test_empty_book_is_reported(books: Path) -> None:
    (books / "rights" / "book.yaml").write_text("# nothing\n", encoding="utf-8")
    assert found(books) == [("rights/book.yaml", 1, 1, "empty_file")]


def test_deeply_nested_yaml_is_reported(books: Path) -> None:
    (books / "rights" / "book.yaml").write_text("[" * 100_000, encoding="utf-8")
    assert [problem[3] for problem in found(books)] == ["bad_yaml"]


def test_yaml_control_character_is_reported(books: Path, bend: Bend) -> None:
    bend("rights/book.yaml", "Your rights", "Your \x07 rights")
    assert [problem[3] for problem in found(books)] == ["bad_yaml"]


def test_yaml_tags_make_no_objects(books: Path, bend: Bend) -> None:
    bend("rights/book.yaml", "text: Your rights", "text: !!python/object/apply:os.system ['false']")
    assert ("rights/book.yaml", 11, 11, "wrong_type") in found(books)


@pytest.mark.parametrize("file", ["rights/book.yaml", "rights/es.po"])
def test_file_of_ten_megabytes_is_refused(books: Path, file: str) -> None:
    (books / file).write_bytes(b"# " + b"x" * 10_000_000)
    assert found(books) == [(file, 1, 1, "too_large")]


def test_file_at_the_limit_is_read(books: Path) -> None:
    path = books / "rights" / "book.yaml"
    text = path.read_bytes()
    path.write_bytes(text + b"#" * (MAX_FILE_BYTES - len(text)))
    assert found(books) == []


@pytest.mark.parametrize("file", ["rights/book.yaml", "rights/es.po"])
def test_file_not_in_utf8_is_refused_at_its_place(books: Path, file: str) -> None:
    (books / file).write_bytes(b"# abc\n# caf\xe9\n")
    assert found(books) == [(file, 2, 6, "not_utf8")]


def test_missing_instruments_file_is_reported(books: Path) -> None:
    (books / "instruments.yaml").unlink()
    assert found(books) == [("instruments.yaml", 1, 1, "missing_file")]


def test_translations_without_a_book_are_reported(books: Path) -> None:
    (books / "rights" / "book.yaml").unlink()
    assert found(books) == [("rights/book.yaml", 1, 1, "missing_file")]


def test_folder_without_books_is_reported(tmp_path: Path) -> None:
    assert (".", 1, 1, "missing_file") in found(tmp_path)


@pytest.mark.parametrize("tag", ["x_y", "toolonglanguage", "en"])
def test_broken_tag_is_reported(books: Path, tag: str) -> None:
    (books / "rights" / "es.po").rename(books / "rights" / f"{tag}.po")
    assert found(books) == [(f"rights/{tag}.po", 1, 1, "bad_tag")]


def test_default_directory_holds_the_books() -> None:
    assert (default_directory() / "first-contact" / "book.yaml").is_file()
