"""What every part of dispatch works with, and how it tells people and keeps the record."""

from dataclasses import dataclass

from sqlmodel import Session

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.directory import Directory
from linkbridge.accounts.permissions import Actor
from linkbridge.interpreting.matching.policies import Policies
from linkbridge.interpreting.matching.profiles import Profiles
from linkbridge.interpreting.models import Assignment, InterpreterRequest, Offer
from linkbridge.interpreting.ports import Announcement, Announcer, News
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.jobs import JobQueue


@dataclass(frozen=True, slots=True)
class Tools:
    """The services that dispatch stands on."""

    clock: Clock
    audit: AuditLog
    places: Directory
    cipher: FieldCipher
    jobs: JobQueue
    announcer: Announcer
    policies: Policies
    profiles: Profiles

    def record(
        self, session: Session, by: Actor, action: str, row: InterpreterRequest, **details: str | int | bool | None
    ) -> None:
        """Write one step of a request into the audit log."""
        self.audit.record(session, actor=by.reference, action=action, subject=row.id, details=details)

    def tell_requester(self, session: Session, news: News, row: InterpreterRequest) -> None:
        """Tell whoever asked. Each wave and version of a request can bring the same news once."""
        key = f"{news.value}-{row.id}-{row.wave}-{row.version}"
        self.announcer.announce(session, Announcement(news, row.id, key))

    def tell_asked(self, session: Session, news: News, offer: Offer) -> None:
        """Tell an interpreter of their offer."""
        key = f"{news.value}-{offer.id}"
        self.announcer.announce(session, Announcement(news, offer.request_id, key, offer_id=offer.id))

    def tell_assigned(
        self, session: Session, news: News, assignment: Assignment, version: int, minutes: int = 0
    ) -> None:
        """Tell an interpreter of their assignment, once for each version of the request."""
        key = f"{news.value}-{assignment.id}-{version}" + (f"-{minutes}" if minutes else "")
        told = Announcement(news, assignment.request_id, key, assignment_id=assignment.id, minutes=minutes)
        self.announcer.announce(session, told)
