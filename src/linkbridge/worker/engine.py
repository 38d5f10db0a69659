"""Runs jobs: DBOS set up so that nothing is lost, and the upkeep beside it.

What is done how, and why, is in ``docs/decisions/0002-durable-jobs.md``.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSConfig

from linkbridge.kernel.clock import Clock
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.errors import Conflict
from linkbridge.kernel.jobs import JobQueue
from linkbridge.worker.lease import Lease, LeaseLost, take_lease
from linkbridge.worker.queue import APPLICATION, QUEUE, VERSION, WORKFLOW, own_engine, prepare_jobs
from linkbridge.worker.schedule import Regular

_log = structlog.get_logger("linkbridge.worker")
Handler = Callable[..., None]


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """How many jobs run at once, and how often the database is asked. Times are in seconds."""

    concurrency: int = 20
    poll_seconds: float = 0.5
    upkeep_seconds: float = 5.0
    overdue_every_seconds: float = 300.0
    grace_seconds: int = 8


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to do: the handlers of jobs, the regular jobs, and what looks for jobs that were lost."""

    handlers: Mapping[str, Handler]
    regular: Sequence[Regular] = ()
    requeue_overdue: Callable[[], int] = lambda: 0


class JobFailed(Exception):
    """A job failed with an error of the type named. DBOS stores errors, and ours may quote a person's words."""


_handlers: dict[str, Handler] = {}


@DBOS.workflow(name=WORKFLOW)
def _run_job(job: str, *arguments: str | int) -> None:
    """Run one job. It has no steps: every handler may be repeated as a whole."""
    handler = _handlers.get(job)
    if handler is None:
        _log.error("job_unknown", job=job)
        raise JobFailed("unknown job")
    try:
        handler(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever it is, its words must not reach the job's record
        _log.error("job_failed", job=job, exc_info=error)
        raise JobFailed(type(error).__name__) from None


class Worker:
    """The jobs of this process. DBOS allows one worker a process."""

    def __init__(
        self,
        *,
        sessions: SessionFactory,
        clock: Clock,
        queue: JobQueue,
        work: Work,
        options: WorkerOptions | None = None,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._queue = queue
        self._work = work
        self._options = options or WorkerOptions()
        self._stopping = threading.Event()
        self._lost = threading.Event()
        self._enqueued: dict[str, str] = {}
        self._next_overdue = 0.0
        self._lease: Lease | None = None
        self._engine: sa.Engine | None = None
        self._upkeep: threading.Thread | None = None

    @property
    def name(self) -> str:
        """The name that jobs are run under; empty when stopped."""
        return self._lease.name if self._lease else ""

    def start(self) -> None:
        """Take the lease, resume what was left under its name, and begin.

        Raises:
            Conflict: another process works on this SQLite database, or this process has a worker already.
        """
        if _handlers:
            raise Conflict("this process has a worker already")
        self._lease = take_lease(self._sessions.engine)
        _handlers.update(self._work.handlers)
        try:
            prepare_jobs(self._sessions.engine)
            self._launch(self._lease.name)
        except BaseException:
            self.stop()
            raise
        self._upkeep = threading.Thread(target=self._keep_up, name="linkbridge-upkeep", daemon=True)
        self._upkeep.start()
        _log.info("worker_started", worker=self.name)

    def _launch(self, name: str) -> None:
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": self._sessions.engine.url.render_as_string(hide_password=False),
            "executor_id": name,
            "application_version": VERSION,
            "log_level": "ERROR",
            "enable_otlp": False,
            "notification_listener_polling_interval_sec": self._options.poll_seconds,
        }
        if self._sessions.is_sqlite:
            self._engine = own_engine(self._sessions.engine)
            config["system_database_engine"] = self._engine
        DBOS(config=config)
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=self._options.concurrency,
            polling_interval_sec=self._options.poll_seconds,
            on_conflict="always_update",
        )

    def stop(self) -> None:
        """Let running jobs end within the grace period, and stop. What was cut off is resumed later."""
        self._stopping.set()
        if self._upkeep is not None:
            self._upkeep.join(timeout=self._options.grace_seconds)
            self._upkeep = None
        DBOS.destroy(workflow_completion_timeout_sec=self._options.grace_seconds)
        _handlers.clear()
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
        if self._lease is not None:
            _log.info("worker_stopped", worker=self.name)
            self._lease.release()
            self._lease = None

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until another process has taken our place; return whether that happened."""
        return self._lost.wait(timeout)

    def _keep_up(self) -> None:
        while not self._stopping.is_set():
            try:
                self.tick()
            except LeaseLost:
                _log.error("worker_replaced", worker=self.name)
                self._lost.set()
                return
            except Exception as error:  # noqa: BLE001 - upkeep must outlive a database that is away for a while
                _log.warning("upkeep_failed", exc_info=error)
            self._stopping.wait(self._options.upkeep_seconds)

    def tick(self) -> None:
        """Do once what upkeep consists of: the lease, dead peers' jobs, lost jobs, regular jobs.

        Raises:
            LeaseLost: another process runs under our name.
        """
        assert self._lease is not None  # noqa: S101 - only a started worker ticks
        self._lease.renew()
        take_over(self._lease)
        if time.monotonic() >= self._next_overdue:
            self._next_overdue = time.monotonic() + self._options.overdue_every_seconds
            found = self._work.requeue_overdue()
            if found:
                _log.warning("overdue_requeued", count=found)
        for regular in self._work.regular:
            self._enqueue_regular(regular)

    def _enqueue_regular(self, regular: Regular) -> None:
        key = regular.key(self._clock.now())
        if self._enqueued.get(regular.job) == key:
            return
        with self._sessions.transaction() as session:
            self._queue.enqueue(session, regular.job, key)
        self._enqueued[regular.job] = key


def take_over(lease: Lease) -> int:
    """Put jobs that dead processes left unfinished back into the queue, and return how many there were."""
    pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    taken = 0
    for name in sorted({workflow.executor_id for workflow in pending if workflow.executor_id} - {lease.name}):
        with lease.of_dead(name) as is_dead:
            if not is_dead:
                continue
            # Looked up again: between the first look and the lock, the process may have finished and ended.
            left = DBOS.list_workflows(status="PENDING", executor_id=name, load_input=False, load_output=False)
            if left:
                DBOS.resume_workflows([workflow.workflow_id for workflow in left], queue_name=QUEUE)
                taken += len(left)
    if taken:
        _log.warning("jobs_taken_over", count=taken)
    return taken
