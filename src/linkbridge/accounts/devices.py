"""Tablets: enrolled by a one-time code, bound to a site, recognised by a token, revocable."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NoReturn

from sqlmodel import Session, col, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.links import LinkPurpose, NewLink, OneTimeLinks
from linkbridge.accounts.models import Device, Site
from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.accounts.sites import SiteRead, read_site
from linkbridge.accounts.text import Checks, clean_line
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import new_token, token_digest
from linkbridge.kernel.errors import Conflict, Expired, NotFound, NotSignedIn

MAX_LABEL = 100


@dataclass(frozen=True, slots=True)
class DeviceRead:
    """A tablet with the site at which it stands."""

    id: str
    label: str
    site: SiteRead
    enrolled_at: datetime
    last_seen_on: date | None
    revoked_at: datetime | None

    @property
    def actor(self) -> Actor:
        """The tablet as an actor: it has no role and so no permission of staff."""
        return Actor(
            kind="device",
            id=self.id,
            organisation_id=self.site.organisation_id,
            site_ids=frozenset({self.site.id}),
            language=self.site.official_language,
        )


@dataclass(frozen=True, slots=True)
class EnrolledDevice:
    """A tablet just enrolled, with the token that it must keep: it is shown to nobody and kept nowhere else."""

    device: DeviceRead
    token: str = field(repr=False)


class Devices:
    """The tablets of all sites."""

    def __init__(self, *, clock: Clock, audit: AuditLog, links: OneTimeLinks, code_lifetime: timedelta) -> None:
        self._clock = clock
        self._audit = audit
        self._links = links
        self._code_lifetime = code_lifetime

    def create_enrolment(self, session: Session, *, site_id: str, label: str, by: Actor) -> NewLink:
        """Make a one-time code with which one tablet becomes a device of the site.

        Raises:
            NotAllowed: the actor may not manage tablets of this site.
            InvalidForm: no site is named, or the label is empty, too long or holds control characters.
            NotFound: there is no such site, or it is closed.
        """
        require(by, Permission.MANAGE_DEVICES)
        checks = Checks()
        checks.expect(bool(site_id), "choose a site", field="site_id", problem="choice")
        cleaned = checks.run(lambda: clean_line(label, field="label", longest=MAX_LABEL), "")
        checks.done()
        require(by, Permission.MANAGE_DEVICES, site_id=site_id)
        site = session.get(Site, site_id)
        if site is None or site.closed_at is not None:
            raise NotFound("there is no such site")
        link = self._links.create(
            session,
            LinkPurpose.ENROLMENT,
            subject_id=site_id,
            label=cleaned,
            by=by,
            lifetime=self._code_lifetime,
        )
        self._audit.record(session, actor=by.reference, action="device.code-made", subject=link.id)
        return link

    def enrol(self, session: Session, code: str) -> EnrolledDevice:
        """Turn a one-time code into a device, once.

        Raises:
            Expired: the code was used, is past its time, or never existed; which of them is not told.
        """
        link = self._links.use(session, code, LinkPurpose.ENROLMENT)
        site = session.get(Site, link.subject_id) if link.subject_id else None
        if site is None or site.closed_at is not None:
            raise Expired("this code does not work any more")
        token, digest = new_token()
        row = Device(
            site_id=site.id,
            label=link.label,
            token_digest=digest,
            enrolled_by=link.created_by,
            enrolled_at=self._clock.now(),
        )
        session.add(row)
        session.flush()
        device = _read(row, site)
        self._audit.record(session, actor=device.actor.reference, action="device.enrolled", subject=site.id)
        return EnrolledDevice(device, token)

    def resolve(self, session: Session, token: str) -> DeviceRead:
        """Return the device that holds the token, with its site, in one query.

        Raises:
            NotSignedIn: nobody holds it, the device was revoked, or its site is closed.
        """
        query = select(Device, Site).join(Site).where(Device.token_digest == token_digest(token))
        found = session.exec(query).first()
        if found is None or found[0].revoked_at is not None or found[1].closed_at is not None:
            raise NotSignedIn("this tablet is not enrolled")
        return _read(*found)

    def needs_touch(self, device: DeviceRead) -> bool:
        """Whether the device's last sign of life is from another day."""
        return device.last_seen_on != self._clock.now().date()

    def touch(self, session: Session, device_id: str) -> None:
        """Note that the device was seen today; the hour is not kept."""
        row = session.get(Device, device_id)
        if row is not None:
            row.last_seen_on = self._clock.now().date()
            session.add(row)
            session.flush()

    def list(self, session: Session, *, by: Actor) -> tuple[DeviceRead, ...]:
        """Return the devices of the actor's sites, working ones first, in one query.

        Raises:
            NotAllowed: the actor may not manage tablets.
        """
        require(by, Permission.MANAGE_DEVICES)
        query = select(Device, Site).join(Site)
        if not by.everywhere:
            query = query.where(col(Device.site_id).in_(by.site_ids))
        order = (col(Device.revoked_at).is_not(None), col(Site.name), col(Device.label), col(Device.id))
        return tuple(_read(*found) for found in session.exec(query.order_by(*order)))

    def get(self, session: Session, device_id: str, *, by: Actor) -> DeviceRead:
        """Return one device.

        Raises:
            NotFound: there is no such device at the actor's sites.
        """
        return _read(*self._find(session, device_id, by))

    def rename(self, session: Session, device_id: str, label: str, *, by: Actor) -> None:
        """Give the device another label.

        Raises:
            NotFound: there is no such device at the actor's sites.
            InvalidInput: the label is empty, too long or holds control characters.
        """
        row, _ = self._find(session, device_id, by)
        row.label = clean_line(label, field="label", longest=MAX_LABEL)
        session.add(row)
        session.flush()
        self._audit.record(session, actor=by.reference, action="device.renamed", subject=device_id)

    def revoke(self, session: Session, device_id: str, *, by: Actor) -> None:
        """Make the device's token worthless from now on. It cannot be taken back: the tablet enrols again.

        Raises:
            NotFound: there is no such device at the actor's sites.
            Conflict: it was revoked before.
        """
        row, _ = self._find(session, device_id, by)
        if row.revoked_at is not None:
            raise Conflict("this tablet was revoked before")
        row.revoked_at = self._clock.now()
        session.add(row)
        session.flush()
        self._audit.record(session, actor=by.reference, action="device.revoked", subject=device_id)

    @staticmethod
    def _find(session: Session, device_id: str, by: Actor) -> tuple[Device, Site]:
        require(by, Permission.MANAGE_DEVICES)
        found = session.exec(select(Device, Site).join(Site).where(Device.id == device_id)).first()
        if found is None or not (by.everywhere or found[1].id in by.site_ids):
            _no_device()
        return found


def _no_device() -> NoReturn:
    raise NotFound("there is no such tablet")


def _read(row: Device, site: Site) -> DeviceRead:
    return DeviceRead(
        id=row.id,
        label=row.label,
        site=read_site(site),
        enrolled_at=row.enrolled_at,
        last_seen_on=row.last_seen_on,
        revoked_at=row.revoked_at,
    )
