"""Tables of organisations, sites, staff, devices, tokens, and the audit log."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from linkbridge.kernel.tables import ID_LENGTH, id_field, json_column


class Organisation(SQLModel, table=True):
    """A ministry, an IOM office, an NGO: whoever employs staff or lends interpreters.

    ``is_host`` marks the one that runs this installation; its administrators may add other organisations.
    """

    id: str = id_field()
    name: str = Field(max_length=200, unique=True)
    country: str | None = Field(default=None, max_length=2)
    is_host: bool = False
    created_at: datetime


class Site(SQLModel, table=True):
    """A place where encounters happen: a border post, an airport, a shelter, a court."""

    id: str = id_field()
    organisation_id: str = Field(foreign_key="organisation.id", max_length=ID_LENGTH, index=True)
    name: str = Field(max_length=200)
    kind: str = Field(max_length=20)
    country: str = Field(max_length=2)
    time_zone: str = Field(max_length=64)
    official_language: str = Field(max_length=16)
    interpreter_phone: str | None = Field(default=None, max_length=32)
    required_status: str = Field(default="reviewed", max_length=16)
    notice_rules: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    show_drafts: bool = False
    show_drafts_by: str | None = Field(default=None, max_length=64)
    show_drafts_at: datetime | None = None
    is_demo: bool = False
    created_at: datetime
    closed_at: datetime | None = None


class Staff(SQLModel, table=True):
    """A person who works with LinkBridge. Name and address are encrypted; ``email_digest`` finds the row."""

    id: str = id_field()
    organisation_id: str = Field(foreign_key="organisation.id", max_length=ID_LENGTH, index=True)
    role: str = Field(max_length=20)
    email_digest: str = Field(max_length=64, unique=True)
    email_encrypted: str
    name_encrypted: str
    password_hash: str | None = Field(default=None, max_length=255)
    language: str = Field(default="es", max_length=16)
    created_at: datetime
    deactivated_at: datetime | None = None


class StaffSite(SQLModel, table=True):
    """At which sites a staff member works. None at all means: all sites of the organisation."""

    __tablename__ = "staff_site"

    staff_id: str = Field(foreign_key="staff.id", primary_key=True, max_length=ID_LENGTH)
    site_id: str = Field(foreign_key="site.id", primary_key=True, max_length=ID_LENGTH)


class StaffSession(SQLModel, table=True):
    """A signed-in browser. Only the digest of its token is kept."""

    __tablename__ = "staff_session"

    id: str = id_field()
    token_digest: str = Field(max_length=64, unique=True)
    staff_id: str = Field(foreign_key="staff.id", max_length=ID_LENGTH, index=True)
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


class OneTimeLink(SQLModel, table=True):
    """A link or code that works once: first administrator, invitation, new password, tablet enrolment."""

    __tablename__ = "one_time_link"

    id: str = id_field()
    token_digest: str = Field(max_length=64, unique=True)
    purpose: str = Field(max_length=20)
    subject_id: str | None = Field(default=None, max_length=ID_LENGTH)
    label: str = Field(default="", max_length=100)
    created_by: str = Field(max_length=64)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class ApiToken(SQLModel, table=True):
    """A bearer token of another program."""

    __tablename__ = "api_token"

    id: str = id_field()
    token_digest: str = Field(max_length=64, unique=True)
    organisation_id: str | None = Field(default=None, foreign_key="organisation.id", max_length=ID_LENGTH)
    role: str = Field(max_length=20)
    label: str = Field(max_length=100)
    created_by: str = Field(max_length=64)
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_on: date | None = None


class Device(SQLModel, table=True):
    """An enrolled tablet. Only the digest of its session token is kept."""

    id: str = id_field()
    site_id: str = Field(foreign_key="site.id", max_length=ID_LENGTH, index=True)
    label: str = Field(max_length=100)
    token_digest: str = Field(max_length=64, unique=True)
    enrolled_by: str = Field(max_length=64)
    enrolled_at: datetime
    last_seen_on: date | None = None
    revoked_at: datetime | None = None


class AuditEntry(SQLModel, table=True):
    """One link of the append-only, hash-chained audit log. Opaque ids only, never names or words."""

    __tablename__ = "audit_entry"

    sequence: int | None = Field(
        default=None,
        sa_column=sa.Column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    )
    at: datetime
    actor: str = Field(max_length=64)
    action: str = Field(max_length=64, index=True)
    subject: str = Field(default="", max_length=64)
    details: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class AuditHead(SQLModel, table=True):
    """The newest hash of the audit log: one row, locked while an entry is appended."""

    __tablename__ = "audit_head"

    id: int = Field(default=1, primary_key=True)
    sequence: int = Field(default=0, sa_type=sa.BigInteger)
    hash: str = Field(default="", max_length=64)


class Attempt(SQLModel, table=True):
    """A rate limit's counter; ``key_digest`` hides the address or account that it counts."""

    key_digest: str = Field(primary_key=True, max_length=64)
    last_at: datetime
    count: int = 0


class Erasure(SQLModel, table=True):
    """What was erased, as a digest, so that restoring an older backup can erase it again."""

    id: str = id_field()
    kind: str = Field(max_length=20)
    subject_digest: str = Field(max_length=64, index=True)
    erased_at: datetime


class IdempotentAnswer(SQLModel, table=True):
    """What a program was answered to a POST that named an ``Idempotency-Key``, to be said again to its repeat.

    ``answer_encrypted`` is absent while the first request is still at work.
    """

    __tablename__ = "idempotent_answer"

    key_digest: str = Field(primary_key=True, max_length=64)
    request_digest: str = Field(max_length=64)
    status: int = 0
    answer_encrypted: str | None = None
    created_at: datetime = Field(index=True)
