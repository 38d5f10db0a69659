"""The outbox and its delivery, one attempt at a time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.errors import Unavailable
from linkbridge.kernel.jobs import NOW
from linkbridge.notifications.models import OutboxMessage
from linkbridge.notifications.outbox import OVERDUE_AFTER, RETRY_AFTER, Outbox, OutboxCounts
from linkbridge.notifications.ports import Channel, Delivery, DeliveryError, NullChannel
from linkbridge.worker.delivery import Deliverer
from tests.support.accounts import make_cipher

Job = tuple[str, int, timedelta]


@dataclass
class Jobs:
    """Notes what was asked for."""

    asked: list[Job] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def enqueue(self, session: Session, job: str, key: str, *arguments: str | int, delay: timedelta = NOW) -> None:
        assert session.in_transaction()
        assert (job, key in self.keys) == ("deliver", False)
        self.keys.add(key)
        self.asked.append((str(arguments[0]), int(arguments[1]), delay))


@dataclass
class Post:
    """A channel that does what it is told, and everything around it."""

    sessions: SessionFactory
    clock: FrozenClock
    act: Callable[[Delivery], None] = lambda _: None
    sent: list[Delivery] = field(default_factory=list)
    is_configured: bool = True

    def __post_init__(self) -> None:
        self.jobs = Jobs()
        channels: dict[str, Channel] = {"mail": self, "off": NullChannel()}
        self.outbox = Outbox(clock=self.clock, cipher=make_cipher(), jobs=self.jobs, channels=channels)
        self.deliverer = Deliverer(sessions=self.sessions, outbox=self.outbox, channels=channels)

    def send(self, delivery: Delivery) -> None:
        self.sent.append(delivery)
        self.act(delivery)

    def add(self, key: str = "k", *, channel: str = "mail") -> str:
        with self.sessions.transaction() as session:
            return self.outbox.add(
                session, channel=channel, recipient="maria@example.org", content={"text": "ñ"}, idempotency_key=key
            )

    def state(self) -> tuple[str, int, str | None]:
        with self.sessions.reading() as session:
            row = session.exec(select(OutboxMessage)).one()
            return row.state, row.attempts, row.error_code


@pytest.fixture
def post(sessions: SessionFactory, clock: FrozenClock) -> Post:
    return Post(sessions, clock)


def refuse(code: str, *, is_permanent: bool) -> Callable[[Delivery], None]:
    def act(_: Delivery) -> None:
        raise DeliveryError(code, is_permanent=is_permanent)

    return act


def test_message_is_delivered_once_however_often_its_job_runs(post: Post) -> None:
    message = post.add()
    assert post.jobs.asked == [(message, 0, NOW)]
    for _ in range(3):
        post.deliverer.deliver(message, 0)
    assert [(each.key, each.recipient, dict(each.content)) for each in post.sent] == [
        ("k", "maria@example.org", {"text": "ñ"})
    ]
    assert post.state() == ("delivered", 1, None)


def test_same_key_twice_is_one_message(post: Post) -> None:
    assert post.add("same") == post.add("same")
    assert len(post.jobs.asked) == 1


def test_nothing_is_readable_in_the_table(post: Post) -> None:
    post.add()
    with post.sessions.reading() as session:
        row = session.connection().execute(sa.text("SELECT * FROM outbox_message")).one()
    assert "maria" not in str(row)
    assert "ñ" not in str(row)


def test_attempts_wait_longer_and_longer_and_end(post: Post) -> None:
    post.act = refuse("smtp-450", is_permanent=False)
    message = post.add()
    for attempt, wait in enumerate(RETRY_AFTER):
        post.deliverer.deliver(message, attempt)
        assert post.state() == ("waiting", attempt + 1, "smtp-450")
        assert post.jobs.asked[-1] == (message, attempt + 1, wait)
        post.clock.advance(wait)
    post.deliverer.deliver(message, len(RETRY_AFTER))
    assert post.state() == ("given-up", len(RETRY_AFTER) + 1, "smtp-450")
    assert len(post.jobs.asked) == len(RETRY_AFTER) + 1
    post.deliverer.deliver(message, len(RETRY_AFTER) + 1)
    assert len(post.sent) == len(RETRY_AFTER) + 1


def test_refused_for_good_is_given_up_at_once(post: Post) -> None:
    post.act = refuse("smtp-550", is_permanent=True)
    post.deliverer.deliver(post.add(), 0)
    assert post.state() == ("given-up", 1, "smtp-550")
    assert len(post.jobs.asked) == 1


def test_whatever_a_channel_raises_loses_no_message_and_quotes_nobody(
    post: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(delivery: Delivery) -> None:
        raise RuntimeError(f"cannot write to {delivery.recipient}")

    post.act = crash
    message = post.add()
    post.deliverer.deliver(message, 0)
    assert post.state() == ("waiting", 1, "unexpected")
    post.act = lambda _: None
    post.deliverer.deliver(message, 1)
    assert post.state() == ("delivered", 2, None)
    assert "maria" not in capsys.readouterr().out


def test_message_of_a_transaction_that_failed_is_never_sent(post: Post) -> None:
    def fail() -> None:
        with post.sessions.transaction() as session:
            post.outbox.add(session, channel="mail", recipient="x", content={}, idempotency_key="k")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    post.deliverer.deliver(post.jobs.asked[0][0], 0)
    assert post.sent == []


def test_message_whose_job_was_lost_is_found_when_overdue(post: Post) -> None:
    message = post.add()
    post.clock.advance(OVERDUE_AFTER)
    with post.sessions.transaction() as session:
        assert post.outbox.requeue_overdue(session) == 0
    post.clock.advance(timedelta(seconds=1))
    for expected in (1, 0):
        with post.sessions.transaction() as session:
            assert post.outbox.requeue_overdue(session) == expected
    assert post.jobs.asked[1:] == [(message, 0, NOW)]
    post.deliverer.deliver(message, 0)
    post.clock.advance(timedelta(days=9))
    with post.sessions.transaction() as session:
        assert post.outbox.requeue_overdue(session) == 0


def test_channel_that_is_off_takes_nothing(post: Post) -> None:
    assert (post.outbox.reaches("mail"), post.outbox.reaches("off"), post.outbox.reaches("x")) == (True, False, False)
    for channel in ("off", "unknown"):
        with pytest.raises(Unavailable, match="not set up"):
            post.add(channel=channel)


@pytest.mark.parametrize("key", ["", "a b", "ñ", "a\nb", "x" * 101])
def test_key_that_could_not_be_an_id_is_refused(post: Post, key: str) -> None:
    with pytest.raises(ValueError, match="idempotency key"):
        post.add(key)


def test_counts_by_state(post: Post) -> None:
    first, second = post.add("a"), post.add("b")
    post.add("c")
    post.deliverer.deliver(first, 0)
    post.act = refuse("smtp-550", is_permanent=True)
    post.deliverer.deliver(second, 0)
    with post.sessions.reading() as session:
        assert post.outbox.counts(session) == OutboxCounts(waiting=1, delivered=1, given_up=1)
