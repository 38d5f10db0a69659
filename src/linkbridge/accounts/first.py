"""The first administrator: made through a one-time code that the machine's operator sees."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.directory import Directory
from linkbridge.accounts.links import LinkPurpose, NewLink, OneTimeLinks
from linkbridge.accounts.models import Organisation, Staff
from linkbridge.accounts.passwords import check_password
from linkbridge.accounts.permissions import Actor, Role, system_actor
from linkbridge.accounts.sign_in import NewSession, SignIn
from linkbridge.accounts.staff import StaffRoster
from linkbridge.accounts.staff_records import EMAIL_KIND, StaffDetails
from linkbridge.accounts.text import Checks, fold_email
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.errors import Conflict, NotFound

OPERATOR = system_actor("operator")


@dataclass(frozen=True, slots=True)
class FirstAdministratorForm:
    """What the first administrator says: the organisation that runs this installation, and themselves."""

    organisation: str
    country: str
    name: str
    email: str
    password: str
    language: str


class FirstAdministrator:
    """Makes the host organisation and its first administrator, and helps an administrator who is locked out."""

    def __init__(
        self,
        *,
        audit: AuditLog,
        cipher: FieldCipher,
        links: OneTimeLinks,
        directory: Directory,
        roster: StaffRoster,
        sign_in: SignIn,
        link_lifetime: timedelta,
    ) -> None:
        self._audit = audit
        self._cipher = cipher
        self._links = links
        self._directory = directory
        self._roster = roster
        self._sign_in = sign_in
        self._lifetime = link_lifetime

    def is_needed(self, session: Session) -> bool:
        """Whether nobody can sign in as an administrator of the host organisation."""
        query = (
            select(Staff.id)
            .join(Organisation)
            .where(
                col(Organisation.is_host),
                Staff.role == Role.ADMINISTRATOR.value,
                col(Staff.deactivated_at).is_(None),
                col(Staff.password_hash).is_not(None),
            )
        )
        return session.exec(query.limit(1)).first() is None

    def make_link(self, session: Session, *, by: Actor = OPERATOR) -> NewLink:
        """Make the code for the first administrator; earlier ones stop working.

        Raises:
            Conflict: there is an administrator, who invites the others.
        """
        if not self.is_needed(session):
            raise Conflict("there is an administrator already, who can invite others; see --reset for a lost password")
        self._links.withdraw(session, LinkPurpose.FIRST_ADMINISTRATOR, None)
        link = self._links.create(
            session, LinkPurpose.FIRST_ADMINISTRATOR, subject_id=None, by=by, lifetime=self._lifetime
        )
        self._audit.record(session, actor=by.reference, action="administrator.link-made", subject=link.id)
        return link

    def reset_link(self, session: Session, email: str, *, by: Actor = OPERATOR) -> NewLink:
        """Make a code with which a staff member sets a new password, for the operator of the machine alone.

        Raises:
            NotFound: nobody has this address.
            Conflict: the account is deactivated.
        """
        digest = self._cipher.digest(EMAIL_KIND, fold_email(email))
        staff_id = session.exec(select(Staff.id).where(Staff.email_digest == digest)).first()
        if staff_id is None:
            raise NotFound("nobody has this address")
        return self._roster.renew_link(session, staff_id, by=by)

    def complete(self, session: Session, *, code: str, form: FirstAdministratorForm) -> NewSession:
        """Use the code up, make the host organisation and its administrator, and sign them in.

        Raises:
            Expired: the code does not work.
            Conflict: someone else was quicker.
            InvalidForm: fields cannot be used; with the rollback the code stays good.
        """
        self._links.use(session, code, LinkPurpose.FIRST_ADMINISTRATOR)
        if not self.is_needed(session):
            raise Conflict("there is an administrator already, who can invite others")
        checks = Checks()
        host = self._directory.host(session) or checks.run(
            lambda: self._directory.create_organisation(
                session, name=form.organisation, country=form.country, by=OPERATOR, is_host=True
            ),
            None,
            field="organisation",
        )
        details = StaffDetails(name=form.name, role=Role.ADMINISTRATOR, language=form.language)
        organisation_id = host.id if host else ""
        checks.run(
            lambda: self._roster.check_new(session, organisation_id=organisation_id, email=form.email, details=details),
            ("", ""),
        )
        checks.run(lambda: check_password(form.password, about=(form.email, form.name)), None)
        checks.done()
        row = self._roster.add(session, organisation_id=organisation_id, email=form.email, details=details)
        self._sign_in.set_password(session, row, form.password)
        self._audit.record(session, actor=OPERATOR.reference, action="administrator.created", subject=row.id)
        return self._sign_in.open(session, row)
