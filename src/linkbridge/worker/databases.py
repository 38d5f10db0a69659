"""Snapshots of a database and their return into place, on SQLite and on PostgreSQL."""

import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from linkbridge.kernel.db import create_engine, is_full
from linkbridge.kernel.errors import Conflict, InvalidInput, StorageFull, Unavailable
from linkbridge.kernel.keyfiles import sync_folder

UNFINISHED_RESTORE = ".restoring-"
_REPLACED = ".before-restore"

Prepare = Callable[[sa.Engine], None]
"""Makes a restored database ready for use before it takes the place of the current one."""


class Database(Protocol):
    """What backup and restore need of a database."""

    @property
    def kind(self) -> str:
        """``sqlite`` or ``postgresql``: a snapshot goes back to the same kind only."""
        ...

    def snapshot(self, target: Path) -> None:
        """Write a consistent copy to ``target`` while others go on working."""
        ...

    def replace(self, snapshot: Path, prepare: Prepare) -> None:
        """Restore ``snapshot`` beside the current database, ``prepare`` it, and let it take that one's place at once.

        Raises:
            Conflict: the current database is in use; it was left as it was.
        """
        ...

    def delete_leftovers(self, *, unfinished_before: datetime, replaced_before: datetime) -> None:
        """Delete what a restore that was killed left behind, and replaced databases that could not be copied."""
        ...


def database_at(url: str) -> Database:
    """Return the database at ``url``."""
    parsed = sa.make_url(url)
    return SqliteDatabase(Path(parsed.database or "")) if parsed.get_backend_name() == "sqlite" else Postgres(parsed)


class SqliteDatabase:
    """A SQLite file."""

    kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path

    def snapshot(self, target: Path) -> None:
        """Copy with SQLite's online backup, page by page in one read transaction, and check the copy.

        Raises:
            Unavailable: the database is missing or damaged.
            StorageFull: there is no room for the copy.
        """
        if not self._path.exists():
            raise Unavailable(f"there is no database at {self._path}", component="database")
        source = sqlite3.connect(self._path, timeout=30)
        copy = sqlite3.connect(target)
        try:
            target.chmod(0o600)
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            problem = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            if is_full(error):
                raise StorageFull("there is no room for the copy of the database") from error
            raise Unavailable(f"the database cannot be copied: {error}", component="database") from error
        finally:
            copy.close()
            source.close()
        if problem != "ok":
            raise Unavailable("the database is damaged: its copy does not pass the check", component="database")

    def replace(self, snapshot: Path, prepare: Prepare) -> None:
        """Prepare the copy where it lies, and rename it over the current file, which stays aside until then.

        A current file that is damaged stays aside: there is no other copy of it.

        Raises:
            Conflict: the current database is in use.
            Unavailable: the log of the current database cannot be written back.
            StorageFull: there is no room for that.
        """
        engine = create_engine(f"sqlite:///{snapshot}")
        try:
            prepare(engine)
        finally:
            engine.dispose()
        self._settle(snapshot)
        aside = self._path.with_name(f"{self._path.name}{_REPLACED}")
        aside.unlink(missing_ok=True)
        is_whole = True
        if self._path.exists():
            is_whole = self._let_go(aside)
            os.link(self._path, aside)
            os.utime(aside)  # kept from now on
        snapshot.replace(self._path)
        sync_folder(self._path.parent)
        if is_whole:
            aside.unlink(missing_ok=True)

    def _let_go(self, aside: Path) -> bool:
        """Empty and end the write-ahead log of the current file, which must not be applied to the new one.

        Returns whether the current file is whole.
        """
        try:
            self._settle(self._path)
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise Conflict("the database is in use: stop LinkBridge first") from error
            if is_full(error):
                raise StorageFull("there is no room to close the current database; it was left as it was") from error
            raise Unavailable(f"the current database cannot be closed: {error}", component="database") from error
        except sqlite3.DatabaseError:
            # A damaged file cannot be opened; its log goes aside with it, for whoever wants to examine them.
            for ending in ("-wal", "-shm"):
                log = self._path.with_name(self._path.name + ending)
                if log.exists():
                    log.replace(aside.with_name(aside.name + ending))
            return False
        return True

    def delete_leftovers(self, *, unfinished_before: datetime, replaced_before: datetime) -> None:
        """Delete unfinished restores and replaced files beside the database that are older than that."""
        for left in self._path.parent.glob(f"{UNFINISHED_RESTORE}*"):
            if left.stat().st_mtime < unfinished_before.timestamp():
                shutil.rmtree(left)
        for left in self._path.parent.glob(f"{self._path.name}{_REPLACED}*"):
            if left.stat().st_mtime < replaced_before.timestamp():
                left.unlink()

    @staticmethod
    def _settle(path: Path) -> None:
        connection = sqlite3.connect(path, timeout=1)
        try:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        finally:
            connection.close()
        if mode != "delete":
            raise sqlite3.OperationalError("locked")


class Postgres:
    """A database of a PostgreSQL server, copied with the server's own tools."""

    kind = "postgresql"

    def __init__(self, url: sa.URL) -> None:
        self._url = url
        self._name = url.database or ""

    def snapshot(self, target: Path) -> None:
        """Copy with ``pg_dump`` in its own format.

        Raises:
            Unavailable: the program is missing or failed.
            StorageFull: there is no room for the copy.
        """
        self._run(
            "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", database=self._name
        )

    def replace(self, snapshot: Path, prepare: Prepare) -> None:
        """Restore into a new database, prepare it, and swap the names of the two in one transaction.

        Raises:
            Unavailable: ``pg_restore`` is missing or failed, or the role may not create databases.
            Conflict: others are connected.
        """
        # The moment is part of the name, so that what a killed restore leaves can be told from one under way.
        stamp = f"{int(time.time()):08x}{secrets.token_hex(2)}"
        fresh, aside = (f"{self._name}_{word}_{stamp}" for word in ("restoring", "before"))
        self._admin(f'CREATE DATABASE "{fresh}" TEMPLATE template0')
        try:
            self._run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", str(snapshot), database=fresh)
            engine = create_engine(self._url.set(database=fresh).render_as_string(hide_password=False))
            try:
                prepare(engine)
            finally:
                engine.dispose()
            # Without a database of this name, as after a loss, there is only one name to change.
            away = [f'ALTER DATABASE "{self._name}" RENAME TO "{aside}"'] if self._exists() else []
            self._admin(*away, f'ALTER DATABASE "{fresh}" RENAME TO "{self._name}"')
        except BaseException:
            self._admin(f'DROP DATABASE IF EXISTS "{fresh}" WITH (FORCE)')
            raise
        self._admin(f'DROP DATABASE IF EXISTS "{aside}" WITH (FORCE)')

    def delete_leftovers(self, *, unfinished_before: datetime, replaced_before: datetime) -> None:
        """Drop the databases of restores that were killed, unless somebody looks into one just now."""
        limits = {"restoring": unfinished_before.timestamp(), "before": replaced_before.timestamp()}
        name = re.compile(rf"{re.escape(self._name)}_(restoring|before)_([0-9a-f]{{8}})[0-9a-f]{{4}}\Z")
        for found in self._databases(seen_from=self._name):
            match = name.match(found)
            if match and int(match[2], 16) < limits[match[1]]:
                with suppress(Conflict):
                    self._admin(f'DROP DATABASE IF EXISTS "{found}"')

    def _exists(self) -> bool:
        return self._name in self._databases(seen_from="postgres")

    def _databases(self, *, seen_from: str) -> list[str]:
        engine = sa.create_engine(self._url.set(database=seen_from), poolclass=sa.NullPool)
        with engine.connect() as connection:
            return list(connection.execute(sa.text("SELECT datname FROM pg_database")).scalars())

    def _admin(self, *statements: str) -> None:
        """Run statements in the maintenance database: several of them in one transaction, one alone outside of any."""
        level = "AUTOCOMMIT" if len(statements) == 1 else "READ COMMITTED"
        engine = sa.create_engine(self._url.set(database="postgres"), isolation_level=level, poolclass=sa.NullPool)
        try:
            with engine.begin() as connection:
                for statement in statements:
                    connection.execute(sa.text(statement))
        except sa.exc.DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") == "55006":  # object_in_use
                raise Conflict("the database is in use: stop LinkBridge first") from error
            reason = str(error.orig).splitlines()[0]
            raise Unavailable(f"PostgreSQL refused: {reason}", component="database") from error
        finally:
            engine.dispose()

    def _run(self, program: str, *arguments: str, database: str) -> None:
        path = shutil.which(program)
        if path is None:
            raise Unavailable(f"{program} is missing: apt-get install postgresql-client", component=program)
        # Through the environment: arguments are visible to everybody on the machine.
        result = subprocess.run(  # noqa: S603 - a fixed program with arguments of ours
            [path, *arguments] if program == "pg_dump" else [path, f"--dbname={database}", *arguments],
            env={**os.environ, "LC_ALL": "C", **self._environment(database)},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            reason = (result.stderr.splitlines() or ["no reason given"])[0]
            if "No space left on device" in result.stderr:
                raise StorageFull(f"{program} found no room: {reason}")
            raise Unavailable(f"{program} failed: {reason}", component=program)

    def _environment(self, database: str) -> dict[str, str]:
        url = self._url
        values = {
            "PGHOST": url.host or url.query.get("host"),
            "PGPORT": str(url.port) if url.port else url.query.get("port"),
            "PGUSER": url.username,
            "PGPASSWORD": url.password,
            "PGDATABASE": database,
            "PGSSLMODE": url.query.get("sslmode"),
            "PGSSLROOTCERT": url.query.get("sslrootcert"),
        }
        return {name: str(value) for name, value in values.items() if value}


def require_kind(database: Database, kind: str) -> None:
    """Refuse a snapshot of the other kind of database.

    Raises:
        InvalidInput: it cannot go back into this one.
    """
    if kind != database.kind:
        raise InvalidInput(f"this backup is of {kind}, but the database here is {database.kind}", field="file")
