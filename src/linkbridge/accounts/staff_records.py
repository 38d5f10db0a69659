"""What is told of staff members, and how their rows are read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from linkbridge.accounts.links import NewLink
from linkbridge.accounts.models import Staff, StaffSession, StaffSite
from linkbridge.accounts.permissions import Role
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.errors import NotFound

EMAIL_KIND = "email"
"""The kind under which addresses are digested for look-ups."""


@dataclass(frozen=True, slots=True)
class StaffRead:
    """A staff member. ``site_ids`` are the sites named; none means every site of the organisation."""

    id: str
    organisation_id: str
    role: Role
    email: str
    name: str
    language: str
    site_ids: tuple[str, ...]
    has_password: bool
    created_at: datetime
    deactivated_at: datetime | None


@dataclass(frozen=True, slots=True)
class StaffDetails:
    """What can be changed of a staff member."""

    name: str
    role: str
    language: str
    site_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Reachable:
    """Where a message to a staff member goes, and in which language it is written."""

    id: str
    email: str = field(repr=False)
    language: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """A new staff member with the code that lets them choose a password."""

    staff: StaffRead
    link: NewLink


def require_member(session: Session, staff_id: str, organisation_id: str) -> None:
    """Return if there is such a staff member in the organisation.

    Raises:
        NotFound: there is not.
    """
    row = session.get(Staff, staff_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("there is no such person")


def read_staff(session: Session, cipher: FieldCipher, rows: Sequence[Staff]) -> tuple[StaffRead, ...]:
    """Return the frozen form of rows, in one more query however many there are."""
    sites: dict[str, list[str]] = {row.id: [] for row in rows}
    query = select(StaffSite).where(col(StaffSite.staff_id).in_(sites)).order_by(col(StaffSite.site_id))
    for link in session.exec(query):
        sites[link.staff_id].append(link.site_id)
    return tuple(
        StaffRead(
            id=row.id,
            organisation_id=row.organisation_id,
            role=Role(row.role),
            email=cipher.decrypt(row.email_encrypted),
            name=cipher.decrypt(row.name_encrypted),
            language=row.language,
            site_ids=tuple(sites[row.id]),
            has_password=row.password_hash is not None,
            created_at=row.created_at,
            deactivated_at=row.deactivated_at,
        )
        for row in rows
    )


def end_sessions(session: Session, staff_id: str, now: datetime, *, except_id: str | None = None) -> int:
    """End a staff member's running sessions, but not ``except_id``, and return how many there were."""
    statement = (
        sa.update(StaffSession)
        .where(col(StaffSession.staff_id) == staff_id, col(StaffSession.ended_at).is_(None))
        .values(ended_at=now)
    )
    if except_id is not None:
        statement = statement.where(col(StaffSession.id) != except_id)
    return int(session.connection().execute(statement).rowcount)
