"""The commands on accounts, run as an operator runs them."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from linkbridge.cli import accounts, app
from linkbridge.kernel.db import create_engine
from linkbridge.settings import Settings


class Operator:
    """Runs commands on one data folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        monkeypatch.setattr(accounts, "load_settings", lambda: Settings(data_dir=folder))

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, arguments)


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    return Operator(tmp_path / "data", monkeypatch)


def test_link_of_the_first_administrator_is_printed_with_its_time(operator: Operator) -> None:
    result = operator.run("admin", "link")
    assert result.exit_code == 0, result.stderr
    assert re.search(r"http://127\.0\.0\.1:8000/staff/first#([a-z]{5}-){3}[a-z]{5}\n", result.stdout)
    assert re.search(r"before \d{4}-\d\d-\d\d \d\d:\d\d UTC", result.stdout)


def test_link_for_an_unknown_address_is_one_clear_line(operator: Operator) -> None:
    result = operator.run("admin", "link", "--reset", "nobody@example.org")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.strip().splitlines()[-1] == "linkbridge: nobody has this address"


def test_token_is_created_listed_and_revoked(operator: Operator) -> None:
    created = operator.run("token", "create", "--role", "analyst", "--label", "Report")
    secret = created.stdout.strip()
    assert re.fullmatch(r"lbt_[\w-]{43}", secret), created.stderr
    listed = operator.run("token", "list").stdout
    assert "Report" in listed
    assert secret not in listed
    token_id = listed.split()[0]
    assert operator.run("token", "revoke", token_id).exit_code == 0
    assert "revoked" in operator.run("token", "list").stdout
    again = operator.run("token", "revoke", token_id)
    assert (again.exit_code, again.stderr.strip().splitlines()[-1]) == (1, "linkbridge: this token was revoked before")


def test_unknown_organisation_and_role_are_refused(operator: Operator) -> None:
    unknown = operator.run("token", "create", "--role", "analyst", "--organisation", "Nobody")
    assert (unknown.exit_code, unknown.stdout) == (1, "")
    assert operator.run("token", "create", "--role", "king").exit_code == 2


def test_keys_are_rotated_and_the_newest_is_first(operator: Operator) -> None:
    before = operator.run("keys", "list").stdout.split()[0]
    rotated = operator.run("keys", "rotate").stdout
    added = re.search(r"Added key ([0-9a-f]{8})\.", rotated)
    assert added is not None
    assert operator.run("keys", "list").stdout.splitlines() == [f"{added.group(1)}  newest", before]
    assert "Added" not in operator.run("keys", "rotate", "--no-new-key").stdout


def test_audit_log_is_verified_and_a_change_is_told_by_the_exit_code(operator: Operator) -> None:
    operator.run("admin", "link")
    sound = operator.run("audit", "verify")
    assert (sound.exit_code, sound.stdout.startswith("Sound: 1 entries. Newest hash: ")) == (0, True)
    engine = create_engine(f"sqlite:///{operator.folder / 'linkbridge.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE audit_entry SET actor = 'staff:x'"))
    engine.dispose()
    broken = operator.run("audit", "verify")
    assert (broken.exit_code, broken.stdout) == (1, "Broken at entry 1: this entry was changed.\n")
