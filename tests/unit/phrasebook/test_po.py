"""PO files: what they say, what breaks them, and what survives other people's tools."""

import dataclasses
from datetime import date

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.kernel.errors import InvalidInput
from linkbridge.phrasebook.po import read_po, write_po
from linkbridge.phrasebook.schema import Book, BookKind, Origin, Phrase, PhraseKind, Review, Status, Translation
from linkbridge.phrasebook.yaml_source import Problems
from tests.unit.phrasebook.conftest import RIGHTS_ES

DAY = date(2026, 11, 24)
SOURCE = "You can ask for a lawyer."
BOOK = Book(
    "rights",
    BookKind.NOTICE,
    (
        Phrase("rights", "title", PhraseKind.TITLE, "Your rights", context="On a button."),
        Phrase("rights", "lawyer", PhraseKind.STATEMENT, SOURCE),
    ),
    DAY,
)
SIMPLE = Translation("Puede pedir un abogado.", SOURCE, DAY)


def read(text: str, tag: str = "es") -> tuple[dict[str, Translation], list[tuple[int, int, str]]]:
    problems = Problems()
    translations = read_po(text, file=f"rights/{tag}.po", tag=tag, problems=problems)
    return translations, [(problem.line, problem.column, problem.code) for problem in problems.found]


def test_read_po_reads_a_sound_file_without_problems() -> None:
    translations, problems = read(RIGHTS_ES)
    assert list(translations) == ["title", "consulate", "deadline"]
    assert problems == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('msgstr "Sus derechos"', 'msgstr "Sus derechos', (11, 8, "bad_po")),
        ('msgstr "Sus derechos"', 'msgstr "Sus "derechos"', (11, 8, "bad_po")),
        ('msgstr "Sus derechos"', "msgstr Sus derechos", (11, 1, "bad_po")),
        ('msgstr "Sus derechos"', "Sus derechos", (11, 1, "bad_po")),
        ('msgid "Your rights"\n', "", (10, 1, "bad_po")),
        ('msgctxt "title"\n', "", (6, 1, "missing_id")),
        ('msgctxt "consulate"', 'msgctxt "title"', (13, 1, "duplicate_id")),
        ('"Language: es\\n"\n', "", (1, 1, "wrong_language")),
        ("Language: es", "Language: pt", (1, 1, "wrong_language")),
        ("charset=UTF-8", "charset=ISO-8859-1", (1, 1, "not_utf8")),
        ("# status: verified", "# status: perfect", (13, 1, "bad_comment")),
        ("# date: 2026-12-02", "# date: 2026-13-02", (15, 1, "bad_comment")),
        ("# reviewer: 9c01 2026-12-02", "# reviewer: 9c01", (17, 1, "bad_comment")),
        ("# reviewer: 9c01 2026-12-02", "# reviewer: Ana López 2026-12-02", (17, 1, "bad_comment")),
        ("# origin: human\n", "# origin: human\n# origin: machine\n", (15, 1, "bad_comment")),
        ("# date: 2026-11-24\n", "", (6, 1, "missing_date")),
        ('msgstr "Sus derechos"', 'msgid_plural "rights"\nmsgstr[0] "Sus derechos"', (6, 1, "plural")),
    ],
)
def test_read_po_reports_the_place_of_what_is_wrong(old: str, new: str, expected: tuple[int, int, str]) -> None:
    assert old in RIGHTS_ES
    _, problems = read(RIGHTS_ES.replace(old, new, 1))
    assert expected in problems


def test_read_po_never_takes_its_text_for_a_file_name() -> None:
    assert read("/etc/hostname") == ({}, [(1, 1, "bad_po")])


def test_read_po_leaves_out_entries_not_translated_yet() -> None:
    translations, problems = read(RIGHTS_ES.replace("Sus derechos", ""))
    assert list(translations) == ["consulate", "deadline"]
    assert problems == []


def test_read_po_leaves_out_obsolete_entries() -> None:
    translations, problems = read(RIGHTS_ES + '\n#~ msgctxt "old"\n#~ msgid "Old"\n#~ msgstr "Viejo"\n')
    assert "old" not in translations
    assert problems == []


def test_read_po_takes_an_entry_without_comments_for_a_machines_draft() -> None:
    bare = 'msgid ""\nmsgstr ""\n"Language: es\\n"\n"PO-Revision-Date: 2026-12-01 00:00+0000\\n"\n\n'
    translations, _ = read(f'{bare}msgctxt "lawyer"\nmsgid "{SOURCE}"\nmsgstr "{SIMPLE.text}"\n')
    assert translations == {"lawyer": dataclasses.replace(SIMPLE, date=date(2026, 12, 1))}


def test_read_po_takes_the_previous_source_of_a_merged_entry() -> None:
    merged = RIGHTS_ES.replace('msgctxt "title"', '#, fuzzy\n#| msgid "Rights"\nmsgctxt "title"')
    title = read(merged)[0]["title"]
    assert (title.source, title.unsure) == ("Rights", True)


def test_read_po_accepts_what_windows_tools_write() -> None:
    translations, problems = read("\ufeff" + RIGHTS_ES.replace("\n", "\r\n"))
    assert translations == read(RIGHTS_ES)[0]
    assert problems == []


def test_write_po_is_stable_and_lists_what_is_missing() -> None:
    assert write_po(BOOK, "es", {"lawyer": SIMPLE}) == (
        "# Spanish translation of the phrasebook rights.\n"
        'msgid ""\n'
        'msgstr ""\n'
        '"Project-Id-Version: linkbridge rights\\n"\n'
        '"PO-Revision-Date: 2026-11-24 00:00+0000\\n"\n'
        '"Language: es\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        "\n"
        "#. On a button.\n"
        'msgctxt "title"\n'
        'msgid "Your rights"\n'
        'msgstr ""\n'
        "\n"
        "# status: draft\n"
        "# origin: machine\n"
        "# date: 2026-11-24\n"
        'msgctxt "lawyer"\n'
        f'msgid "{SOURCE}"\n'
        'msgstr "Puede pedir un abogado."\n'
    )


def test_write_po_keeps_the_source_that_a_translation_was_made_from() -> None:
    old = dataclasses.replace(SIMPLE, source="You may have a lawyer.")
    translations, _ = read(write_po(BOOK, "es", {"lawyer": old}))
    assert translations["lawyer"] == old


@pytest.mark.parametrize(
    "comment", ["status: verified", "Reviewer: x 2026-01-01", " a", "a\nstatus: verified", "a\x85b"]
)
def test_write_po_refuses_a_comment_that_would_be_read_as_something_else(comment: str) -> None:
    with pytest.raises(InvalidInput):
        write_po(BOOK, "es", {"lawyer": dataclasses.replace(SIMPLE, comments=(comment,))})


def test_write_po_refuses_a_reviewer_who_is_no_opaque_id() -> None:
    with pytest.raises(InvalidInput):
        write_po(BOOK, "es", {"lawyer": dataclasses.replace(SIMPLE, reviewers=(Review("Ana López", DAY),))})


_DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2099, 12, 31))
_REVIEWS = st.builds(Review, st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True), _DAYS)
_LINES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=40).map(str.strip)
_TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn"]) | st.sampled_from('\n\t\\"'), min_size=1)
_TRANSLATIONS = st.builds(
    Translation,
    text=_TEXTS,
    source=_TEXTS,
    date=_DAYS,
    status=st.sampled_from(Status),
    origin=st.sampled_from(Origin),
    reviewers=st.lists(_REVIEWS, max_size=3).map(tuple),
    comments=st.lists(_LINES, max_size=3).map(tuple),
    unsure=st.booleans(),
    same_as_source=st.booleans(),
)


def written(translation: Translation) -> str | None:
    try:
        return write_po(BOOK, "es", {"lawyer": translation})
    except InvalidInput:
        return None


@given(_TRANSLATIONS)
def test_po_round_trip_keeps_everything(translation: Translation) -> None:
    text = written(translation)
    if text is not None:
        assert read(text) == ({"lawyer": translation}, [])


@given(_TRANSLATIONS)
def test_po_round_trip_survives_a_tool_that_wraps_lines(translation: Translation) -> None:
    text = written(translation)
    if text is not None:
        tool = polib.pofile(text, wrapwidth=79)
        assert read(f"{tool}") == ({"lawyer": translation}, [])
