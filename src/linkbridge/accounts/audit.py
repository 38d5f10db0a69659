"""The audit log: append-only and hash-chained, so that a changed, removed or inserted entry is found.

The hash of an entry is SHA-256 over the previous hash and the canonical JSON of its content. Whoever
can write the database can of course write a whole new chain: note the newest hash elsewhere from time to time
(``linkbridge audit verify`` prints it).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from linkbridge.accounts.models import AuditEntry, AuditHead
from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.kernel.clock import Clock

GENESIS = "0" * 64
_BATCH = 500


@dataclass(frozen=True, slots=True)
class AuditRead:
    """One entry as administrators see it."""

    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """What a check of the chain found. ``broken_at`` is the first entry that does not fit, or ``None``."""

    entries: int
    newest_hash: str
    broken_at: int | None
    reason: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether every entry fits."""
        return self.broken_at is None


class AuditLog:
    """Appends entries in the caller's transaction, and reads and checks them."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock

    def record(
        self,
        session: Session,
        *,
        actor: str,
        action: str,
        subject: str = "",
        details: Mapping[str, str | int | bool | None] | None = None,
    ) -> int:
        """Append one entry and return its sequence number.

        ``actor`` is ``Actor.reference``, ``subject`` an opaque id, ``details`` opaque ids, counts and fixed
        words: never a name, an address or anything that a person wrote. The head of the chain stays locked until
        the transaction ends, so that two transactions never write the same link.
        """
        head = self._lock_head(session)
        entry = AuditEntry(
            sequence=head.sequence + 1,
            at=self._clock.now(),
            actor=actor,
            action=action,
            subject=subject,
            details=dict(details or {}),
            previous_hash=head.hash or GENESIS,
            hash="",
        )
        entry.hash = entry_hash(entry)
        session.add(entry)
        head.sequence, head.hash = head.sequence + 1, entry.hash
        session.add(head)
        session.flush()
        return head.sequence

    def newest(
        self, session: Session, *, by: Actor, limit: int = 100, before: int | None = None
    ) -> tuple[AuditRead, ...]:
        """Return the newest entries, newest first, older than the sequence number ``before`` if given.

        Raises:
            NotAllowed: the actor may not read the audit log.
        """
        require(by, Permission.READ_AUDIT)
        query = select(AuditEntry).order_by(col(AuditEntry.sequence).desc()).limit(limit)
        if before is not None:
            query = query.where(col(AuditEntry.sequence) < before)
        return tuple(
            AuditRead(row.sequence or 0, row.at, row.actor, row.action, row.subject, row.details)
            for row in session.exec(query)
        )

    def verify(self, session: Session) -> AuditCheck:
        """Check every link from the oldest kept entry to the head and return the first that does not fit.

        The oldest kept entry need not be the first ever written: older ones may have been purged, and the hash
        before it is then the anchor.
        """
        head = session.get(AuditHead, 1, populate_existing=True) or AuditHead()
        previous: AuditEntry | None = None
        count = 0
        while True:
            # Entries appended after the head was read are left for the next check.
            query = select(AuditEntry).where(col(AuditEntry.sequence) <= head.sequence)
            if previous is not None:
                query = query.where(col(AuditEntry.sequence) > previous.sequence)
            batch = session.exec(query.order_by(col(AuditEntry.sequence)).limit(_BATCH)).all()
            for entry in batch:
                reason = _misfit(previous, entry)
                if reason:
                    return AuditCheck(count, previous.hash if previous else "", entry.sequence, reason)
                previous, count = entry, count + 1
            if len(batch) < _BATCH:
                break
        newest = (previous.sequence or 0, previous.hash) if previous else (0, "")
        if newest != (head.sequence, head.hash):
            return AuditCheck(count, newest[1], newest[0] + 1, "the newest entries are missing")
        return AuditCheck(count, newest[1], None)

    @staticmethod
    def _lock_head(session: Session) -> AuditHead:
        # The same statement on both databases; whoever comes first makes the one row.
        session.connection().execute(
            sa.text("INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, '') ON CONFLICT DO NOTHING")
        )
        query = select(AuditHead).where(AuditHead.id == 1).with_for_update()
        return session.exec(query.execution_options(populate_existing=True)).one()


def entry_hash(entry: AuditEntry) -> str:
    """Return the hash that the entry must carry."""
    content = {
        "sequence": entry.sequence,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "details": entry.details,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{entry.previous_hash}\n{text}".encode()).hexdigest()


def _misfit(previous: AuditEntry | None, entry: AuditEntry) -> str:
    """Return why the entry does not follow ``previous``, or nothing when it does."""
    if previous is not None and entry.sequence != (previous.sequence or 0) + 1:
        return "entries before this one are missing"
    if previous is not None and entry.previous_hash != previous.hash:
        return "this entry does not follow the one before it"
    if previous is None and entry.sequence == 1 and entry.previous_hash != GENESIS:
        return "the first entry does not start the chain"
    return "" if entry.hash == entry_hash(entry) else "this entry was changed"
