"""The tables of translation. No text that was translated is in any of them."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class TranslationRule(SQLModel, table=True):
    """What an administrator decided for a pair of languages; ``pivots`` of NULL leaves the way open."""

    __tablename__ = "translation_rule"

    source_tag: str = Field(primary_key=True, max_length=16)
    target_tag: str = Field(primary_key=True, max_length=16)
    engine: str = Field(max_length=32)
    pivots: list[str] | None = Field(default=None, sa_type=sa.JSON)
    disabled: bool = False
    changed_by: str = Field(max_length=64)
    changed_at: datetime
