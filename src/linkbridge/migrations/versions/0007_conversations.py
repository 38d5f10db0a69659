"""Conversations that official and person agreed to keep."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transcript",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("encounter_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("turns_encrypted", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("given_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("received_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name=op.f("fk_transcript_encounter_id_encounter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript")),
    )
    op.create_index(op.f("ix_transcript_encounter_id"), "transcript", ["encounter_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_transcript_encounter_id"), table_name="transcript")
    op.drop_table("transcript")
