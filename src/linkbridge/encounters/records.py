"""Reading and deleting recorded encounters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, and_, col, delete, or_, select

from linkbridge.accounts.permissions import Actor, Permission, allows, require
from linkbridge.encounters.models import Acknowledgement, Consent, Encounter, Transcript
from linkbridge.interpreting.encounter_links import unlink_encounters
from linkbridge.kernel.errors import NotFound
from linkbridge.kernel.ids import parse_encounter_code


@dataclass(frozen=True, slots=True)
class AcknowledgementRead:
    """An answer as staff and programs see it."""

    id: str
    notice: str
    notice_version: str
    notice_status: str
    language: str
    answer: str
    counts_as_told: bool
    phrases_shown: tuple[str, ...]
    phrases_played: tuple[str, ...]
    given_at: datetime


@dataclass(frozen=True, slots=True)
class EncounterRead:
    """An encounter with its answers, without anything that says who the person was."""

    id: str
    code: str
    site_id: str
    language: str | None
    official_language: str
    is_training: bool
    started_at: datetime
    finished_at: datetime | None
    acknowledgements: tuple[AcknowledgementRead, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the list of encounters, which is ordered by start and, for equal ones, by id."""

    started_at: datetime
    id: str


def list_encounters(
    session: Session, *, by: Actor, site_id: str | None = None, limit: int = 50, before: Position | None = None
) -> tuple[EncounterRead, ...]:
    """Return the newest encounters of a site, or of all the actor's sites, in two queries however many there are.

    They come newest first; ``before`` is where the page before this one ended.

    Raises:
        NotAllowed: the actor may not see this site's encounters.
    """
    require(by, Permission.READ_ENCOUNTERS, site_id=site_id)
    query = select(Encounter)
    if site_id is not None:
        query = query.where(Encounter.site_id == site_id)
    elif not by.everywhere:
        query = query.where(col(Encounter.site_id).in_(by.site_ids))
    if before is not None:
        earlier = and_(Encounter.started_at == before.started_at, col(Encounter.id) < before.id)
        query = query.where(or_(col(Encounter.started_at) < before.started_at, earlier))
    rows = session.exec(query.order_by(col(Encounter.started_at).desc(), col(Encounter.id).desc()).limit(limit)).all()
    return _with_acknowledgements(session, rows)


def find_encounter(session: Session, code: str, *, by: Actor) -> EncounterRead:
    """Return the encounter with this code.

    Raises:
        InvalidInput: the text is no code.
        NotAllowed: the actor may not see encounters.
        NotFound: there is no such encounter at the actor's sites.
    """
    require(by, Permission.READ_ENCOUNTERS)
    row = session.exec(select(Encounter).where(Encounter.code == parse_encounter_code(code))).first()
    if row is None or not allows(by, Permission.READ_ENCOUNTERS, site_id=row.site_id):
        raise NotFound("there is no encounter with this code")
    return _with_acknowledgements(session, [row])[0]


def encounter_of_answer(session: Session, answer_id: str, *, site_id: str) -> str | None:
    """Return the id of the encounter in which an answer was given, if that was at this site."""
    query = (
        select(Encounter.id)
        .join(Acknowledgement, col(Acknowledgement.encounter_id) == Encounter.id)
        .where(Acknowledgement.id == answer_id, Encounter.site_id == site_id)
    )
    return session.exec(query).first()


def delete_encounters(session: Session, ids: Sequence[str]) -> None:
    """Delete encounters with their acknowledgements, consents and conversations; requests forget them."""
    unlink_encounters(session, ids)
    for table in (Acknowledgement, Consent, Transcript):
        session.exec(delete(table).where(col(table.encounter_id).in_(ids)))
    session.exec(delete(Encounter).where(col(Encounter.id).in_(ids)))


def _with_acknowledgements(session: Session, rows: Sequence[Encounter]) -> tuple[EncounterRead, ...]:
    answers: dict[str, list[AcknowledgementRead]] = {row.id: [] for row in rows}
    found = session.exec(
        select(Acknowledgement)
        .where(col(Acknowledgement.encounter_id).in_(answers))
        .order_by(col(Acknowledgement.given_at))
    )
    for answer in found:
        answers[answer.encounter_id].append(_read(answer))
    return tuple(
        EncounterRead(
            id=row.id,
            code=row.code,
            site_id=row.site_id,
            language=row.language,
            official_language=row.official_language,
            is_training=row.is_training,
            started_at=row.started_at,
            finished_at=row.finished_at,
            acknowledgements=tuple(answers[row.id]),
        )
        for row in rows
    )


def _read(answer: Acknowledgement) -> AcknowledgementRead:
    return AcknowledgementRead(
        id=answer.id,
        notice=answer.notice,
        notice_version=answer.notice_version,
        notice_status=answer.notice_status,
        language=answer.language,
        answer=answer.answer,
        counts_as_told=answer.counts_as_told,
        phrases_shown=tuple(answer.phrases_shown),
        phrases_played=tuple(answer.phrases_played),
        given_at=answer.given_at,
    )
