"""When a side of a session was last seen: what a killed process left behind is known by it."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sqlmodel.sql.sqltypes.UTCDateTime()
    default = (
        "1970-01-01 00:00:00+00" if op.get_context().dialect.name == "postgresql" else "1970-01-01 00:00:00.000000"
    )
    op.add_column("session_attendance", sa.Column("seen_at", moment, nullable=False, server_default=default))
    op.execute("UPDATE session_attendance SET seen_at = joined_at")
    op.create_index(
        "ix_session_attendance_open",
        "session_attendance",
        ["seen_at"],
        unique=False,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_session_attendance_open",
        table_name="session_attendance",
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.drop_column("session_attendance", "seen_at")
