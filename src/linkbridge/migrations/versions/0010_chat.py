"""Conversations with people, their handover to humans, and what is on its way to them."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _text(length: int | None = None, *, name: str, nullable: bool = False) -> sa.Column[str]:
    kind = sqlmodel.sql.sqltypes.AutoString(length=length) if length else sqlmodel.sql.sqltypes.AutoString()
    return sa.Column(name, kind, nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=nullable)


def _sequence() -> sa.Column[int]:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("sequence", number, autoincrement=True, nullable=False)


def upgrade() -> None:
    op.create_table(
        "chat_conversation",
        _text(32, name="id"),
        _text(16, name="channel"),
        _text(64, name="address_digest"),
        _text(name="address_encrypted"),
        _text(name="memory_encrypted"),
        _text(16, name="tag"),
        _moment("created_at"),
        _moment("seen_at"),
        _moment("sending_until", nullable=True),
        _moment("blocked_at", nullable=True),
        _text(32, name="request_id", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_conversation")),
        sa.UniqueConstraint("channel", "address_digest", name="uq_chat_conversation_address"),
    )
    for column in ("seen_at", "request_id"):
        op.create_index(op.f(f"ix_chat_conversation_{column}"), "chat_conversation", [column])
    op.create_table(
        "chat_update",
        _text(16, name="channel"),
        _text(64, name="update_digest"),
        _moment("received_at"),
        sa.PrimaryKeyConstraint("channel", "update_digest", name=op.f("pk_chat_update")),
    )
    op.create_index(op.f("ix_chat_update_received_at"), "chat_update", ["received_at"])
    op.create_table(
        "chat_outgoing",
        _sequence(),
        _text(32, name="conversation_id"),
        _text(16, name="channel"),
        _text(name="address_encrypted"),
        _text(name="body_encrypted"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _moment("due_at"),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_chat_outgoing")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_chat_outgoing_conversation_id"), "chat_outgoing", ["conversation_id"])
    op.create_index(op.f("ix_chat_outgoing_due_at"), "chat_outgoing", ["due_at"])
    op.create_table(
        "chat_desk",
        _text(32, name="organisation_id"),
        _text(32, name="site_id"),
        sa.Column("answer_minutes", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        _moment("changed_at"),
        _text(64, name="changed_by"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_chat_desk_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_chat_desk_site_id_site")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_chat_desk")),
    )
    _create_handovers()


def _create_handovers() -> None:
    op.create_table(
        "chat_handover",
        _text(32, name="id"),
        _text(32, name="conversation_id"),
        _text(32, name="organisation_id"),
        _text(16, name="tag"),
        _text(16, name="channel"),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        _text(16, name="state"),
        _moment("asked_at"),
        _moment("late_at"),
        _moment("told_late_at", nullable=True),
        _text(64, name="claimed_by", nullable=True),
        _moment("claimed_at", nullable=True),
        _moment("closed_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_chat_handover_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_handover")),
    )
    for column in ("conversation_id", "organisation_id", "state", "closed_at"):
        op.create_index(op.f(f"ix_chat_handover_{column}"), "chat_handover", [column])
    is_open = sa.text("state != 'closed'")
    op.create_index(
        "uq_chat_handover_open",
        "chat_handover",
        ["conversation_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "chat_message",
        _sequence(),
        _text(32, name="handover_id"),
        _text(16, name="author"),
        _text(64, name="staff", nullable=True),
        _text(16, name="tag"),
        _text(name="text_encrypted"),
        _text(16, name="translation_tag", nullable=True),
        _text(name="translation_encrypted", nullable=True),
        _text(32, name="mark", nullable=True),
        _moment("said_at"),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["chat_handover.id"], name=op.f("fk_chat_message_handover_id_chat_handover")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_chat_message")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_chat_message_handover_id"), "chat_message", ["handover_id"])
    op.create_table(
        "chat_subscription",
        _text(32, name="conversation_id"),
        _text(64, name="notice"),
        _text(64, name="version"),
        _moment("asked_at"),
        sa.PrimaryKeyConstraint("conversation_id", "notice", name=op.f("pk_chat_subscription")),
    )


def downgrade() -> None:
    for table in (
        "chat_subscription",
        "chat_message",
        "chat_handover",
        "chat_desk",
        "chat_outgoing",
        "chat_update",
        "chat_conversation",
    ):
        op.drop_table(table)
