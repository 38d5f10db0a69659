"""Staff: invited, given a role and sites, deactivated. Names and addresses are encrypted at rest."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from sqlmodel import Session, col, delete, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.links import LinkPurpose, NewLink, OneTimeLinks
from linkbridge.accounts.models import Organisation, Site, Staff, StaffSite
from linkbridge.accounts.permissions import Actor, Permission, Role, require
from linkbridge.accounts.staff_records import (
    EMAIL_KIND,
    Invitation,
    Reachable,
    StaffDetails,
    StaffRead,
    end_sessions,
    read_staff,
)
from linkbridge.accounts.text import Checks, clean_email, clean_line, fold_email
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.errors import Conflict, NotFound
from linkbridge.kernel.languages import OFFICIAL_TAGS

MAX_NAME = 120


class StaffRoster:
    """The staff of all organisations."""

    def __init__(
        self, *, clock: Clock, audit: AuditLog, cipher: FieldCipher, links: OneTimeLinks, link_lifetime: timedelta
    ) -> None:
        self._clock = clock
        self._audit = audit
        self._cipher = cipher
        self._links = links
        self._lifetime = link_lifetime

    def invite(
        self, session: Session, *, organisation_id: str, email: str, details: StaffDetails, by: Actor
    ) -> Invitation:
        """Add a staff member, who cannot sign in before having used the code that is returned.

        Raises:
            NotAllowed: the actor may not manage this organisation's staff.
            NotFound: there is no such organisation.
            InvalidForm: fields cannot be used, or the address is taken.
        """
        require(by, Permission.MANAGE_STAFF, organisation_id=organisation_id)
        if session.get(Organisation, organisation_id) is None:
            raise NotFound("there is no such organisation")
        row = self.add(session, organisation_id=organisation_id, email=email, details=details)
        self._audit.record(
            session, actor=by.reference, action="staff.invited", subject=row.id, details={"role": row.role}
        )
        link = self._new_link(session, row, by)
        return Invitation(read_staff(session, self._cipher, [row])[0], link)

    def add(self, session: Session, *, organisation_id: str, email: str, details: StaffDetails) -> Staff:
        """Add a row of staff. The caller checks permissions and writes the audit entry.

        Raises:
            InvalidForm: fields cannot be used, or the address is taken.
        """
        cleaned, name = self.check_new(session, organisation_id=organisation_id, email=email, details=details)
        row = Staff(
            organisation_id=organisation_id,
            role=details.role,
            email_digest=self._cipher.digest(EMAIL_KIND, cleaned),
            email_encrypted=self._cipher.encrypt(cleaned),
            name_encrypted=self._cipher.encrypt(name),
            language=details.language,
            created_at=self._clock.now(),
        )
        session.add(row)
        session.flush()
        self._set_sites(session, row.id, details.site_ids)
        return row

    def check_new(
        self, session: Session, *, organisation_id: str, email: str, details: StaffDetails
    ) -> tuple[str, str]:
        """Return the address and the name of a new staff member as they will be kept.

        Raises:
            InvalidForm: fields cannot be used, or the address is taken.
        """
        checks = Checks()
        cleaned = checks.run(lambda: clean_email(email), "")
        digest = self._cipher.digest(EMAIL_KIND, cleaned)
        is_free = not cleaned or session.exec(select(Staff.id).where(Staff.email_digest == digest)).first() is None
        checks.expect(is_free, "this address has an account", field="email", problem="taken")
        return cleaned, self._check(session, checks, organisation_id, details)

    def renew_link(self, session: Session, staff_id: str, *, by: Actor) -> NewLink:
        """Make a new code for choosing a password; earlier ones stop working.

        Raises:
            NotFound: there is no such staff member that the actor may manage.
            Conflict: the staff member is deactivated.
        """
        row = self._find(session, staff_id, by)
        if row.deactivated_at is not None:
            raise Conflict("this person is deactivated")
        link = self._new_link(session, row, by)
        self._audit.record(session, actor=by.reference, action="staff.link-made", subject=row.id)
        return link

    def update(self, session: Session, staff_id: str, details: StaffDetails, *, by: Actor) -> None:
        """Change name, role, language and sites; it applies from the staff member's next request.

        Raises:
            NotFound: there is no such staff member that the actor may manage.
            InvalidForm: fields cannot be used.
            Conflict: the organisation would be left without an administrator.
        """
        row = self._find(session, staff_id, by)
        checks = Checks()
        name = self._check(session, checks, row.organisation_id, details)
        if details.role != Role.ADMINISTRATOR:
            self._keep_an_administrator(session, row)
        row.role, row.language = details.role, details.language
        row.name_encrypted = self._cipher.encrypt(name)
        session.add(row)
        session.flush()
        self._set_sites(session, row.id, details.site_ids)
        self._audit.record(
            session, actor=by.reference, action="staff.changed", subject=row.id, details={"role": row.role}
        )

    def deactivate(self, session: Session, staff_id: str, *, by: Actor) -> None:
        """Lock a staff member out at once: sessions end and codes stop working.

        Raises:
            NotFound: there is no such staff member that the actor may manage.
            Conflict: deactivated before, the actor itself, or the organisation's last administrator.
        """
        row = self._find(session, staff_id, by)
        if row.deactivated_at is not None:
            raise Conflict("this person is deactivated already")
        if row.id == by.id:
            raise Conflict("nobody can deactivate themselves")
        self._keep_an_administrator(session, row)
        row.deactivated_at = self._clock.now()
        session.add(row)
        session.flush()
        end_sessions(session, row.id, self._clock.now())
        for purpose in (LinkPurpose.INVITATION, LinkPurpose.PASSWORD):
            self._links.withdraw(session, purpose, row.id)
        self._audit.record(session, actor=by.reference, action="staff.deactivated", subject=row.id)

    def reactivate(self, session: Session, staff_id: str, *, by: Actor) -> None:
        """Let a deactivated staff member sign in again.

        Raises:
            NotFound: there is no such staff member that the actor may manage.
            Conflict: the staff member is not deactivated.
        """
        row = self._find(session, staff_id, by)
        if row.deactivated_at is None:
            raise Conflict("this person is not deactivated")
        row.deactivated_at = None
        session.add(row)
        session.flush()
        self._audit.record(session, actor=by.reference, action="staff.reactivated", subject=row.id)

    def list(self, session: Session, *, organisation_id: str, by: Actor) -> tuple[StaffRead, ...]:
        """Return an organisation's staff by name, active ones first, in two queries.

        Raises:
            NotAllowed: the actor may not manage this organisation's staff.
        """
        require(by, Permission.MANAGE_STAFF, organisation_id=organisation_id)
        rows = session.exec(select(Staff).where(Staff.organisation_id == organisation_id)).all()
        found = read_staff(session, self._cipher, rows)
        return tuple(sorted(found, key=lambda one: (one.deactivated_at is not None, one.name.casefold(), one.id)))

    def get(self, session: Session, staff_id: str, *, by: Actor) -> StaffRead:
        """Return one staff member.

        Raises:
            NotFound: there is no such staff member that the actor may manage.
        """
        return read_staff(session, self._cipher, [self._find(session, staff_id, by)])[0]

    def name_of(self, session: Session, reference: str, *, by: Actor) -> str:
        """Return the name behind a reference to staff of the actor's organisation, else the reference itself."""
        kind, _, staff_id = reference.partition(":")
        row = session.get(Staff, staff_id) if kind == "staff" else None
        if row is None or not (by.everywhere or row.organisation_id == by.organisation_id):
            return reference
        return self._cipher.decrypt(row.name_encrypted)

    def interpreter_with(self, session: Session, organisation_id: str, email: str) -> str | None:
        """Return the id of the organisation's active interpreter who signs in with this address, if there is one."""
        query = select(Staff.id).where(
            Staff.email_digest == self._cipher.digest(EMAIL_KIND, fold_email(email)),
            Staff.organisation_id == organisation_id,
            Staff.role == Role.INTERPRETER.value,
            col(Staff.deactivated_at).is_(None),
        )
        return session.exec(query).first()

    def address_of(self, session: Session, staff_id: str) -> str:
        """Return a staff member's address. The caller has checked who asks."""
        return self._cipher.decrypt(session.get_one(Staff, staff_id).email_encrypted)

    def reachable(
        self, session: Session, organisation_id: str, *, site_id: str, ids: Collection[str], brokers_too: bool
    ) -> tuple[Reachable, ...]:
        """Return the addresses of the named active staff, and of a site's coordinators too if ``brokers_too``.

        For messages that the machine sends: it asks nobody's permission, and nobody else is told the addresses.
        """
        query = select(Staff).where(Staff.organisation_id == organisation_id, col(Staff.deactivated_at).is_(None))
        rows = session.exec(query.order_by(col(Staff.id))).all()
        links: dict[str, set[str]] = {}
        for link in session.exec(select(StaffSite).where(col(StaffSite.staff_id).in_([row.id for row in rows]))):
            links.setdefault(link.staff_id, set()).add(link.site_id)
        return tuple(
            Reachable(row.id, self._cipher.decrypt(row.email_encrypted), row.language)
            for row in rows
            if row.id in ids
            or (brokers_too and row.role == Role.COORDINATOR.value and site_id in links.get(row.id, {site_id}))
        )

    def own(self, session: Session, *, by: Actor) -> StaffRead:
        """Return the actor's own account.

        Raises:
            NotFound: the actor is no staff member.
        """
        row = session.get(Staff, by.id) if by.kind == "staff" else None
        if row is None:
            raise NotFound("there is no such account")
        return read_staff(session, self._cipher, [row])[0]

    def set_own_language(self, session: Session, language: str, *, by: Actor) -> None:
        """Set the language of the actor's own pages.

        Raises:
            NotFound: the actor is no staff member.
            InvalidForm: it is no language of officials.
        """
        row = session.get(Staff, by.id) if by.kind == "staff" else None
        if row is None:
            raise NotFound("there is no such account")
        checks = Checks()
        checks.expect(language in OFFICIAL_TAGS, "choose one of the list", field="language", problem="choice")
        checks.done()
        row.language = language
        session.add(row)
        session.flush()
        self._audit.record(session, actor=by.reference, action="staff.language-set", subject=row.id)

    def _new_link(self, session: Session, row: Staff, by: Actor) -> NewLink:
        for purpose in (LinkPurpose.INVITATION, LinkPurpose.PASSWORD):
            self._links.withdraw(session, purpose, row.id)
        purpose = LinkPurpose.PASSWORD if row.password_hash else LinkPurpose.INVITATION
        return self._links.create(session, purpose, subject_id=row.id, by=by, lifetime=self._lifetime)

    def _find(self, session: Session, staff_id: str, by: Actor) -> Staff:
        require(by, Permission.MANAGE_STAFF)
        row = session.get(Staff, staff_id)
        if row is None:
            raise NotFound("there is no such person")
        require(by, Permission.MANAGE_STAFF, organisation_id=row.organisation_id)
        return row

    @staticmethod
    def _check(session: Session, checks: Checks, organisation_id: str, details: StaffDetails) -> str:
        name = checks.run(lambda: clean_line(details.name, field="name", longest=MAX_NAME), "")
        checks.expect(details.role in set(Role), "choose one of the list", field="role", problem="choice")
        checks.expect(details.language in OFFICIAL_TAGS, "choose one of the list", field="language", problem="choice")
        own = set(session.exec(select(Site.id).where(Site.organisation_id == organisation_id)))
        checks.expect(set(details.site_ids) <= own, "choose from the list", field="site_ids", problem="choice")
        checks.done()
        return name

    @staticmethod
    def _keep_an_administrator(session: Session, row: Staff) -> None:
        """Lock the organisation's administrators and refuse to lose the last one who can sign in."""
        if row.role != Role.ADMINISTRATOR or row.deactivated_at is not None:
            return
        query = select(Staff.id).where(
            Staff.organisation_id == row.organisation_id,
            Staff.role == Role.ADMINISTRATOR.value,
            col(Staff.deactivated_at).is_(None),
            col(Staff.password_hash).is_not(None),
        )
        others = set(session.exec(query.order_by(Staff.id).with_for_update())) - {row.id}
        if not others:
            raise Conflict("an organisation keeps at least one administrator")

    @staticmethod
    def _set_sites(session: Session, staff_id: str, site_ids: Iterable[str]) -> None:
        session.exec(delete(StaffSite).where(col(StaffSite.staff_id) == staff_id))
        session.add_all(StaffSite(staff_id=staff_id, site_id=site_id) for site_id in sorted(set(site_ids)))
        session.flush()
