"""The nightly job in a real worker: once a night, whoever asks, and again the next night."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from linkbridge.accounts.models import AuditEntry
from linkbridge.bootstrap import PURGE_HOUR, build_container, build_purge
from linkbridge.container import Container
from linkbridge.kernel.errors import Conflict
from linkbridge.worker.engine import Work, Worker, WorkerOptions
from linkbridge.worker.purge import PURGE_JOB
from linkbridge.worker.schedule import Nightly
from tests.support.installation import Installation

# Upkeep is done by the test itself: the worker's own thread looks once when it starts and then not again.
OPTIONS = WorkerOptions(concurrency=2, poll_seconds=0.05, upkeep_seconds=3600, overdue_every_seconds=0, grace_seconds=2)
DEADLINE_SECONDS = 20


@pytest.fixture
def container(installation: Installation) -> Iterator[Container]:
    made = build_container(installation.settings, clock=installation.clock)
    yield made
    made.sessions.engine.dispose()


def make_worker(container: Container, job: Callable[..., None], requeue: Callable[[], int] = lambda: 0) -> Worker:
    return Worker(
        sessions=container.sessions,
        clock=container.clock,
        queue=container.jobs,
        work=Work(handlers={PURGE_JOB: job}, regular=[Nightly(PURGE_JOB, PURGE_HOUR)], requeue_overdue=requeue),
        options=OPTIONS,
    )


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def schema(installation: Installation) -> str:
    return "" if installation.sessions.is_sqlite else "dbos."


def nights(installation: Installation) -> list[datetime]:
    """Return when purges were noted."""
    with installation.sessions.reading() as session:
        query = select(AuditEntry.at).where(AuditEntry.action == "retention.purged")
        return list(session.exec(query.order_by(col(AuditEntry.sequence))))


def test_purge_runs_once_a_night(installation: Installation, container: Container) -> None:
    installation.meet()
    clock = installation.clock
    clock.advance(timedelta(days=366))
    worker = make_worker(container, build_purge(installation.settings, container).run_job)
    worker.start()
    try:
        until(lambda: len(nights(installation)) == 1)
        assert installation.codes() == set()
        worker.tick()
        clock.advance(timedelta(hours=13))  # one o'clock: the night has not begun
        worker.tick()
        clock.advance(timedelta(hours=1))
        worker.tick()
        until(lambda: len(nights(installation)) == 2)
    finally:
        worker.stop()
    noon = clock.now() - timedelta(hours=14)
    assert nights(installation) == [noon, noon + timedelta(hours=14)]


def test_night_that_was_purged_is_not_purged_again_after_a_restart(
    installation: Installation, container: Container
) -> None:
    ran = threading.Event()
    calls: list[str] = []

    def job() -> None:
        calls.append("purged")
        ran.set()

    looked: list[int] = []
    for _ in range(2):
        worker = make_worker(container, job, requeue=partial(_note, looked))
        worker.start()
        try:
            assert ran.wait(DEADLINE_SECONDS)
            worker.tick()
        finally:
            worker.stop()
    assert calls == ["purged"]
    assert len(looked) >= 2
    with installation.sessions.reading() as session:
        query = sa.text(f"SELECT status FROM {schema(installation)}workflow_status WHERE workflow_uuid LIKE 'purge:%'")  # noqa: S608
        assert session.connection().execute(query).scalars().all() == ["SUCCESS"]


def _note(looked: list[int]) -> int:
    looked.append(1)
    return 0


def test_failing_job_stops_no_other_and_its_words_are_not_kept(
    installation: Installation, container: Container
) -> None:
    failed, done = threading.Event(), threading.Event()

    def job() -> None:
        if not failed.is_set():
            failed.set()
            raise RuntimeError("the words of a person")
        done.set()

    worker = make_worker(container, job)
    worker.start()
    try:
        assert failed.wait(DEADLINE_SECONDS)
        installation.clock.advance(timedelta(days=1))
        worker.tick()
        assert done.wait(DEADLINE_SECONDS)
    finally:
        worker.stop()
    with installation.sessions.reading() as session:
        query = sa.text(f"SELECT * FROM {schema(installation)}workflow_status WHERE status = 'ERROR'")  # noqa: S608
        (row,) = session.connection().execute(query).all()
    assert "the words of a person" not in str(row)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_process_has_one_worker(container: Container) -> None:
    first, second = (make_worker(container, lambda *_: None) for _ in range(2))
    first.start()
    try:
        assert first.name == "worker-1"
        with pytest.raises(Conflict, match="this process has a worker already"):
            second.start()
    finally:
        first.stop()
    assert first.name == ""
