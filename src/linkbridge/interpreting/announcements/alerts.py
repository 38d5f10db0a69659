"""Alerts in an interpreter's own browsers: switched on and off by the interpreter, in each browser for itself."""

from dataclasses import dataclass, field

from sqlmodel import Session

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.interpreting.directory.service import InterpreterDirectory
from linkbridge.kernel.ids import new_id
from linkbridge.notifications.outbox import Outbox
from linkbridge.notifications.ports import PUSH
from linkbridge.notifications.rendering import NoticeWriter
from linkbridge.notifications.subscriptions import Browser, PushSubscriptions, Subscription


@dataclass(frozen=True, slots=True)
class AlertsRead:
    """An interpreter's browsers, the newest first. ``public_key`` is what a browser subscribes with.

    ``is_available`` says whether this server can send anything to browsers at all.
    """

    is_available: bool
    public_key: str = field(repr=False)
    browsers: tuple[Browser, ...]


class Alerts:
    """The alerts of all interpreters. Each actor reads and changes their own alone."""

    def __init__(
        self,
        *,
        audit: AuditLog,
        directory: InterpreterDirectory,
        subscriptions: PushSubscriptions,
        outbox: Outbox,
        writer: NoticeWriter,
        public_key: str,
        base_url: str,
    ) -> None:
        self._audit = audit
        self._directory = directory
        self._subscriptions = subscriptions
        self._outbox = outbox
        self._writer = writer
        self._public_key = public_key
        self._base_url = base_url

    def read(self, session: Session, *, by: Actor) -> AlertsRead:
        """Return how the actor's alerts stand.

        Raises:
            NotAllowed: the actor's role answers no offers.
            NotFound: the actor is no interpreter, or is asked no more.
        """
        owner = self._owner(session, by)
        browsers = self._subscriptions.browsers(session, owner)
        return AlertsRead(self._outbox.reaches(PUSH), self._public_key, browsers)

    def add(self, session: Session, subscription: Subscription, *, by: Actor) -> str:
        """Switch alerts on in a browser and return its id.

        Raises:
            NotAllowed: the actor's role answers no offers.
            NotFound: the actor is no interpreter, or is asked no more.
            InvalidInput: this is no subscription.
        """
        owner = self._owner(session, by)
        made = self._subscriptions.add(session, owner, subscription)
        self._audit.record(session, actor=by.reference, action="alerts.on", subject=owner, details={"browser": made})
        return made

    def remove(self, session: Session, browser_id: str, *, by: Actor) -> None:
        """Switch alerts off in a browser. One that is not the actor's, or gone, stays as it is.

        Raises:
            NotAllowed: the actor's role answers no offers.
            NotFound: the actor is no interpreter, or is asked no more.
        """
        owner = self._owner(session, by)
        if browser_id not in {browser.id for browser in self._subscriptions.browsers(session, owner)}:
            return
        self._subscriptions.remove(session, browser_id)
        details = {"browser": browser_id}
        self._audit.record(session, actor=by.reference, action="alerts.off", subject=owner, details=details)

    def send_test(self, session: Session, *, by: Actor) -> int:
        """Send a test to each of the actor's browsers and return how many they are.

        Raises:
            NotAllowed: the actor's role answers no offers.
            NotFound: the actor is no interpreter, or is asked no more.
            Unavailable: this server sends nothing to browsers.
        """
        require(by, Permission.ANSWER_OFFERS)
        interpreter = self._directory.own(session, by=by)
        subject, text = self._writer.write(interpreter.language, "alert_test.txt", {})
        browsers = self._subscriptions.browsers(session, interpreter.id)
        for browser in browsers:
            self._outbox.add(
                session,
                channel=PUSH,
                recipient=browser.id,
                content={
                    "subject": subject,
                    "text": text,
                    "address": f"{self._base_url}/staff/alerts",
                    "urgency": "high",
                    "ttl": "300",
                    "topic": "test",
                },
                idempotency_key=f"alert-test:{new_id()}",
            )
        return len(browsers)

    def _owner(self, session: Session, by: Actor) -> str:
        require(by, Permission.ANSWER_OFFERS)
        return self._directory.own(session, by=by).id
