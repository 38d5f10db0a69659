"""What a restore brings back, and what it must not bring back."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from linkbridge import migrations
from linkbridge.accounts.erasures import Erasures
from linkbridge.accounts.models import ApiToken, AuditEntry, Device, Erasure, OneTimeLink, Staff, StaffSession
from linkbridge.accounts.permissions import Role
from linkbridge.bootstrap import build_cipher, erasure_log, read_key_ring
from linkbridge.interpreting.directory.erasing import InterpreterErasing
from linkbridge.interpreting.models import Interpreter
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory, create_engine
from linkbridge.kernel.errors import Conflict, InvalidInput, Unavailable
from linkbridge.kernel.rotation import rotate_fields
from linkbridge.notifications.subscriptions import PushSubscriptions
from linkbridge.worker.lease import FileLease, lock_path
from linkbridge.worker.queue import prepare_jobs
from tests.support.accounts import SETUP
from tests.support.brokering import Brokering
from tests.support.installation import Installation, run_as_admin

HOUR = timedelta(hours=1)


def later(installation: Installation) -> None:
    installation.clock.advance(HOUR)


def left_behind(installation: Installation) -> list[str]:
    """Return what a restore should have cleared away: folders, files and databases."""
    url = sa.make_url(installation.url)
    folders = {installation.data}
    if url.get_backend_name() == "sqlite":
        folders.add(Path(url.database or "").parent)
        databases = []
    else:
        found = run_as_admin(installation.url, "SELECT datname FROM pg_database")
        databases = [name for name in found if name.startswith(f"{url.database}_")]
    files = [path.name for folder in folders for path in folder.iterdir()]
    return databases + [name for name in files if name.startswith(".") or "before-restore" in name]


def test_restore_brings_the_state_back_and_keeps_a_copy_of_what_was_there(installation: Installation) -> None:
    early = installation.meet()
    path = installation.back_up()
    later(installation)
    late = installation.meet()
    restored = installation.restore(path)
    assert installation.codes() == {early}
    assert restored.safety_copy == installation.backups / "linkbridge-20261124T130000Z-before-restore.lbbackup"
    assert (restored.erased_again, restored.manifest.created_at) == (0, "2026-11-24T12:00:00+00:00")
    assert left_behind(installation) == []
    later(installation)
    installation.restore(restored.safety_copy)
    assert installation.codes() == {early, late}


def test_restore_is_on_record_and_the_log_stays_sound(installation: Installation) -> None:
    erased = installation.meet()
    path = installation.back_up()
    installation.erase(erased)
    later(installation)
    installation.restore(path)
    with installation.sessions.reading() as session:
        assert installation.world.accounts.audit.verify(session).is_sound
        columns = select(AuditEntry.actor, AuditEntry.action, AuditEntry.details)
        newest = session.exec(columns.order_by(sa.desc("sequence"))).first()
    details = {"made_at": "2026-11-24T12:00:00+00:00", "erased_again": 1, "access_ended": 0}
    assert newest == ("system:operator", "backup.restored", details)


@pytest.mark.parametrize("lost", ["nothing", "database", "log", "database-and-table-of-erasures"])
def test_what_was_erased_after_the_backup_stays_erased(installation: Installation, lost: str) -> None:
    stays, goes = installation.meet(), installation.meet()
    path = installation.back_up()
    later(installation)
    installation.erase(goes)
    if lost == "database":
        installation.lose_database()
    elif lost == "log":
        erasure_log(installation.settings).path.unlink()
    elif lost == "database-and-table-of-erasures":
        with installation.sessions.transaction() as session:
            session.connection().execute(sa.text("DROP TABLE erasure"))
    restored = installation.restore(path)
    assert restored.erased_again == 1
    assert installation.codes() == {stays}
    with installation.sessions.reading() as session:
        assert [row.kind for row in session.exec(select(Erasure))] == ["encounter"]
    assert (restored.safety_copy is None) == (lost == "database")
    assert left_behind(installation) == []


def test_erasures_travel_in_the_backup_to_a_machine_without_any(
    installation: Installation, fresh: Installation
) -> None:
    stays, goes = installation.meet(), installation.meet()
    old = installation.back_up()
    installation.erase(goes)
    later(installation)
    new = installation.back_up()
    # The newer backup brings the erasure to the new machine, where an older one is restored after it.
    assert fresh.restore(new).erased_again == 0
    fresh.lose_database()
    assert fresh.restore(old).erased_again == 1
    assert fresh.codes() == {stays}


@pytest.fixture
def fresh(installation: Installation, clock: FrozenClock, tmp_path: Path) -> Iterator[Installation]:
    """A new machine: the keys were carried there, the database is empty (PostgreSQL) or not there yet (SQLite)."""
    data = tmp_path / "new" / "data"
    assert installation.key
    assert installation.tablet.unsealer.key_id
    shutil.copytree(installation.data / "keys", data / "keys")
    url = sa.make_url(installation.url)
    if url.get_backend_name() == "sqlite":
        made = Installation(data, f"sqlite:///{data / 'linkbridge.db'}", clock)
        yield made
        made.let_go()
        return
    name = f"{url.database}_new"
    run_as_admin(installation.url, f'CREATE DATABASE "{name}"')
    made = Installation(data, url.set(database=name).render_as_string(hide_password=False), clock)
    yield made
    made.let_go()
    run_as_admin(installation.url, f'DROP DATABASE IF EXISTS "{name}"')


def test_installation_moves_to_a_new_machine(installation: Installation, fresh: Installation) -> None:
    code = installation.meet()
    installation.world.add_staff("maria@example.org", name="María Nombre")
    on_its_way = installation.tablet.seal(installation.tablet.acknowledgement())
    expected = installation.content()
    restored = fresh.restore(installation.back_up())
    assert restored.safety_copy is None
    assert fresh.codes() == {code}
    with fresh.sessions.reading() as session:
        (row,) = session.exec(select(Staff)).all()
        assert fresh.cipher.decrypt(row.name_encrypted) == "María Nombre"
        assert row.email_digest == fresh.cipher.digest("email", "maria@example.org")
    # What a tablet had sealed to the old machine can be read on the new one.
    assert fresh.tablet.unsealer.open(on_its_way[1], on_its_way[0])
    found = fresh.content()
    changed = {name for name in expected if expected[name] != found[name]}
    assert changed == {"audit_entry", "audit_head", "one_time_link"}
    prepare_jobs(fresh.sessions.engine)


def test_access_that_was_ended_after_the_backup_stays_ended(installation: Installation) -> None:
    world = installation.world
    device_id = installation.enrol(world.site)
    staff_id = world.add_staff("left@example.org")
    stays_id = world.add_staff("stays@example.org")
    with installation.sessions.transaction() as session:
        tokens = [
            world.accounts.tokens.create(
                session, organisation_id=None, role=Role.ANALYST, label="x", lifetime=None, by=SETUP
            ).token.id
            for _ in range(2)
        ]
    path = installation.back_up()
    later(installation)
    with installation.sessions.transaction() as session:
        world.accounts.devices.revoke(session, device_id, by=SETUP)
        world.accounts.tokens.revoke(session, tokens[0], by=SETUP)
        world.accounts.roster.deactivate(session, staff_id, by=SETUP)
    restored = installation.restore(path)
    assert restored.access_ended == 3
    with installation.sessions.reading() as session:
        ended = installation.clock.now()
        assert session.exec(select(Device.revoked_at)).one() == ended
        assert dict(session.exec(select(ApiToken.id, ApiToken.revoked_at)).all()) == {tokens[0]: ended, tokens[1]: None}
        found = dict(session.exec(select(Staff.id, Staff.deactivated_at)).all())
    assert found == {staff_id: ended, stays_id: None}


def test_everybody_signs_in_anew_and_no_link_works_twice(installation: Installation) -> None:
    world = installation.world
    staff_id = world.add_staff("someone@example.org")
    now = installation.clock.now()
    with installation.sessions.transaction() as session:
        session.add(
            StaffSession(token_digest="d", staff_id=staff_id, created_at=now, last_seen_at=now, expires_at=now + HOUR)
        )
        world.accounts.devices.create_enrolment(session, site_id=world.site, label="Tablet", by=SETUP)
    installation.restore(installation.back_up())
    with installation.sessions.reading() as session:
        assert session.exec(select(StaffSession)).all() == []
        assert session.exec(select(OneTimeLink)).all() == []


def test_restore_over_a_database_in_use_is_refused(installation: Installation) -> None:
    installation.meet()
    path = installation.back_up()
    later(installation)
    installation.meet()
    before = installation.content()
    other = SessionFactory(create_engine(installation.url))
    with other.reading() as session:
        session.connection().execute(sa.text("SELECT count(*) FROM encounter"))
        with pytest.raises(Conflict, match="the database is in use: stop LinkBridge first"):
            installation.restore(path)
    other.engine.dispose()
    assert installation.content() == before
    assert left_behind(installation) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_restore_beside_a_server_or_another_restore_touches_nothing(installation: Installation) -> None:
    path = installation.back_up()
    folder = Path(sa.make_url(installation.url).database or "").parent
    others = folder / ".restoring-of-another"
    others.mkdir()
    lease = FileLease(lock_path(installation.url))
    try:
        with pytest.raises(Conflict, match="another process serves this database"):
            installation.restore(path)
        assert others.exists()
    finally:
        lease.release()
    installation.restore(path)
    assert not others.exists()


@pytest.fixture
def a_later_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """As if this release had one migration more."""
    place = tmp_path / "migrations"
    original = Path(migrations.__file__).parent
    shutil.copytree(original, place, ignore=shutil.ignore_patterns("__pycache__"))
    newest = migrations.newest_revision()
    (place / "versions" / "9999_next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f'revision, down_revision = "9999", "{newest}"\n'
        "branch_labels = depends_on = None\n"
        'def upgrade(): op.add_column("encounter", sa.Column("added", sa.String(5), server_default="later"))\n'
        'def downgrade(): op.drop_column("encounter", "added")\n'
    )
    configuration = migrations.configuration

    def changed() -> object:
        config = configuration()
        config.set_main_option("script_location", str(place).replace("%", "%%"))
        return config

    monkeypatch.setattr(migrations, "configuration", changed)
    yield monkeypatch
    monkeypatch.undo()


def test_backup_of_an_older_schema_is_brought_to_this_one(
    installation: Installation, request: pytest.FixtureRequest
) -> None:
    today = migrations.newest_revision()
    kept, erased = installation.meet(), installation.meet()
    path = installation.back_up()
    installation.erase(erased)
    request.getfixturevalue("a_later_schema")
    migrations.upgrade(installation.sessions.engine)
    later(installation)
    restored = installation.restore(path)
    assert (restored.manifest.revision, restored.erased_again) == (today, 1)
    assert migrations.current_revision(installation.sessions.engine) == "9999"
    with installation.sessions.reading() as session:
        rows = session.connection().execute(sa.text("SELECT code, added FROM encounter")).all()
    assert [tuple(row) for row in rows] == [(kept, "later")]


def test_backup_of_a_newer_schema_is_refused(
    installation: Installation, fresh: Installation, request: pytest.FixtureRequest
) -> None:
    patched: pytest.MonkeyPatch = request.getfixturevalue("a_later_schema")
    migrations.upgrade(installation.sessions.engine)
    path = installation.back_up()
    patched.undo()
    with pytest.raises(InvalidInput, match="made by a later LinkBridge: update this one first"):
        fresh.restore(path)
    assert left_behind(fresh) == []


def test_backup_from_before_a_rotation_of_keys_is_still_readable(installation: Installation) -> None:
    installation.world.add_staff("maria@example.org", name="María Nombre")
    path = installation.back_up()
    read_key_ring(installation.settings).add()
    list(rotate_fields(installation.sessions, build_cipher(installation.settings)))
    later(installation)
    installation.restore(path)
    with installation.sessions.reading() as session:
        name = session.exec(select(Staff.name_encrypted)).one()
    assert build_cipher(installation.settings).decrypt(name) == "María Nombre"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_damaged_database_is_replaced_and_stays_aside(installation: Installation) -> None:
    code = installation.meet()
    path = installation.back_up()
    installation.let_go()
    file = Path(sa.make_url(installation.url).database or "")
    file.write_bytes(b"no database " * 1000)
    later(installation)
    restored = installation.restore(path)
    assert restored.safety_copy is None
    assert installation.codes() == {code}
    assert file.with_name(f"{file.name}.before-restore").read_bytes() == b"no database " * 1000


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_database_on_another_disk_than_the_data_folder_is_restored(
    installation: Installation, clock: FrozenClock
) -> None:
    code = installation.meet()
    path = installation.back_up()
    other_disk = Path("/dev/shm")  # noqa: S108 - a disk of its own on every Linux
    place = other_disk / f"linkbridge-{installation.data.parent.name}"
    try:
        elsewhere = Installation(installation.data, f"sqlite:///{place / 'test.db'}", clock)
        later(installation)
        elsewhere.restore(path)
        assert elsewhere.codes() == {code}
        elsewhere.let_go()
    finally:
        shutil.rmtree(place, ignore_errors=True)


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_role_that_may_not_create_databases_is_told_so(installation: Installation, clock: FrozenClock) -> None:
    path = installation.back_up()
    before = installation.content()
    url = sa.make_url(installation.url)
    role = f"{url.database}_role"
    run_as_admin(installation.url, f'CREATE ROLE "{role}" LOGIN')
    try:
        theirs = url.set(username=role).render_as_string(hide_password=False)
        limited = Installation(installation.data, theirs, clock)
        later(installation)
        with pytest.raises(Unavailable, match="PostgreSQL refused: permission denied to create database"):
            limited.restore(path)
    finally:
        run_as_admin(installation.url, f'DROP ROLE "{role}"')
    assert installation.content() == before


def test_interpreter_who_was_erased_after_the_backup_stays_erased(installation: Installation) -> None:
    world = installation.world
    brokering = Brokering(world)
    goes, stays = brokering.add(), brokering.add(name="Olga Other")
    path = installation.back_up()
    later(installation)
    erasing = InterpreterErasing(
        clock=world.clock,
        audit=world.accounts.audit,
        erasures=Erasures(clock=world.clock, cipher=world.cipher, log=erasure_log(installation.settings)),
        directory=brokering.directory,
        subscriptions=PushSubscriptions(clock=world.clock, cipher=world.cipher),
    )
    with installation.sessions.transaction() as session:
        erasing.erase(session, goes.id, by=brokering.partner)
    installation.lose_database()
    assert installation.restore(path).erased_again == 1
    with installation.sessions.reading() as session:
        left = brokering.directory.list(session, by=brokering.partner)
        assert [each.id for each in left] == [stays.id]
        assert session.get_one(Interpreter, goes.id).name_encrypted == ""
