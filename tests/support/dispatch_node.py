"""A process of dispatch's race and crash tests. It begins when it reads a line, so that a test can start it early.

Arguments: database URL, folder, role. ``race``: accept each offer that the line names, all at once, and print what
came of it. ``write``: ask, accept, decline and cancel without end. ``work``: run jobs. ``both``: the last two.
"""

import json
import os
import random
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from linkbridge.accounts.permissions import system_actor
from linkbridge.interpreting.dispatch.service import DispatchServices, build_dispatch
from linkbridge.interpreting.dispatch.values import RequestWish
from linkbridge.interpreting.ports import Announcement, NullAnnouncer
from linkbridge.interpreting.values import OfferState
from linkbridge.kernel.clock import SystemClock
from linkbridge.kernel.crypto import FieldCipher, KeyRing
from linkbridge.kernel.db import SessionFactory, create_engine
from linkbridge.kernel.errors import Conflict, DomainError
from linkbridge.kernel.jobs import NullJobQueue
from linkbridge.notifications.outbox import DELIVER_JOB, Outbox
from linkbridge.worker.delivery import Deliverer
from linkbridge.worker.engine import Work, Worker
from linkbridge.worker.queue import DbosJobQueue
from tests.support.dispatching import tools_for
from tests.support.outbox_node import FAST, FIELD_KEY, FileChannel

BY = system_actor("load")
WRITERS = 2
MINUTES = 5
AHEAD = timedelta(hours=24, seconds=2)
"""Bookings begin a day and this little ahead, so that their first reminder comes soon."""


class OutboxAnnouncer:
    """Puts each announcement into the outbox, for nobody in particular."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def announce(self, session: Session, announcement: Announcement) -> None:
        content = {"news": announcement.news.value}
        self._outbox.add(
            session, channel="file", recipient="somebody", content=content, idempotency_key=announcement.key
        )


def main(url: str, folder: Path, role: str) -> None:
    engine = create_engine(url)
    line = sys.stdin.readline()
    if role == "race":
        race(SessionFactory(engine), json.loads(line))
        return
    sessions, clock, cipher = SessionFactory(engine), SystemClock(), FieldCipher(KeyRing(given=FIELD_KEY), b"k" * 32)
    channels = {"file": FileChannel(folder / "sent")}
    queue = DbosJobQueue(engine)
    outbox = Outbox(clock=clock, cipher=cipher, jobs=queue, channels=channels)
    services = build_dispatch(tools_for(clock, cipher, queue, OutboxAnnouncer(outbox)), sessions)
    worker: Worker | None = None
    if role != "write":
        deliverer = Deliverer(sessions=sessions, outbox=outbox, channels=channels)
        work = Work(handlers={DELIVER_JOB: deliverer.deliver, **services.handlers})
        worker = Worker(sessions=sessions, clock=clock, queue=queue, work=work, options=FAST)
        worker.start()
    if role != "work":
        site = line.strip()
        for _ in range(WRITERS):
            threading.Thread(target=write, args=(sessions, services, folder / "committed", site), daemon=True).start()
    if worker is not None:
        worker.wait()
    threading.Event().wait()


def race(sessions: SessionFactory, offers: list[str]) -> None:
    """Accept all offers at once and print, for each, what came of it."""
    clock, cipher = SystemClock(), FieldCipher(KeyRing(given=FIELD_KEY), b"k" * 32)
    services = build_dispatch(tools_for(clock, cipher, NullJobQueue(), NullAnnouncer()), sessions)
    together = threading.Barrier(len(offers))
    answers: list[str] = []

    def accept(offer_id: str) -> None:
        together.wait()
        try:
            with sessions.transaction() as session:
                services.dispatch.accept_offer(session, offer_id, by=BY)
            answers.append("booked")
        except Conflict as refused:
            answers.append(str(refused.params["reason"]))

    threads = [threading.Thread(target=accept, args=(offer_id,)) for offer_id in offers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.stdout.write(json.dumps(answers))


def write(sessions: SessionFactory, services: DispatchServices, path: Path, site: str) -> None:
    """Ask for interpreters and answer for them. What is noted was committed before, and must not be lost."""
    chance = random.Random()  # noqa: S311 - a load, not a secret
    while True:
        start = datetime.now(UTC) + AHEAD + timedelta(minutes=chance.choice((0, 0, 0, 3, 30)))
        wish = RequestWish(
            person_language="am",
            domain="screening",
            modality="video",
            site_id=site,
            starts_at=start,
            duration_minutes=MINUTES,
        )
        with sessions.transaction() as session:
            request = services.requests.create(session, wish, by=BY)
        note(path, "request", request.id)
        with sessions.reading() as session:
            offers = services.dispatch.offers(session, by=BY, state=OfferState.OPEN, request_id=request.id)
        for offer in offers[: chance.randrange(4)]:
            try:
                with sessions.transaction() as session:
                    assignment = services.dispatch.accept_offer(session, offer.id, by=BY)
                note(path, "assignment", assignment.id)
            except DomainError:
                continue
        if chance.random() < 0.1:
            with sessions.transaction() as session:
                services.requests.cancel(session, request.id, by=BY)
        time.sleep(0.25)


def note(path: Path, kind: str, identity: str) -> None:
    """Append one line, in one short write, so that lines stay whole."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(descriptor, f"{kind} {identity}\n".encode())
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
