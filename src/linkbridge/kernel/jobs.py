"""The port through which domains ask for background work, in the same transaction as their rows."""

from datetime import timedelta
from typing import Protocol

from sqlmodel import Session

NOW = timedelta(0)


class JobQueue(Protocol):
    """Takes jobs that run once their transaction has been committed, at least once, and survive any crash."""

    def enqueue(self, session: Session, job: str, key: str, *arguments: str | int, delay: timedelta = NOW) -> None:
        """Ask for ``job`` in the caller's transaction, not before ``delay`` has passed.

        The same job and key twice is one job. Key and arguments are opaque ids and counts: they are stored
        in plain and appear in logs.
        """
        ...


class NullJobQueue:
    """Takes no jobs: for tests and tools that start no worker. What is due is found later by the worker itself."""

    def enqueue(self, session: Session, job: str, key: str, *arguments: str | int, delay: timedelta = NOW) -> None:
        """Forget the job."""
