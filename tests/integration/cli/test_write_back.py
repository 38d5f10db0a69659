"""``linkbridge phrasebook export`` without a format: local changes of a real database go back into the files."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from linkbridge.cli import app, exchange_texts, write_back
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from linkbridge.phrasebook.checks import check_library
from linkbridge.phrasebook.files import load_library
from linkbridge.phrasebook.schema import Severity, Status
from linkbridge.settings import Settings
from tests.support.accounts import World
from tests.support.workshop import CONSULATE, ENGLISH, Bench, write_books

WORDS = "Puede pedirnos que avisemos a su consulado."


@pytest.fixture
def bench(
    database_url: str, sessions: SessionFactory, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Bench:
    folder = write_books(tmp_path / "phrasebooks")
    given = Settings(data_dir=tmp_path / "data", database_url=database_url, phrasebooks_dir=folder)
    for module in (write_back, exchange_texts):
        monkeypatch.setattr(module, "load_settings", lambda: given)
    return Bench(World(sessions, clock), folder)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["phrasebook", "export", *map(str, arguments)])


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_changed_is_nothing_to_write(bench: Bench) -> None:
    before = contents(bench.folder)
    result = run()
    assert (result.exit_code, result.stdout) == (0, "nothing to write\n")
    assert contents(bench.folder) == before


def test_changes_go_back_into_the_files_and_stand_there_with_their_readers(bench: Bench) -> None:
    readers = [bench.reader("es", "en") for _ in range(2)]
    bench.edit(CONSULATE, WORDS, readers[0])
    bench.edit(ENGLISH, "Ask us to call your consulate.", readers[0])
    for place in (CONSULATE, ENGLISH):
        for reader in readers:
            bench.approve(place, reader)
    result = run()
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines() == [
        "rights/book.yaml: consulate",
        "rights/es.po: consulate",
        f"2 file(s) written in {bench.folder}",
    ]
    library = load_library(bench.folder)
    assert library == bench.library
    assert library.books[1].phrases[1].edited == bench.text(ENGLISH)
    assert bench.text(ENGLISH).status is Status.VERIFIED
    assert [problem for problem in check_library(library) if problem.severity is Severity.ERROR] == []
    again = run()
    assert again.stdout == "nothing to write\n"


def test_export_in_a_format_carries_what_was_earned_here(bench: Bench, tmp_path: Path) -> None:
    readers = [bench.reader("es") for _ in range(2)]
    bench.edit(CONSULATE, WORDS, readers[0])
    for reader in readers:
        bench.approve(CONSULATE, reader)
    here, there = tmp_path / "here.po", tmp_path / "there.po"
    assert run("--format", "po", "--language", "es", "--book", "rights", "--output", here).exit_code == 0
    delivered = ("--directory", bench.folder)
    assert run("--format", "po", "--language", "es", "--book", "rights", "--output", there, *delivered).exit_code == 0
    text = here.read_text(encoding="utf-8")
    assert WORDS in text
    assert all(f"# reviewer: {reader.id} " in text for reader in readers)
    assert WORDS not in there.read_text(encoding="utf-8")


def test_history_stays_after_an_export_and_an_undo_is_exported_too(bench: Bench) -> None:
    reader = bench.reader("es")
    edit = bench.edit(CONSULATE, WORDS, reader)
    approval = bench.approve(CONSULATE, reader)
    run()
    assert bench.history(CONSULATE) == (approval, edit)
    bench.undo(CONSULATE, approval.sequence, reader)
    assert run().stdout.splitlines()[0] == "rights/es.po: consulate"
    assert load_library(bench.folder).translations["rights", "es"]["consulate"] == edit.text


def test_dry_run_lists_and_changes_nothing(bench: Bench) -> None:
    bench.edit(CONSULATE, WORDS, bench.reader("es"))
    before = contents(bench.folder)
    result = run("--dry-run")
    assert (result.exit_code, result.stdout.splitlines()) == (
        0,
        ["rights/es.po: consulate", f"1 file(s) would change in {bench.folder}"],
    )
    assert contents(bench.folder) == before


def test_another_folder_is_written_and_what_it_lacks_is_named(bench: Bench, tmp_path: Path) -> None:
    bench.edit(CONSULATE, WORDS, bench.reader("es"))
    other = write_books(tmp_path / "checkout")
    book = other / "rights" / "book.yaml"
    book.write_text(book.read_text().replace("id: consulate", "id: embassy"))
    po = other / "rights" / "es.po"
    po.write_text(po.read_text().replace('msgctxt "consulate"', 'msgctxt "embassy"'))
    before = contents(other)
    result = run("--directory", other)
    assert result.stdout.splitlines() == [
        "left out: rights.consulate.es, which is in no book there",
        "nothing to write",
    ]
    assert contents(other) == before


def test_broken_folder_is_one_clear_error(bench: Bench, tmp_path: Path) -> None:
    bench.edit(CONSULATE, WORDS, bench.reader("es"))
    (tmp_path / "empty").mkdir()
    result = run("--directory", tmp_path / "empty")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no phrasebook" in result.stderr


def test_without_a_database_there_is_nothing_to_write_and_none_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_books(tmp_path / "phrasebooks")
    given = Settings(data_dir=tmp_path / "data", phrasebooks_dir=folder)
    for module in (write_back, exchange_texts):
        monkeypatch.setattr(module, "load_settings", lambda: given)
    assert run().stdout == "nothing to write\n"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--language", "es"),
        ("--book", "rights"),
        ("--output", "x"),
        ("--format", "po"),
        ("--format", "po", "--output", "x", "--dry-run"),
    ],
)
def test_options_that_do_not_go_together_are_refused(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2
