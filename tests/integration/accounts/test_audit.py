from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from linkbridge.accounts.audit import AuditCheck
from linkbridge.accounts.permissions import Role
from linkbridge.kernel.errors import NotAllowed
from tests.support.accounts import World, counted_queries


def check(world: World) -> AuditCheck:
    with world.sessions.reading() as session:
        return world.accounts.audit.verify(session)


def write(world: World, count: int) -> None:
    with world.sessions.transaction() as session:
        for number in range(count):
            world.accounts.audit.record(
                session, actor="staff:a", action="test.done", subject=f"s{number}", details={"number": number}
            )


def tamper(world: World, statement: str) -> None:
    with world.sessions.transaction() as session:
        session.connection().execute(sa.text(statement))


def test_untouched_log_is_sound(world: World) -> None:
    write(world, 3)
    result = check(world)
    assert (result.is_sound, result.entries) == (True, 8)


def test_empty_log_is_sound(world: World) -> None:
    tamper(world, "DELETE FROM audit_entry")
    tamper(world, "DELETE FROM audit_head")
    assert check(world) == AuditCheck(0, "", None)


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit_entry SET actor = 'staff:b' WHERE sequence = 6", 6),
        ("UPDATE audit_entry SET action = 'other' WHERE sequence = 6", 6),
        ("UPDATE audit_entry SET subject = 'x' WHERE sequence = 1", 1),
        ("UPDATE audit_entry SET details = '{}' WHERE sequence = 7", 7),
        ("UPDATE audit_entry SET previous_hash = hash WHERE sequence = 7", 7),
        ("DELETE FROM audit_entry WHERE sequence = 6", 7),
        ("DELETE FROM audit_entry WHERE sequence = 8", 8),
        ("DELETE FROM audit_entry WHERE sequence > 5", 6),
    ],
)
def test_changed_or_removed_entry_is_found(world: World, statement: str, broken_at: int) -> None:
    write(world, 3)
    tamper(world, statement)
    assert check(world).broken_at == broken_at


def test_log_whose_oldest_entries_were_purged_is_sound(world: World) -> None:
    write(world, 3)
    tamper(world, "DELETE FROM audit_entry WHERE sequence < 4")
    result = check(world)
    assert (result.is_sound, result.entries) == (True, 5)


def test_entries_written_at_once_form_one_chain(world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: write(world, 5), range(8)))
    result = check(world)
    assert (result.is_sound, result.entries) == (True, 45)


def test_entry_of_a_transaction_that_failed_is_gone(world: World) -> None:
    def fail() -> None:
        with world.sessions.transaction() as session:
            world.accounts.audit.record(session, actor="staff:a", action="test.done")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert check(world).entries == 5


@pytest.mark.parametrize("limit", [1, 3])
def test_newest_entries_are_read_in_one_query(world: World, limit: int) -> None:
    write(world, 5)
    with world.sessions.reading() as session, counted_queries(world.sessions) as sent:
        found = world.accounts.audit.newest(session, by=world.administrator, limit=limit)
    assert [entry.sequence for entry in found] == list(range(10, 10 - limit, -1))
    assert len(sent) == 1


def test_older_entries_follow_the_newest(world: World) -> None:
    write(world, 2)
    with world.sessions.reading() as session:
        found = world.accounts.audit.newest(session, by=world.administrator, limit=2, before=6)
    assert [entry.sequence for entry in found] == [5, 4]


@pytest.mark.parametrize("is_partner", [False, True])
@pytest.mark.parametrize("role", list(Role))
def test_only_the_hosts_administrators_read_the_log(world: World, role: Role, is_partner: bool) -> None:
    def read() -> object:
        with world.sessions.reading() as session:
            return world.accounts.audit.newest(session, by=world.actor(role, partner=is_partner))

    if role is Role.ADMINISTRATOR and not is_partner:
        read()
    else:
        _refused(read)


def _refused(call: Callable[[], object]) -> None:
    with pytest.raises(NotAllowed):
        call()
