"""A process of the outbox's crash test: writes messages, delivers them, or both, until it is killed.

Arguments: database URL, folder, role (``write``, ``work`` or ``both``), how many messages to write.
"""

import os
import sys
import threading
import time
import uuid
from pathlib import Path

from linkbridge.kernel.clock import SystemClock
from linkbridge.kernel.crypto import FieldCipher, KeyRing
from linkbridge.kernel.db import SessionFactory, create_engine
from linkbridge.notifications.outbox import DELIVER_JOB, Outbox
from linkbridge.notifications.ports import Delivery
from linkbridge.worker.delivery import Deliverer
from linkbridge.worker.engine import Work, Worker, WorkerOptions
from linkbridge.worker.queue import DbosJobQueue

FIELD_KEY = "Zm9yIHRlc3RzIG9ubHksIG5ldmVyIGVsc2V3aGVyZSE="
FAST = WorkerOptions(concurrency=20, poll_seconds=0.1, upkeep_seconds=0.5, overdue_every_seconds=3600, grace_seconds=2)


class FileChannel:
    """Appends the key of each message to a file, one short write each, so that lines stay whole."""

    is_configured = True

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, delivery: Delivery) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(descriptor, f"{delivery.key} {delivery.recipient}\n".encode())
        finally:
            os.close(descriptor)


def main(url: str, folder: Path, role: str, count: int) -> None:
    clock = SystemClock()
    sessions = SessionFactory(create_engine(url))
    channels = {"file": FileChannel(folder / "sent")}
    queue = DbosJobQueue(sessions.engine)
    outbox = Outbox(clock=clock, cipher=FieldCipher(KeyRing(given=FIELD_KEY), b"k" * 32), jobs=queue, channels=channels)
    worker: Worker | None = None
    if role != "write":
        deliverer = Deliverer(sessions=sessions, outbox=outbox, channels=channels)
        work = Work(handlers={DELIVER_JOB: deliverer.deliver})
        worker = Worker(sessions=sessions, clock=clock, queue=queue, work=work, options=FAST)
        worker.start()
    if role != "work":
        writers = [threading.Thread(target=_write, args=(sessions, outbox, folder, count // 4)) for _ in range(4)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
    if worker is not None:
        worker.wait()


def _write(sessions: SessionFactory, outbox: Outbox, folder: Path, count: int) -> None:
    for number in range(count):
        key = uuid.uuid4().hex
        try:
            with sessions.transaction() as session:
                outbox.add(session, channel="file", recipient=f"to-{key}", content={"n": "x"}, idempotency_key=key)
                if number % 10 == 9:
                    raise ZeroDivisionError  # noqa: TRY301 - a transaction that is undone must send nothing
        except ZeroDivisionError:
            continue
        # Noted after the commit: whatever is in this file must be delivered.
        FileChannel(folder / "committed").send(Delivery(key, "", {}))
        time.sleep(0.02)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
