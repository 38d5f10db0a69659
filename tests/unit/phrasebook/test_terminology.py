"""Checks of the glossary's use: each warning can come, and none comes where the word is there in a form."""

from pathlib import Path

import pytest

from linkbridge.phrasebook.checks import check_library
from linkbridge.phrasebook.files import load_library
from linkbridge.phrasebook.glossary_files import load_glossary
from tests.unit.phrasebook.conftest import Bend
from tests.unit.phrasebook.glossary_examples import ES, TERMS

CONSULATE_LINE = 13


@pytest.fixture(autouse=True)
def glossary(books: Path) -> Path:
    (books / "glossary").mkdir()
    (books / "glossary" / "terms.yaml").write_text(TERMS, encoding="utf-8")
    (books / "glossary" / "es.yaml").write_text(ES, encoding="utf-8")
    return books


def found(books: Path) -> list[tuple[str, int, str, str]]:
    problems = check_library(load_library(books), glossary=load_glossary(books))
    return [(problem.file, problem.line, problem.severity.value, problem.code) for problem in problems]


def test_text_with_the_glossarys_word_has_no_problem(books: Path) -> None:
    assert found(books) == []


def test_text_with_another_form_has_no_problem(books: Path, bend: Bend) -> None:
    bend("rights/es.po", "avisemos a su consulado", "avisemos a sus CONSULADOS")
    assert found(books) == []


def test_text_without_the_word_is_noticed(books: Path, bend: Bend) -> None:
    bend("rights/es.po", "avisemos a su consulado", "avisemos a su oficina")
    assert found(books) == [("rights/es.po", CONSULATE_LINE, "warning", "terminology")]


def test_text_is_not_judged_in_a_language_without_words(books: Path, bend: Bend) -> None:
    bend("rights/es.po", "avisemos a su consulado", "avisemos a su oficina")
    (books / "glossary" / "es.yaml").unlink()
    assert found(books) == []


def test_word_to_avoid_is_noticed_beside_the_right_one(books: Path, bend: Bend) -> None:
    bend("rights/es.po", "a su consulado", "a su consulado o agencias")
    [problem] = check_library(load_library(books), glossary=load_glossary(books))
    assert str(problem) == (
        f"rights/es.po:{CONSULATE_LINE}:1: warning: 'consulate': 'agencia*' is not the word for 'consulate': "
        "use 'consulado' [avoided_term]"
    )


def test_word_to_avoid_is_allowed_where_the_english_holds_the_term_that_it_is_right_for(
    books: Path, bend: Bend
) -> None:
    bend("rights/es.po", "a su consulado", "a su consulado o embajada")
    assert [problem[3] for problem in found(books)] == ["avoided_term"]
    for file in ("rights/es.po", "rights/book.yaml"):
        bend(file, "tell your consulate.", "tell your consulate or embassy.")
    assert found(books) == []


def test_warning_that_a_reader_accepted_is_not_given_again(books: Path, bend: Bend) -> None:
    bend("rights/es.po", "avisemos a su consulado", "avisemos a su oficina")
    bend(
        "rights/es.po", "# The word consulado is used", "# accepted: length, terminology\n# The word consulado is used"
    )
    assert found(books) == []


def test_unknown_instrument_of_a_term_is_an_error(books: Path, bend: Bend) -> None:
    bend("glossary/terms.yaml", "instrument: VCCR", "instrument: XYZ")
    assert found(books) == [("glossary/terms.yaml", 3, "error", "unknown_instrument")]


@pytest.mark.parametrize(
    ("new", "code"),
    [("asil\u043e", "lookalike"), ("убежище", "wrong_script"), ("asilo\u0301", "not_normalised"), ("UNHCR", None)],
)
def test_word_in_another_script_or_form_is_an_error(books: Path, bend: Bend, new: str, code: str | None) -> None:
    bend("glossary/es.yaml", "asylum: asilo", f"asylum: {new}")
    assert found(books) == ([("glossary/es.yaml", 5, "error", code)] if code else [])
