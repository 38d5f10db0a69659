"""`linkbridge backup`, `restore`, `purge`, `keys` and `audit` on both databases, run as an operator runs them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select
from typer.testing import CliRunner, Result

from linkbridge.accounts.models import AuditEntry, Staff
from linkbridge.cli import app
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.crypto import FieldCipher, KeyRing
from tests.support.installation import Installation


@dataclass
class Operator:
    """Someone at the command line of an installation."""

    installation: Installation

    def run(self, *arguments: str, answer: str = "") -> Result:
        self.installation.let_go()
        return CliRunner().invoke(app, arguments, input=answer)

    def refused(self, *arguments: str, answer: str = "") -> str:
        """Run a command that must fail, change nothing, and say why in one line; return that line."""
        before = self.installation.content()
        result = self.run(*arguments, answer=answer)
        assert result.exit_code == 1, result.output
        assert self.installation.content() == before
        return str(result.stderr.strip().splitlines()[-1])


@pytest.fixture
def operator(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    installation = Installation(tmp_path / "data", database_url, FrozenClock(datetime.now(UTC)))
    monkeypatch.setenv("LINKBRIDGE_DATA_DIR", str(installation.data))
    monkeypatch.setenv("LINKBRIDGE_DATABASE_URL", database_url)
    assert installation.meet()
    yield Operator(installation)
    installation.let_go()


def back_up(operator: Operator, *options: str) -> Path:
    result = operator.run("backup", *options)
    assert result.exit_code == 0, result.output
    assert "The keys are not inside" in result.stderr
    return Path(result.stdout.strip())


def test_backup_and_restore(operator: Operator, tmp_path: Path) -> None:
    kept = operator.installation.codes()
    path = back_up(operator, "--to", str(tmp_path / "elsewhere"))
    assert path.parent == tmp_path / "elsewhere"
    operator.installation.erase(kept.pop())
    done = operator.run("restore", str(path), "--yes")
    assert done.exit_code == 0, done.output
    lines = [line for line in done.stdout.splitlines() if not line.startswith("20")]
    assert re.fullmatch(r"restored the state of \d{4}-\d\d-\d\dT[\d:.]+\+00:00", lines[0])
    assert lines[1:3] == [
        "erased again: 1 · access ended since the backup and ended again: 0",
        "everybody must sign in anew; one-time links and enrolment codes must be made anew",
    ]
    assert lines[3].startswith(f"what was there before: {operator.installation.backups}/linkbridge-")
    assert operator.installation.codes() == set()
    sound = operator.run("audit", "verify")
    assert (sound.exit_code, sound.stdout.startswith("Sound: ")) == (0, True)


def test_restore_asks_first_and_no_means_no(operator: Operator) -> None:
    path = back_up(operator)
    operator.installation.meet()
    line = operator.refused("restore", str(path), answer="n\n")
    assert line.endswith("Go on? [y/N]:Aborted!")
    assert "restored" not in operator.run("restore", str(path), answer="\n").stdout


def test_bad_files_and_keys_are_refused_in_one_line(operator: Operator, tmp_path: Path) -> None:
    path = back_up(operator)
    operator.installation.meet()
    key = operator.installation.data / "keys" / "backup"
    cut = tmp_path / "cut"
    cut.write_bytes(path.read_bytes()[:-1])
    assert operator.refused("restore", str(cut), "--yes") == "linkbridge: this file was changed or cut short"
    assert operator.refused("restore", str(key), "--yes") == "linkbridge: this is not an encrypted file of LinkBridge"
    other = tmp_path / "other"
    other.write_text("A" * 43 + "\n")
    other.chmod(0o600)
    wrong = operator.refused("restore", str(path), "--yes", "--key-file", str(other))
    assert wrong == "linkbridge: this file was encrypted with another key"
    missing = operator.refused("restore", str(path), "--yes", "--key-file", str(tmp_path / "none"))
    assert missing == f"linkbridge: {tmp_path / 'none'} cannot be read: No such file or directory"
    assert not (tmp_path / "none").exists()
    (operator.installation.data / "keys" / "lookup").rename(tmp_path / "lookup")
    assert "the keys are missing in" in operator.refused("restore", str(path), "--yes")
    assert "the keys are missing in" in operator.refused("backup")


def test_purge_counts_and_deletes(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    with operator.installation.sessions.transaction() as session:
        old = datetime.now(UTC) - timedelta(days=2)
        session.connection().execute(sa.text("UPDATE encounter SET received_at = :old"), {"old": str(old)})
    monkeypatch.setenv("LINKBRIDGE_RETAIN_ENCOUNTERS_DAYS", "1")
    rows = (
        "encounters",
        "training",
        "sessions",
        "attempts",
        "outbox",
        "requests",
        "notes",
        "signals",
        "answers",
        "handovers",
        "chats",
        "chat_traffic",
        "audit",
    )
    zero = dict.fromkeys((*rows, "jobs", "backups"), 0)
    before = operator.installation.content()
    dry = operator.run("purge", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert [line for line in dry.stdout.splitlines() if line.startswith(("would", "  "))] == [
        "would be deleted:",
        *(f"  {kind:<12} {1 if kind == 'encounters' else 0}" for kind in zero),
    ]
    assert operator.installation.content() == before
    done = operator.run("purge", "--json")
    assert json.loads(done.stdout.splitlines()[-1]) == {**zero, "encounters": 1}
    assert operator.installation.codes() == set()
    with operator.installation.sessions.reading() as session:
        entries = session.exec(select(AuditEntry.actor, AuditEntry.action)).all()
    assert entries[-1] == ("system:operator", "retention.purged")


def test_retention_of_no_days_is_refused(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKBRIDGE_RETAIN_ENCOUNTERS_DAYS", "0")
    result = operator.run("purge")
    assert result.exit_code == 1
    assert "LINKBRIDGE_RETAIN_ENCOUNTERS_DAYS" in result.stderr


def names(operator: Operator, cipher: FieldCipher) -> list[str]:
    with operator.installation.sessions.reading() as session:
        return [cipher.decrypt(name) for name in session.exec(select(Staff.name_encrypted))]


def test_keys_are_rotated_and_the_newest_alone_opens_every_field(operator: Operator) -> None:
    world = operator.installation.world
    for number in range(3):
        world.add_staff(f"n{number}@example.org", name="María Nombre")
    rotated = operator.run("keys", "rotate")
    assert rotated.exit_code == 0, rotated.output
    assert "staff: 6 fields of 3 rows encrypted anew" in rotated.stdout
    ring = KeyRing(path=operator.installation.data / "keys" / "fields")
    assert len(ring.keys()) == 2
    newest = FieldCipher(KeyRing(given=ring.keys()[0].decode()), b"any")
    assert names(operator, newest) == ["María Nombre"] * 3
    again = operator.run("keys", "rotate", "--no-new-key").stdout
    assert "staff: 0 fields of 3 rows encrypted anew" in again
    assert len(ring.keys()) == 2


def test_keys_from_the_environment_are_added_there_alone(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    operator.installation.world.add_staff("n@example.org", name="María Nombre")
    old = KeyRing(path=operator.installation.data / "keys" / "fields").keys()[0].decode()
    monkeypatch.setenv("LINKBRIDGE_FIELD_KEYS", old)
    line = operator.refused("keys", "rotate")
    assert line == "linkbridge: the field keys come from LINKBRIDGE_FIELD_KEYS: put the new key first there"
    new = "Zm9yIHRlc3RzIG9ubHksIG5ldmVyIGVsc2V3aGVyZSE="
    monkeypatch.setenv("LINKBRIDGE_FIELD_KEYS", f"{new}, {old}")
    assert "staff: 2 fields of 1 rows" in operator.run("keys", "rotate", "--no-new-key").stdout
    assert names(operator, FieldCipher(KeyRing(given=new), b"any")) == ["María Nombre"]


def test_field_that_no_key_opens_stops_the_rotation(operator: Operator) -> None:
    operator.installation.world.add_staff("n@example.org", name="María Nombre")
    fields = operator.installation.data / "keys" / "fields"
    fields.write_text("Zm9yIHRlc3RzIG9ubHksIG5ldmVyIGVsc2V3aGVyZSE=\n")
    line = operator.refused("keys", "rotate", "--no-new-key")
    assert line == "linkbridge: a field cannot be read with the keys at hand"


def test_audit_log_that_was_changed_is_told_by_the_exit_code(operator: Operator) -> None:
    with operator.installation.sessions.transaction() as session:
        session.connection().execute(sa.text("UPDATE audit_entry SET actor = 'staff:x' WHERE sequence = 2"))
    broken = operator.run("audit", "verify")
    assert (broken.exit_code, broken.stdout) == (1, "Broken at entry 2: this entry was changed.\n")
