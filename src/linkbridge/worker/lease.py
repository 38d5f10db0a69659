"""Who runs the jobs: one process alone on SQLite, numbered processes on PostgreSQL.

DBOS resumes what a process left unfinished only for that process's own name. So the names are few and handed
out again: on PostgreSQL a process is ``worker-<n>`` as long as it holds advisory lock n, which ends with its
connection, however it dies. A restarted process takes the first free number and resumes what was left there;
what was left under other numbers whose lock is free, any living process may take over.
"""

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from linkbridge.kernel.errors import Conflict

_NAMESPACE = 7_205_462
_MOST_WORKERS = 1000
_NAME = re.compile(r"worker-(\d{1,4})\Z")
SQLITE_WAIT_SECONDS = 15.0
"""How long a new process waits for the old one to end, as in a restart."""


class LeaseLost(Exception):
    """Another process runs under our name now: this one must stop."""


class Lease(Protocol):
    """The right to run jobs under a name."""

    @property
    def name(self) -> str:
        """The name that this process runs jobs under."""
        ...

    def renew(self) -> None:
        """Make sure that we still have it.

        Raises:
            LeaseLost: we have not.
        """
        ...

    @contextmanager
    def of_dead(self, name: str) -> Iterator[bool]:
        """Say whether the process of that name is dead; within the block no other takes its name."""
        ...

    def release(self) -> None:
        """Give it back."""
        ...


def take_lease(engine: sa.Engine, *, wait_seconds: float = SQLITE_WAIT_SECONDS) -> Lease:
    """Return the right to run jobs on this database.

    Raises:
        Conflict: on SQLite, another process has it and did not end in time.
    """
    if engine.dialect.name == "sqlite":
        return FileLease(lock_path(engine.url), wait_seconds=wait_seconds)
    return AdvisoryLease(engine)


def lock_path(url: str | sa.URL) -> Path:
    """Return the file whose lock says that a process works on this SQLite database."""
    return Path(f"{sa.make_url(url).database}.worker-lock")


class FileLease:
    """A lock on a file beside the database, which the system drops when the process ends."""

    name = "worker-1"

    def __init__(self, path: Path, *, wait_seconds: float = 0.0) -> None:
        """Take the lock.

        Raises:
            Conflict: another process held it all the time.
        """
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + wait_seconds
        while not self._try():
            if time.monotonic() >= deadline:
                os.close(self._descriptor)
                raise Conflict("another process serves this database: stop that one first")
            time.sleep(0.1)

    def _try(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def renew(self) -> None:
        """Do nothing: the lock lasts as long as the process."""

    @contextmanager
    def of_dead(self, name: str) -> Iterator[bool]:
        """Say that any other is dead: there is one process alone."""
        yield name != self.name

    def release(self) -> None:
        """Give the lock back."""
        os.close(self._descriptor)


class AdvisoryLease:
    """An advisory lock of a session of its own on PostgreSQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._connection = self._connect()
        number = next((n for n in range(1, _MOST_WORKERS) if self._try(n)), None)
        if number is None:
            self._connection.close()
            raise Conflict("there are too many workers on this database")
        self._number = number

    @property
    def name(self) -> str:
        """``worker-<n>``."""
        return f"worker-{self._number}"

    def renew(self) -> None:
        """Make sure that the session lives; after a cut, take the same lock again.

        Raises:
            LeaseLost: another process was faster.
            sqlalchemy.exc.DBAPIError: the database cannot be reached now.
        """
        try:
            self._connection.execute(sa.text("SELECT 1"))
        except sa.exc.DBAPIError:
            self._connection.close()
            self._connection = self._connect()
            if not self._try(self._number):
                raise LeaseLost from None

    @contextmanager
    def of_dead(self, name: str) -> Iterator[bool]:
        """Say whether the process of that name is dead; within the block no other takes its name."""
        match = _NAME.match(name)
        if match is None:
            yield True  # a name that none of ours has: nobody will ever come back for what it left
            return
        number = int(match[1])
        if number == self._number or not self._try(number):
            yield False
            return
        try:
            yield True
        finally:
            self._connection.execute(
                sa.text("SELECT pg_advisory_unlock(:space, :number)"), {"space": _NAMESPACE, "number": number}
            )

    def release(self) -> None:
        """End the session, and with it the lock."""
        self._connection.invalidate()
        self._connection.close()

    def _connect(self) -> sa.Connection:
        return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def _try(self, number: int) -> bool:
        query = sa.text("SELECT pg_try_advisory_lock(:space, :number)")
        return bool(self._connection.execute(query, {"space": _NAMESPACE, "number": number}).scalar_one())
