"""Tables of phrasebooks: what people changed over the delivered files, who may review, voices, what others sent."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from linkbridge.kernel.tables import ID_LENGTH, id_field, json_column


class PhrasebookHead(SQLModel, table=True):
    """One row: the number of the newest change, by which every process knows whether its texts are current.

    Whoever changes a text takes this row's lock first, so that changes become visible in the order of their numbers.
    """

    __tablename__ = "phrasebook_head"

    id: int = Field(default=1, primary_key=True)
    version: int = Field(default=0, sa_type=sa.BigInteger)


class TextRevision(SQLModel, table=True):
    """One change of one text, with all that it was afterwards. Rows are only ever added; the newest counts.

    In English (``tag`` is ``en``) it is a changed source, made from itself. ``as_delivered``: the file's text counts
    again, whatever it says by now; ``text`` is what it said when this was done.
    """

    __tablename__ = "text_revision"
    __table_args__ = (sa.Index("ix_text_revision_place", "book", "phrase", "tag"),)

    sequence: int = Field(primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False})
    book: str = Field(max_length=64)
    phrase: str = Field(max_length=64)
    tag: str = Field(max_length=16)
    action: str = Field(max_length=16)
    text: str = Field(sa_type=sa.Text)
    source_text: str = Field(default="", sa_type=sa.Text)
    text_date: date
    unsure: bool = False
    same_as_source: bool = False
    as_delivered: bool = False
    status: str = Field(max_length=16)
    origin: str = Field(max_length=16)
    reviewers: list[list[str]] = Field(default_factory=list, sa_column=json_column())
    comments: list[str] = Field(default_factory=list, sa_column=json_column())
    remark: str = Field(default="", sa_type=sa.Text)
    made_by: str = Field(max_length=64)
    made_at: datetime
    undoes: int | None = Field(default=None, sa_type=sa.BigInteger)


class ReviewerLanguage(SQLModel, table=True):
    """A language in which a staff member may review, and what qualifies them for it."""

    __tablename__ = "reviewer_language"

    staff_id: str = Field(foreign_key="staff.id", primary_key=True, max_length=ID_LENGTH)
    tag: str = Field(primary_key=True, max_length=16)
    qualification: str = Field(max_length=24)
    recorded_by: str = Field(max_length=64)
    recorded_at: datetime


class Voice(SQLModel, table=True):
    """A recorded reading of a text. It belongs to the words: when they change, it falls silent."""

    __tablename__ = "voice"
    __table_args__ = (sa.Index("ix_voice_words", "tag", "text_hash"),)

    id: str = id_field()
    tag: str = Field(max_length=16)
    text_hash: str = Field(max_length=12)
    book: str = Field(max_length=64)
    phrase: str = Field(max_length=64)
    media_type: str = Field(max_length=32)
    seconds: float
    body: bytes = Field(sa_type=sa.LargeBinary)
    recorded_by: str = Field(max_length=64)
    recorded_at: datetime
    removed_at: datetime | None = None


class MemoryUnit(SQLModel, table=True):
    """A pair of texts from elsewhere, such as a TMX file. ``reviewed``: whoever brought it vouched for its readers."""

    __tablename__ = "memory_unit"
    __table_args__ = (
        sa.UniqueConstraint("source_tag", "target_tag", "source_hash", "target_hash", name="uq_memory_unit_pair"),
        sa.Index("ix_memory_unit_target", "target_tag", "source_tag", "target_hash"),
    )

    id: str = id_field()
    source_tag: str = Field(max_length=16)
    target_tag: str = Field(max_length=16)
    source_hash: str = Field(max_length=12)
    target_hash: str = Field(max_length=12)
    source_text: str = Field(sa_type=sa.Text)
    target_text: str = Field(sa_type=sa.Text)
    collection: str = Field(max_length=100)
    added_by: str = Field(max_length=64)
    added_at: datetime
    reviewed: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})


class TrustedKey(SQLModel, table=True):
    """The Ed25519 key of another installation whose approvals count here."""

    __tablename__ = "trusted_key"

    fingerprint: str = Field(primary_key=True, max_length=64)
    public_key: str = Field(max_length=64)
    label: str = Field(max_length=100)
    added_by: str = Field(max_length=64)
    added_at: datetime
    revoked_at: datetime | None = None


class JurisdictionConfirmation(SQLModel, table=True):
    """An administrator's word that a fact of a country is right, for as long as the file says the same."""

    __tablename__ = "jurisdiction_confirmation"

    country: str = Field(primary_key=True, max_length=2)
    key: str = Field(primary_key=True, max_length=32)
    value_hash: str = Field(primary_key=True, max_length=12)
    confirmed_by: str = Field(max_length=64)
    confirmed_at: datetime


class ImportedBundle(SQLModel, table=True):
    """The newest bundle taken over from a key, trusted or not, so that an older one is refused."""

    __tablename__ = "imported_bundle"

    fingerprint: str = Field(primary_key=True, max_length=64)
    version: int
    sequence: int = Field(sa_type=sa.BigInteger)
    digest: str = Field(max_length=64)
    imported_by: str = Field(max_length=64)
    imported_at: datetime
