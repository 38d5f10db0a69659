"""`linkbridge doctor`, run as an operator runs it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from linkbridge.bootstrap import build_accounts_door
from linkbridge.cli import app
from linkbridge.settings import Settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LINKBRIDGE_DATA_DIR", str(tmp_path / "data"))
    for name in ("HOST", "PORT"):
        # Options travel through the environment: whatever a command sets is undone after the test.
        monkeypatch.setenv(f"LINKBRIDGE_{name}", "")
    return tmp_path / "data"


def test_doctor_looks_without_making_anything(folder: Path) -> None:
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0, result.output
    assert not folder.exists()
    last = result.stdout.strip().splitlines()[-1]
    assert last.startswith("0 to mend, ")


def test_doctor_fails_on_plain_http_beyond_loopback_and_says_what_to_do() -> None:
    result = CliRunner().invoke(app, ["doctor", "--host", "0.0.0.0"])
    assert result.exit_code == 1
    assert "✗ TLS" in result.stdout
    assert "docs/operations/local-ca.md" in result.stdout


def test_doctor_as_json_of_a_folder_in_use(folder: Path) -> None:
    door = build_accounts_door(Settings(data_dir=folder))
    door.sessions.engine.dispose()
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert {"area", "level", "found", "todo"} == set(found[0])
    levels = {finding["area"]: finding["level"] for finding in found}
    assert (levels["Database"], levels["Keys"], levels["Data folder"]) == ("ok", "ok", "ok")
