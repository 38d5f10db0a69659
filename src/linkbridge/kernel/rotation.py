"""Brings every encrypted column to the newest key, in batches, so that it can stop and go on at any time."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import SQLModel

from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.db import SessionFactory

SUFFIX = "_encrypted"
BATCH = 200


@dataclass(frozen=True, slots=True)
class RotationProgress:
    """What one table held: rows looked at, and fields that were encrypted anew."""

    table: str
    rows: int
    rotated: int


def encrypted_columns() -> dict[str, list[str]]:
    """Return the encrypted columns by table: by convention all whose name ends in ``_encrypted``."""
    found = {
        table.name: [column.name for column in table.columns if column.name.endswith(SUFFIX)]
        for table in SQLModel.metadata.sorted_tables
    }
    return {table: columns for table, columns in found.items() if columns}


def rotate_fields(sessions: SessionFactory, cipher: FieldCipher, *, batch: int = BATCH) -> Iterator[RotationProgress]:
    """Encrypt anew whatever is not under the newest key, and yield what each table held.

    Each batch is a transaction of its own. A field that someone else changes meanwhile is left as they wrote it,
    which is under a key that was newest then; another run finds it.

    Raises:
        Unavailable: a field cannot be read with any key.
    """
    for table, columns in encrypted_columns().items():
        yield _rotate_table(sessions, cipher, SQLModel.metadata.tables[table], columns, batch)


def _rotate_table(
    sessions: SessionFactory, cipher: FieldCipher, table: sa.Table, columns: list[str], batch: int
) -> RotationProgress:
    (key,) = table.primary_key.columns
    last: str | None = None
    rows = rotated = 0
    while True:
        query = sa.select(key, *(table.c[name] for name in columns)).order_by(key).limit(batch)
        if last is not None:
            query = query.where(key > last)
        with sessions.transaction() as session:
            connection = session.connection()
            found = connection.execute(query).all()
            for row in found:
                last = row[0]
                for name, old in zip(columns, row[1:], strict=True):
                    if old is not None and cipher.needs_rotation(old):
                        same = (key == last) & (table.c[name] == old)
                        changed = connection.execute(sa.update(table).where(same).values({name: cipher.rotate(old)}))
                        rotated += changed.rowcount
        rows += len(found)
        if len(found) < batch:
            return RotationProgress(table.name, rows, rotated)
