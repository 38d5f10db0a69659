"""Reading and adding revisions: every change of a text is a row, and the newest of a place counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import Session, col, select

from linkbridge.phrasebook.models import PhrasebookHead, TextRevision
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.schema import SOURCE_TAG, Origin, Review, Status, Translation


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
    """One change with the text that it left behind. ``as_delivered``: it left the file's text, whatever it says."""

    sequence: int
    place: Place
    action: Action
    text: Translation
    remark: str
    made_by: str
    made_at: datetime
    undoes: int | None
    as_delivered: bool = False


def head_version(session: Session) -> int:
    """Return the number of the newest change of any text; 0 when there is none."""
    return session.exec(select(PhrasebookHead.version)).first() or 0


def lock_texts(session: Session) -> PhrasebookHead:
    """Take the right to change texts until the transaction ends: what is read from here on stays the newest."""
    query = select(PhrasebookHead).with_for_update().execution_options(populate_existing=True)
    return session.exec(query).one()


def next_version(session: Session) -> int:
    """Take the next number, and with it the right to change texts until the transaction ends."""
    head = lock_texts(session)
    head.version += 1
    session.add(head)
    session.flush()
    return head.version


def current_texts(session: Session, phrase_of: Place | None = None) -> Mapping[Place, Translation]:
    """Return the newest text of every place that was changed here and not given back to the files.

    ``phrase_of``: only those of the phrase at this place, which are its own text and the English.
    """
    newest = select(func.max(TextRevision.sequence)).where(TextRevision.action != Action.COMMENT.value)
    if phrase_of is not None:
        newest = newest.where(
            TextRevision.book == phrase_of.book,
            TextRevision.phrase == phrase_of.phrase,
            col(TextRevision.tag).in_((phrase_of.tag, SOURCE_TAG)),
        )
    newest = newest.group_by(TextRevision.book, TextRevision.phrase, TextRevision.tag)
    rows = session.exec(
        select(TextRevision).where(col(TextRevision.sequence).in_(newest), col(TextRevision.as_delivered).is_(False))
    ).all()
    return {_place(row): _text(row) for row in rows}


def history(session: Session, place: Place) -> tuple[Revision, ...]:
    """Return all revisions of a place, newest first."""
    rows = session.exec(
        select(TextRevision)
        .where(TextRevision.book == place.book, TextRevision.phrase == place.phrase, TextRevision.tag == place.tag)
        .order_by(col(TextRevision.sequence).desc())
    ).all()
    return tuple(_read(row) for row in rows)


def undoable(revisions: Sequence[Revision]) -> frozenset[int]:
    """Return the numbers of the changes that can be undone now, of a place's history with the newest first.

    They are the newest, and where that is an undo also the change whose text it brought back: step by step, all can
    be taken back as far as the delivered file.
    """
    stood: list[tuple[int, int | None]] = []
    for revision in reversed(revisions):
        if revision.action is Action.COMMENT:
            continue
        if revision.undoes is None:
            stood.append((revision.sequence, revision.sequence))
            continue
        undone = next((place for place, (sequence, _) in enumerate(stood) if sequence == revision.undoes), 0)
        stood.append((revision.sequence, stood[undone - 1][1] if undone else None))
    return frozenset(sequence for sequence in (stood[-1] if stood else ()) if sequence is not None)


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
    as_delivered: bool = False,
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
        text_date=text.date,
        unsure=text.unsure,
        same_as_source=text.same_as_source,
        as_delivered=as_delivered,
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
        as_delivered=row.as_delivered,
    )


def _text(row: TextRevision) -> Translation:
    return Translation(
        text=row.text,
        source=row.source_text,
        date=row.text_date,
        status=Status(row.status),
        origin=Origin(row.origin),
        reviewers=tuple(Review(reviewer, date.fromisoformat(day)) for reviewer, day in row.reviewers),
        comments=tuple(row.comments),
        unsure=row.unsure,
        same_as_source=row.same_as_source,
    )
