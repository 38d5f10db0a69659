"""How many requests a program may send in a minute, over all processes together.

The count is a row in the database, as with ``Throttle``; but a transaction for each request would cost more than many
of them. So a process takes a block of permits at once and hands them out itself. The limit is never exceeded; what a
process took and did not use is lost until the minute is over.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, select

from linkbridge.accounts.models import Attempt
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.db import SessionFactory

WINDOW = timedelta(minutes=1)
BLOCKS = 10
"""Into how many blocks a minute's permits are cut."""
MOST_SUBJECTS = 10_000
"""Of how many subjects a process remembers its permits."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A limit by name, so that the same subject may have several."""

    name: str
    per_minute: int

    @property
    def block(self) -> int:
        """How many permits a process takes at once."""
        return max(1, self.per_minute // BLOCKS)


@dataclass(slots=True)
class _Permits:
    """What a process holds of a subject's permits: how many, until when, and how many more the database refused."""

    left: int
    until: datetime
    refused: int | None = None


class Quota:
    """Hands out permits. Thread-safe."""

    def __init__(self, *, clock: Clock, cipher: FieldCipher, sessions: SessionFactory) -> None:
        self._clock = clock
        self._cipher = cipher
        self._sessions = sessions
        self._lock = threading.Lock()
        self._permits: dict[str, _Permits] = {}

    def take(self, rate: Rate, subject: str, *, cost: int = 1) -> int:
        """Use ``cost`` permits of a subject and return 0, or use none and return how many seconds to wait, at least 1.

        What costs more than a minute's permits costs them all.
        """
        digest = self._cipher.digest(rate.name, subject)
        wanted = min(cost, rate.per_minute)
        with self._lock:
            now = self._clock.now()
            permits = self._permits.get(digest)
            if permits is None or permits.until <= now:
                self._make_room(now)
                permits = self._permits[digest] = _Permits(0, now)
            lacking = wanted - permits.left
            if lacking > 0 and (permits.refused is None or lacking < permits.refused):
                self._fetch(permits, rate, digest, lacking, now)
            if permits.left < wanted:
                return max(1, -int(-(permits.until - now).total_seconds() // 1))
            permits.left -= wanted
            return 0

    def _fetch(self, permits: _Permits, rate: Rate, digest: str, lacking: int, now: datetime) -> None:
        """Take permits out of the database: a block, or as many as are lacking, if there are so many left."""
        with self._sessions.transaction() as session:
            row = self._row(session, digest, now)
            if row.last_at + WINDOW <= now:
                row.count, row.last_at = 0, now
            free = rate.per_minute - row.count
            permits.until = row.last_at + WINDOW
            if free < lacking:
                permits.refused = lacking
                return
            taken = min(max(rate.block, lacking), free)
            row.count += taken
            session.add(row)
        permits.left += taken

    @staticmethod
    def _row(session: Session, digest: str, now: datetime) -> Attempt:
        session.connection().execute(
            sa.text("INSERT INTO attempt (key_digest, last_at, count) VALUES (:key, :at, 0) ON CONFLICT DO NOTHING")
            .bindparams(sa.bindparam("at", type_=Attempt.__table__.c.last_at.type))  # type: ignore[attr-defined]
            .bindparams(key=digest, at=now)
        )
        query = select(Attempt).where(Attempt.key_digest == digest).with_for_update()
        return session.exec(query.execution_options(populate_existing=True)).one()

    def _make_room(self, now: datetime) -> None:
        if len(self._permits) < MOST_SUBJECTS:
            return
        self._permits = {key: permits for key, permits in self._permits.items() if permits.until > now}
        while len(self._permits) >= MOST_SUBJECTS:
            self._permits.pop(next(iter(self._permits)))
