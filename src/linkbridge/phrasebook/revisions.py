"""Reading and adding revisions: every change of a text is a row, and the newest of a place counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import Session, col, select

from linkbridge.phrasebook.models import PhrasebookHead, TextRevision
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.schema import Origin, Review, Status, Translation


class Action(StrEnum):
    """What was done to a text. A comment stands in the history and changes nothing."""

    EDIT = "edit"
    APPROVE = "approve"
    REJECT = "reject"
    COMMENT = "comment"
    UNDO = "undo"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Revision:
    """One change with the text that it left behind."""

    sequence: int
    place: Place
    action: Action
    text: Translation
    remark: str
    made_by: str
    made_at: datetime
    undoes: int | None


def head_version(session: Session) -> int:
    """Return the number of the newest change of any text; 0 when there is none."""
    return session.exec(select(PhrasebookHead.version)).first() or 0


def next_version(session: Session) -> int:
    """Take the next number, and with it the right to change texts until the transaction ends."""
    head = session.exec(select(PhrasebookHead).with_for_update()).one()
    head.version += 1
    session.add(head)
    session.flush()
    return head.version


def current_texts(session: Session) -> Mapping[Place, Translation]:
    """Return the newest text of every place that was changed here."""
    newest = (
        select(func.max(TextRevision.sequence))
        .where(TextRevision.action != Action.COMMENT.value)
        .group_by(TextRevision.book, TextRevision.phrase, TextRevision.tag)
    )
    rows = session.exec(select(TextRevision).where(col(TextRevision.sequence).in_(newest))).all()
    return {_place(row): _text(row) for row in rows}


def history(session: Session, place: Place) -> tuple[Revision, ...]:
    """Return all revisions of a place, newest first."""
    rows = session.exec(
        select(TextRevision)
        .where(TextRevision.book == place.book, TextRevision.phrase == place.phrase, TextRevision.tag == place.tag)
        .order_by(col(TextRevision.sequence).desc())
    ).all()
    return tuple(_read(row) for row in rows)


def add_revision(
    session: Session,
    place: Place,
    action: Action,
    text: Translation,
    *,
    by: str,
    at: datetime,
    remark: str = "",
    undoes: int | None = None,
) -> Revision:
    """Add a revision with the next number, in the caller's transaction."""
    row = TextRevision(
        sequence=next_version(session),
        book=place.book,
        phrase=place.phrase,
        tag=place.tag,
        action=action.value,
        text=text.text,
        source_text=text.source,
        status=text.status.value,
        origin=text.origin.value,
        reviewers=[[review.reviewer, review.date.isoformat()] for review in text.reviewers],
        comments=list(text.comments),
        remark=remark,
        made_by=by,
        made_at=at,
        undoes=undoes,
    )
    session.add(row)
    session.flush()
    return _read(row)


def _place(row: TextRevision) -> Place:
    return Place(row.book, row.phrase, row.tag)


def _read(row: TextRevision) -> Revision:
    return Revision(
        sequence=row.sequence,
        place=_place(row),
        action=Action(row.action),
        text=_text(row),
        remark=row.remark,
        made_by=row.made_by,
        made_at=row.made_at,
        undoes=row.undoes,
    )


def _text(row: TextRevision) -> Translation:
    return Translation(
        text=row.text,
        source=row.source_text,
        date=row.made_at.date(),
        status=Status(row.status),
        origin=Origin(row.origin),
        reviewers=tuple(Review(reviewer, date.fromisoformat(day)) for reviewer, day in row.reviewers),
        comments=tuple(row.comments),
        same_as_source=row.text == row.source_text,
    )
