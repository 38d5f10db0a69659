"""Fixtures shared by all tests: real databases, a clock that stands still, and a container."""

import os
import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from linkbridge import migrations
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory, create_engine
from tests.support.databases import database_folder, engine_of
from tests.support.postgres import started_postgres

pytest_plugins = ("tests.support.no_skips",)

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[Path]:
    """A migrated SQLite database that each test copies."""
    with database_folder("sqlite") as folder:
        path = folder / "template.db"
        engine = create_engine(f"sqlite:///{path}")
        migrations.upgrade(engine)
        engine.dispose()  # closing the last connection moves the write-ahead log into the file
        yield path


@pytest.fixture(scope="session")
def postgres_admin_url() -> Iterator[str]:
    """The address of a real PostgreSQL: ``LINKBRIDGE_TEST_POSTGRES`` or one started for this run."""
    given = os.environ.get("LINKBRIDGE_TEST_POSTGRES")
    if given:
        yield given
        return
    with started_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_admin_url: str) -> str:
    """The name of a migrated database that each test copies."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    _admin(postgres_admin_url, f'CREATE DATABASE "{name}"')
    engine = create_engine(_with_database(postgres_admin_url, name))
    migrations.upgrade(engine)
    engine.dispose()
    return name


@pytest.fixture(scope="session")
def database_name() -> str:
    """The name of this process's database: each test finds a new one under it, so that engines can be kept."""
    return f"test_{uuid.uuid4().hex[:12]}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, database_name: str) -> Iterator[str]:
    """A migrated, empty database of its own for this test, on each of the two kinds."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        folder = template.parent / database_name
        folder.mkdir()
        path = folder / "test.db"
        path.write_bytes(template.read_bytes())
        url = f"sqlite:///{path}"
        yield url
        engine_of(url).dispose()
        shutil.rmtree(folder)
        return
    admin: str = request.getfixturevalue("postgres_admin_url")
    source: str = request.getfixturevalue("postgres_template")
    _admin(admin, f'CREATE DATABASE "{database_name}" TEMPLATE "{source}"')
    url = _with_database(admin, database_name)
    yield url
    engine_of(url).dispose()
    _admin(admin, f'DROP DATABASE "{database_name}" WITH (FORCE)')


@pytest.fixture
def sessions(database_url: str) -> SessionFactory:
    return SessionFactory(engine_of(database_url))


def _with_database(url: str, name: str) -> str:
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


def _admin(url: str, statement: str) -> None:
    with _administration(url).connect() as connection:
        connection.execute(sa.text(statement))


@lru_cache
def _administration(url: str) -> sa.Engine:
    return sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
