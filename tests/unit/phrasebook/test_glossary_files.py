"""The glossary's files: read whole, or with each fault named in its line."""

from datetime import date
from pathlib import Path

import pytest

from linkbridge.phrasebook.files import PhrasebookFileError, load_library
from linkbridge.phrasebook.glossary import Domain, Glossary, Word
from linkbridge.phrasebook.glossary_files import load_glossary, read_glossary
from linkbridge.phrasebook.schema import LegalBasis, Origin, Status
from tests.unit.phrasebook.conftest import Bend
from tests.unit.phrasebook.glossary_examples import ES, TERMS, ZH


@pytest.fixture
def glossary(books: Path) -> Path:
    folder = books / "glossary"
    folder.mkdir()
    for name, text in {"terms": TERMS, "es": ES, "zh-Hans": ZH}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return books


def found(directory: Path) -> list[tuple[str, int, str]]:
    return [(problem.file, problem.line, problem.code) for problem in read_glossary(directory)[1]]


def test_glossary_is_read_with_definitions_words_and_status(glossary: Path) -> None:
    loaded = load_glossary(glossary)
    assert list(loaded.terms) == ["asylum", "asylum-seeker", "consulate", "embassy"]
    asylum, seeker = loaded.terms["asylum"], loaded.terms["asylum-seeker"]
    assert (asylum.domain, asylum.found_as, asylum.line) == (Domain.ASYLUM, ("asylum",), 3)
    assert asylum.legal_basis == (LegalBasis("VCCR", "36"),)
    assert (seeker.found_as, seeker.source) == (("asylum seeker", "asylum seekers"), "A manual of 1979")
    spanish = loaded.wordlists["es"]
    assert (spanish.status, spanish.origin, spanish.date) == (Status.DRAFT, Origin.MACHINE, date(2026, 11, 24))
    assert spanish.words["asylum"] == Word("asilo")
    assert spanish.words["consulate"] == Word("consulado", ("consulados",), ("embajada", "agencia*"))
    assert spanish.words["consulate"].line == 7
    assert (loaded.wordlists["zh-Hans"].status, loaded.wordlists["zh-Hans"].path) == (
        Status.DRAFT,
        "glossary/zh-Hans.yaml",
    )


def test_folder_without_a_glossary_has_an_empty_one(books: Path) -> None:
    assert load_glossary(books) == Glossary()
    assert Glossary().tags == ()


def test_books_are_read_as_if_there_were_no_glossary(glossary: Path) -> None:
    assert [book.id for book in load_library(glossary).books] == ["interface", "rights"]


def test_words_are_verified_only_with_two_readers(glossary: Path, bend: Bend) -> None:
    bend("glossary/es.yaml", "status: draft", "status: verified")
    assert load_glossary(glossary).wordlists["es"].status is Status.DRAFT
    readers = "reviewers: [{ id: 7f3a, date: 2026-12-01 }, { id: 9c01, date: 2026-12-02 }]"
    bend("glossary/es.yaml", "origin: machine", f"origin: human\n{readers}")
    assert load_glossary(glossary).wordlists["es"].status is Status.VERIFIED


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "code"),
    [
        ("terms", "domain: consular", "domain: cooking", 17, "unknown_value"),
        ("terms", "    definition: An office of a government.\n", "", 20, "missing_key"),
        ("terms", "  embassy:", "  Embassy!:", 20, "wrong_form"),
        ("terms", "  embassy:", "  consulate:", 19, "duplicate_key"),
        ("terms", "found_as: [consulate,", "found_as: [consul*ate,", 16, "wrong_form"),
        ("terms", "article:", "articles:", 7, "unknown_key"),
        ("terms", "terms:", "words:", 1, "missing_key"),
        ("es", "  embassy:", "  ambassador:", 11, "unknown_term"),
        ("es", "term: embajada", "word: embajada", 11, "unknown_key"),
        ("es", "avoid: [embajada,", "avoid: [consulado,", 7, "contradictory_term"),
        ("es", "agencia*", "agen*cia", 9, "wrong_form"),
        ("es", "date: 2026-11-24", "date: yesterday", 1, "bad_date"),
        ("es", "date: 2026-11-24\n", "", 1, "missing_key"),
        ("es", "asylum: asilo", "asylum: [asilo]", 5, "wrong_type"),
        ("es", "asylum: asilo", "asylum: ", 5, "wrong_type"),
        ("es", "words:", "words: [", 6, "bad_yaml"),
    ],
)
def test_fault_is_named_in_its_line(
    glossary: Path, bend: Bend, file: str, old: str, new: str, line: int, code: str
) -> None:
    bend(f"glossary/{file}.yaml", old, new)
    assert (f"glossary/{file}.yaml", line, code) in found(glossary)


def test_words_of_unknown_languages_and_of_english_are_faults(glossary: Path) -> None:
    for tag in ("xx", "en"):
        (glossary / "glossary" / f"{tag}.yaml").write_text(ES, encoding="utf-8")
    assert found(glossary) == [
        ("glossary/en.yaml", 1, "unknown_language"),
        ("glossary/xx.yaml", 1, "unknown_language"),
    ]


def test_words_without_terms_name_the_missing_file_alone(glossary: Path) -> None:
    (glossary / "glossary" / "terms.yaml").unlink()
    assert found(glossary) == [("glossary/terms.yaml", 1, "missing_file")]
    with pytest.raises(PhrasebookFileError, match="cannot be read"):
        load_glossary(glossary)
