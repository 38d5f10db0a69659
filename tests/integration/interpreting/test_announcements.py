"""What each party is told: word for word, over which channel, and never more than it needs."""

import json
import os
from collections.abc import Iterable
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject
from sqlmodel import col, select

from linkbridge.accounts.permissions import Role
from linkbridge.interpreting.announcements.links import AnswerLinks
from linkbridge.interpreting.directory.values import Contact
from linkbridge.interpreting.models import InterpreterRequest
from linkbridge.interpreting.ports import TO_REQUESTER, Announcement, News
from linkbridge.interpreting.values import ContactKind
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.errors import NotFound
from linkbridge.notifications.mail import SmtpChannel, parse_smtp_url
from linkbridge.notifications.models import OutboxMessage
from linkbridge.notifications.ports import MAIL, Delivery, NullChannel
from tests.support.announcing import (
    CANARIES,
    ENDS,
    SECRET,
    STARTS,
    KeptChannel,
    about,
    announcements_of,
    make_booking,
    outbox_of,
)
from tests.support.brokering import Brokering
from tests.support.mail_server import mail_server

SNAPSHOTS = Path(__file__).parent / "snapshots"
WRITE = "WRITE_SNAPSHOTS"
"""With this variable set, the snapshots are written anew, to be read before they are committed."""
SQLITE_ALONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


Message = tuple[str, str, dict[str, str]]


def written_by_key(brokering: Brokering) -> dict[str, Message]:
    """Return what waits in the outbox: channel, recipient and content."""
    decrypt = brokering.world.cipher.decrypt
    with brokering.world.sessions.reading() as session:
        return {
            row.idempotency_key: (
                row.channel,
                decrypt(row.recipient_encrypted),
                json.loads(decrypt(row.content_encrypted)),
            )
            for row in session.exec(select(OutboxMessage).order_by(col(OutboxMessage.idempotency_key)))
        }


def written(brokering: Brokering) -> list[Message]:
    return list(written_by_key(brokering).values())


def tell(brokering: Brokering, booking: Announcement, news: Iterable[News], **channels: Any) -> None:
    announcements = announcements_of(brokering, outbox_of(brokering, {MAIL: KeptChannel(), **channels}))
    with brokering.world.sessions.transaction() as session:
        for one in news:
            announcements.announce(session, about(booking, one, minutes=60))


def booked(brokering: Brokering, *contacts: Contact, language: str = "es", **request: Any) -> Announcement:
    mail = Contact(ContactKind.MAIL, "ines@demo.example")
    made = brokering.add(language=language, contacts=contacts or (mail,))
    brokering.add(name="Otra Persona", contacts=(Contact(ContactKind.MAIL, "otra@demo.example"),))
    with brokering.world.sessions.transaction() as session:
        return make_booking(session, brokering, made.id, **request)


@SQLITE_ALONE
@pytest.mark.parametrize("language", ["en", "es", "pt", "fr", "nl"])
def test_every_message_reads_as_it_was_approved(brokering: Brokering, language: str) -> None:
    world = brokering.world
    world.add_staff("coordinator@demo.example", Role.COORDINATOR)
    with world.sessions.transaction() as session:
        staff = world.accounts.roster.reachable(session, world.host, site_id=world.site, ids=set(), brokers_too=True)
        actor = world.actor(Role.COORDINATOR)
        world.accounts.roster.set_own_language(session, language, by=type(actor)(kind="staff", id=staff[0].id))
    booking = booked(brokering, language=language, created_by=f"staff:{staff[0].id}")
    parts = []
    tell(brokering, booking, News)
    link = AnswerLinks(SECRET).path(str(booking.offer_id))
    found_messages = {key.partition(":")[0]: message for key, message in written_by_key(brokering).items()}
    for news in News:
        channel, recipient, content = found_messages[news.value]
        text = content["text"].replace(link, "/answer/…").replace(booking.request_id, "…")
        reader = "requester" if news in TO_REQUESTER else "interpreter"
        assert (channel, recipient) == (MAIL, f"{'coordinator' if reader == 'requester' else 'ines'}@demo.example")
        parts.append(f"=== {news.value}, to the {reader}\n{content['subject']}\n\n{text}")
        assert not [canary for canary in CANARIES if canary in json.dumps(content, ensure_ascii=False)]
    found = "\n".join(parts)
    snapshot = SNAPSHOTS / f"interpreting.{language}.txt"
    if os.environ.get(WRITE):
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(found, encoding="utf-8")
    assert found == snapshot.read_text(encoding="utf-8")


def test_offer_on_demand_goes_over_every_channel_at_once(brokering: Brokering) -> None:
    contacts = (Contact(ContactKind.TELEGRAM, "12345"), Contact(ContactKind.MAIL, "ines@demo.example"))
    booking = booked(brokering, *contacts, is_on_demand=True)
    tell(brokering, booking, [News.OFFERED, News.BOOKED], telegram=KeptChannel())
    assert sorted((channel, recipient) for channel, recipient, _ in written(brokering)) == [
        ("mail", "ines@demo.example"),
        ("telegram", "12345"),
        ("telegram", "12345"),
    ]


def test_planned_offer_goes_over_the_first_channel_that_works(brokering: Brokering) -> None:
    contacts = (Contact(ContactKind.TELEGRAM, "12345"), Contact(ContactKind.MAIL, "ines@demo.example"))
    booking = booked(brokering, *contacts)
    tell(brokering, booking, [News.OFFERED], telegram=NullChannel())
    assert [(channel, recipient) for channel, recipient, _ in written(brokering)] == [("mail", "ines@demo.example")]


def test_same_news_twice_is_one_message(brokering: Brokering) -> None:
    booking = booked(brokering)
    tell(brokering, booking, [News.BOOKED, News.BOOKED])
    assert len(written(brokering)) == 1


def test_nothing_is_written_where_no_channel_reaches_anybody(brokering: Brokering) -> None:
    booking = booked(brokering)
    tell(brokering, booking, News, mail=NullChannel())
    assert written(brokering) == []


def test_requester_and_the_sites_coordinators_are_told_what_needs_them(brokering: Brokering) -> None:
    world = brokering.world
    official = world.add_staff("official@demo.example", Role.OFFICIAL)
    world.add_staff("coordinator@demo.example", Role.COORDINATOR)
    world.add_staff("theirs@demo.example", Role.COORDINATOR, partner=True)
    booking = booked(brokering, created_by=f"staff:{official}")
    tell(brokering, booking, [News.FILLED])
    assert [recipient for _, recipient, _ in written(brokering)] == ["official@demo.example"]
    tell(brokering, booking, [News.UNFILLED])
    unfilled = [message for key, message in written_by_key(brokering).items() if key.startswith("unfilled")]
    assert {recipient for _, recipient, _ in unfilled} == {"official@demo.example", "coordinator@demo.example"}


@SQLITE_ALONE
def test_calendars_follow_an_invitation_and_its_cancellation(brokering: Brokering, clock: FrozenClock) -> None:
    booking = booked(brokering)
    tell(brokering, booking, [News.BOOKED])
    with brokering.world.sessions.transaction() as session:
        row = session.get_one(InterpreterRequest, booking.request_id)
        row.version += 1
        session.add(row)
    tell(brokering, booking, [News.CANCELLED])
    found = []
    with mail_server() as server:
        channel = SmtpChannel(parse_smtp_url(f"smtp://127.0.0.1:{server.port}"), "linkbridge@demo.example", clock=clock)
        for number, (_, recipient, content) in enumerate(written(brokering)):
            channel.send(Delivery(f"key-{number}", recipient, content))
        for message in server.received:
            parsed = BytesParser(policy=policy.default).parsebytes(message.as_bytes())
            (part,) = [each for each in parsed.walk() if each.get_content_type() == "text/calendar"]
            found.append((part.get_param("method"), part.get_content()))
    assert [method for method, _ in found] == ["REQUEST", "CANCEL"]
    events = [icalendar.Calendar.from_ical(text).walk("VEVENT")[0] for _, text in found]
    assert [str(event["UID"]) for event in events] == [f"{booking.assignment_id}@linkbridge"] * 2
    assert [event.decoded("SEQUENCE") for event in events] == [0, 1]
    assert [str(event["STATUS"]) for event in events] == ["CONFIRMED", "CANCELLED"]
    others = [vobject.readOne(text).vevent for _, text in found]
    for event, other in zip(events, others, strict=True):
        assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (STARTS, ENDS)
        assert (other.dtstart.value, other.dtend.value) == (STARTS, ENDS)
        assert not [canary for canary in CANARIES if canary in event.to_ical().decode()]


@pytest.mark.parametrize("token", ["", "x", "ImFiYyI.AAAA", "a" * 500])
def test_link_that_is_not_ours_is_refused(token: str) -> None:
    links = AnswerLinks(SECRET)
    ours = links.path("0" * 32)
    assert links.read(ours.removeprefix("/answer/")) == "0" * 32
    with pytest.raises(NotFound):
        links.read(token)
    with pytest.raises(NotFound):
        AnswerLinks(b"another secret").read(ours.removeprefix("/answer/"))
