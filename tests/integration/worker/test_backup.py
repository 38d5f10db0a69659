"""What a backup holds, what it does not hold, and what goes wrong without leaving anything behind."""

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import func, select

from linkbridge import migrations
from linkbridge.bootstrap import build_backups
from linkbridge.encounters.models import Acknowledgement, Encounter
from linkbridge.kernel.db import create_engine
from linkbridge.kernel.errors import Conflict, InvalidInput, Unavailable
from linkbridge.worker.backup import backup_key, extract, read_backup_key
from tests.support.installation import Installation, run_as_admin

SQLITE_ALONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRES_ALONE = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


def left_behind(installation: Installation) -> list[str]:
    """Everything in the folder of backups but finished ones."""
    return [path.name for path in installation.backups.glob("*") if path.suffix != ".lbbackup"]


def test_backup_is_one_private_file_that_says_what_is_in_it(installation: Installation, tmp_path: Path) -> None:
    code = installation.meet()
    path = installation.back_up()
    assert path == installation.backups / "linkbridge-20261124T120000Z.lbbackup"
    assert (path.stat().st_mode & 0o777, installation.backups.stat().st_mode & 0o777) == (0o600, 0o700)
    assert code.encode() not in path.read_bytes()
    assert left_behind(installation) == []
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    manifest = extract(path, installation.key, unpacked)
    assert manifest.created_at == "2026-11-24T12:00:00+00:00"
    assert manifest.kind == sa.make_url(installation.url).get_backend_name()
    assert manifest.revision == migrations.newest_revision()
    assert manifest.keys == installation.cipher.names()
    assert sorted(file.name for file in unpacked.iterdir()) == ["database", "erasures.log"]
    assert {file.stat().st_mode & 0o777 for file in unpacked.iterdir()} == {0o600}


def test_no_key_is_in_a_backup(installation: Installation, tmp_path: Path) -> None:
    installation.meet()
    path = installation.back_up()
    extract(path, installation.key, tmp_path)
    keys = {file.name: file.read_bytes().strip() for file in (installation.data / "keys").rglob("*") if file.is_file()}
    assert {"backup", "fields", "lookup"} <= set(keys)
    for file in (path, tmp_path / "database", tmp_path / "erasures.log"):
        content = file.read_bytes()
        assert [name for name, key in keys.items() if key in content] == []


def test_backup_made_while_others_write_is_consistent(installation: Installation) -> None:
    installation.meet()
    stop, written, errors = threading.Event(), [0], list[BaseException]()

    def write() -> None:
        try:
            while not stop.is_set():
                installation.meet()
                written[0] += 1
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            errors.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while written[0] < 5:
            assert writer.is_alive(), errors
        before = written[0]
        path = installation.back_up()
        after = written[0] + 2
    finally:
        stop.set()
        writer.join()
    assert errors == []
    total = len(installation.codes())
    assert total == written[0] + 1
    installation.restore(path)
    with installation.sessions.reading() as session:
        encounters = session.exec(select(func.count()).select_from(Encounter)).one()
        answers = session.exec(select(func.count()).select_from(Acknowledgement)).one()
        check = installation.world.accounts.audit.verify(session)
    assert before + 1 <= encounters <= after
    assert answers == encounters
    assert check.is_sound


def test_second_backup_of_a_second_is_refused_and_the_first_stays(installation: Installation) -> None:
    first = installation.back_up()
    content = first.read_bytes()
    with pytest.raises(Conflict, match="exists already"):
        installation.back_up()
    assert first.read_bytes() == content
    assert left_behind(installation) == []


def test_database_that_is_gone_cannot_be_backed_up(installation: Installation) -> None:
    key = installation.key
    installation.lose_database()
    with pytest.raises(Unavailable, match=r"there is no database at|pg_dump failed"):
        build_backups(installation.settings, installation.clock).create(key)
    assert list(installation.backups.iterdir()) == []
    if installation.url.startswith("sqlite"):
        assert not Path(sa.make_url(installation.url).database or "").exists()
    else:
        run_as_admin(installation.url, f'CREATE DATABASE "{sa.make_url(installation.url).database}"')


def test_database_without_linkbridge_is_not_backed_up(installation: Installation) -> None:
    installation.lose_database()
    if not installation.url.startswith("sqlite"):
        run_as_admin(installation.url, f'CREATE DATABASE "{sa.make_url(installation.url).database}"')
    engine = create_engine(installation.url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE somebody_elses (id INTEGER)"))
    engine.dispose()
    with pytest.raises(Unavailable, match="nothing of LinkBridge"):
        installation.back_up()
    assert list(installation.backups.iterdir()) == []


@SQLITE_ALONE
def test_damaged_database_is_not_passed_off_as_a_backup(installation: Installation) -> None:
    for _ in range(40):
        installation.meet()
    installation.let_go()
    path = Path(sa.make_url(installation.url).database or "")
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(os.urandom(4096 * 4))
    with pytest.raises(Unavailable, match=r"damaged|cannot be copied"):
        installation.back_up()
    assert list(installation.backups.iterdir()) == []


@POSTGRES_ALONE
def test_missing_pg_dump_is_named_with_what_brings_it(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unavailable, match="pg_dump is missing: apt-get install postgresql-client"):
        installation.back_up()
    assert list(installation.backups.iterdir()) == []


@SQLITE_ALONE
def test_backups_expire_at_the_end_of_their_days(installation: Installation) -> None:
    now = installation.clock.now()
    before = now - timedelta(days=30)
    installation.backups.mkdir()
    names = {
        "inside": f"linkbridge-{before:%Y%m%dT%H%M%SZ}.lbbackup",
        "outside": f"linkbridge-{before - timedelta(seconds=1):%Y%m%dT%H%M%SZ}.lbbackup",
        "outside-before-restore": f"linkbridge-{before - timedelta(days=9):%Y%m%dT%H%M%SZ}-before-restore.lbbackup",
        "somebody-elses": "linkbridge-20010101.lbbackup",
        "other": "notes.txt",
    }
    for name in names.values():
        (installation.backups / name).touch()
    backups = build_backups(installation.settings, installation.clock)
    assert backups.delete_expired(before, dry_run=True) == 2
    assert len(list(installation.backups.iterdir())) == 5
    assert backups.delete_expired(before) == 2
    left = {path.name for path in installation.backups.iterdir()}
    assert left == {names["inside"], names["somebody-elses"], names["other"]}


@SQLITE_ALONE
def test_what_killed_backups_and_restores_left_is_deleted_after_a_day(installation: Installation) -> None:
    database = Path(sa.make_url(installation.url).database or "")
    now = installation.clock.now()
    before = now - timedelta(days=30)

    def leave(path: Path, age: timedelta, *, folder: bool) -> Path:
        path.parent.mkdir(exist_ok=True)
        if folder:
            path.mkdir()
            (path / "database").write_text("rows")
        else:
            path.write_text("rows")
        moment = (now - age).timestamp()
        os.utime(path, (moment, moment))
        return path

    day, moment = timedelta(days=1), timedelta(seconds=1)
    gone = [
        leave(installation.backups / ".unfinished-a", day + moment, folder=True),
        leave(database.parent / ".restoring-a", day + moment, folder=True),
        leave(database.with_name(f"{database.name}.before-restore"), 30 * day + moment, folder=False),
    ]
    kept = [
        leave(installation.backups / ".unfinished-b", day, folder=True),
        leave(database.parent / ".restoring-b", day, folder=True),
        leave(database.with_name(f"{database.name}.before-restore-wal"), 30 * day, folder=False),
    ]
    build_backups(installation.settings, installation.clock).delete_expired(before)
    assert [path for path in gone if path.exists()] == []
    assert [path for path in kept if not path.exists()] == []


@POSTGRES_ALONE
def test_databases_that_killed_restores_left_are_dropped(installation: Installation) -> None:
    name = sa.make_url(installation.url).database
    now = installation.clock.now()
    before = now - timedelta(days=30)

    def leave(word: str, age: timedelta) -> str:
        made = f"{name}_{word}_{int((now - age).timestamp()):08x}beef"
        run_as_admin(installation.url, f'CREATE DATABASE "{made}"')
        return made

    day, moment = timedelta(days=1), timedelta(seconds=1)
    gone = {leave("restoring", day + moment), leave("before", 30 * day + moment)}
    kept = {leave("restoring", day - moment), leave("before", 30 * day - moment)}
    build_backups(installation.settings, installation.clock).delete_expired(before)
    found = set(run_as_admin(installation.url, "SELECT datname FROM pg_database"))
    for each in kept:
        run_as_admin(installation.url, f'DROP DATABASE "{each}"')
    assert found & (gone | kept) == kept


def test_backup_key_is_made_once_and_only_where_it_may_be(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "backup"
    with pytest.raises(Unavailable, match="No such file"):
        read_backup_key(path)
    assert not path.exists()
    key = backup_key(path)
    assert len(key) == 32
    assert (backup_key(path), read_backup_key(path)) == (key, key)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(Unavailable, match="can be read by others: run chmod 600"):
        read_backup_key(path)


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"c2hvcnQ\n", b"not base64!\n", b"A" * 44])
def test_file_that_is_no_backup_key_is_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "backup"
    path.write_bytes(text)
    path.chmod(0o600)
    with pytest.raises(InvalidInput, match="holds no backup key"):
        read_backup_key(path)
