"""``linkbridge phrasebook glossary``: the words of a language, in one field or in all."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from linkbridge.cli import app
from tests.unit.phrasebook.glossary_examples import ES, TERMS


@pytest.fixture
def books(tmp_path: Path) -> Path:
    (tmp_path / "glossary").mkdir()
    (tmp_path / "glossary" / "terms.yaml").write_text(TERMS, encoding="utf-8")
    (tmp_path / "glossary" / "es.yaml").write_text(ES, encoding="utf-8")
    return tmp_path


def run(books: Path, *arguments: str) -> tuple[int, str]:
    command = ["phrasebook", "glossary", "--directory", str(books), *arguments]
    result = CliRunner().invoke(app, command, env={"COLUMNS": "160", "TERM": "dumb"})
    return result.exit_code, result.output


def test_glossary_shows_terms_words_and_status(books: Path) -> None:
    code, output = run(books, "--language", "es")
    assert code == 0
    [line] = [line.strip() for line in output.splitlines() if line.strip().startswith("consulate")]
    assert line.split("  ")[0] == "consulate"
    assert "consulado" in line
    assert "embajada, agencia*" in line
    assert "asylum seeker" not in output
    assert output.splitlines()[-1] == "3 terms; draft, written by a machine, 2026-11-24"


def test_glossary_of_one_field_in_english_shows_sources(books: Path) -> None:
    code, output = run(books, "--domain", "asylum")
    assert code == 0
    assert "Protection in another country. (VCCR 36)" in output
    assert "A person who asked for asylum. (A manual of 1979)" in output
    assert "consulate" not in output


def test_glossary_as_json_is_for_programs(books: Path) -> None:
    code, output = run(books, "--language", "es", "--domain", "asylum", "--json")
    assert code == 0
    assert json.loads(output) == [
        {
            "id": "asylum",
            "term": "asylum",
            "domain": "asylum",
            "definition": "Protection in another country.",
            "legal_basis": ["VCCR 36"],
            "source": "",
            "language": "es",
            "preferred": "asilo",
            "forms": [],
            "avoid": [],
        }
    ]


def test_glossary_says_which_languages_it_has(books: Path) -> None:
    code, output = run(books, "--language", "sw")
    assert (code, output.strip()) == (1, "the glossary has no words in the language 'sw'; it has en, es")


def test_glossary_with_a_fault_is_not_shown(books: Path) -> None:
    path = books / "glossary" / "es.yaml"
    path.write_text(ES.replace("asylum: asilo", "asylums: asilo"), encoding="utf-8")
    code, output = run(books)
    assert code == 1
    assert "glossary/es.yaml:5:12: error: the glossary has no term 'asylums' [unknown_term]" in output
