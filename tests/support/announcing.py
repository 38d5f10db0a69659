"""Rows of a request, its offer and its assignment, with a canary in every field that nobody may be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from linkbridge.interpreting.announcements.links import AnswerLinks
from linkbridge.interpreting.announcements.service import Announcements
from linkbridge.interpreting.models import Assignment, InterpreterRequest, Offer
from linkbridge.interpreting.ports import TO_REQUESTER, Announcement, News
from linkbridge.kernel.i18n import load_translations
from linkbridge.kernel.jobs import NullJobQueue
from linkbridge.notifications.outbox import Outbox
from linkbridge.notifications.ports import Channel, Delivery
from linkbridge.notifications.rendering import NoticeWriter
from linkbridge.notifications.subscriptions import PushSubscriptions
from tests.support.brokering import Brokering

SECRET = b"a secret for links in tests only"
CANARIES = ("canary-note", "canary-place", "canary-case", "canary-encounter", "Otra Persona", "otra@demo.example")
STARTS, ENDS = datetime(2026, 11, 25, 15, 0, tzinfo=UTC), datetime(2026, 11, 25, 16, 0, tzinfo=UTC)


@dataclass
class KeptChannel:
    """A channel that keeps what it is given."""

    is_configured: bool = True
    sent: list[Delivery] = field(default_factory=list)

    def send(self, delivery: Delivery) -> None:
        self.sent.append(delivery)


def outbox_of(brokering: Brokering, channels: Mapping[str, Channel]) -> Outbox:
    world = brokering.world
    return Outbox(clock=world.clock, cipher=world.cipher, jobs=NullJobQueue(), channels=channels)


def announcements_of(brokering: Brokering, outbox: Outbox) -> Announcements:
    world = brokering.world
    return Announcements(
        clock=world.clock,
        cipher=world.cipher,
        outbox=outbox,
        subscriptions=PushSubscriptions(clock=world.clock, cipher=world.cipher),
        roster=world.accounts.roster,
        writer=NoticeWriter(load_translations()),
        links=AnswerLinks(SECRET),
        base_url="https://linkbridge.example",
        sender="linkbridge@demo.example",
    )


def make_booking(session: Session, brokering: Brokering, interpreter_id: str, **changes: Any) -> Announcement:
    """Write a request with an offer and an assignment of the interpreter, and return an announcement about them."""
    world = brokering.world
    encrypt = world.cipher.encrypt
    values: dict[str, Any] = {
        "organisation_id": world.host,
        "site_id": world.site,
        "encounter_id": "canary-encounter",
        "source": "board",
        "person_language": "am",
        "official_language": "es",
        "domain": "asylum-interview",
        "modality": "video",
        "is_on_demand": False,
        "starts_at": STARTS,
        "ends_at": ENDS,
        "time_zone": "America/Panama",
        "avoid_encrypted": encrypt("case:canary-case"),
        "note_encrypted": encrypt("canary-note"),
        "place_encrypted": encrypt("canary-place"),
        "state": "booked",
        "created_by": "device:tablet",
        "created_at": world.clock.now(),
    }
    request = InterpreterRequest(**{**values, **changes})
    session.add(request)
    session.flush()
    part: dict[str, Any] = {
        "request_id": request.id,
        "interpreter_id": interpreter_id,
        "seat": 1,
        "source_tag": request.person_language,
        "target_tag": request.relay_language or request.official_language,
    }
    offer = Offer(
        **part, wave=1, state="open", sent_at=world.clock.now(), expires_at=datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
    )
    session.add(offer)
    session.flush()
    assignment = Assignment(
        **part,
        offer_id=offer.id,
        state="booked",
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        accepted_at=world.clock.now(),
        accepted_by="link",
    )
    session.add(assignment)
    session.flush()
    return Announcement(News.OFFERED, request.id, f"offered:{offer.id}", offer.id, assignment.id)


def about(booking: Announcement, news: News, **changes: Any) -> Announcement:
    """Return another announcement about the same booking."""
    before = news in {News.OFFERED, News.OFFER_TAKEN, News.OFFER_WITHDRAWN}
    told = {
        "offer_id": booking.offer_id if before else None,
        "assignment_id": None if before or news in TO_REQUESTER else booking.assignment_id,
        **changes,
    }
    return Announcement(news, booking.request_id, f"{news.value}:{booking.offer_id}", **told)
