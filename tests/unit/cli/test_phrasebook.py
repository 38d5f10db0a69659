"""The commands that check, count and show phrasebooks."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from typer.testing import CliRunner

from linkbridge.cli.phrasebook import app

BOOK = """\
id: rights
kind: notice
date: 2026-11-24
phrases:
  - { id: title, kind: title, text: Your rights }
  - { id: consulate, text: You can call your consulate., legal_basis: [{ instrument: VCCR, article: "36(1)(b)" }] }
"""
PO = """\
msgid ""
msgstr ""
"Language: es\\n"

# status: reviewed
# origin: human
# date: 2026-12-01
# reviewer: 7f3a 2026-12-01
msgctxt "title"
msgid "Your rights"
msgstr "Sus derechos"

# date: 2026-12-01
msgctxt "consulate"
msgid "You can call your consulate."
msgstr "Puede llamar a su consulado."
"""


@pytest.fixture
def books(tmp_path: Path) -> Path:
    (tmp_path / "rights").mkdir()
    (tmp_path / "instruments.yaml").write_text(
        "instruments: { VCCR: { name: Vienna Convention, year: 1963, source: UNTS } }", encoding="utf-8"
    )
    (tmp_path / "rights" / "book.yaml").write_text(BOOK, encoding="utf-8")
    (tmp_path / "rights" / "es.po").write_text(PO, encoding="utf-8")
    return tmp_path


def run(books: Path, *arguments: str) -> tuple[int, list[str], str]:
    result = CliRunner().invoke(app, [*arguments, "--directory", str(books)])
    return result.exit_code, result.stdout.splitlines(), result.stderr


def test_check_of_sound_books_says_what_it_saw(books: Path) -> None:
    assert run(books, "check") == (0, ["1 books, 2 phrases, English and 1 other languages: 0 errors, 0 warnings"], "")


def test_check_names_files_and_lines_and_fails(books: Path) -> None:
    (books / "rights" / "es.po").write_text(PO.replace("Sus derechos", "Your rights"), encoding="utf-8")
    code, lines, _ = run(books, "check")
    assert code == 1
    message = "'title' is the English text; if that is meant, add the comment 'identical: intended'"
    assert lines == [
        f"{books}/rights/es.po:5:1: error: {message} [untranslated]",
        "1 books, 2 phrases, English and 1 other languages: 1 errors, 0 warnings",
    ]


def test_check_passes_with_warnings(books: Path) -> None:
    (books / "rights" / "es.po").write_text(PO.replace('msgid "Your rights"', 'msgid "Your duties"'), encoding="utf-8")
    code, lines, _ = run(books, "check")
    assert (code, len(lines)) == (0, 2)
    assert "warning" in lines[0]


def test_check_reports_unreadable_files_with_the_rest(books: Path) -> None:
    (books / "rights" / "es.po").write_text(PO.replace("consulado.", "consulado. {phone}"), encoding="utf-8")
    (books / "instruments.yaml").write_text("[", encoding="utf-8")
    code, lines, _ = run(books, "check")
    assert code == 1
    assert [line.rsplit(" ", 1)[-1] for line in lines[:-1]] == [
        "[bad_yaml]",
        "[unknown_instrument]",
        "[unknown_placeholder]",
    ]


def test_stats_as_json_counts_by_status(books: Path) -> None:
    code, lines, _ = run(books, "stats", "--json")
    assert code == 0
    assert json.loads("\n".join(lines)) == [
        {"book": "rights", "language": tag, "outdated": 0, "draft": drafts, "reviewed": reviewed, "verified": 0}
        | {"missing": 0, "total": 2}
        for tag, drafts, reviewed in (("en", 2, 0), ("es", 1, 1))
    ]


def test_stats_as_a_table_has_a_row_for_each_language(books: Path) -> None:
    code, lines, _ = run(books, "stats")
    assert code == 0
    assert [line.split() for line in lines if "rights" in line] == [
        ["en", "rights", "2", "2"],
        ["es", "rights", "1", "1", "2"],
    ]
    heard = dict(line.split(": ") for line in lines[-3:])
    assert list(heard) == ["recorded voices", "a computer's voice", "no voice"]
    assert heard["recorded voices"] == "none"
    assert "en es" in {heard["a computer's voice"], heard["no voice"]}, "with espeak-ng both speak, without it neither"


def test_show_marks_the_status_of_each_phrase(books: Path) -> None:
    assert run(books, "show", "rights", "--language", "es") == (
        0,
        [
            "Sus derechos",
            "    rights.title · ✓ reviewed by one reader · 2026-12-01",
            "    Your rights",
            "Puede llamar a su consulado.",
            "    rights.consulate · ○ draft, written by a machine · 2026-12-01 · VCCR 36(1)(b)",
            "    You can call your consulate.",
        ],
        "",
    )


def test_show_of_one_phrase(books: Path) -> None:
    code, lines, _ = run(books, "show", "rights.title")
    assert (code, lines) == (0, ["Your rights", "    rights.title · ○ draft, written by a machine · 2026-11-24"])


@pytest.mark.parametrize("arguments", [("rights", "--language", "am"), ("none",), ("rights.none",)])
def test_show_of_what_does_not_exist_fails_in_one_line(books: Path, arguments: tuple[str, ...]) -> None:
    code, lines, error = run(books, "show", *arguments)
    assert (code, lines) == (1, [])
    assert error.startswith("there is no ")
    assert error.count("\n") == 1


def test_stats_of_broken_books_names_the_problem(books: Path) -> None:
    (books / "rights" / "es.po").write_bytes(b"\xff")
    code, _, error = run(books, "stats")
    assert code == 1
    assert "rights/es.po:1:1: error: the file is not in UTF-8 [not_utf8]" in error


FACTS = """\
country: PA
emergency_number:
  - value: "911"
    kind: all
    label: everywhere
    source: https://example.org/911
    source_title: Emergencias
    source_kind: press
    checked_on: 2026-11-20
    status: unconfirmed
"""
AT_NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def facts(books: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a country, in a folder of phrasebooks beside which nothing is installed."""
    monkeypatch.setenv("LINKBRIDGE_DATA_DIR", str(books / "data"))
    (books / "jurisdictions").mkdir()
    path = books / "jurisdictions" / "pa.yaml"
    path.write_text(FACTS, encoding="utf-8")
    return path


def test_check_counts_countries_and_names_what_is_wrong_with_them(books: Path, facts: Path) -> None:
    assert run(books, "check")[1] == [
        "1 books, 2 phrases, English and 1 other languages, facts of 1 countries: 0 errors, 0 warnings"
    ]
    facts.write_text(FACTS.replace("https://example.org/911", "somewhere"), encoding="utf-8")
    code, lines, _ = run(books, "check")
    assert (code, lines[0]) == (
        1,
        f"{facts}:6:13: error: 'somewhere' is not the address of a public web page [bad_url]",
    )


@pytest.mark.usefixtures("facts")
@time_machine.travel(AT_NOON, tick=False)
def test_jurisdictions_lists_what_is_known_its_age_and_what_is_absent(books: Path) -> None:
    code, lines, _ = run(books, "jurisdictions")
    assert (code, lines) == (
        0,
        [
            "PA",
            "  emergency_number (all): 911 [everywhere]",
            "      ○ unconfirmed · checked 2026-11-20, 4 days ago · https://example.org/911",
            *(
                f"  {key}: absent (ask the officer in charge)"
                for key in ("asylum_authority", "ombudsperson", "iom", "unhcr", "consular_law", "asylum_law")
            ),
            "",
            "1 countries, 1 facts: 0 confirmed, 1 not",
        ],
    )
    assert not (books / "data").exists()


def test_jurisdictions_that_cannot_be_read_are_named(books: Path, facts: Path) -> None:
    facts.write_text(FACTS.replace("kind: all", "kind: some"), encoding="utf-8")
    code, lines, complaint = run(books, "jurisdictions")
    assert (code, lines) == (1, [])
    assert "jurisdictions/pa.yaml:4:11: error: 'some' is none of all, police, ambulance, fire" in complaint
