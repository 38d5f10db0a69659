"""Checks of what phrasebooks say: each fault is found in its line, and a sound book has none."""

from pathlib import Path

import pytest

from linkbridge.phrasebook.checks import check_library, is_pictogram
from linkbridge.phrasebook.files import load_library
from linkbridge.phrasebook.schema import Severity
from tests.unit.phrasebook.conftest import Bend

TITLE_LINE, CONSULATE_LINE, DEADLINE_LINE = 6, 13, 23


def found(books: Path) -> list[tuple[str, int, str, str]]:
    return [
        (problem.file, problem.line, problem.severity.value, problem.code)
        for problem in check_library(load_library(books))
    ]


def test_check_finds_nothing_in_a_sound_library(books: Path) -> None:
    assert found(books) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "severity", "code"),
    [
        ("hasta el {date}.", "hasta el {dia}.", DEADLINE_LINE, "error", "unknown_placeholder"),
        ("hasta el {date}.", "hasta mañana.", DEADLINE_LINE, "error", "missing_placeholder"),
        ("hasta el {date}.", "hasta {date} {date}.", DEADLINE_LINE, "error", "repeated_placeholder"),
        ("hasta el {date}.", "hasta el {date}}.", DEADLINE_LINE, "error", "stray_brace"),
        ("Tiene 3 días", "Tiene 5 días", DEADLINE_LINE, "error", "numbers_differ"),
        ("Tiene 3 días", "Tiene tres días", DEADLINE_LINE, "error", "numbers_differ"),
        ("Sus derechos", "حقوقك", TITLE_LINE, "error", "wrong_script"),
        ("Sus derechos", "Sus derechos (حق)", TITLE_LINE, "warning", "mixed_script"),
        ("Sus derechos", "Sus derech\u043es", TITLE_LINE, "error", "lookalike"),
        ("Sus derechos", "Sus \u202ederechos", TITLE_LINE, "error", "bidi_control"),
        ("Sus derechos", "Sus\u200b derechos", TITLE_LINE, "error", "forbidden_character"),
        ("Sus derechos", "Sus\u200c derechos", TITLE_LINE, "error", "stray_joiner"),
        ("Sus derechos", "Sus dere\u0301chos", TITLE_LINE, "error", "not_normalised"),
        ("Sus derechos", "Sus  derechos", TITLE_LINE, "warning", "spaces"),
        ("Sus derechos", " Sus derechos", TITLE_LINE, "warning", "spaces"),
        ("Sus derechos", "Your rights", TITLE_LINE, "error", "untranslated"),
        ('msgid "Your rights"', 'msgid "Your duties"', TITLE_LINE, "warning", "changed_source"),
        ("# reviewer: 9c01 2026-12-02\n", "", CONSULATE_LINE, "error", "missing_reviewer"),
        ("reviewer: 9c01", "reviewer: 7f3a", CONSULATE_LINE, "error", "missing_reviewer"),
        ("# status: draft", "# status: reviewed", TITLE_LINE, "error", "missing_reviewer"),
        ('msgstr "Sus derechos"', 'msgstr ""', 1, "error", "missing_phrase"),
        ('msgstr "Puede pedir que avisemos a su consulado."', 'msgstr ""', 1, "warning", "missing_phrase"),
    ],
)
def test_check_finds_faults_of_a_translation(
    books: Path, bend: Bend, old: str, new: str, line: int, severity: str, code: str
) -> None:
    bend("rights/es.po", old, new)
    assert ("rights/es.po", line, severity, code) in found(books)


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("{ date: date }", "{ day: date }", 19, "unknown_placeholder"),
        ("{ date: date }", "{ date: date, day: date }", 19, "unused_placeholder"),
        ("instrument: VCCR", "instrument: ICCPR", 13, "unknown_instrument"),
        ("pictogram: 1F3DB", "pictogram: FFFFF", 13, "unknown_pictogram"),
        ("pictogram: 1F6AA", "pictogram: FFFFF", 1, "unknown_pictogram"),
        ("kind: title", "kind: statement", 1, "no_title"),
        ("status: draft", "status: verified", 1, "missing_reviewer"),
        ("Your rights", '"Your \\u202e rights"', 9, "bidi_control"),
        ("On a button.", '"On a \\u200b button."', 9, "forbidden_character"),
    ],
)
def test_check_finds_faults_of_the_source(books: Path, bend: Bend, old: str, new: str, line: int, code: str) -> None:
    bend("rights/book.yaml", old, new)
    assert ("rights/book.yaml", line, "error", code) in found(books)


def test_check_allows_a_copy_that_is_meant(books: Path, bend: Bend) -> None:
    bend("rights/es.po", "# status: draft", "# status: draft\n# identical: intended")
    bend("rights/es.po", "Sus derechos", "Your rights")
    assert found(books) == []


def test_check_lets_an_acronym_of_the_source_stand_in_another_script(books: Path, bend: Bend) -> None:
    bend("rights/book.yaml", "text: Your rights", "text: IOM and you")
    bend("rights/es.po", 'msgid "Your rights"', 'msgid "IOM and you"')
    for name in ("interface", "rights"):
        path = bend(f"{name}/es.po", "Language: es", "Language: ru")
        path.rename(path.with_name("ru.po"))
    bend("rights/ru.po", 'msgstr "Sus derechos"', 'msgstr "IOM и ваши права"')
    before = found(books)
    bend("rights/ru.po", "IOM и ваши", "UNHCR и все ваши")
    [(file, _, severity, code)] = set(found(books)) - set(before)
    assert (file, severity, code) == ("rights/ru.po", "warning", "mixed_script")


def test_check_wants_a_title_and_every_phrase_of_a_screening(books: Path, bend: Bend) -> None:
    bend("rights/book.yaml", "kind: notice", "kind: screening")
    bend("rights/book.yaml", "kind: title", "kind: statement")
    bend("rights/es.po", 'msgstr "Sus derechos"', 'msgstr ""')
    assert {problem[3] for problem in found(books)} == {"no_title", "missing_phrase"}


def test_check_finds_a_language_that_is_unknown(books: Path, bend: Bend) -> None:
    bend("rights/es.po", "Language: es", "Language: mi")
    (books / "rights" / "es.po").rename(books / "rights" / "mi.po")
    assert ("rights/mi.po", 1, "error", "unknown_language") in found(books)


def test_check_finds_a_regional_tag_that_is_not_the_canonical_one(books: Path, bend: Bend) -> None:
    bend("rights/es.po", "Language: es", "Language: es-MX")
    (books / "rights" / "es.po").rename(books / "rights" / "es-MX.po")
    assert ("rights/es-MX.po", 1, "error", "unknown_language") in found(books)


def test_check_wants_the_whole_interface_where_a_notice_exists(books: Path, bend: Bend) -> None:
    bend("interface/es.po", 'msgstr "Escuchar"', 'msgstr ""')
    assert found(books) == [("interface/es.po", 1, "error", "missing_phrase")]


def test_check_wants_an_interface_in_every_language_of_a_notice(books: Path) -> None:
    (books / "interface" / "es.po").unlink()
    assert found(books) == [("interface/es.po", 1, "error", "missing_phrase")] * 3


def test_check_warns_of_a_notice_that_a_language_lacks(books: Path) -> None:
    (books / "more").mkdir()
    text = (books / "rights" / "book.yaml").read_text(encoding="utf-8")
    (books / "more" / "book.yaml").write_text(text.replace("id: rights", "id: more"), encoding="utf-8")
    assert found(books) == [("more/book.yaml", 1, "warning", "missing_language")]


def test_check_asks_whether_a_pictogram_exists(books: Path) -> None:
    problems = check_library(load_library(books), has_pictogram=lambda code: code == "1F6AA")
    assert [(problem.line, problem.severity, problem.code) for problem in problems] == [
        (13, Severity.ERROR, "unknown_pictogram")
    ]


def test_problem_is_written_like_a_compilers(books: Path, bend: Bend) -> None:
    bend("rights/es.po", "Sus derechos", "Sus \u202ederechos")
    (problem,) = check_library(load_library(books))
    assert str(problem) == (
        "rights/es.po:6:1: error: 'title' holds the invisible U+202E RIGHT-TO-LEFT OVERRIDE [bidi_control]"
    )


def test_is_pictogram_knows_openmoji() -> None:
    assert is_pictogram("1F3DB")
    assert not is_pictogram("0000")
