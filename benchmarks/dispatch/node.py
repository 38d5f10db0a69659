"""``python -m benchmarks.dispatch.node URL``: measures dispatch on one migrated database, and prints JSON.

A process of its own for each database: the engine of jobs allows one a process.
"""

import json
import random
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from linkbridge.accounts.permissions import system_actor
from linkbridge.interpreting.dispatch.service import DispatchServices, build_dispatch
from linkbridge.interpreting.dispatch.values import RequestWish
from linkbridge.interpreting.values import OfferState
from linkbridge.kernel.clock import FrozenClock, SystemClock
from linkbridge.kernel.db import SessionFactory, create_engine
from linkbridge.kernel.errors import DomainError
from linkbridge.notifications.outbox import DELIVER_JOB, Outbox
from linkbridge.notifications.ports import Delivery
from linkbridge.worker.delivery import Deliverer
from linkbridge.worker.engine import Work, Worker
from linkbridge.worker.queue import DbosJobQueue, prepare_jobs
from tests.support.accounts import World
from tests.support.dispatch_node import OutboxAnnouncer
from tests.support.dispatching import add_interpreter, tools_for

INTERPRETERS = 200
RINGS = 40
BOOKINGS = 320
THREADS = 8
PATIENCE_SECONDS = 20
BY = system_actor("benchmark")


@dataclass(frozen=True, slots=True)
class DispatchFigures:
    """Bookings (a request made and an offer accepted) a second, and seconds from request to first offer delivered."""

    bookings_per_second: float
    first_ring_p50: float
    first_ring_p95: float


class TimedChannel:
    """Notes when each message was handed over."""

    is_configured = True

    def __init__(self) -> None:
        self.at: dict[str, float] = {}
        self.more = threading.Condition()

    def send(self, delivery: Delivery) -> None:
        """Note the moment."""
        with self.more:
            self.at.setdefault(delivery.key, time.monotonic())
            self.more.notify_all()

    def first(self, keys: set[str]) -> float:
        """Return when the first of these messages was handed over.

        Raises:
            TimeoutError: none was.
        """
        with self.more:
            if not self.more.wait_for(lambda: keys & self.at.keys(), timeout=PATIENCE_SECONDS):
                raise TimeoutError("no offer was delivered")
            return min(self.at[key] for key in keys & self.at.keys())


def measure(url: str) -> DispatchFigures:
    """Return the figures of one database."""
    sessions, clock = SessionFactory(create_engine(url)), SystemClock()
    world = World(sessions, FrozenClock(datetime.now(UTC)))
    with sessions.transaction() as session:
        for _ in range(INTERPRETERS):
            add_interpreter(session, world.host, clock.now(), on_call=True)
    prepare_jobs(sessions.engine)
    channel, queue = TimedChannel(), DbosJobQueue(sessions.engine)
    channels = {"file": channel}
    outbox = Outbox(clock=clock, cipher=world.cipher, jobs=queue, channels=channels)
    services = build_dispatch(tools_for(clock, world.cipher, queue, OutboxAnnouncer(outbox)), sessions)
    deliverer = Deliverer(sessions=sessions, outbox=outbox, channels=channels)
    work = Work(handlers={DELIVER_JOB: deliverer.deliver, **services.handlers})
    worker = Worker(sessions=sessions, clock=clock, queue=queue, work=work)
    worker.start()
    rings = sorted(_ring(sessions, services, channel, world.site) for _ in range(RINGS))
    worker.stop()
    return DispatchFigures(
        bookings_per_second=_book(sessions, services, world.site),
        first_ring_p50=statistics.median(rings),
        first_ring_p95=rings[int(len(rings) * 0.95) - 1],
    )


def _wish(site: str, starts_at: datetime | None) -> RequestWish:
    return RequestWish(
        person_language="am",
        domain="screening",
        modality="video",
        site_id=site,
        duration_minutes=5,
        starts_at=starts_at,
    )


def _ring(sessions: SessionFactory, services: DispatchServices, channel: TimedChannel, site: str) -> float:
    """Return the seconds from an urgent request to its first ring, and call the request off."""
    time.sleep(random.uniform(0.05, 0.5))  # so that no rhythm agrees with that of the queue
    started = time.monotonic()
    with sessions.transaction() as session:
        request = services.requests.create(session, _wish(site, None), by=BY)
    with sessions.reading() as session:
        offers = services.dispatch.offers(session, by=BY, state=OfferState.OPEN, request_id=request.id)
    waited = channel.first({f"offered-{offer.id}" for offer in offers}) - started
    with sessions.transaction() as session:
        services.requests.cancel(session, request.id, by=BY)
    return waited


def _book(sessions: SessionFactory, services: DispatchServices, site: str) -> float:
    """Return how many bookings are made in a second by several threads at once."""
    begin = datetime.now(UTC) + timedelta(days=2)

    def book(number: int) -> bool:
        with sessions.transaction() as session:
            wish = _wish(site, begin + timedelta(minutes=5 * number))
            request = services.requests.create(session, wish, by=BY)
            offers = services.dispatch.offers(session, by=BY, state=OfferState.OPEN, request_id=request.id)
        try:
            with sessions.transaction() as session:
                services.dispatch.accept_offer(session, offers[0].id, by=BY)
        except DomainError:
            return False
        return True

    started = time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        booked = sum(pool.map(book, range(BOOKINGS)))
    return booked / (time.monotonic() - started)


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(asdict(measure(sys.argv[1]))))
