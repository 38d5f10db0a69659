"""Tables of encounters: who was told what, in which language, and what they answered. No names.

The one free text, a conversation that both agreed to keep, is encrypted.
"""

from datetime import datetime

from sqlmodel import Field, SQLModel

from linkbridge.kernel.tables import ID_LENGTH, id_field, json_column


class Encounter(SQLModel, table=True):
    """One anonymous face-to-face meeting, known by its code alone."""

    id: str = id_field()
    code: str = Field(max_length=24, unique=True)
    site_id: str = Field(foreign_key="site.id", max_length=ID_LENGTH, index=True)
    device_id: str | None = Field(default=None, foreign_key="device.id", max_length=ID_LENGTH)
    language: str | None = Field(default=None, max_length=16)
    official_language: str = Field(max_length=16)
    is_training: bool = False
    started_at: datetime = Field(index=True)
    finished_at: datetime | None = None
    received_at: datetime


class Acknowledgement(SQLModel, table=True):
    """An answer to a notice. ``id`` is made by the tablet, so that a repeat changes nothing."""

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    encounter_id: str = Field(foreign_key="encounter.id", max_length=ID_LENGTH, index=True)
    device_id: str | None = Field(default=None, foreign_key="device.id", max_length=ID_LENGTH)
    notice: str = Field(max_length=64)
    notice_version: str = Field(max_length=16)
    language: str = Field(max_length=16)
    notice_status: str = Field(max_length=16)
    counts_as_told: bool
    answer: str = Field(max_length=24)
    phrases_shown: list[str] = Field(default_factory=list, sa_column=json_column())
    phrases_played: list[str] = Field(default_factory=list, sa_column=json_column())
    given_at: datetime
    received_at: datetime


class Consent(SQLModel, table=True):
    """What a person allowed or refused beyond being counted, and the text they were asked with."""

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    encounter_id: str = Field(foreign_key="encounter.id", max_length=ID_LENGTH, index=True)
    purpose: str = Field(max_length=32)
    given: bool
    phrase_key: str = Field(max_length=64)
    language: str = Field(max_length=16)
    given_at: datetime
    received_at: datetime


class Transcript(SQLModel, table=True):
    """What official and person said, kept because both agreed. ``id`` is that of the tablet's event."""

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    encounter_id: str = Field(foreign_key="encounter.id", max_length=ID_LENGTH, index=True)
    turns_encrypted: str = ""
    given_at: datetime
    received_at: datetime
