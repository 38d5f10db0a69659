"""Who is in a session now. A side that its process has not seen for a while is gone, although nobody said so."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from linkbridge.interpreting.models import Attendance

UNSEEN = timedelta(seconds=20)
"""Who was not seen for so long is absent. A process notes every five seconds whom it sees."""


def open_rows(session: Session, request_id: str) -> Sequence[Attendance]:
    """Return who came to a session and has not left, the lost ones too, in the order in which they came."""
    query = select(Attendance).where(Attendance.request_id == request_id, col(Attendance.left_at).is_(None))
    return session.exec(query.order_by(col(Attendance.joined_at), col(Attendance.id))).all()


def is_present(row: Attendance, now: datetime) -> bool:
    """Whether a side that has not left is still seen."""
    return row.seen_at > now - UNSEEN


def present_rows(session: Session, request_id: str, now: datetime) -> list[Attendance]:
    """Return who is in a session, in the order in which they came."""
    return [row for row in open_rows(session, request_id) if is_present(row, now)]


def note_seen(session: Session, attendance_id: str, now: datetime) -> None:
    """Note that a side is still there, unless it has left."""
    query = update(Attendance).where(col(Attendance.id) == attendance_id, col(Attendance.left_at).is_(None))
    session.exec(query.values(seen_at=now))


def close_lost(session: Session, now: datetime) -> Sequence[Attendance]:
    """Let everybody who is lost, in whatever session, have left when last seen; return them.

    Rows that another transaction holds are left to it, so that each is returned once and nobody waits.
    """
    query = select(Attendance).where(col(Attendance.left_at).is_(None), col(Attendance.seen_at) <= now - UNSEEN)
    query = query.order_by(col(Attendance.id)).with_for_update(skip_locked=True)
    rows = session.exec(query.execution_options(populate_existing=True)).all()
    for row in rows:
        row.left_at = row.seen_at
        session.add(row)
    session.flush()
    return rows
