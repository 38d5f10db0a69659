"""How long records are kept, and the deletion of those of accounts that are past it."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, or_, select

from linkbridge.accounts.models import Attempt, AuditEntry, IdempotentAnswer, OneTimeLink, Site, StaffSession


@dataclass(frozen=True, slots=True)
class Retention:
    """For each kind of record, how many days it is kept. Each is a setting ``LINKBRIDGE_RETAIN_…_DAYS``."""

    encounters: int
    training: int
    sessions: int
    attempts: int
    outbox: int
    requests: int
    notes: int
    signals: int
    answers: int
    chats: int
    handovers: int
    chat_traffic: int
    jobs: int
    audit: int
    backups: int

    def before(self, kind: str, now: datetime) -> datetime:
        """Return the moment before which records of ``kind`` are past their time."""
        days: int = asdict(self)[kind]
        return now - timedelta(days=days)


def purge_sessions(session: Session, *, before: datetime) -> int:
    """Delete staff sessions and one-time links that ended before that moment, and return how many."""
    ended = or_(col(StaffSession.ended_at) < before, col(StaffSession.expires_at) < before)
    used = or_(col(OneTimeLink.used_at) < before, col(OneTimeLink.expires_at) < before)
    return (
        session.exec(delete(StaffSession).where(ended)).rowcount
        + session.exec(delete(OneTimeLink).where(used)).rowcount
    )


def purge_attempts(session: Session, *, before: datetime) -> int:
    """Delete counters that have not moved since that moment, and return how many."""
    return session.exec(delete(Attempt).where(col(Attempt.last_at) < before)).rowcount


def purge_answers(session: Session, *, before: datetime) -> int:
    """Delete answers to keyed requests that are older than that moment, and return how many."""
    return session.exec(delete(IdempotentAnswer).where(col(IdempotentAnswer.created_at) < before)).rowcount


def purge_audit(session: Session, *, before: datetime) -> int:
    """Delete audit entries older than that moment, and return how many.

    They go from the oldest on without a gap, and the newest of all stays. The oldest kept entry carries the
    hash of the one before it: that is the anchor from which the chain still verifies.
    """
    # Clocks are set back at times: the first entry within its days ends the run, whatever follows.
    kept = session.exec(select(func.min(AuditEntry.sequence)).where(AuditEntry.at >= before)).one()
    if kept is None:
        kept = session.exec(select(func.max(AuditEntry.sequence))).one() or 0
    return session.exec(delete(AuditEntry).where(col(AuditEntry.sequence) < kept)).rowcount


def demo_site_ids(session: Session) -> frozenset[str]:
    """Return the sites of demonstrations, whose records are kept as short as those of training."""
    return frozenset(session.exec(select(Site.id).where(col(Site.is_demo))).all())
