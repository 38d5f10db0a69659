"""Who may review which language, and what qualifies them for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.accounts.staff_records import require_member
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.errors import InvalidInput, NotAllowed
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.models import ReviewerLanguage


class Qualification(StrEnum):
    """What lets a person judge texts in a language."""

    NATIVE = "native"
    TRANSLATOR = "translator"
    INTERPRETER = "interpreter"
    TEACHER = "teacher"
    LAWYER = "lawyer"


@dataclass(frozen=True, slots=True)
class ReviewLanguage:
    """A language that a staff member may review."""

    tag: str
    qualification: Qualification
    recorded_at: datetime


class Reviewers:
    """The languages of reviewers, recorded by whoever manages staff."""

    def __init__(self, *, clock: Clock, audit: AuditLog) -> None:
        self._clock = clock
        self._audit = audit

    def languages(self, session: Session, staff_id: str) -> tuple[ReviewLanguage, ...]:
        """Return the languages that a staff member may review, by tag."""
        rows = session.exec(
            select(ReviewerLanguage).where(ReviewerLanguage.staff_id == staff_id).order_by(col(ReviewerLanguage.tag))
        ).all()
        return tuple(ReviewLanguage(row.tag, Qualification(row.qualification), row.recorded_at) for row in rows)

    def set_languages(
        self, session: Session, staff_id: str, languages: Mapping[str, str], *, organisation_id: str, by: Actor
    ) -> None:
        """Record that a staff member may review exactly these languages: qualification by tag.

        Raises:
            InvalidInput: a language or a qualification is unknown.
            NotAllowed: the actor does not manage this organisation's staff.
            NotFound: the organisation has no such staff member.
        """
        require(by, Permission.MANAGE_STAFF, organisation_id=organisation_id)
        require_member(session, staff_id, organisation_id)
        for tag, qualification in languages.items():
            if tag not in LANGUAGES or qualification not in set(Qualification):
                raise InvalidInput("this is no language or no qualification", field="languages", problem="choice")
        rows = session.exec(select(ReviewerLanguage).where(ReviewerLanguage.staff_id == staff_id))
        before = {row.tag: row for row in rows}
        for tag in before.keys() - languages.keys():
            session.delete(before[tag])
        changed = sorted(before.keys() - languages.keys())
        for tag, qualification in languages.items():
            row = before.get(tag)
            if row is not None and row.qualification == qualification:
                continue
            changed.append(tag)
            fresh = row or ReviewerLanguage(
                staff_id=staff_id,
                tag=tag,
                qualification=qualification,
                recorded_by=by.reference,
                recorded_at=self._clock.now(),
            )
            fresh.qualification, fresh.recorded_by, fresh.recorded_at = qualification, by.reference, self._clock.now()
            session.add(fresh)
        session.flush()
        if changed:
            details = {"languages": " ".join(sorted(languages))}
            self._audit.record(
                session, actor=by.reference, action="reviewer.languages", subject=staff_id, details=details
            )


def seed_demo_reviewers(
    session: Session, reviewers: Reviewers, staff_ids: Iterable[str], *, organisation_id: str, by: Actor
) -> None:
    """Let the demonstration's reviewers review every language, unless languages are recorded for them."""
    for staff_id in staff_ids:
        if not reviewers.languages(session, staff_id):
            every = dict.fromkeys(LANGUAGES, Qualification.TRANSLATOR.value)
            reviewers.set_languages(session, staff_id, every, organisation_id=organisation_id, by=by)


def require_language(session: Session, tag: str, *, by: Actor) -> None:
    """Return if the actor may review texts in this language.

    Raises:
        NotAllowed: the actor is no reviewer, or not of this language.
    """
    require(by, Permission.REVIEW_PHRASES)
    if by.kind == "system":
        return
    if session.get(ReviewerLanguage, (by.id, tag)) is None:
        raise NotAllowed("you are not recorded as a reviewer of this language", language=tag)
