"""Alembic's entry: migrates over the connection that ``linkbridge.migrations.upgrade`` hands in."""

from alembic import context
from sqlmodel import SQLModel

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=False,
)
context.run_migrations()
