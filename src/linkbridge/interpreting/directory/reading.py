"""Turns rows of interpreters into what others may know of them, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from linkbridge.accounts.directory import Directory
from linkbridge.accounts.permissions import Actor
from linkbridge.interpreting.directory.values import Contact, HeldCredential, InterpreterRead
from linkbridge.interpreting.models import (
    Assignment,
    Interpreter,
    InterpreterContact,
    InterpreterCredential,
    InterpreterLanguage,
)
from linkbridge.interpreting.values import (
    OCCUPYING,
    AssignmentState,
    ContactKind,
    Credential,
    Domain,
    Gender,
    Level,
    Modality,
    WorkingLanguages,
)
from linkbridge.kernel.crypto import FieldCipher


def is_own(row: Interpreter, by: Actor) -> bool:
    """Whether the actor belongs to the interpreter's organisation, is the interpreter, or works for the machine."""
    return by.kind == "system" or by.everywhere or row.organisation_id == by.organisation_id


def count_active(session: Session) -> tuple[int, int]:
    """Return how many interpreters can be asked, and of how many organisations."""
    query = select(func.count(), func.count(func.distinct(Interpreter.organisation_id))).select_from(Interpreter)
    return session.exec(query.where(col(Interpreter.deactivated_at).is_(None))).one()


def count_ahead(session: Session, interpreter_id: str, now: datetime) -> int:
    """Return for how many sessions an interpreter is held, booked or needed now."""
    query = select(func.count()).where(
        col(Assignment.interpreter_id) == interpreter_id,
        col(Assignment.state).in_(OCCUPYING),
        or_(col(Assignment.ends_at) > now, col(Assignment.state) == AssignmentState.IN_SESSION),
    )
    return session.exec(query).one()


def read_interpreters(
    session: Session, rows: Sequence[Interpreter], cipher: FieldCipher, directory: Directory, *, by: Actor
) -> tuple[InterpreterRead, ...]:
    """Return what the actor may know of these interpreters, in their order."""
    ids = [row.id for row in rows]
    names = directory.organisation_names(session)
    languages = _languages(session, ids)
    credentials = _credentials(session, ids)
    contacts = _contacts(session, [row.id for row in rows if is_own(row, by)], cipher)
    return tuple(
        InterpreterRead(
            id=row.id,
            organisation_id=row.organisation_id,
            organisation_name=names.get(row.organisation_id, ""),
            name=cipher.decrypt(row.name_encrypted),
            gender=Gender(row.gender) if row.gender else None,
            country=row.country,
            time_zone=row.time_zone,
            language=row.language,
            languages=tuple(languages[row.id]),
            domains=tuple(domain for domain in Domain if domain in row.domains),
            modalities=tuple(modality for modality in Modality if modality in row.modalities),
            credentials=tuple(credentials[row.id]),
            contacts=tuple(contacts[row.id]),
            cost_per_hour=row.cost_per_hour if is_own(row, by) else None,
            staff_id=row.staff_id,
            is_active=row.deactivated_at is None,
            is_own=is_own(row, by),
        )
        for row in rows
    )


def _languages(session: Session, ids: Sequence[str]) -> dict[str, list[WorkingLanguages]]:
    found: dict[str, list[WorkingLanguages]] = defaultdict(list)
    query = select(InterpreterLanguage).where(col(InterpreterLanguage.interpreter_id).in_(ids))
    order = (col(InterpreterLanguage.source_tag), col(InterpreterLanguage.target_tag))
    for row in session.exec(query.order_by(*order)):
        pair = WorkingLanguages(row.source_tag, row.target_tag, Level(row.level), row.both_ways)
        found[row.interpreter_id].append(pair)
    return found


def _credentials(session: Session, ids: Sequence[str]) -> dict[str, list[HeldCredential]]:
    found: dict[str, list[HeldCredential]] = defaultdict(list)
    query = select(InterpreterCredential).where(col(InterpreterCredential.interpreter_id).in_(ids))
    for row in session.exec(query.order_by(col(InterpreterCredential.code))):
        found[row.interpreter_id].append(HeldCredential(Credential(row.code), row.expires_on))
    return found


def _contacts(session: Session, ids: Sequence[str], cipher: FieldCipher) -> dict[str, list[Contact]]:
    found: dict[str, list[Contact]] = defaultdict(list)
    query = select(InterpreterContact).where(col(InterpreterContact.interpreter_id).in_(ids))
    for row in session.exec(query.order_by(col(InterpreterContact.position))):
        address = cipher.decrypt(row.address_encrypted) if row.address_encrypted else ""
        found[row.interpreter_id].append(Contact(ContactKind(row.kind), address))
    return found
