"""Many accept at once, and processes are killed under load: nobody is booked twice and nothing is lost."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from linkbridge.interpreting.models import DispatchPolicy
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from linkbridge.worker.queue import prepare_jobs
from tests.support.accounts import World
from tests.support.dispatching import Dispatching, add_interpreter

ROOT = Path(__file__).parents[3]
PROCESSES, REQUESTS, INTERPRETERS = 5, 5, 10
KILLS = 10
BETWEEN_KILLS = 25
CROWD = 60
DEADLINE_SECONDS = 30
AFTER_LAST = 2.5
"""Seconds until the last reminder is due: processes of their own have their own clocks."""
DOUBLES = """
SELECT count(*) FROM interpreter_assignment a JOIN interpreter_assignment b
ON a.interpreter_id = b.interpreter_id AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
WHERE a.state IN ('held', 'booked', 'in-session') AND b.state IN ('held', 'booked', 'in-session')
"""
FILLED_TWICE = """
SELECT count(*) FROM (SELECT request_id FROM interpreter_assignment
WHERE state IN ('held', 'booked', 'in-session') GROUP BY request_id, seat HAVING count(*) > 1) AS twice
"""


def start(url: str, folder: Path, role: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.dispatch_node", url, str(folder), role]
    with (folder / "log").open("a") as log:
        return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)


def go(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


@contextmanager
def running(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    try:
        yield process
    finally:
        kill(process)


def number(sessions: SessionFactory, query: str) -> int:
    with sessions.reading() as session:
        return int(session.connection().execute(sa.text(query)).scalar_one())


def crowd(sessions: SessionFactory, count: int, **policy: float) -> World:
    world = World(sessions, FrozenClock(datetime.now(UTC)))
    now = world.clock.now()
    with sessions.transaction() as session:
        for _ in range(count):
            add_interpreter(session, world.host, now)
        session.add(DispatchPolicy(organisation_id=world.host, values=policy, changed_by="system:test", changed_at=now))
    return world


def test_fifty_accepts_at_once_book_each_request_and_interpreter_once(
    database_url: str, sessions: SessionFactory, tmp_path: Path
) -> None:
    world = crowd(sessions, INTERPRETERS, wave_size=INTERPRETERS)
    dispatching = Dispatching(world)
    processes = [start(database_url, tmp_path, "race") for _ in range(PROCESSES)]
    begin = world.clock.now() + timedelta(hours=30)
    offers = [
        offer.id
        for shift in range(REQUESTS)
        for offer in dispatching.offers(dispatching.create(starts_at=begin + timedelta(minutes=shift)).id)
    ]
    assert len(offers) == REQUESTS * INTERPRETERS
    for index, process in enumerate(processes):
        go(process, json.dumps(offers[index::PROCESSES]))
    answers = Counter(answer for process in processes for answer in json.loads(process.communicate(timeout=60)[0]))
    print(  # noqa: T201 - the figures are shown with -s
        f"50 accepts from {PROCESSES} processes: {dict(answers)}"
    )
    assert answers["booked"] == REQUESTS
    assert answers.total() == REQUESTS * INTERPRETERS
    assert set(answers) <= {"booked", "taken", "booked-elsewhere"}
    assert number(sessions, "SELECT count(DISTINCT request_id) FROM interpreter_assignment") == REQUESTS
    assert number(sessions, "SELECT count(DISTINCT interpreter_id) FROM interpreter_assignment") == REQUESTS
    assert number(sessions, "SELECT count(*) FROM interpreter_request WHERE state = 'booked'") == REQUESTS


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def until_more_is_sent(folder: Path, more: int) -> None:
    wanted = len(lines(folder / "sent")) + more
    deadline = time.monotonic() + DEADLINE_SECONDS
    while len(lines(folder / "sent")) < wanted:
        assert time.monotonic() < deadline, "the process sends nothing"
        time.sleep(0.02)


def until_quiet(sessions: SessionFactory) -> None:
    """Wait until every search has ended, and everything that was to be told has been sent."""
    left = (
        "SELECT (SELECT count(*) FROM outbox_message WHERE state <> 'delivered')"
        " + (SELECT count(*) FROM interpreter_request WHERE state IN ('new', 'offered'))"
    )
    deadline = time.monotonic() + DEADLINE_SECONDS
    while number(sessions, left):
        assert time.monotonic() < deadline, f"{number(sessions, left)} are left"
        time.sleep(0.1)


def reminders_due(sessions: SessionFactory, now: datetime) -> set[str]:
    """Return the keys of the reminders that must have been sent: a day before each booking that still stands."""
    query = sa.text(
        "SELECT a.id, r.version, a.starts_at, a.accepted_at FROM interpreter_assignment a"
        " JOIN interpreter_request r ON r.id = a.request_id WHERE a.state = 'booked'"
    ).columns(starts_at=sa.DateTime(timezone=True), accepted_at=sa.DateTime(timezone=True))
    day = timedelta(days=1)
    with sessions.reading() as session:
        found = [
            (identity, version, starts_at.replace(tzinfo=UTC) - day, accepted_at.replace(tzinfo=UTC))
            for identity, version, starts_at, accepted_at in session.connection().execute(query)
        ]
    return {
        f"reminder-{identity}-{version}-1440"
        for identity, version, due, accepted_at in found
        if accepted_at < due < now - timedelta(seconds=1)
    }


def check(folder: Path, sessions: SessionFactory) -> dict[str, int]:
    """Assert that nothing is lost or double, and return the figures."""
    noted = [line.split() for line in lines(folder / "committed")]
    sent = Counter(line.split()[0] for line in lines(folder / "sent"))
    with sessions.reading() as session:
        connection = session.connection()

        def keys(query: str) -> set[str]:
            return set(connection.execute(sa.text(query)).scalars())

        requests, assignments = (keys(f"SELECT id FROM interpreter_{name}") for name in ("request", "assignment"))  # noqa: S608 - fixed words
        offered = {f"offered-{identity}" for identity in keys("SELECT id FROM interpreter_offer")}
        booked = {f"booked-{identity}-0" for identity in keys("SELECT id FROM interpreter_assignment")}
        stored = keys("SELECT idempotency_key FROM outbox_message")
    reminders = reminders_due(sessions, datetime.now(UTC))
    figures = {
        "requests": len(requests),
        "offers": len(offered),
        "bookings": len(assignments),
        "reminders": len(reminders),
        "notifications": len(stored),
        "doubles": number(sessions, DOUBLES) + number(sessions, FILLED_TWICE),
        "requests lost": len({identity for kind, identity in noted if kind == "request"} - requests),
        "bookings lost": len({identity for kind, identity in noted if kind == "assignment"} - assignments),
        "offers lost": len(offered - sent.keys()),
        "reminders lost": len(reminders - sent.keys()),
        "notifications lost": len((stored | booked) - sent.keys()),
        "repeats absorbed": sum(sent.values()) - len(sent),
    }
    assert {name: figures[name] for name in figures if name.endswith("lost") or name == "doubles"} == dict.fromkeys(
        ("doubles", "requests lost", "bookings lost", "offers lost", "reminders lost", "notifications lost"), 0
    )
    assert sent.keys() == stored
    assert figures["requests"] > 20
    assert figures["bookings"] > 10
    assert figures["reminders"] > 2
    return figures


def test_nothing_is_lost_or_booked_twice_when_processes_are_killed(
    database_url: str, sessions: SessionFactory, tmp_path: Path
) -> None:
    prepare_jobs(sessions.engine)
    world = crowd(sessions, CROWD, wave_size=2, wave_minutes=0.02, most_waves=2)
    survivor = None
    if not sessions.is_sqlite:
        survivor = start(database_url, tmp_path, "work")
        go(survivor, "")
    following = start(database_url, tmp_path, "both")
    for _ in range(KILLS):
        now, following = following, start(database_url, tmp_path, "both")
        go(now, world.site)
        until_more_is_sent(tmp_path, BETWEEN_KILLS)
        kill(now)
    kill(following)
    if survivor is None:
        survivor = start(database_url, tmp_path, "work")
        go(survivor, "")
    with running(survivor):
        until_quiet(sessions)
        time.sleep(AFTER_LAST)
        until_quiet(sessions)
        assert survivor.poll() is None
    kind = "SQLite" if sessions.is_sqlite else "PostgreSQL"
    figures = check(tmp_path, sessions)
    print(f"{KILLS} kills on {kind}: {figures}")  # noqa: T201 - the same
