"""Who a staff member or a program is when it asks for something: its role, organisation and sites."""

from sqlmodel import Session, col, select

from linkbridge.accounts.models import ApiToken, Organisation, Site, Staff, StaffSite
from linkbridge.accounts.permissions import Actor, Role


def staff_actor(session: Session, staff: Staff, organisation: Organisation) -> Actor:
    """Return the staff member as an actor, in two queries at most."""
    own = select(StaffSite.site_id).where(StaffSite.staff_id == staff.id)
    every = select(Site.id).where(Site.organisation_id == staff.organisation_id)
    role = Role(staff.role)
    named = [] if role is Role.ADMINISTRATOR else session.exec(own).all()
    return Actor(
        kind="staff",
        id=staff.id,
        role=role,
        organisation_id=organisation.id,
        site_ids=frozenset(named or session.exec(every).all()),
        language=staff.language,
        is_host=organisation.is_host,
    )


def token_actor(session: Session, token: ApiToken) -> Actor:
    """Return the program that holds an API token as an actor; without an organisation it reaches everywhere."""
    if token.organisation_id is None:
        return Actor(kind="token", id=token.id, role=Role(token.role), everywhere=True)
    organisation = session.get_one(Organisation, token.organisation_id)
    sites = session.exec(select(Site.id).where(col(Site.organisation_id) == organisation.id)).all()
    return Actor(
        kind="token",
        id=token.id,
        role=Role(token.role),
        organisation_id=organisation.id,
        site_ids=frozenset(sites),
        is_host=organisation.is_host,
    )
