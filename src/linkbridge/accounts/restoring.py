"""What a restored database must not bring back: access that was ended after the backup was made."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select, update

from linkbridge.accounts.models import ApiToken, Device, OneTimeLink, Staff, StaffSession

_ENDINGS = ((Device, "revoked_at"), (ApiToken, "revoked_at"), (Staff, "deactivated_at"))


@dataclass(frozen=True, slots=True)
class EndedAccess:
    """The ids of tablets, tokens and staff whose access was ended, by table, with the moment."""

    by_table: dict[str, dict[str, datetime]]

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(len(ids) for ids in self.by_table.values())


def read_ended_access(session: Session) -> EndedAccess:
    """Return whose access is ended in this database."""
    found: dict[str, dict[str, datetime]] = {}
    for table, name in _ENDINGS:
        ended_at = getattr(table, name)
        rows = session.exec(select(table.id, ended_at).where(col(ended_at).is_not(None)))
        found[table.__name__] = {row_id: moment for row_id, moment in rows if moment is not None}
    return EndedAccess(found)


def end_access(session: Session, ended: EndedAccess) -> None:
    """End the same access in a restored database, and every session and one-time link in it.

    A session that was ended, or a link that was used, after the backup would otherwise work again.
    """
    for table, name in _ENDINGS:
        still_open = col(getattr(table, name)).is_(None)
        for row_id, moment in ended.by_table.get(table.__name__, {}).items():
            session.exec(update(table).where(col(table.id) == row_id, still_open).values({name: moment}))
    session.exec(delete(StaffSession))
    session.exec(delete(OneTimeLink))
