"""The demonstration's organisation, site and staff: one for each role, marked as a demonstration."""

from dataclasses import dataclass

from sqlmodel import Session, select

from linkbridge.accounts.models import Organisation, Site, Staff
from linkbridge.accounts.permissions import Role, system_actor
from linkbridge.accounts.service import Accounts
from linkbridge.accounts.sites import SiteDetails, SitePolicy, SiteRead, read_site
from linkbridge.accounts.staff_records import EMAIL_KIND, StaffDetails
from linkbridge.kernel.crypto import FieldCipher

DEMO = system_actor("demo")
ORGANISATION = "Demo: border service"
SITE = SiteDetails(
    name="Demo: border post",
    kind="border",
    country="PA",
    time_zone="America/Panama",
    official_language="es",
    interpreter_phone="",
)
PEOPLE = (
    ("official", Role.OFFICIAL, "Olga Official"),
    ("coordinator", Role.COORDINATOR, "Carla Coordinator"),
    ("interpreter", Role.INTERPRETER, "Ismael Interpreter"),
    ("reviewer", Role.REVIEWER, "Rosa Reviewer"),
    ("reviewer2", Role.REVIEWER, "Rui Reviewer"),
    ("analyst", Role.ANALYST, "Ana Analyst"),
    ("administrator", Role.ADMINISTRATOR, "Adán Administrator"),
)
"""Two reviewers, because a text is verified only by two different ones."""


@dataclass(frozen=True, slots=True)
class DemoAccounts:
    """What the demonstration holds. ``emails`` by role, of the first person who has it; all have the same password."""

    organisation_id: str
    site: SiteRead
    emails: dict[Role, str]
    reviewer_ids: tuple[str, ...]


def seed_demo(session: Session, accounts: Accounts, cipher: FieldCipher, *, password: str) -> DemoAccounts:
    """Make what the demonstration needs and is not there yet, and give its staff this password.

    Where an organisation already hosts this installation, the demonstration's does not become the host.

    Raises:
        InvalidInput: the password cannot be used.
    """
    organisation_id = _organisation(session, accounts)
    site = _site(session, accounts, organisation_id)
    emails: dict[Role, str] = {}
    reviewer_ids: list[str] = []
    for local_part, role, name in PEOPLE:
        email = f"{local_part}@demo.example"
        row = session.exec(select(Staff).where(Staff.email_digest == cipher.digest(EMAIL_KIND, email))).first()
        if row is None:
            details = StaffDetails(name=name, role=role, language="es")
            row = accounts.roster.add(session, organisation_id=organisation_id, email=email, details=details)
            accounts.audit.record(session, actor=DEMO.reference, action="staff.added", subject=row.id)
        accounts.sign_in.keep_password(session, row, password)
        emails.setdefault(role, email)
        if role is Role.REVIEWER:
            reviewer_ids.append(row.id)
    return DemoAccounts(organisation_id, site, emails, tuple(reviewer_ids))


def _organisation(session: Session, accounts: Accounts) -> str:
    found = session.exec(select(Organisation.id).where(Organisation.name == ORGANISATION)).first()
    if found is not None:
        return found
    is_host = accounts.directory.host(session) is None
    made = accounts.directory.create_organisation(session, name=ORGANISATION, country="PA", by=DEMO, is_host=is_host)
    return made.id


def _site(session: Session, accounts: Accounts, organisation_id: str) -> SiteRead:
    query = select(Site).where(Site.organisation_id == organisation_id, Site.is_demo)
    row = session.exec(query).first()
    if row is not None:
        return read_site(row)
    site = accounts.directory.create_site(session, organisation_id=organisation_id, details=SITE, by=DEMO, is_demo=True)
    accounts.directory.set_policy(session, site.id, SitePolicy(show_drafts=True), by=DEMO)
    return read_site(session.get_one(Site, site.id))
