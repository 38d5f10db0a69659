"""Writes what is to be told into the outbox, in the transaction in which it happened."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from linkbridge.accounts.staff import StaffRoster
from linkbridge.interpreting.announcements.facts import day_of, languages_of, moment_of, times_of
from linkbridge.interpreting.announcements.links import AnswerLinks
from linkbridge.interpreting.announcements.recipients import Recipient, for_interpreter, for_requester
from linkbridge.interpreting.calendar_files import Event, Method, event_file, event_uid
from linkbridge.interpreting.models import Assignment, Interpreter, InterpreterRequest, Offer
from linkbridge.interpreting.ports import TO_REQUESTER, Announcement, News
from linkbridge.interpreting.values import Seat, TimeSpan
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.notifications.outbox import Outbox
from linkbridge.notifications.ports import MAIL, PUSH
from linkbridge.notifications.rendering import NoticeWriter
from linkbridge.notifications.subscriptions import PushSubscriptions

TEMPLATE, SHORT = "interpreting.txt", "interpreting_short.txt"
INVITING = {News.BOOKED: Method.REQUEST, News.CHANGED: Method.REQUEST}
CANCELLING = {News.CANCELLED: Method.CANCEL, News.REPLACED: Method.CANCEL}
URGENT = frozenset({News.OFFERED, News.OFFER_TAKEN})
"""What goes over every channel at once where somebody is needed now."""


@dataclass(frozen=True, slots=True)
class _Matter:
    """What a message is about."""

    request: InterpreterRequest
    offer: Offer | None
    assignment: Assignment | None
    interpreter: Interpreter | None

    @property
    def seat(self) -> Seat:
        """The languages that the reader is told: of the interpreter's own part, else of the whole."""
        part = self.assignment or self.offer
        if part is not None:
            return Seat(part.seat, part.source_tag, part.target_tag)
        return Seat(0, self.request.person_language, self.request.official_language)

    @property
    def span(self) -> TimeSpan:
        """When it takes place."""
        return TimeSpan(self.request.starts_at, self.request.ends_at)


class Announcements:
    """Implements ``Announcer``. Addresses of pages begin with ``base_url``; ``sender`` is the mail address of ours."""

    def __init__(
        self,
        *,
        clock: Clock,
        cipher: FieldCipher,
        outbox: Outbox,
        subscriptions: PushSubscriptions,
        roster: StaffRoster,
        writer: NoticeWriter,
        links: AnswerLinks,
        base_url: str,
        sender: str,
    ) -> None:
        self._clock = clock
        self._cipher = cipher
        self._outbox = outbox
        self._subscriptions = subscriptions
        self._roster = roster
        self._writer = writer
        self._links = links
        self._base_url = base_url
        self._sender = sender

    def announce(self, session: Session, announcement: Announcement) -> None:
        """Write one message for each recipient and channel; see ``Announcer``."""
        matter = _matter(session, announcement)
        for recipient in self._recipients(session, announcement, matter):
            self._outbox.add(
                session,
                channel=recipient.channel,
                recipient=recipient.address,
                content=self._content(announcement, matter, recipient),
                idempotency_key=f"{announcement.key}:{recipient.id}",
            )

    def _recipients(self, session: Session, announcement: Announcement, matter: _Matter) -> tuple[Recipient, ...]:
        if announcement.news in TO_REQUESTER:
            if not self._outbox.reaches(MAIL):
                return ()
            return for_requester(session, self._roster, matter.request, announcement.news)
        if matter.interpreter is None:
            return ()
        every = matter.request.is_on_demand and announcement.news in URGENT
        return for_interpreter(
            session,
            self._cipher,
            self._subscriptions,
            matter.interpreter,
            reaches=self._outbox.reaches,
            every=every,
        )

    def _content(self, announcement: Announcement, matter: _Matter, recipient: Recipient) -> dict[str, str]:
        context = self._context(announcement, matter, recipient)
        if recipient.channel == PUSH:
            return self._push(announcement, matter, context, recipient.language)
        subject, text = self._writer.write(recipient.language, TEMPLATE, context)
        content = {"subject": subject, "text": text}
        method = {**INVITING, **CANCELLING}.get(announcement.news)
        if method is not None and matter.assignment is not None and recipient.channel == MAIL:
            content |= {"calendar": self._calendar(matter, recipient, method, subject), "calendar_method": method}
        return content

    def _push(
        self, announcement: Announcement, matter: _Matter, context: dict[str, Any], language: str
    ) -> dict[str, str]:
        """Return what a browser shows: without the link, which a tap opens; a later message takes its place."""
        subject, _ = self._writer.write(language, TEMPLATE, context)
        about, when = self._writer.write(language, SHORT, context)
        is_offer = announcement.news is News.OFFERED and matter.offer is not None
        lasts = matter.offer.expires_at - self._clock.now() if is_offer and matter.offer else timedelta(days=1)
        return {
            "subject": subject,
            "text": f"{about}\n{when}",
            "address": context["address"] or f"{self._base_url}/staff/assignments",
            "urgency": "high" if matter.request.is_on_demand or announcement.news is News.REMINDER else "normal",
            "ttl": str(max(0, int(lasts.total_seconds()))),
            "topic": matter.request.id,
        }

    def _context(self, announcement: Announcement, matter: _Matter, recipient: Recipient) -> dict[str, Any]:
        language = recipient.language
        zones = (recipient.time_zone, matter.request.time_zone)
        until = matter.offer.expires_at if matter.offer is not None else None
        return {
            "news": announcement.news.value,
            "languages": languages_of(matter.seat, language),
            "day": day_of(matter.span, recipient.time_zone, language),
            "times": times_of(matter.span, zones, language),
            "minutes": matter.span.minutes,
            "domain": matter.request.domain,
            "modality": matter.request.modality,
            "is_relay": matter.request.relay_language is not None,
            "is_on_demand": matter.request.is_on_demand,
            "answer_until": moment_of(until, recipient.time_zone, language) if until else "",
            "address": self._address(announcement, matter),
        }

    def _address(self, announcement: Announcement, matter: _Matter) -> str:
        """Return where the reader goes on from this message."""
        if announcement.news in TO_REQUESTER:
            return f"{self._base_url}/staff/interpreting/{matter.request.id}"
        if announcement.news in {News.OFFER_TAKEN, News.OFFER_WITHDRAWN, News.RELEASED, News.CANCELLED, News.REPLACED}:
            return ""
        offer_id = matter.offer.id if matter.offer else matter.assignment.offer_id if matter.assignment else None
        return f"{self._base_url}{self._links.path(offer_id)}" if offer_id else f"{self._base_url}/staff/assignments"

    def _calendar(self, matter: _Matter, recipient: Recipient, method: Method, subject: str) -> str:
        assert matter.assignment is not None  # noqa: S101 - checked by the caller
        event = Event(
            uid=event_uid(matter.assignment.id),
            sequence=matter.request.version,
            method=method,
            start=matter.span.start,
            end=matter.span.end,
            zone=recipient.time_zone,
            summary=subject,
            description="",
            url="",
            organizer=self._sender,
            attendee=recipient.address,
            changed_at=self._clock.now(),
        )
        return event_file(event).decode()


def _matter(session: Session, announcement: Announcement) -> _Matter:
    request = session.get_one(InterpreterRequest, announcement.request_id)
    offer = session.get_one(Offer, announcement.offer_id) if announcement.offer_id else None
    assignment = session.get_one(Assignment, announcement.assignment_id) if announcement.assignment_id else None
    part = assignment or offer
    interpreter = session.get_one(Interpreter, part.interpreter_id) if part else None
    return _Matter(request, offer, assignment, interpreter)
