"""Reading and deleting recorded encounters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select

from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.encounters.models import Acknowledgement, Consent, Encounter
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


def list_encounters(
    session: Session, *, by: Actor, site_id: str, limit: int = 50, before: datetime | None = None
) -> tuple[EncounterRead, ...]:
    """Return a site's newest encounters, newest first, in two queries however many there are.

    Raises:
        NotAllowed: the actor may not see this site's encounters.
    """
    require(by, Permission.READ_ENCOUNTERS, site_id=site_id)
    query = select(Encounter).where(Encounter.site_id == site_id)
    if before is not None:
        query = query.where(Encounter.started_at < before)
    rows = session.exec(query.order_by(col(Encounter.started_at).desc()).limit(limit)).all()
    return _with_acknowledgements(session, rows)


def find_encounter(session: Session, code: str, *, by: Actor) -> EncounterRead:
    """Return the encounter with this code.

    Raises:
        InvalidInput: the text is no code.
        NotFound: there is no such encounter.
        NotAllowed: the actor may not see this site's encounters.
    """
    row = session.exec(select(Encounter).where(Encounter.code == parse_encounter_code(code))).first()
    if row is None:
        raise NotFound("there is no encounter with this code")
    require(by, Permission.READ_ENCOUNTERS, site_id=row.site_id)
    return _with_acknowledgements(session, [row])[0]


def delete_encounters(session: Session, ids: Sequence[str]) -> None:
    """Delete encounters with their acknowledgements and consents."""
    for table in (Acknowledgement, Consent):
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
