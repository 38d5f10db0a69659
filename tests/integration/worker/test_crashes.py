"""Processes are killed under load: nothing committed is lost, nothing undone is sent, repeats carry their key."""

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from linkbridge.kernel.db import SessionFactory
from linkbridge.worker.queue import prepare_jobs

ROOT = Path(__file__).parents[3]
KILLS = 3
DEADLINE_SECONDS = 25


@contextmanager
def node(url: str, folder: Path, role: str, count: int = 0) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.support.outbox_node", url, str(folder), role, str(count)]
    with (folder / "log").open("a") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, text=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def until_started(folder: Path, count: int) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while sum("worker_started" in line for line in lines(folder / "log")) < count:
        assert time.monotonic() < deadline, "no worker started"
        time.sleep(0.02)


def until_all_are_delivered(sessions: SessionFactory) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    query = sa.text("SELECT count(*) FROM outbox_message WHERE state <> 'delivered'")
    while time.monotonic() < deadline:
        with sessions.reading() as session:
            left = session.connection().execute(query).scalar_one()
        if not left:
            return
        time.sleep(0.1)
    pytest.fail(f"{left} messages were not delivered")


def check(folder: Path, sessions: SessionFactory) -> None:
    committed = {line.split()[0] for line in lines(folder / "committed")}
    sent = Counter(line.split()[0] for line in lines(folder / "sent"))
    with sessions.reading() as session:
        query = sa.text("SELECT idempotency_key FROM outbox_message")
        stored = set(session.connection().execute(query).scalars())
    assert committed <= stored
    assert set(sent) == stored
    assert len(committed) > 50
    assert all(line.split()[1] == f"to-{line.split()[0]}" for line in lines(folder / "sent"))


def run_for(folder: Path, *, more: int) -> None:
    """Wait until ``more`` messages have been sent."""
    wanted = len(lines(folder / "sent")) + more
    deadline = time.monotonic() + DEADLINE_SECONDS
    while len(lines(folder / "sent")) < wanted:
        assert time.monotonic() < deadline, "the process sends nothing"
        time.sleep(0.02)


def test_nothing_is_lost_when_processes_are_killed(database_url: str, sessions: SessionFactory, tmp_path: Path) -> None:
    prepare_jobs(sessions.engine)
    if sessions.is_sqlite:
        for _ in range(KILLS):
            with node(database_url, tmp_path, "both", 4000):
                run_for(tmp_path, more=30)
        with node(database_url, tmp_path, "work"):
            until_all_are_delivered(sessions)
    else:
        with node(database_url, tmp_path, "work") as survivor:
            for round_number in range(KILLS):
                with (
                    node(database_url, tmp_path, "write", 4000),
                    node(database_url, tmp_path, "work"),
                ):
                    until_started(tmp_path, round_number + 2)
                    run_for(tmp_path, more=30)
            until_all_are_delivered(sessions)
            assert survivor.poll() is None
    check(tmp_path, sessions)
