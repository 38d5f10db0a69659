"""The commands of exchange, run as an operator runs them: between two installations, and into folders."""

import re
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linkbridge.cli import exchange_texts
from linkbridge.kernel.encoding import b64url
from linkbridge.kernel.errors import InvalidInput
from linkbridge.phrasebook.exchange.trust import fingerprint
from linkbridge.phrasebook.files import load_library
from linkbridge.phrasebook.schema import Status
from linkbridge.phrasebook.workshop import Workshop
from linkbridge.settings import Settings
from tests.support.countries import Installation
from tests.unit.phrasebook.conftest import RIGHTS_ES

OURS = "Puede pedir que avisemos a su consulado."
THEIRS = "Puede pedirnos que avisemos a su consulado."


@pytest.fixture
def panama(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    made = Installation(tmp_path / "panama", monkeypatch)
    path = made.books / "rights/es.po"
    path.write_text(RIGHTS_ES.replace(OURS, THEIRS), encoding="utf-8")
    return made


@pytest.fixture
def colombia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    return Installation(tmp_path / "colombia", monkeypatch)


def test_bundle_goes_from_one_database_to_another_with_trust_and_back_without(
    panama: Installation, colombia: Installation
) -> None:
    file = str(panama.export("bundle", "bundle.zip"))
    dry = colombia.lines("import", file, "--dry-run")
    assert dry[1] == "conflict: rights.consulate.es: ours is verified, theirs draft"
    assert dry[2:4] == [f"    ours    [verified] {OURS}", f"    theirs  [draft] {THEIRS}"]
    assert re.fullmatch(r"    not taken over as verified, but as draft: the key \S{43} is not trusted here", dry[4])
    assert dry[5:] == ["0 new, 0 changed, 2 same, 1 conflict, 0 refused, 0 skipped"]

    key = re.search(
        r"trust add (\S+)",
        panama.run(
            "export",
            "--format",
            "bundle",
            "--output",
            f"{file}2",
            "--directory",
            str(panama.books),
            "--sender",
            "Panama",
        ).stdout,
    )
    assert key
    [trusted] = colombia.lines("trust", "add", key[1], "--label", "Panama")
    assert trusted.endswith("  Panama")
    assert colombia.lines("import", file)[1:] == [
        "changed: rights.consulate.es",
        f"    ours    [verified] {OURS}",
        f"    theirs  [verified] {THEIRS}",
        "0 new, 1 changed, 2 same, 0 conflict, 0 refused, 0 skipped",
        "1 text(s) saved",
    ]
    assert colombia.lines("import", file)[-2:] == [
        "0 new, 0 changed, 3 same, 0 conflict, 0 refused, 0 skipped",
        "0 text(s) saved",
    ]
    fingerprint = trusted.split()[1]
    assert colombia.lines("trust", "list") == [f"{fingerprint}  since {trusted_day()}    Panama"]
    assert colombia.lines("trust", "revoke", fingerprint) == ["Revoked."]
    assert "revoked" in colombia.lines("trust", "list")[0]


@pytest.mark.parametrize("order", ["key-first", "label-first"])
def test_key_that_begins_with_a_hyphen_is_no_option(colombia: Installation, order: str) -> None:
    key = next(found for found in (_public_key(number) for number in range(2_000)) if found.startswith("-"))
    arguments = (key, "--label", "Panama") if order == "key-first" else ("--label", "Panama", key)
    [trusted] = colombia.lines("trust", "add", *arguments)
    assert colombia.lines("trust", "revoke", trusted.split()[1]) == ["Revoked."]


def test_fingerprint_that_begins_with_a_hyphen_is_no_option(colombia: Installation) -> None:
    key = next(found for found in (_public_key(number) for number in range(2_000)) if fingerprint(found)[0] == "-")
    colombia.lines("trust", "add", key, "--label", "Panama")
    assert colombia.lines("trust", "revoke", fingerprint(key)) == ["Revoked."]


def _public_key(number: int) -> str:
    secret = Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))
    return b64url(secret.public_key().public_bytes_raw())


def trusted_day() -> str:
    return datetime.now(UTC).date().isoformat()


def test_export_of_several_files_wants_a_folder(panama: Installation) -> None:
    folder = panama.export("po", "out")
    assert sorted(path.name for path in folder.parent.rglob("out*")) == ["out"]
    assert "X-" not in folder.read_text(encoding="utf-8")
    (panama.folder / "taken").touch()
    arguments = ["--format", "po", "--output", str(panama.folder / "taken"), "--directory", str(panama.books)]
    refused = panama.run("export", *arguments)
    assert (refused.exit_code, refused.stderr) == (1, "linkbridge: there are 2 files; name a folder\n")


@pytest.mark.parametrize(("kind", "name"), [("po", "es.po"), ("xliff", "es.xlf"), ("tmx", "es.tmx"), ("csv", "es.csv")])
def test_file_is_taken_into_a_folder_when_theirs_is_chosen(
    panama: Installation, colombia: Installation, kind: str, name: str
) -> None:
    file, folder = str(panama.export(kind, name)), str(colombia.books)
    before = (colombia.books / "rights/es.po").read_bytes()
    dry = colombia.lines("import", file, "--directory", folder, "--dry-run", "--take-theirs")
    assert dry[0].startswith("conflict: rights.consulate.es: it was not edited since it was sent")
    assert (colombia.books / "rights/es.po").read_bytes() == before
    assert colombia.lines("import", file, "--directory", folder)[-1] == "0 file(s) written"
    assert colombia.lines("import", file, "--directory", folder, "--take-theirs")[-1] == "1 file(s) written"
    found = load_library(colombia.books).translations["rights", "es"]["consulate"]
    assert (found.text, found.status) == (THEIRS, Status.DRAFT)


def test_bundle_is_taken_into_a_folder_with_a_key_for_once(panama: Installation, colombia: Installation) -> None:
    file = str(panama.export("bundle", "bundle.zip"))
    key = exchange_texts.load_signer(Settings(data_dir=panama.folder / "data")).public_key_b64
    shutil.rmtree(colombia.books / "rights")
    arguments = ["import", file, "--directory", str(colombia.books), "--trust-key", key]
    assert "the book rights is not here; add it with --new-books" in colombia.lines(*arguments)
    assert colombia.lines(*arguments, "--new-books")[-1] == "3 file(s) written"
    assert load_library(colombia.books).translations["rights", "es"]["consulate"].status is Status.VERIFIED


def test_tampered_bundle_changes_nothing_and_says_so_in_one_line(panama: Installation, colombia: Installation) -> None:
    file = panama.export("bundle", "bundle.zip")
    with zipfile.ZipFile(file) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    with zipfile.ZipFile(file, "w") as opened:
        for name, body in files.items():
            opened.writestr(name, body.replace(THEIRS.encode(), b"Firme aqui."))
    before = (colombia.books / "rights/es.po").read_bytes()
    for arguments in ([], ["--directory", str(colombia.books)]):
        result = colombia.run("import", str(file), *arguments)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.splitlines()[-1].endswith(
            "books/rights/es.po in the bundle was changed after it was signed"
        )
    assert (colombia.books / "rights/es.po").read_bytes() == before


def test_text_that_controls_a_terminal_is_shown_by_its_numbers(colombia: Installation) -> None:
    file = colombia.folder / "evil.csv"
    file.write_text("id,language,English,text\nrights.title,es,Your rights,\x1b[2Jx\u202ey\n", encoding="utf-8")
    lines = colombia.lines("import", str(file), "--directory", str(colombia.books), "--dry-run")
    assert lines[0].startswith("refused: rights.title.es: 'title' holds the invisible U+202E")
    assert "    theirs  [draft] <U+001B>[2Jx<U+202E>y" in lines


def test_memory_reports_progress_counts_and_reasons(colombia: Installation) -> None:
    file = colombia.folder / "health.tmx"
    tuv = '<tuv xml:lang="{}"><seg>{}</seg></tuv>'
    entries = [f"<tu>{tuv.format('en', 'a fever')}{tuv.format(tag, 'une fièvre')}</tu>" for tag in ("fr", "mi")]
    file.write_text(f'<tmx version="1.4"><header srclang="en"/><body>{"".join(entries)}</body></tmx>', encoding="utf-8")
    result = colombia.run("memory", str(file))
    assert result.stdout.splitlines() == [
        "skipped 1: LinkBridge does not know the language (first: without an id)",
        "2 entries: 1 added, 0 already there, 1 skipped",
    ]
    assert "100 %  1 added, 0 already there" in result.stderr


def test_options_that_need_a_folder_are_refused_without_one(colombia: Installation) -> None:
    file = colombia.export("csv", "a.csv")
    result = colombia.run("import", str(file), "--new-books")
    assert (result.exit_code, result.stderr) == (1, "linkbridge: --trust-key and --new-books go with --directory\n")


def test_import_that_fails_in_the_middle_saves_nothing(
    panama: Installation, colombia: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = panama.folder / "es.csv"
    rows = [
        "rights.title,es,Your rights,Sus otros derechos",
        'rights.deadline,es,"You have 3 days, until {date}.","Le quedan 3 días, hasta el {date}."',
    ]
    file.write_text("\n".join(["id,language,English,text", *rows]), encoding="utf-8")
    real = Workshop.save
    saved: list[object] = []

    def fail_at_the_second(*arguments: Any, **named: Any) -> object:
        saved.append(arguments)
        if len(saved) == 2:
            raise InvalidInput("this text has a fault")
        return real(*arguments, **named)

    monkeypatch.setattr(Workshop, "save", fail_at_the_second)
    result = colombia.run("import", str(file), "--take-theirs")
    assert (result.exit_code, result.stdout, len(saved)) == (1, "", 2)
    monkeypatch.undo()
    again = colombia.lines("import", str(file), "--dry-run")
    assert [line for line in again if line.startswith("    ours")] == [
        "    ours    [draft] Sus derechos",
        "    ours    [reviewed] Tiene 3 días, hasta el {date}.",
    ]
