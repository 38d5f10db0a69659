"""Organisations and their sites, with what each site requires of a text before it is shown."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.models import Organisation, Site
from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.accounts.sites import (
    MAX_NAME,
    SiteDetails,
    SitePolicy,
    SiteRead,
    check_details,
    check_policy,
    countries,
    read_site,
)
from linkbridge.accounts.text import Checks, clean_line
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class OrganisationRead:
    """An organisation. ``is_host``: it runs this installation."""

    id: str
    name: str
    country: str | None
    is_host: bool
    created_at: datetime


class Directory:
    """Organisations and sites."""

    def __init__(self, *, clock: Clock, audit: AuditLog) -> None:
        self._clock = clock
        self._audit = audit

    def create_organisation(
        self, session: Session, *, name: str, country: str | None, by: Actor, is_host: bool = False
    ) -> OrganisationRead:
        """Add an organisation.

        Raises:
            NotAllowed: the actor is no administrator of the host.
            InvalidForm: the name is empty or taken, or the country unknown.
        """
        require(by, Permission.MANAGE_ORGANISATIONS)
        cleaned, code = self._check_organisation(session, name, country, None)
        row = Organisation(name=cleaned, country=code, is_host=is_host, created_at=self._clock.now())
        session.add(row)
        session.flush()
        self._audit.record(session, actor=by.reference, action="organisation.created", subject=row.id)
        return _read_organisation(row)

    def update_organisation(
        self, session: Session, organisation_id: str, *, name: str, country: str | None, by: Actor
    ) -> None:
        """Change an organisation's name and country.

        Raises:
            NotAllowed: the actor is no administrator of the host.
            NotFound: there is no such organisation.
            InvalidForm: the name is empty or taken, or the country unknown.
        """
        require(by, Permission.MANAGE_ORGANISATIONS)
        row = session.get(Organisation, organisation_id)
        if row is None:
            raise NotFound("there is no such organisation")
        row.name, row.country = self._check_organisation(session, name, country, organisation_id)
        session.add(row)
        session.flush()
        self._audit.record(session, actor=by.reference, action="organisation.changed", subject=row.id)

    def organisations(self, session: Session, *, by: Actor) -> tuple[OrganisationRead, ...]:
        """Return the organisations whose staff the actor may manage, by name, in one query.

        Raises:
            NotAllowed: the actor may not manage staff.
        """
        require(by, Permission.MANAGE_STAFF)
        query = select(Organisation).order_by(col(Organisation.name))
        if not (by.everywhere or by.is_host):
            query = query.where(Organisation.id == by.organisation_id)
        return tuple(_read_organisation(row) for row in session.exec(query))

    def organisation_names(self, session: Session) -> dict[str, str]:
        """Return the names of all organisations by id, in their order: partners know of each other."""
        query = select(Organisation.id, Organisation.name).order_by(col(Organisation.name), col(Organisation.id))
        return dict(session.exec(query).all())

    def organisation(self, session: Session, organisation_id: str) -> OrganisationRead:
        """Return one organisation.

        Raises:
            NotFound: there is no such organisation.
        """
        row = session.get(Organisation, organisation_id)
        if row is None:
            raise NotFound("there is no such organisation")
        return _read_organisation(row)

    def host(self, session: Session) -> OrganisationRead | None:
        """Return the organisation that runs this installation, or ``None`` before the first administrator."""
        row = session.exec(select(Organisation).where(col(Organisation.is_host)).limit(1)).first()
        return _read_organisation(row) if row else None

    def create_site(
        self, session: Session, *, organisation_id: str, details: SiteDetails, by: Actor, is_demo: bool = False
    ) -> SiteRead:
        """Add a site. It requires reviewed texts until someone decides otherwise.

        Raises:
            NotAllowed: the actor may not manage this organisation's sites.
            InvalidForm: fields cannot be used.
        """
        require(by, Permission.MANAGE_SITES, organisation_id=organisation_id)
        checked = check_details(details)
        row = Site(organisation_id=organisation_id, is_demo=is_demo, created_at=self._clock.now(), **checked)
        session.add(row)
        session.flush()
        self._audit.record(session, actor=by.reference, action="site.created", subject=row.id)
        return read_site(row)

    def update_site(self, session: Session, site_id: str, details: SiteDetails, *, by: Actor) -> None:
        """Change what is known of a site.

        Raises:
            NotFound: there is no such site that the actor may manage.
            InvalidForm: fields cannot be used.
        """
        row = self._find_site(session, site_id, by)
        for name, value in check_details(details).items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
        self._audit.record(session, actor=by.reference, action="site.changed", subject=row.id)

    def set_policy(self, session: Session, site_id: str, policy: SitePolicy, *, by: Actor) -> None:
        """Decide what the site requires of a text. That drafts are shown is noted with who decided and when.

        Raises:
            NotFound: there is no such site that the actor may manage.
            InvalidInput: a status or a notice id is none.
        """
        row = self._find_site(session, site_id, by)
        check_policy(policy)
        decides_on_drafts = policy.show_drafts != row.show_drafts
        if decides_on_drafts:
            row.show_drafts = policy.show_drafts
            row.show_drafts_by = by.reference if policy.show_drafts else None
            row.show_drafts_at = self._clock.now() if policy.show_drafts else None
        row.required_status = policy.required_status
        row.notice_rules = dict(policy.notice_rules)
        session.add(row)
        session.flush()
        if decides_on_drafts:
            action = "site.drafts-shown" if policy.show_drafts else "site.drafts-hidden"
            self._audit.record(session, actor=by.reference, action=action, subject=row.id)
        self._audit.record(
            session,
            actor=by.reference,
            action="site.policy-set",
            subject=row.id,
            details={"required": policy.required_status, **{f"notice:{k}": v for k, v in policy.notice_rules.items()}},
        )

    def set_site_open(self, session: Session, site_id: str, *, is_open: bool, by: Actor) -> None:
        """Close a site, which stops its tablets at once, or open it again.

        Raises:
            NotFound: there is no such site that the actor may manage.
            Conflict: it is in that state already.
        """
        row = self._find_site(session, site_id, by)
        if (row.closed_at is None) == is_open:
            raise Conflict("the site is in this state already")
        row.closed_at = None if is_open else self._clock.now()
        session.add(row)
        session.flush()
        action = "site.opened" if is_open else "site.closed"
        self._audit.record(session, actor=by.reference, action=action, subject=row.id)

    def sites(self, session: Session, *, by: Actor) -> tuple[SiteRead, ...]:
        """Return the sites at which the actor works, open ones first, in one query."""
        query = select(Site)
        if not by.everywhere:
            query = query.where(col(Site.id).in_(by.site_ids))
        order = (col(Site.closed_at).is_not(None), col(Site.name), col(Site.id))
        return tuple(read_site(row) for row in session.exec(query.order_by(*order)))

    def site_names(self, session: Session, organisation_id: str, *, by: Actor) -> dict[str, str]:
        """Return the names of an organisation's sites by id, for whoever manages its staff, in one query.

        Raises:
            NotAllowed: the actor may not manage this organisation's staff.
        """
        require(by, Permission.MANAGE_STAFF, organisation_id=organisation_id)
        query = select(Site.id, Site.name).where(Site.organisation_id == organisation_id).order_by(col(Site.name))
        return dict(session.exec(query).all())

    def site(self, session: Session, site_id: str, *, by: Actor) -> SiteRead:
        """Return one site.

        Raises:
            NotFound: there is no such site at which the actor works.
        """
        row = session.get(Site, site_id)
        if row is None or not (by.everywhere or row.id in by.site_ids):
            raise NotFound("there is no such site")
        return read_site(row)

    def _find_site(self, session: Session, site_id: str, by: Actor) -> Site:
        require(by, Permission.MANAGE_SITES)
        row = session.get(Site, site_id)
        if row is None or not (by.everywhere or row.id in by.site_ids):
            raise NotFound("there is no such site")
        return row

    @staticmethod
    def _check_organisation(
        session: Session, name: str, country: str | None, own_id: str | None
    ) -> tuple[str, str | None]:
        checks = Checks()
        cleaned = checks.run(lambda: clean_line(name, field="name", longest=MAX_NAME), "")
        checks.expect(not country or country in countries(), "this is no country", field="country", problem="choice")
        taken = session.exec(select(Organisation.id).where(Organisation.name == cleaned)).first()
        checks.expect(taken in {None, own_id}, "this name is taken", field="name", problem="taken")
        checks.done()
        return cleaned, country or None


def _read_organisation(row: Organisation) -> OrganisationRead:
    return OrganisationRead(row.id, row.name, row.country, row.is_host, row.created_at)
