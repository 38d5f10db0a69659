from alembic import command
from sqlmodel import select

from linkbridge import migrations
from linkbridge.interpreting.models import Attendance
from linkbridge.interpreting.values import Party
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from tests.support.accounts import World
from tests.support.dispatching import Dispatching


def test_migrations_leave_no_difference_to_the_models(sessions: SessionFactory) -> None:
    assert migrations.differences(sessions.engine) == []


def test_upgrade_of_a_current_database_changes_nothing(sessions: SessionFactory) -> None:
    migrations.upgrade(sessions.engine)
    assert migrations.current_revision(sessions.engine) == migrations.newest_revision()


def test_attendances_of_before_were_last_seen_when_they_came(sessions: SessionFactory, clock: FrozenClock) -> None:
    request_id = Dispatching(World(sessions, clock)).create().id
    now = clock.now()
    with sessions.transaction() as session:
        session.add(Attendance(request_id=request_id, party=Party.OFFICIAL, joined_at=now, seen_at=now))
    with sessions.engine.begin() as connection:
        config = migrations.configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, "0008")
    migrations.upgrade(sessions.engine)
    with sessions.reading() as session:
        assert session.exec(select(Attendance.seen_at)).all() == [now]
