"""Rate limits with a growing wait, counted in the database so that every process sees the same count."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, select

from linkbridge.accounts.models import Attempt
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher

LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tries are free before waiting starts. The wait doubles with each further try, from one second."""

    name: str
    free: int

    def wait_after(self, count: int) -> timedelta:
        """Return how long to wait after ``count`` tries."""
        if count < self.free:
            return timedelta(0)
        return min(timedelta(seconds=2 ** min(count - self.free, 12)), LONGEST_WAIT)


SIGN_IN_ACCOUNT = Limit("sign-in-account", free=5)
SIGN_IN_PEER = Limit("sign-in-peer", free=30)
CODE_PEER = Limit("code-peer", free=10)


class Throttle:
    """Counts tries of a peer or an account, of which only a keyed digest is kept.

    A try is counted before its outcome is known and taken back when it succeeds: many tries at once cannot all pass.
    The row stays locked until the transaction ends, so tries on the same account wait for each other.
    """

    def __init__(self, *, clock: Clock, cipher: FieldCipher) -> None:
        self._clock = clock
        self._cipher = cipher

    def charge(self, session: Session, limit: Limit, subject: str) -> int:
        """Count a try and return 0, or count nothing and return how many seconds to wait, at least 1."""
        now = self._clock.now()
        row = self._lock(session, limit, subject, now)
        if now - row.last_at >= FORGOTTEN_AFTER:
            row.count = 0
        left = row.last_at + limit.wait_after(row.count) - now
        if row.count and left > timedelta(0):
            return max(1, -int(-left.total_seconds() // 1))
        row.count += 1
        row.last_at = now
        session.add(row)
        session.flush()
        return 0

    def refund(self, session: Session, limit: Limit, subject: str) -> None:
        """Take one try back."""
        row = self._lock(session, limit, subject, self._clock.now())
        row.count = max(0, row.count - 1)
        session.add(row)
        session.flush()

    def forget(self, session: Session, limit: Limit, subject: str) -> None:
        """Forget all tries."""
        row = self._lock(session, limit, subject, self._clock.now())
        session.delete(row)
        session.flush()

    def _lock(self, session: Session, limit: Limit, subject: str, now: datetime) -> Attempt:
        digest = self._cipher.digest(limit.name, subject)
        session.connection().execute(
            sa.text("INSERT INTO attempt (key_digest, last_at, count) VALUES (:key, :at, 0) ON CONFLICT DO NOTHING")
            .bindparams(sa.bindparam("at", type_=Attempt.__table__.c.last_at.type))  # type: ignore[attr-defined]
            .bindparams(key=digest, at=now)
        )
        query = select(Attempt).where(Attempt.key_digest == digest).with_for_update()
        return session.exec(query.execution_options(populate_existing=True)).one()
