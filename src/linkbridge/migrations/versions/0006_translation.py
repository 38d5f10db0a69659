"""What administrators decided about routes of translation; memory that is trusted, and found from both sides."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "translation_rule",
        sa.Column("source_tag", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("target_tag", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("engine", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("pivots", sa.JSON(), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source_tag", "target_tag", name=op.f("pk_translation_rule")),
    )
    op.add_column("memory_unit", sa.Column("reviewed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_memory_unit_target", "memory_unit", ["target_tag", "source_tag", "target_hash"])


def downgrade() -> None:
    op.drop_index("ix_memory_unit_target", table_name="memory_unit")
    op.drop_column("memory_unit", "reviewed")
    op.drop_table("translation_rule")
