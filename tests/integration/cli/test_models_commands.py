"""``linkbridge models``, run as an administrator runs it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from linkbridge.cli import app
from tests.support.package_server import PackageServer, started_server
from tests.support.packages import argos_package, firefox_files, firefox_records, multilingual_files, write_files

RECORDS = "/v1/buckets/main/collections/translations-models/records"


@pytest.fixture
def server() -> Iterator[PackageServer]:
    with started_server() as running:
        yield running


@pytest.fixture(autouse=True)
def models(tmp_path: Path, server: PackageServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of models of an installation whose indexes are on a server of this machine."""
    monkeypatch.setenv("LINKBRIDGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LINKBRIDGE_ARGOS_INDEX", f"{server.address}/index.json")
    monkeypatch.setenv("LINKBRIDGE_FIREFOX_INDEX", f"{server.address}{RECORDS}")
    entries = [
        {"package_version": "1.5", "from_code": source, "to_code": target, "links": [f"{source}_{target}.argosmodel"]}
        for source, target in (("es", "en"), ("so", "en"), ("ur", "en"))
    ]
    server.serve("/index.json", json.dumps(entries).encode())
    server.serve("/es_en.argosmodel", argos_package(version="1.5"))
    server.serve(RECORDS, json.dumps({"data": firefox_records("main/", firefox_files())}).encode())
    base = {"capabilities": {"attachments": {"base_url": f"{server.address}/attachments/"}}}
    server.serve("/v1/", json.dumps(base).encode())
    for name, content in firefox_files().items():
        server.serve(f"/attachments/main/{name}", content)
    return tmp_path / "data" / "models"


def run(*words: str | Path, exit_code: int = 0) -> Result:
    result = CliRunner().invoke(app, ["models", *map(str, words)])
    assert result.exit_code == exit_code, (result.output, result.exception)
    return result


def said(*words: str | Path, exit_code: int = 0) -> list[str]:
    result = run(*words, exit_code=exit_code)
    return (result.stdout if exit_code == 0 else result.stderr).splitlines()


def listed(*words: str | Path) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(run("list", "--json", *words).stdout)
    return rows


def test_list_shows_what_comes_with_linkbridge_without_asking_anybody(server: PackageServer, models: Path) -> None:
    rows = [line.split() for line in said("list") if "firefox" in line]
    assert [row[:2] for row in rows] == [["en-pt", "firefox"], ["pt-en", "firefox"]]
    assert all(row[-3:] == ["comes", "with", "LinkBridge"] for row in rows)
    assert (server.asked, models.exists()) == ([], False)


def test_list_available_shows_pair_engine_version_size_and_licence() -> None:
    rows = [line.split() for line in said("list", "so", "ur", "--available") if "available" in line]
    size = sum(map(len, firefox_files().values()))
    assert rows == [
        ["so-en", "firefox", "1.0", str(size), "bytes", "MPL-2.0", "available"],
        ["so-en", "argos", "1.5", "?", "not", "stated", "available"],
        ["ur-en", "argos", "1.5", "?", "not", "stated", "available"],
    ]
    assert [row["engine"] for row in listed("so", "--available", "--engine", "argos")] == ["argos"]


def test_install_says_what_it_takes_and_shows_size_and_licence_first(server: PackageServer) -> None:
    lines = said("install", "so-en", "es-en", "--yes")
    size = sum(map(len, firefox_files().values()))
    assert lines[0] == f"  so-en: firefox 1.0, {size} bytes, checksums published; licence: MPL-2.0"
    assert lines[1].startswith(
        f"  es-en: argos 1.5, {len(argos_package(version='1.5'))} bytes, no checksum published; "
    )
    assert lines[1].endswith("licence: not stated by the index; see the README in the package")
    assert [line.split()[:2] for line in lines[2:]] == [["installed", "firefox-so-en"], ["installed", "argos-es-en"]]
    assert [row["id"] for row in listed("es", "so")] == ["argos-es-en", "firefox-so-en"]
    [head] = [method for method, path, _ in server.asked if path == "/es_en.argosmodel" and method == "HEAD"]
    assert head == "HEAD"


def test_install_without_a_terminal_fetches_nothing_unasked(server: PackageServer) -> None:
    assert said("install", "es-en", exit_code=1) == [
        "linkbridge: nothing was fetched; add --yes to fetch this without being asked"
    ]
    assert server.ranges_of("/es_en.argosmodel") == []


def test_install_goes_through_another_language_and_says_so() -> None:
    lines = said("install", "es-pt", "--yes")
    assert lines[0] == "es-pt: no package of its own; it goes through en:"
    assert lines[1] == "  en-pt: firefox-en-pt-bundled comes with LinkBridge"
    assert lines[2].startswith("  es-en: argos 1.5")
    assert lines[3].startswith("installed argos-es-en 1.5+")


def test_install_twice_fetches_once_unless_asked_again(server: PackageServer) -> None:
    said("install", "so-en", "--yes")
    assert said("install", "so-en", "--yes") == ["  so-en: firefox-so-en is installed already"]
    assert said("install", "so-en", "--yes", "--again")[-1].startswith("installed firefox-so-en")
    assert server.ranges_of("/attachments/main/vocab.soen.spm") == ["", ""]


def test_install_of_a_direction_that_nobody_has() -> None:
    assert said("install", "ti-en", "--yes", exit_code=1) == [
        "linkbridge: nothing leads from ti to en; no package knows ti"
    ]
    assert "write a direction as es-en" in said("install", "nonsense", exit_code=1)[0]


def test_install_without_a_network_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, models: Path) -> None:
    monkeypatch.setenv("LINKBRIDGE_FIREFOX_INDEX", "http://127.0.0.1:9/records")
    monkeypatch.setenv("LINKBRIDGE_ARGOS_INDEX", "http://127.0.0.1:9/index.json")
    [line] = said("install", "so-en", "--yes", exit_code=1)
    assert line.startswith("linkbridge: http://127.0.0.1:9/records cannot be reached: Connection refused.")
    assert "linkbridge models install FILE" in line
    assert "--from ADDRESS" in line
    assert not models.exists()


def test_install_from_one_index_when_the_other_is_down(server: PackageServer) -> None:
    server.files[RECORDS].status = 503
    result = run("install", "es-en", "--yes")
    assert result.stderr.splitlines()[0] == f"linkbridge: {server.address}{RECORDS} answered with status 503"
    assert "installed argos-es-en" in result.stdout


def test_install_from_a_stick_asks_nobody(tmp_path: Path, server: PackageServer) -> None:
    (tmp_path / "fr_en.argosmodel").write_bytes(argos_package("fr"))
    write_files(tmp_path / "madlad", multilingual_files())
    lines = said("install", tmp_path / "fr_en.argosmodel", tmp_path / "madlad")
    assert lines[0].startswith("fr_en.argosmodel: ")
    assert "SHA-256" in lines[0]
    assert [line.split()[1] for line in lines if line.startswith("installed")] == ["argos-fr-en", "ctranslate2-madlad"]
    assert server.asked == []


def test_install_of_a_damaged_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "x.argosmodel").write_bytes(argos_package()[:200])
    assert said("install", tmp_path / "x.argosmodel", exit_code=1) == [
        "linkbridge: x.argosmodel is damaged, or no zip or tar file"
    ]
    [line] = said("install", tmp_path / "nothing.zip", exit_code=1)
    assert line == f"linkbridge: there is no {tmp_path / 'nothing.zip'}"


def test_install_from_an_address(server: PackageServer) -> None:
    lines = said("install", f"{server.address}/es_en.argosmodel", "--yes")
    assert "no checksum published" in lines[0]
    assert lines[1].startswith("installed argos-es-en 1.5+")


def test_remove_by_id_or_direction(models: Path) -> None:
    said("install", "so-en", "es-en", "--yes")
    assert said("remove", "argos-es-en", "so-en") == ["removed argos-es-en", "removed firefox-so-en"]
    assert listed("es", "so") == []
    assert "is called 'so-en'" in said("remove", "so-en", exit_code=1)[0]
    write_files(models / "firefox" / "am-en", {"vocab.spm": b""})
    assert said("remove", "am-en") == ["removed am-en"]
    assert list((models / "firefox").iterdir()) == []


def test_remove_of_what_comes_with_linkbridge_is_refused() -> None:
    for named in ("firefox-en-pt-bundled", "en-pt"):
        [line] = said("remove", named, exit_code=1)
        assert line == (
            "linkbridge: firefox-en-pt-bundled comes with LinkBridge and is part of the program; it cannot be removed"
        )


def test_remove_of_a_direction_with_two_models_asks_which(tmp_path: Path) -> None:
    (tmp_path / "so_en.argosmodel").write_bytes(argos_package("so"))
    said("install", "so-en", tmp_path / "so_en.argosmodel", "--yes")
    [line] = said("remove", "so-en", exit_code=1)
    assert line == "linkbridge: several models are installed for so-en: argos-so-en, firefox-so-en; name one of these"


def test_verify_names_what_is_damaged(models: Path) -> None:
    said("install", "so-en", "es-en", "--yes")
    assert said("verify") == [
        "✓ firefox/so-en: every file is as it was installed",
        "✓ argos/translate-es_en: every file is as it was installed",
    ]
    (models / "argos" / "translate-es_en" / "README.md").unlink()
    result = run("verify", "es-en", exit_code=1)
    assert result.stdout.splitlines() == [
        "✗ argos/translate-es_en: damaged; install it anew with --again",
        "    README.md: missing",
    ]
    [row] = json.loads(run("verify", "es-en", "--json", exit_code=1).stdout)
    assert row["damaged"] == [{"file": "README.md", "damage": "missing"}]
    said("install", "es-en", "--yes", "--again")
    assert said("verify", "argos-es-en") == ["✓ argos/translate-es_en: every file is as it was installed"]
    assert "linkbridge models list" in said("verify", "argos-xx", exit_code=1)[0]


def test_bundle_takes_what_is_installed_and_fetches_the_rest(tmp_path: Path, models: Path) -> None:
    said("install", "es-en", "--yes")
    lines = said("bundle", "es-en", "so-en", "en-pt", "--output", tmp_path / "b.zip", "--yes")
    assert lines[0] == "  en-pt: firefox-en-pt-bundled comes with LinkBridge, and is not packed"
    assert lines[1].startswith("  so-en: firefox 1.0")
    assert lines[-1].startswith(f"wrote {tmp_path / 'b.zip'}: ")
    assert not (models / "firefox").exists()
    said("remove", "es-en")
    installed = [line.split()[1] for line in said("install", tmp_path / "b.zip") if line.startswith("installed")]
    assert installed == ["argos-es-en", "firefox-so-en"]


def test_an_unknown_engine_is_told() -> None:
    assert said("list", "--engine", "pseudo", exit_code=1) == [
        "linkbridge: models are installed for firefox, argos, ctranslate2"
    ]


@pytest.mark.parametrize(("answer", "fetched"), [("y\n", True), ("\n", True), ("n\n", False)])
def test_install_asks_on_a_terminal(
    server: PackageServer, monkeypatch: pytest.MonkeyPatch, answer: str, fetched: bool
) -> None:
    monkeypatch.setattr("linkbridge.cli.models_commands._may_ask", lambda: True)
    result = CliRunner().invoke(app, ["models", "install", "so-en"], input=answer)
    assert "Fetch this? [Y/n]" in result.output
    assert result.exit_code == (0 if fetched else 1)
    assert bool(server.ranges_of("/attachments/main/vocab.soen.spm")) is fetched
    assert [row["id"] for row in listed("so")] == (["firefox-so-en"] if fetched else [])


def test_a_folder_in_the_way_does_not_change_what_a_direction_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path / "so-en", firefox_files())
    monkeypatch.chdir(tmp_path)
    assert said("install", "so-en", "--yes")[0].startswith("  so-en: firefox 1.0")
    [line] = said("install", "./so-en")
    assert line.startswith("installed firefox-so-en 0+")
