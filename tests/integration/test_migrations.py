from linkbridge import migrations
from linkbridge.kernel.db import SessionFactory


def test_migrations_leave_no_difference_to_the_models(sessions: SessionFactory) -> None:
    assert migrations.differences(sessions.engine) == []


def test_upgrade_of_a_current_database_changes_nothing(sessions: SessionFactory) -> None:
    migrations.upgrade(sessions.engine)
    assert migrations.current_revision(sessions.engine) == migrations.newest_revision()
