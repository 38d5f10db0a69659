"""Keep everything of a changed text: its date, its flags, and whether the delivered file counts again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    flag = sa.text("false")
    op.add_column("text_revision", sa.Column("text_date", sa.Date(), nullable=False, server_default="1970-01-01"))
    op.add_column("text_revision", sa.Column("unsure", sa.Boolean(), nullable=False, server_default=flag))
    op.add_column("text_revision", sa.Column("same_as_source", sa.Boolean(), nullable=False, server_default=flag))
    op.add_column("text_revision", sa.Column("as_delivered", sa.Boolean(), nullable=False, server_default=flag))
    op.execute("UPDATE text_revision SET text_date = date(made_at), same_as_source = (text = source_text)")


def downgrade() -> None:
    for column in ("as_delivered", "same_as_source", "unsure", "text_date"):
        op.drop_column("text_revision", column)
