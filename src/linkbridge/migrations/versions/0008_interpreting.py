"""Interpreters: directory, hours, requests, offers, assignments and sessions; push; answers to be said again."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TAKEN = "state IN ('held', 'booked', 'in-session')"
SQLITE_TRIGGER = """
CREATE TRIGGER no_double_booking_{event} BEFORE {event} ON interpreter_assignment
WHEN NEW.state IN ('held', 'booked', 'in-session')
BEGIN
    SELECT RAISE(ABORT, 'no_double_booking') WHERE EXISTS (
        SELECT 1 FROM interpreter_assignment AS other
        WHERE other.interpreter_id = NEW.interpreter_id AND other.id IS NOT NEW.id
        AND other.state IN ('held', 'booked', 'in-session')
        AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at
    );
END
"""


def upgrade() -> None:
    op.create_table(
        "idempotent_answer",
        sa.Column("key_digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("request_digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer_encrypted", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_digest", name=op.f("pk_idempotent_answer")),
    )
    op.create_index(op.f("ix_idempotent_answer_created_at"), "idempotent_answer", ["created_at"], unique=False)
    op.create_table(
        "push_subscription",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("owner", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("endpoint_digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("subscription_encrypted", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("endpoint_digest", name=op.f("uq_push_subscription_endpoint_digest")),
    )
    op.create_index(op.f("ix_push_subscription_owner"), "push_subscription", ["owner"], unique=False)
    op.create_table(
        "dispatch_policy",
        sa.Column("organisation_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("partner_ids", sa.JSON(), nullable=False),
        sa.Column("changed_by", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_dispatch_policy_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_dispatch_policy")),
    )
    op.create_table(
        "interpreter",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("organisation_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("staff_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("name_encrypted", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("gender", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("country", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("time_zone", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("domains", sa.JSON(), nullable=False),
        sa.Column("modalities", sa.JSON(), nullable=False),
        sa.Column("cost_per_hour", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("deactivated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_interpreter_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_interpreter_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreter")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_interpreter_staff_id")),
    )
    op.create_index(op.f("ix_interpreter_organisation_id"), "interpreter", ["organisation_id"], unique=False)
    op.create_table(
        "interpreter_request",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("organisation_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("site_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("encounter_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("person_language", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("official_language", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("relay_language", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("domain", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("modality", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("is_on_demand", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("time_zone", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("gender_preference", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("credential", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("interpreters", sa.Integer(), nullable=False),
        sa.Column("confidentiality", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("avoid_encrypted", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("note_encrypted", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("place_encrypted", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("search_wave", sa.Integer(), nullable=False),
        sa.Column("wave_ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("unfilled_reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_training", sa.Boolean(), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("first_offer_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("filled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_interpreter_request_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_interpreter_request_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreter_request")),
    )
    op.create_index(op.f("ix_interpreter_request_created_at"), "interpreter_request", ["created_at"], unique=False)
    op.create_index(op.f("ix_interpreter_request_encounter_id"), "interpreter_request", ["encounter_id"], unique=False)
    op.create_index(
        op.f("ix_interpreter_request_organisation_id"), "interpreter_request", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_interpreter_request_site_id"), "interpreter_request", ["site_id"], unique=False)
    op.create_index(op.f("ix_interpreter_request_starts_at"), "interpreter_request", ["starts_at"], unique=False)
    op.create_index(op.f("ix_interpreter_request_state"), "interpreter_request", ["state"], unique=False)
    op.create_table(
        "availability_exception",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("interpreter_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("is_available", sa.Boolean(), nullable=False),
        sa.Column("on_call", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["interpreter.id"], name=op.f("fk_availability_exception_interpreter_id_interpreter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_exception")),
    )
    op.create_index(
        op.f("ix_availability_exception_interpreter_id"), "availability_exception", ["interpreter_id"], unique=False
    )
    op.create_table(
        "availability_rule",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("interpreter_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("rrule", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("on_call", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["interpreter.id"], name=op.f("fk_availability_rule_interpreter_id_interpreter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_rule")),
    )
    op.create_index(op.f("ix_availability_rule_interpreter_id"), "availability_rule", ["interpreter_id"], unique=False)
    op.create_table(
        "busy_calendar",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("interpreter_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("url_encrypted", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("read_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("etag", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
        sa.Column("error_code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["interpreter.id"], name=op.f("fk_busy_calendar_interpreter_id_interpreter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_calendar")),
    )
    op.create_index(op.f("ix_busy_calendar_due_at"), "busy_calendar", ["due_at"], unique=False)
    op.create_index(op.f("ix_busy_calendar_interpreter_id"), "busy_calendar", ["interpreter_id"], unique=False)
    op.create_table(
        "calendar_feed",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("interpreter_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("secret_digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["interpreter.id"], name=op.f("fk_calendar_feed_interpreter_id_interpreter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("interpreter_id", name=op.f("uq_calendar_feed_interpreter_id")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_calendar_feed_secret_digest")),
    )
    op.create_table(
        "call_signal",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("request_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("sender", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("recipient", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("body_encrypted", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["interpreter_request.id"], name=op.f("fk_call_signal_request_id_interpreter_request")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_call_signal")),
    )
    op.create_index(op.f("ix_call_signal_created_at"), "call_signal", ["created_at"], unique=False)
    op.create_index(op.f("ix_call_signal_request_id"), "call_signal", ["request_id"], unique=False)
    op.create_table(
        "interpreter_block",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("interpreter_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["interpreter.id"], name=op.f("fk_interpreter_block_interpreter_id_interpreter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreter_block")),
        sa.UniqueConstraint("interpreter_id", "kind", "code", name=op.f("uq_interpreter_block_interpreter_id")),
    )
    op.create_index(op.f("ix_interpreter_block_interpreter_id"), "interpreter_block", ["interpreter_id"], unique=False)
    op.create_table(
        "interpreter_contact",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("interpreter_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("address_encrypted", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["interpreter.id"], name=op.f("fk_interpreter_contact_interpreter_id_interpreter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreter_contact")),
    )
    op.create_index(
        op.f("ix_interpreter_contact_interpreter_id"), "interpreter_contact", ["interpreter_id"], unique=False
    )
    op.create_table(
        "interpreter_credential",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("interpreter_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["interpreter.id"], name=op.f("fk_interpreter_credential_interpreter_id_interpreter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreter_credential")),
        sa.UniqueConstraint("interpreter_id", "code", name=op.f("uq_interpreter_credential_interpreter_id")),
    )
    op.create_index(
        op.f("ix_interpreter_credential_interpreter_id"), "interpreter_credential", ["interpreter_id"], unique=False
    )
    op.create_table(
        "interpreter_language",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("interpreter_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("source_tag", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("target_tag", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("level", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("both_ways", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["interpreter.id"], name=op.f("fk_interpreter_language_interpreter_id_interpreter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreter_language")),
        sa.UniqueConstraint(
            "interpreter_id", "source_tag", "target_tag", name=op.f("uq_interpreter_language_interpreter_id")
        ),
    )
    op.create_index(
        op.f("ix_interpreter_language_interpreter_id"), "interpreter_language", ["interpreter_id"], unique=False
    )
    op.create_index(op.f("ix_interpreter_language_source_tag"), "interpreter_language", ["source_tag"], unique=False)
    op.create_index(op.f("ix_interpreter_language_target_tag"), "interpreter_language", ["target_tag"], unique=False)
    op.create_table(
        "interpreter_offer",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("request_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("interpreter_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("source_tag", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("target_tag", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answered_by", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["interpreter.id"], name=op.f("fk_interpreter_offer_interpreter_id_interpreter")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["interpreter_request.id"], name=op.f("fk_interpreter_offer_request_id_interpreter_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreter_offer")),
    )
    op.create_index(
        "ix_interpreter_offer_interpreter_state", "interpreter_offer", ["interpreter_id", "state"], unique=False
    )
    op.create_index(op.f("ix_interpreter_offer_request_id"), "interpreter_offer", ["request_id"], unique=False)
    op.create_index(op.f("ix_interpreter_offer_state"), "interpreter_offer", ["state"], unique=False)
    op.create_index(
        "uq_interpreter_offer_open",
        "interpreter_offer",
        ["request_id", "interpreter_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "session_attendance",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("request_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("assignment_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("party", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("joined_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("left_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["interpreter_request.id"],
            name=op.f("fk_session_attendance_request_id_interpreter_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_attendance")),
    )
    op.create_index(op.f("ix_session_attendance_request_id"), "session_attendance", ["request_id"], unique=False)
    op.create_table(
        "busy_time",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("calendar_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("interpreter_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["busy_calendar.id"], name=op.f("fk_busy_time_calendar_id_busy_calendar")
        ),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["interpreter.id"], name=op.f("fk_busy_time_interpreter_id_interpreter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_time")),
    )
    op.create_index(op.f("ix_busy_time_calendar_id"), "busy_time", ["calendar_id"], unique=False)
    op.create_index(op.f("ix_busy_time_interpreter_id"), "busy_time", ["interpreter_id"], unique=False)
    op.create_table(
        "interpreter_assignment",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("request_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("interpreter_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("offer_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("source_tag", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("target_tag", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("accepted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("accepted_by", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("no_show_by", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("outcome_by", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("outcome_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("rating_by_official", sa.Integer(), nullable=True),
        sa.Column("rating_by_interpreter", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["interpreter.id"], name=op.f("fk_interpreter_assignment_interpreter_id_interpreter")
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["interpreter_offer.id"], name=op.f("fk_interpreter_assignment_offer_id_interpreter_offer")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["interpreter_request.id"],
            name=op.f("fk_interpreter_assignment_request_id_interpreter_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreter_assignment")),
        sa.UniqueConstraint("offer_id", name=op.f("uq_interpreter_assignment_offer_id")),
    )
    op.create_index(
        "ix_interpreter_assignment_interpreter_starts",
        "interpreter_assignment",
        ["interpreter_id", "starts_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_interpreter_assignment_request_id"), "interpreter_assignment", ["request_id"], unique=False
    )
    op.create_index(op.f("ix_interpreter_assignment_state"), "interpreter_assignment", ["state"], unique=False)
    op.create_index(
        "uq_interpreter_assignment_seat",
        "interpreter_assignment",
        ["request_id", "seat"],
        unique=True,
        sqlite_where=sa.text("state IN ('held', 'booked', 'in-session')"),
        postgresql_where=sa.text("state IN ('held', 'booked', 'in-session')"),
    )

    _forbid_double_bookings()


def _forbid_double_bookings() -> None:
    """No interpreter is in two places at once, whatever a program does."""
    if op.get_context().dialect.name == "sqlite":
        for event in ("INSERT", "UPDATE"):
            op.execute(SQLITE_TRIGGER.format(event=event))
        return
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(
        "ALTER TABLE interpreter_assignment ADD CONSTRAINT no_double_booking EXCLUDE USING gist "
        f"(interpreter_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE ({TAKEN})"
    )


def downgrade() -> None:
    op.drop_index(
        "uq_interpreter_assignment_seat",
        table_name="interpreter_assignment",
        sqlite_where=sa.text("state IN ('held', 'booked', 'in-session')"),
        postgresql_where=sa.text("state IN ('held', 'booked', 'in-session')"),
    )
    op.drop_index(op.f("ix_interpreter_assignment_state"), table_name="interpreter_assignment")
    op.drop_index(op.f("ix_interpreter_assignment_request_id"), table_name="interpreter_assignment")
    op.drop_index("ix_interpreter_assignment_interpreter_starts", table_name="interpreter_assignment")
    op.drop_table("interpreter_assignment")
    op.drop_index(op.f("ix_busy_time_interpreter_id"), table_name="busy_time")
    op.drop_index(op.f("ix_busy_time_calendar_id"), table_name="busy_time")
    op.drop_table("busy_time")
    op.drop_index(op.f("ix_session_attendance_request_id"), table_name="session_attendance")
    op.drop_table("session_attendance")
    op.drop_index(
        "uq_interpreter_offer_open",
        table_name="interpreter_offer",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(op.f("ix_interpreter_offer_state"), table_name="interpreter_offer")
    op.drop_index(op.f("ix_interpreter_offer_request_id"), table_name="interpreter_offer")
    op.drop_index("ix_interpreter_offer_interpreter_state", table_name="interpreter_offer")
    op.drop_table("interpreter_offer")
    op.drop_index(op.f("ix_interpreter_language_target_tag"), table_name="interpreter_language")
    op.drop_index(op.f("ix_interpreter_language_source_tag"), table_name="interpreter_language")
    op.drop_index(op.f("ix_interpreter_language_interpreter_id"), table_name="interpreter_language")
    op.drop_table("interpreter_language")
    op.drop_index(op.f("ix_interpreter_credential_interpreter_id"), table_name="interpreter_credential")
    op.drop_table("interpreter_credential")
    op.drop_index(op.f("ix_interpreter_contact_interpreter_id"), table_name="interpreter_contact")
    op.drop_table("interpreter_contact")
    op.drop_index(op.f("ix_interpreter_block_interpreter_id"), table_name="interpreter_block")
    op.drop_table("interpreter_block")
    op.drop_index(op.f("ix_call_signal_request_id"), table_name="call_signal")
    op.drop_index(op.f("ix_call_signal_created_at"), table_name="call_signal")
    op.drop_table("call_signal")
    op.drop_table("calendar_feed")
    op.drop_index(op.f("ix_busy_calendar_interpreter_id"), table_name="busy_calendar")
    op.drop_index(op.f("ix_busy_calendar_due_at"), table_name="busy_calendar")
    op.drop_table("busy_calendar")
    op.drop_index(op.f("ix_availability_rule_interpreter_id"), table_name="availability_rule")
    op.drop_table("availability_rule")
    op.drop_index(op.f("ix_availability_exception_interpreter_id"), table_name="availability_exception")
    op.drop_table("availability_exception")
    op.drop_index(op.f("ix_interpreter_request_state"), table_name="interpreter_request")
    op.drop_index(op.f("ix_interpreter_request_starts_at"), table_name="interpreter_request")
    op.drop_index(op.f("ix_interpreter_request_site_id"), table_name="interpreter_request")
    op.drop_index(op.f("ix_interpreter_request_organisation_id"), table_name="interpreter_request")
    op.drop_index(op.f("ix_interpreter_request_encounter_id"), table_name="interpreter_request")
    op.drop_index(op.f("ix_interpreter_request_created_at"), table_name="interpreter_request")
    op.drop_table("interpreter_request")
    op.drop_index(op.f("ix_interpreter_organisation_id"), table_name="interpreter")
    op.drop_table("interpreter")
    op.drop_table("dispatch_policy")
    op.drop_index(op.f("ix_push_subscription_owner"), table_name="push_subscription")
    op.drop_table("push_subscription")
    op.drop_index(op.f("ix_idempotent_answer_created_at"), table_name="idempotent_answer")
    op.drop_table("idempotent_answer")
