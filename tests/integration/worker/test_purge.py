"""The table of retention, kind by kind: what is just inside its days stays, what is just outside goes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, col, select, update

from linkbridge.accounts.models import Attempt, AuditEntry, OneTimeLink, Site, StaffSession
from linkbridge.bootstrap import build_container, build_purge
from linkbridge.container import Container
from linkbridge.encounters.models import Acknowledgement, Consent, Encounter
from linkbridge.notifications.models import OutboxMessage
from linkbridge.settings import Settings
from linkbridge.worker.purge import TABLES, Purge
from linkbridge.worker.queue import APPLICATION
from tests.support.installation import Installation

WHERE = "WHERE workflow_uuid = :id"
MOMENT = timedelta(microseconds=1)
DAYS = {
    "encounters": 365,
    "training": 7,
    "sessions": 30,
    "attempts": 1,
    "outbox": 30,
    "requests": 365,
    "notes": 7,
    "signals": 1,
    "answers": 1,
    "chats": 30,
    "handovers": 30,
    "chat_traffic": 3,
    "jobs": 7,
    "audit": 1825,
    "backups": 30,
}


@pytest.fixture
def container(installation: Installation) -> Iterator[Container]:
    made = build_container(installation.settings, clock=installation.clock)
    yield made
    made.sessions.engine.dispose()


@pytest.fixture
def purge(installation: Installation, container: Container) -> Purge:
    return build_purge(installation.settings, container)


def counts(purge: Purge, **wanted: int) -> None:
    """Purge and compare: every kind that is not named must have lost nothing."""
    expected = {**dict.fromkeys(DAYS, 0), **wanted}
    assert purge.run(dry_run=True) == expected
    assert purge.run() == expected
    assert purge.run() == dict.fromkeys(DAYS, 0)


def rows(installation: Installation, table: type[SQLModel]) -> int:
    with installation.sessions.reading() as session:
        return len(session.exec(select(table)).all())


def test_the_defaults_are_those_of_the_page_on_peoples_data(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert {kind: getattr(settings, f"retain_{kind}_days") for kind in DAYS} == DAYS
    page = (Path(__file__).parents[3] / "docs/operations/privacy.md").read_text()
    missing = [kind for kind in DAYS if f"LINKBRIDGE_RETAIN_{kind.upper()}_DAYS" not in page]
    assert missing == []


@pytest.mark.parametrize("kind", ["encounters", "training", "demo"])
def test_encounters_go_with_all_that_belongs_to_them(installation: Installation, purge: Purge, kind: str) -> None:
    site = installation.world.site
    if kind == "demo":
        with installation.sessions.transaction() as session:
            session.exec(update(Site).where(col(Site.id) == site).values(is_demo=True))
    days = DAYS["training" if kind == "demo" else kind]
    inside, outside = (installation.meet(training=kind == "training", site_id=site) for _ in range(2))
    other = installation.meet(site_id=installation.world.other_site)
    limit = installation.clock.now() - timedelta(days=days)
    with installation.sessions.transaction() as session:
        for code, moment in ((inside, limit), (outside, limit - MOMENT)):
            session.exec(update(Encounter).where(col(Encounter.code) == code).values(received_at=moment))
        encounter_id = session.exec(select(Encounter.id).where(Encounter.code == outside)).one()
        session.add(
            Consent(
                id="c",
                encounter_id=encounter_id,
                purpose="survey",
                given=True,
                phrase_key="interface.survey",
                language="am",
                given_at=limit,
                received_at=limit,
            )
        )
    counts(purge, **{"training" if kind == "demo" else kind: 1})
    assert installation.codes() == {inside, other}
    assert (rows(installation, Acknowledgement), rows(installation, Consent)) == (2, 0)


def test_space_of_all_that_belongs_to_encounters_is_cleared() -> None:
    belonging = {
        table.name
        for table in SQLModel.metadata.tables.values()
        if any(key.column.table.name == "encounter" for key in table.foreign_keys)
    }
    assert "transcript" in belonging
    assert belonging <= set(TABLES)


def test_time_counts_from_when_the_server_received_it(installation: Installation, purge: Purge) -> None:
    code = installation.meet()
    with installation.sessions.transaction() as session:
        long_ago = datetime.fromisoformat("1970-01-02T00:00:00+00:00")  # what a tablet with a flat battery may say
        session.exec(update(Encounter).values(started_at=long_ago, finished_at=long_ago))
    counts(purge)
    assert installation.codes() == {code}


@pytest.mark.parametrize("ended_by", ["ended_at", "expires_at"])
def test_staff_sessions(installation: Installation, purge: Purge, ended_by: str) -> None:
    staff_id = installation.world.add_staff("a@example.org")
    now = installation.clock.now()
    limit = now - timedelta(days=DAYS["sessions"])
    for name, moment in (("inside", limit), ("outside", limit - MOMENT)):
        times: dict[str, Any] = {
            "created_at": limit,
            "last_seen_at": limit,
            "expires_at": now,
            "ended_at": None,
            ended_by: moment,
        }
        with installation.sessions.transaction() as session:
            session.add(StaffSession(id=name, token_digest=name, staff_id=staff_id, **times))
    counts(purge, sessions=1)
    with installation.sessions.reading() as session:
        assert session.exec(select(StaffSession.id)).all() == ["inside"]


@pytest.mark.parametrize("ended_by", ["used_at", "expires_at"])
def test_one_time_links(installation: Installation, purge: Purge, ended_by: str) -> None:
    now = installation.clock.now()
    limit = now - timedelta(days=DAYS["sessions"])
    for name, moment in (("inside", limit), ("outside", limit - MOMENT)):
        times: dict[str, Any] = {"created_at": limit, "expires_at": now, "used_at": None, ended_by: moment}
        with installation.sessions.transaction() as session:
            session.add(OneTimeLink(id=name, token_digest=name, purpose="invitation", created_by="x", **times))
    counts(purge, sessions=1)
    with installation.sessions.reading() as session:
        assert session.exec(select(OneTimeLink.id)).all() == ["inside"]


def test_counters_of_attempts(installation: Installation, purge: Purge) -> None:
    limit = installation.clock.now() - timedelta(days=DAYS["attempts"])
    with installation.sessions.transaction() as session:
        session.add(Attempt(key_digest="inside", last_at=limit, count=9))
        session.add(Attempt(key_digest="outside", last_at=limit - MOMENT, count=9))
    counts(purge, attempts=1)
    with installation.sessions.reading() as session:
        assert session.exec(select(Attempt.key_digest)).all() == ["inside"]


def test_notifications_go_only_when_they_are_finished(installation: Installation, purge: Purge) -> None:
    limit = installation.clock.now() - timedelta(days=DAYS["outbox"])
    old = limit - timedelta(days=1000)
    states = {
        "inside": ("delivered", limit),
        "outside": ("delivered", limit - MOMENT),
        "given-up": ("given-up", limit - MOMENT),
        "waiting": ("waiting", None),
    }
    with installation.sessions.transaction() as session:
        for name, (state, finished_at) in states.items():
            session.add(
                OutboxMessage(
                    id=name,
                    idempotency_key=name,
                    channel="mail",
                    recipient_encrypted="x",
                    content_encrypted="x",
                    state=state,
                    created_at=old,
                    due_at=old,
                    finished_at=finished_at,
                )
            )
    counts(purge, outbox=2)
    with installation.sessions.reading() as session:
        assert sorted(session.exec(select(OutboxMessage.id))) == ["inside", "waiting"]


def test_jobs_go_only_when_they_are_finished(installation: Installation, container: Container, purge: Purge) -> None:
    limit = installation.clock.now() - timedelta(days=DAYS["jobs"])
    schema = "" if installation.sessions.is_sqlite else "dbos."
    states = {
        "inside": ("SUCCESS", limit + timedelta(milliseconds=1)),
        "outside": ("SUCCESS", limit - timedelta(milliseconds=1)),
        "failed": ("ERROR", limit - timedelta(milliseconds=1)),
        "queued": ("ENQUEUED", None),
    }
    for name, (state, completed) in states.items():
        with installation.sessions.transaction() as session:
            container.jobs.enqueue(session, "test", name)
            session.connection().execute(
                sa.text(f"UPDATE {schema}workflow_status SET status = :state, completed_at = :at {WHERE}"),  # noqa: S608 - fixed words
                {"state": state, "at": completed and int(completed.timestamp() * 1000), "id": f"test:{name}"},
            )
    counts(purge, jobs=2)
    with installation.sessions.reading() as session:
        query = sa.text(f"SELECT workflow_uuid FROM {schema}workflow_status WHERE application_name = :name")  # noqa: S608 - fixed words
        found = session.connection().execute(query, {"name": APPLICATION}).scalars()
        assert sorted(found) == ["test:inside", "test:queued"]


def test_audit_entries_go_from_the_oldest_on_and_the_rest_verifies(installation: Installation, purge: Purge) -> None:
    audit = installation.world.accounts.audit
    clock, start = installation.clock, installation.clock.now()
    for _ in range(3):
        clock.advance(timedelta(days=1))
        with installation.sessions.transaction() as session:
            audit.record(session, actor="staff:a", action="test.done")
    made = rows(installation, AuditEntry)
    clock.advance(start + timedelta(days=2) - clock.now() + timedelta(days=DAYS["audit"]))
    expected = {**dict.fromkeys(DAYS, 0), "audit": made - 2}
    assert purge.run(dry_run=True) == expected
    assert purge.run() == expected
    with installation.sessions.reading() as session:
        check = audit.verify(session)
        assert session.exec(select(AuditEntry.action).order_by(col(AuditEntry.sequence))).all() == [
            "test.done",
            "test.done",
            "retention.purged",
        ]
    assert (check.is_sound, check.entries) == (True, 3)


def test_backups_expire_with_the_rest(installation: Installation, purge: Purge) -> None:
    inside = installation.back_up()
    limit = installation.clock.now() - timedelta(days=DAYS["backups"])
    outside = installation.backups / f"linkbridge-{limit - timedelta(seconds=1):%Y%m%dT%H%M%SZ}.lbbackup"
    inside = inside.rename(installation.backups / f"linkbridge-{limit:%Y%m%dT%H%M%SZ}.lbbackup")
    outside.touch()
    counts(purge, backups=1)
    assert list(installation.backups.iterdir()) == [inside]


def test_other_days_are_honoured(installation: Installation) -> None:
    installation.meet()
    settings = replace_days(installation.settings, encounters=1)
    container = build_container(settings, clock=installation.clock)
    installation.clock.advance(timedelta(days=1))
    assert build_purge(settings, container).run()["encounters"] == 0
    installation.clock.advance(MOMENT)
    assert build_purge(settings, container).run()["encounters"] == 1
    container.sessions.engine.dispose()


def replace_days(settings: Settings, **days: int) -> Settings:
    return settings.model_copy(update={f"retain_{kind}_days": value for kind, value in days.items()})


def test_dry_run_changes_nothing_at_all(installation: Installation, purge: Purge) -> None:
    installation.meet()
    installation.back_up()
    before = installation.content()
    installation.clock.advance(timedelta(days=4000))
    found = purge.run(dry_run=True)
    assert {kind for kind, count in found.items() if count} == {"encounters", "sessions", "audit", "backups"}
    assert installation.content() == before
    assert len(list(installation.backups.iterdir())) == 1


def test_purge_is_on_record_with_its_counts(installation: Installation, purge: Purge) -> None:
    installation.meet()
    installation.clock.advance(timedelta(days=365) + MOMENT)
    purge.run()
    with installation.sessions.reading() as session:
        columns = select(AuditEntry.actor, AuditEntry.action, AuditEntry.details)
        actor, action, details = session.exec(columns.order_by(col(AuditEntry.sequence).desc())).first() or ("",) * 3
    assert (actor, action) == ("system:worker", "retention.purged")
    assert details == {**dict.fromkeys(DAYS, 0), "encounters": 1, "sessions": 1}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_of_the_purged_is_left_in_the_files(installation: Installation, purge: Purge) -> None:
    code = installation.meet().encode()
    path = Path(sa.make_url(installation.url).database or "")

    def files_with_it() -> list[str]:
        files = (path, path.with_name(f"{path.name}-wal"))
        return [file.name for file in files if file.exists() and code in file.read_bytes()]

    assert files_with_it() != []
    installation.clock.advance(timedelta(days=365) + MOMENT)
    purge.run()
    assert files_with_it() == []
