"""The database: engines for SQLite and PostgreSQL, the session factory and the transaction scope."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import Session

from linkbridge.kernel.errors import StorageFull

SQLITE_BUSY_TIMEOUT_MS = 30_000
_READS_ONLY = "linkbridge_reads_only"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def create_engine(url: str, *, pool_size: int = 20) -> sa.Engine:
    """Return an engine for ``url`` (``sqlite:///…`` or ``postgresql+psycopg://…``).

    On SQLite every transaction begins with a real ``BEGIN IMMEDIATE``: pysqlite would otherwise
    begin at the first write, and two readers that go on to write would race.
    """
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_size=pool_size, pool_pre_ping=True)
    engine = sa.create_engine(url, pool_size=pool_size, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={SQLITE_BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is deleted is overwritten with zeros, not only marked as free
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: sa.Connection) -> None:
    reads_only = connection.get_execution_options().get(_READS_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


class SessionFactory:
    """Opens sessions on one engine. One request or one job is one transaction: services never commit."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._reading_engine = engine.execution_options(**{_READS_ONLY: True})

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite, which allows one process only."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session whose work is committed at the end, or rolled back whole on any error.

        Raises:
            StorageFull: the disk or the database had no room; nothing was written.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                yield session
                session.commit()
            except sa.exc.OperationalError as error:
                session.rollback()
                if is_full(error):
                    raise StorageFull("the server's disk is full; nothing was written") from error
                raise
            except BaseException:
                session.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session for reading alone: it takes no write lock and whatever it changed is rolled back."""
        with Session(self._reading_engine, expire_on_commit=False, autoflush=False) as session:
            yield session
            session.rollback()


def is_full(error: BaseException | None) -> bool:
    """Whether a full disk is the cause: of an error of the database, or of one that the system itself reports.

    On a full disk SQLite gives the whole transaction up, so that going back to a savepoint fails next: the error
    that arrives may be that second one, with the first behind it.
    """
    while error is not None:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return True
        reason = str(getattr(error, "orig", error)).lower()
        if "disk is full" in reason or "no space left" in reason or "disk i/o error" in reason:
            return True
        error = error.__context__
    return False
