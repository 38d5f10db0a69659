"""Reading what is known of countries, every way in which a file can be wrong, and what a person may be told."""

from datetime import date
from pathlib import Path

import pytest

from linkbridge.phrasebook.facts import (
    EmergencyKind,
    Fact,
    FactKey,
    Jurisdictions,
    PresenceKind,
    SourceKind,
)
from linkbridge.phrasebook.files import PhrasebookFileError, default_directory, read_library
from linkbridge.phrasebook.jurisdictions import MAX_LENGTH, load_jurisdictions, read_jurisdictions
from linkbridge.phrasebook.service import load_catalogue

PANAMA = """\
country: PA
emergency_number:
  - value: "911"
    kind: all
    source: https://example.org/emergencias
    source_title: Emergencias
    source_kind: press
    page_date: "2025-09-04"
    checked_on: 2026-11-24
    status: unconfirmed
  - value: 103
    kind: fire
    label: Bomberos
    source: https://example.org/bomberos
    source_title: Bomberos
    source_kind: government
    checked_on: 2026-11-20
    valid_from: 2020-01-01
    status: unconfirmed
asylum_authority:
  - value: Oficina Nacional para la Atención de Refugiados (ONPAR)
    source: https://example.org/onpar
    source_title: ONPAR
    source_kind: government
    checked_on: 2026-11-24
    status: unconfirmed
"""
MEMBERS = {
    *("AR", "BO", "BR", "CL", "CO", "EC", "GY", "PY", "PE", "SR", "UY", "VE"),
    *("BZ", "CA", "CR", "DO", "SV", "GT", "HN", "MX", "NI", "PA", "US"),
}
"""The members of the South American and of the Regional Conference on Migration."""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    write(tmp_path, PANAMA)
    return tmp_path


def write(directory: Path, text: str, name: str = "pa") -> None:
    (directory / "jurisdictions").mkdir(exist_ok=True)
    (directory / "jurisdictions" / f"{name}.yaml").write_text(text, encoding="utf-8")


def found(directory: Path) -> list[tuple[str, int, int, str]]:
    return [(problem.file, problem.line, problem.column, problem.code) for problem in read_jurisdictions(directory)[1]]


def test_facts_are_read_whole_and_in_order(directory: Path) -> None:
    first, second, third = load_jurisdictions(directory)
    assert first == Fact(
        country="PA",
        key=FactKey.EMERGENCY_NUMBER,
        value="911",
        source="https://example.org/emergencias",
        source_title="Emergencias",
        source_kind=SourceKind.PRESS,
        checked_on=date(2026, 11, 24),
        kind=EmergencyKind.ALL,
        page_date="2025-09-04",
    )
    assert (second.value, second.label, second.valid_from, second.line) == ("103", "Bomberos", date(2020, 1, 1), 11)
    assert (third.key, third.kind, third.label, third.page_date) == (FactKey.ASYLUM_AUTHORITY, "", "", "")


def test_age_counts_the_days_since_the_page_was_read(directory: Path) -> None:
    assert [fact.age_on(date(2026, 12, 4)) for fact in load_jurisdictions(directory)] == [10, 14, 10]


def test_without_the_folder_nothing_is_known(tmp_path: Path) -> None:
    assert load_jurisdictions(tmp_path) == Jurisdictions()


def test_country_without_facts_is_a_country(directory: Path) -> None:
    write(directory, "country: BZ\n", "bz")
    assert load_jurisdictions(directory).countries["BZ"] == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "code"),
    [
        ("country: PA", "country: CO", 1, 10, "wrong_country"),
        ("country: PA\n", "", 1, 1, "missing_key"),
        ("country: PA", "country: PA\nlawyer: []", 2, 1, "unknown_key"),
        ("country: PA", "country: [PA]", 1, 10, "wrong_type"),
        ("country: PA", "country: PA\nombudsperson: Defensoría", 2, 15, "wrong_type"),
        ("country: PA", "country: PA\nombudsperson: [Defensoría]", 2, 16, "wrong_type"),
        ("country: PA", "country: 'PA", 27, 1, "bad_yaml"),
        ('value: "911"', "value: call the police", 3, 12, "wrong_form"),
        ('value: "911"', "value: [911]", 3, 12, "wrong_type"),
        ('value: "911"', "value: 9-1-1-", 3, 12, "wrong_form"),
        ('value: "911"\n    kind: all', "kind: all", 3, 5, "missing_key"),
        ("kind: all", "kind: everyone", 4, 11, "unknown_value"),
        ("    kind: all\n", "", 3, 5, "missing_key"),
        ("source: https://example.org/emergencias", "source: example.org", 5, 13, "bad_url"),
        ("source: https://example.org/emergencias", "source: ftp://example.org/", 5, 13, "bad_url"),
        ("source: https://example.org/emergencias", "source: javascript:alert(1)", 5, 13, "bad_url"),
        ("source: https://example.org/emergencias", "source: https://user@example.org/", 5, 13, "bad_url"),
        ("source: https://example.org/emergencias", "source: https://localhost/", 5, 13, "bad_url"),
        ("source: https://example.org/emergencias", "source: https://192.0.2.1/", 5, 13, "bad_url"),
        ("source: https://example.org/emergencias", "source: 'https://[::1/'", 5, 13, "bad_url"),
        ("source: https://example.org/emergencias", "source: https://example.org:port/", 5, 13, "bad_url"),
        ("source: https://example.org/emergencias", "source: https://example.org/a b", 5, 13, "bad_url"),
        ("source: https://example.org/emergencias", "source:", 5, 12, "wrong_type"),
        ("    source: https://example.org/emergencias\n", "", 3, 5, "missing_key"),
        ("    source_title: Emergencias\n", "", 3, 5, "missing_key"),
        ("source_kind: press", "source_kind: rumour", 7, 18, "unknown_value"),
        ('page_date: "2025-09-04"', "page_date: last year", 8, 16, "wrong_form"),
        ('page_date: "2025-09-04"', "page_date: 2025-13", 8, 16, "wrong_form"),
        ('page_date: "2025-09-04"', "page_date: 2025-02-30", 8, 16, "bad_date"),
        ("checked_on: 2026-11-24", "checked_on: yesterday", 9, 17, "bad_date"),
        ("    checked_on: 2026-11-24\n    status", "    status", 3, 5, "missing_key"),
        ("status: unconfirmed", "status: confirmed", 10, 13, "unknown_value"),
        ("    status: unconfirmed\n", "", 3, 5, "missing_key"),
        ("valid_from: 2020-01-01", "valid_from: 2020", 18, 17, "bad_date"),
        ("value: 103\n    kind: fire\n    label: Bomberos", 'value: "911"\n    kind: all', 11, 5, "duplicate_fact"),
        ("value: Oficina", "kind: all\n    value: Oficina", 21, 5, "unknown_key"),
        ("source_title: ONPAR", f"source_title: {'x' * (MAX_LENGTH + 1)}", 23, 19, "wrong_form"),
        ("source_title: ONPAR", "source_title: |\n      two\n      lines", 23, 19, "wrong_form"),
    ],
)
def test_fault_is_named_with_its_place(directory: Path, old: str, new: str, line: int, column: int, code: str) -> None:
    assert old in PANAMA
    write(directory, PANAMA.replace(old, new, 1))
    assert found(directory) == [("jurisdictions/pa.yaml", line, column, code)]
    with pytest.raises(PhrasebookFileError, match=r"jurisdictions/pa\.yaml"):
        load_jurisdictions(directory)


@pytest.mark.parametrize("name", ["xq", "PA", "pan", "panama"])
def test_file_of_no_country_is_refused(directory: Path, name: str) -> None:
    (directory / "jurisdictions" / "pa.yaml").unlink()
    write(directory, PANAMA, name)
    assert found(directory) == [(f"jurisdictions/{name}.yaml", 1, 1, "unknown_country")]


def test_file_that_is_not_utf8_is_named_and_the_others_are_read(directory: Path) -> None:
    (directory / "jurisdictions" / "co.yaml").write_bytes(b"country: CO\n# \xff\n")
    jurisdictions, problems = read_jurisdictions(directory)
    assert [(problem.file, problem.line, problem.column, problem.code) for problem in problems] == [
        ("jurisdictions/co.yaml", 2, 3, "not_utf8")
    ]
    assert list(jurisdictions.countries) == ["PA"]


def test_person_is_told_confirmed_facts_alone_and_absent_keys_are_empty(directory: Path) -> None:
    jurisdictions = load_jurisdictions(directory)
    everything, fire, authority = jurisdictions
    assert set(jurisdictions.facts_for("PA", set()).values()) == {()}
    told = jurisdictions.facts_for("PA", {fire.hash, authority.hash})
    assert told[FactKey.EMERGENCY_NUMBER] == (fire,)
    assert told[FactKey.ASYLUM_AUTHORITY] == (authority,)
    assert told[FactKey.OMBUDSPERSON] == ()
    assert set(told) == set(FactKey)
    assert everything.hash not in {fact.hash for facts in told.values() for fact in facts}


def test_country_of_which_nothing_is_known_is_absent_altogether(directory: Path) -> None:
    jurisdictions = load_jurisdictions(directory)
    confirmed = {fact.hash for fact in jurisdictions}
    assert set(jurisdictions.facts_for("CO", confirmed).values()) == {()}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('value: "911"', 'value: "912"'),
        ("kind: all", "kind: police"),
        ("kind: all", "kind: all\n    label: Panamá"),
        ("source: https://example.org/emergencias", "source: https://example.org/other"),
        ("status: unconfirmed", "status: unconfirmed\n    valid_from: 2026-01-01"),
    ],
)
def test_confirmed_fact_that_changes_is_no_longer_told(directory: Path, old: str, new: str) -> None:
    confirmed = {fact.hash for fact in load_jurisdictions(directory)}
    write(directory, PANAMA.replace(old, new, 1))
    told = load_jurisdictions(directory).facts_for("PA", confirmed)
    assert [fact.value for fact in told[FactKey.EMERGENCY_NUMBER]] == ["103"]


def test_reading_the_page_again_keeps_the_confirmation(directory: Path) -> None:
    confirmed = {fact.hash for fact in load_jurisdictions(directory)}
    write(directory, PANAMA.replace("checked_on: 2026-11-24", "checked_on: 2027-01-01"))
    assert {fact.hash for fact in load_jurisdictions(directory)} == confirmed


def test_same_words_about_two_countries_are_two_facts(directory: Path) -> None:
    write(directory, PANAMA.replace("PA", "CO"), "co")
    jurisdictions = load_jurisdictions(directory)
    assert len({fact.hash for fact in jurisdictions}) == 6
    assert jurisdictions.find("CO", next(iter(jurisdictions)).hash) is not None
    assert jurisdictions.find("PA", next(iter(jurisdictions)).hash) is None


def test_presence_says_what_it_is(directory: Path) -> None:
    write(
        directory,
        PANAMA.replace("asylum_authority:", "iom:").replace(
            "value: Oficina", "kind: regional-office\n    value: Oficina"
        ),
    )
    (office,) = load_jurisdictions(directory).facts("PA", FactKey.IOM)
    assert office.kind == PresenceKind.REGIONAL_OFFICE


def test_books_are_read_as_if_the_folder_were_not_there(books: Path) -> None:
    before = read_library(books)
    write(books, PANAMA)
    assert read_library(books) == before


def test_changed_facts_change_the_content_of_the_folder(books: Path) -> None:
    write(books, PANAMA)
    before = load_catalogue(books)
    write(books, PANAMA.replace("911", "912"))
    assert load_catalogue(books) is not before


def test_delivered_facts_are_of_the_members_of_both_conferences_and_name_their_page() -> None:
    jurisdictions, problems = read_jurisdictions(default_directory())
    assert problems == ()
    assert set(jurisdictions.countries) == MEMBERS
    for fact in jurisdictions:
        assert fact.source.startswith(("https://", "http://"))
        assert fact.source_title
        assert fact.checked_on >= date(2026, 11, 24)
    hashes = [fact.hash for fact in jurisdictions]
    assert len(hashes) == len(set(hashes))


def test_example_of_the_documentation_is_as_the_program_reads_it(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "phrasebooks.md").read_text(encoding="utf-8")
    example = page.split("## Jurisdictions", 1)[1].split("```yaml\n", 1)[1].split("```", 1)[0]
    write(tmp_path, example)
    (fact,) = load_jurisdictions(tmp_path)
    assert (fact.label, fact.valid_from) == ("Zona sur", date(2020, 1, 1))
    assert all(key in example for key in FactKey)
    for kind in (*EmergencyKind, *PresenceKind, *SourceKind):
        assert kind in example, kind
