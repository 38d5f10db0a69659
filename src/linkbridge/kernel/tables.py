"""What all tables share: the naming rules of constraints, and column helpers."""

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from linkbridge.kernel.ids import new_id

ID_LENGTH = 32
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

SQLModel.metadata.naming_convention = NAMING


def id_field() -> str:
    """Return a primary key column filled with a random opaque id."""
    field: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    return field


def json_column(*, nullable: bool = False) -> sa.Column[object]:
    """Return a JSON column (``JSON`` on both databases, so that both behave the same)."""
    return sa.Column(sa.JSON, nullable=nullable)
