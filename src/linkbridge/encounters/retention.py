"""Deletes encounters that are past their retention, or that were erased before a backup brought them back."""

from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlmodel import Session, and_, col, or_, select

from linkbridge.accounts.erasures import Erasures
from linkbridge.encounters.models import Encounter
from linkbridge.encounters.records import delete_encounters
from linkbridge.encounters.service import ERASURE_KIND

_BATCH = 500


def purge_encounters(
    session: Session, *, before: datetime, training_before: datetime, demo_site_ids: AbstractSet[str]
) -> tuple[int, int]:
    """Delete encounters with all that belongs to them, and return how many real and how many training ones.

    The time counts from when the server received them: a tablet's clock may be wrong by years.
    """
    is_practice = or_(col(Encounter.is_training), col(Encounter.site_id).in_(demo_site_ids))
    practice = select(Encounter.id).where(is_practice, Encounter.received_at < training_before)
    real = select(Encounter.id).where(and_(~is_practice, Encounter.received_at < before))
    counts = []
    for query in (real, practice):
        ids = session.exec(query).all()
        for start in range(0, len(ids), _BATCH):
            delete_encounters(session, ids[start : start + _BATCH])
        counts.append(len(ids))
    return counts[0], counts[1]


class EncounterEraser:
    """Erases encounters by the digests of their codes, after a restore."""

    kind = ERASURE_KIND

    def __init__(self, erasures: Erasures) -> None:
        self._erasures = erasures

    def erase_by_digest(self, session: Session, digests: AbstractSet[str]) -> int:
        """Delete the encounters that ``digests`` stand for, and return how many there were."""
        if not digests:
            return 0
        rows = session.exec(select(Encounter.id, Encounter.code)).all()
        ids = [row_id for row_id, code in rows if self._erasures.digest(ERASURE_KIND, code) in digests]
        for start in range(0, len(ids), _BATCH):
            delete_encounters(session, ids[start : start + _BATCH])
        return len(ids)
