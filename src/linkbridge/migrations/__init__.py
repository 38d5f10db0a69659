"""Database migrations (Alembic), run by LinkBridge itself so that no second command is needed."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

import linkbridge.accounts.models
import linkbridge.encounters.models
import linkbridge.interpreting.models
import linkbridge.notifications.models
import linkbridge.phrasebook.models
import linkbridge.translation.models  # noqa: F401 - registers the tables

_LOCK = 7_205_461


def configuration() -> Config:
    """Return Alembic's configuration for the migrations delivered with this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def upgrade(engine: sa.Engine) -> None:
    """Bring the database to the newest schema in one transaction.

    Several processes may start at once: on PostgreSQL an advisory lock, on SQLite the write lock of
    ``BEGIN IMMEDIATE``, lets one of them do the work while the others wait and then find it done.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def newest_revision() -> str:
    """Return the id of the newest migration in the package."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


def known_revisions() -> frozenset[str]:
    """Return the ids of all migrations in the package: the schemas that this release can upgrade from."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions())


def current_revision(engine: sa.Engine) -> str | None:
    """Return the revision that the database is at, or ``None`` for an empty database."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def differences(engine: sa.Engine) -> list[object]:
    """Return how the database's schema differs from the models: nothing, when the migrations are complete."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        return list(compare_metadata(context, SQLModel.metadata))


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name in SQLModel.metadata.tables
