"""Who is told, over which channels, and in which language."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from linkbridge.accounts.staff import StaffRoster
from linkbridge.interpreting.models import Interpreter, InterpreterContact, InterpreterRequest
from linkbridge.interpreting.ports import News
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.notifications.ports import MAIL, PUSH
from linkbridge.notifications.subscriptions import PushSubscriptions


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address over one channel. ``id`` is opaque and goes into the key of the message."""

    id: str
    channel: str
    address: str = field(repr=False)
    language: str
    time_zone: str


def for_interpreter(
    session: Session,
    cipher: FieldCipher,
    subscriptions: PushSubscriptions,
    row: Interpreter,
    *,
    reaches: Callable[[str], bool],
    every: bool,
) -> tuple[Recipient, ...]:
    """Return over which channels an interpreter is told: over the first that works, or over ``every`` one at once.

    A browser that takes web push is told beside the others: it was switched on for that, and can be switched off.
    """
    contacts = session.exec(
        select(InterpreterContact)
        .where(InterpreterContact.interpreter_id == row.id)
        .order_by(col(InterpreterContact.position))
    ).all()
    found = [
        Recipient(contact.id, contact.kind, cipher.decrypt(contact.address_encrypted), row.language, row.time_zone)
        for contact in contacts
        if contact.address_encrypted and reaches(contact.kind)
    ]
    browsers = [
        Recipient(browser.id, PUSH, browser.id, row.language, row.time_zone)
        for browser in (subscriptions.browsers(session, row.id) if reaches(PUSH) else ())
    ]
    return tuple((found if every else found[:1]) + browsers)


def for_requester(session: Session, roster: StaffRoster, row: InterpreterRequest, news: News) -> tuple[Recipient, ...]:
    """Return who of the requesting side is told: whoever asked, and its brokers where there is something to do."""
    kind, _, staff_id = row.created_by.partition(":")
    own = {staff_id} if kind == "staff" else set()
    people = roster.reachable(
        session, row.organisation_id, site_id=row.site_id, ids=own, brokers_too=news is not News.FILLED
    )
    return tuple(Recipient(person.id, MAIL, person.email, person.language, row.time_zone) for person in people)
