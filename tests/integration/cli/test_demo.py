"""`linkbridge demo`: what it makes, what it prints, and what it keeps."""

import re
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from linkbridge.accounts.sign_in import NewSession
from linkbridge.bootstrap import build_accounts_door
from linkbridge.cli import app
from linkbridge.kernel.font_subsets import FontReport
from linkbridge.settings import Settings

GIVEN = "marble fountain pencil"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HOST", "PORT", "DEMO", "DEMO_PASSWORD", "BASE_URL", "DATABASE_URL"):
        monkeypatch.setenv(f"LINKBRIDGE_{name}", "")
    monkeypatch.setenv("LINKBRIDGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("linkbridge.bootstrap.make_fonts", lambda _settings: FontReport((), ()))
    return tmp_path / "data"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """With which settings a server was to be run; none is."""
    runs: list[Settings] = []
    monkeypatch.setattr("linkbridge.cli.serve.run_server", runs.append)
    return runs


def demo(*options: str) -> Result:
    return CliRunner().invoke(app, ["demo", *options])


def password_in(result: Result) -> str:
    found = re.search(r"^  Password +(.+)$", result.stdout, re.MULTILINE)
    assert found is not None
    return found[1]


def can_sign_in(email: str, password: str) -> bool:
    door = build_accounts_door(Settings())
    try:
        with door.sessions.transaction() as session:
            opened = door.accounts.sign_in.sign_in(session, email=email, password=password, peer="127.0.0.1")
    finally:
        door.sessions.engine.dispose()
    return isinstance(opened, NewSession)


def test_demo_prints_where_to_go_and_how_to_sign_in_and_serves(served: list[Settings], folder: Path) -> None:
    result = demo("--port", "8123")
    assert result.exit_code == 0, result.output
    for place in ("/", "/staff", "/enrol"):
        assert re.search(rf" http://127\.0\.0\.1:8123{place}\s", result.stdout)
    assert str(folder) in result.stdout
    [email] = re.findall(r"Sign in as +(\S+)", result.stdout)
    assert email == "administrator@demo.example"
    assert can_sign_in(email, password_in(result))
    assert [(settings.demo, settings.port) for settings in served] == [(True, 8123)]


def test_second_start_keeps_people_and_password(served: list[Settings], folder: Path) -> None:
    first = demo()
    made = (folder / "keys" / "fields").read_bytes()
    second = demo()
    assert (second.exit_code, password_in(second)) == (0, password_in(first))
    assert (folder / "keys" / "fields").read_bytes() == made
    assert len(served) == 2


@pytest.mark.usefixtures("served")
def test_password_is_made_at_random_and_kept_for_the_owner_alone(folder: Path, tmp_path: Path) -> None:
    first = password_in(demo())
    assert re.fullmatch(r"(?:[a-z]{8}-){3}[a-z]{8}", first)
    assert stat.S_IMODE((folder / "keys" / "demo-password").stat().st_mode) == 0o600
    assert password_in(demo("--data-dir", str(tmp_path / "another"))) != first


@pytest.mark.usefixtures("served")
def test_given_password_is_honoured_and_not_kept_in_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo()
    (folder / "keys" / "demo-password").unlink()
    monkeypatch.setenv("LINKBRIDGE_DEMO_PASSWORD", GIVEN)
    assert password_in(demo()) == GIVEN
    assert can_sign_in("official@demo.example", GIVEN)
    assert not (folder / "keys" / "demo-password").exists()


def test_given_password_that_is_too_weak_is_refused(served: list[Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKBRIDGE_DEMO_PASSWORD", "secret")
    result = demo()
    assert result.exit_code == 1
    assert re.search(r"^linkbridge: .*12", result.stderr, re.MULTILINE), result.stderr
    assert "secret\n" not in result.output
    assert served == []


def test_demo_beyond_this_machine_without_tls_is_refused(
    served: list[Settings], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINKBRIDGE_HOST", "0.0.0.0")
    result = demo()
    assert result.exit_code == 1
    assert result.stderr.startswith("linkbridge: plain HTTP is refused on 0.0.0.0")
    assert (served, folder.exists()) == ([], False)
