"""Interpreters: added, changed, deactivated, and found. Their organisation's brokers manage them."""

from collections.abc import Collection

from sqlmodel import Session, col, delete, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.directory import Directory
from linkbridge.accounts.permissions import Actor, Permission, allows, require
from linkbridge.accounts.staff import StaffRoster
from linkbridge.accounts.text import Checks
from linkbridge.interpreting.directory.checking import CheckedDetails, check_details
from linkbridge.interpreting.directory.reading import count_ahead, is_own, read_interpreters
from linkbridge.interpreting.directory.values import Contact, InterpreterDetails, InterpreterName, InterpreterRead
from linkbridge.interpreting.models import (
    Interpreter,
    InterpreterContact,
    InterpreterCredential,
    InterpreterLanguage,
)
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.errors import Conflict, NotFound

MOST_LISTED = 200


class InterpreterDirectory:
    """The directory of all partner organisations."""

    def __init__(
        self, *, clock: Clock, audit: AuditLog, cipher: FieldCipher, organisations: Directory, roster: StaffRoster
    ) -> None:
        self._clock = clock
        self._audit = audit
        self._cipher = cipher
        self._organisations = organisations
        self._roster = roster

    def add(
        self,
        session: Session,
        details: InterpreterDetails,
        *,
        by: Actor,
        organisation_id: str | None = None,
        is_demo: bool = False,
    ) -> InterpreterRead:
        """Add an interpreter to the actor's organisation, or to the one named.

        Raises:
            NotAllowed: the actor is no broker of this organisation.
            InvalidForm: fields cannot be used.
        """
        owner = organisation_id or by.organisation_id or ""
        require(by, Permission.BROKER_INTERPRETERS, organisation_id=owner)
        checked = check_details(details)
        now = self._clock.now()
        row = Interpreter(
            organisation_id=owner,
            name_encrypted="",
            country="",
            time_zone="",
            language="",
            is_demo=is_demo,
            created_at=now,
            changed_at=now,
        )
        self._keep(session, row, details, checked)
        self._audit.record(session, actor=by.reference, action="interpreter.added", subject=row.id)
        return self._read(session, row, by)

    def update(
        self, session: Session, interpreter_id: str, details: InterpreterDetails, *, by: Actor
    ) -> InterpreterRead:
        """Change an interpreter's details; they count from the next search on.

        Raises:
            NotFound: there is no such interpreter that the actor may manage.
            InvalidForm: fields cannot be used.
        """
        row = self.find_own(session, interpreter_id, by=by)
        checked = check_details(details)
        row.changed_at = self._clock.now()
        self._keep(session, row, details, checked)
        self._audit.record(session, actor=by.reference, action="interpreter.changed", subject=row.id)
        return self._read(session, row, by)

    def set_contacts(
        self, session: Session, interpreter_id: str, contacts: tuple[Contact, ...], language: str, *, by: Actor
    ) -> None:
        """Change how an interpreter is reached, and in which language: for the interpreter and its brokers.

        Raises:
            NotFound: there is no such interpreter, or it is not the actor's to change.
            InvalidForm: an address or the language cannot be used.
        """
        row = self.find_own(session, interpreter_id, by=by, self_too=True)
        known = self._read(session, row, by)
        details = InterpreterDetails(
            name=known.name,
            country=known.country,
            time_zone=known.time_zone,
            language=language,
            languages=known.languages,
            domains=frozenset(known.domains),
            modalities=frozenset(known.modalities),
            contacts=contacts,
        )
        checked = check_details(details)
        row.language, row.changed_at = language, self._clock.now()
        session.add(row)
        self._keep_contacts(session, row.id, checked.contacts)
        self._audit.record(session, actor=by.reference, action="interpreter.contacts-set", subject=row.id)

    def deactivate(self, session: Session, interpreter_id: str, *, by: Actor) -> None:
        """Ask an interpreter no more. What was, stays in the reports.

        Raises:
            NotFound: there is no such interpreter that the actor may manage.
            Conflict: deactivated before, or ``count`` assignments lie ahead, which must be given to others first.
        """
        row = self.find_own(session, interpreter_id, by=by)
        if row.deactivated_at is not None:
            raise Conflict("this interpreter is deactivated already")
        ahead = count_ahead(session, row.id, self._clock.now())
        if ahead:
            raise Conflict("this interpreter has assignments ahead: give them to others first", count=ahead)
        row.deactivated_at = self._clock.now()
        session.add(row)
        session.flush()
        self._audit.record(session, actor=by.reference, action="interpreter.deactivated", subject=row.id)

    def reactivate(self, session: Session, interpreter_id: str, *, by: Actor) -> None:
        """Ask a deactivated interpreter again.

        Raises:
            NotFound: there is no such interpreter that the actor may manage.
            Conflict: the interpreter is active.
        """
        row = self.find_own(session, interpreter_id, by=by)
        if row.deactivated_at is None:
            raise Conflict("this interpreter is active")
        row.deactivated_at = None
        session.add(row)
        session.flush()
        self._audit.record(session, actor=by.reference, action="interpreter.reactivated", subject=row.id)

    def list(
        self,
        session: Session,
        *,
        by: Actor,
        organisation_id: str | None = None,
        language: str | None = None,
        limit: int = MOST_LISTED,
        after: str | None = None,
    ) -> tuple[InterpreterRead, ...]:
        """Return interpreters by id: all of the actor's organisation, the active ones of others.

        ``after`` is the id of the last one already seen.

        Raises:
            NotAllowed: the actor is no broker.
        """
        require(by, Permission.BROKER_INTERPRETERS)
        query = select(Interpreter).where(col(Interpreter.erased_at).is_(None))
        query = query.order_by(col(Interpreter.id)).limit(limit)
        if not by.everywhere:
            own = col(Interpreter.organisation_id) == by.organisation_id
            query = query.where(own | col(Interpreter.deactivated_at).is_(None))
        if organisation_id:
            query = query.where(Interpreter.organisation_id == organisation_id)
        if language:
            speaks = select(InterpreterLanguage.interpreter_id).where(
                (col(InterpreterLanguage.source_tag) == language) | (col(InterpreterLanguage.target_tag) == language)
            )
            query = query.where(col(Interpreter.id).in_(speaks))
        if after:
            query = query.where(col(Interpreter.id) > after)
        return read_interpreters(session, session.exec(query).all(), self._cipher, self._organisations, by=by)

    def get(self, session: Session, interpreter_id: str, *, by: Actor) -> InterpreterRead:
        """Return one interpreter: to brokers, and to the interpreter.

        Raises:
            NotFound: there is none that the actor may know of.
        """
        row = _known(session, interpreter_id)
        is_self = row is not None and by.kind == "staff" and row.staff_id == by.id
        may_know = row is not None and (is_own(row, by) or row.deactivated_at is None)
        if row is None or not (is_self or (may_know and allows(by, Permission.BROKER_INTERPRETERS))):
            raise NotFound("there is no such interpreter")
        return self._read(session, row, by)

    def own(self, session: Session, *, by: Actor) -> InterpreterRead:
        """Return the interpreter that the actor is.

        Raises:
            NotFound: the actor is none, or is asked no more.
        """
        row = session.exec(select(Interpreter).where(Interpreter.staff_id == by.id)).first()
        if by.kind != "staff" or row is None or row.deactivated_at is not None:
            raise NotFound("your account is not linked with an interpreter: ask your coordinator")
        return self._read(session, row, by)

    def names(self, session: Session, ids: Collection[str]) -> dict[str, InterpreterName]:
        """Return what stands on cards and lists, in two queries. The caller has checked who may see it.

        The name of one who was erased is empty.
        """
        organisations = self._organisations.organisation_names(session)
        rows = session.exec(select(Interpreter).where(col(Interpreter.id).in_(set(ids)))).all()
        return {
            row.id: InterpreterName(
                "" if row.erased_at else self._cipher.decrypt(row.name_encrypted),
                row.organisation_id,
                organisations.get(row.organisation_id, ""),
                row.time_zone,
                row.staff_id,
            )
            for row in rows
        }

    def any_active(self, session: Session) -> bool:
        """Whether there is anybody to ask."""
        return (
            session.exec(select(Interpreter.id).where(col(Interpreter.deactivated_at).is_(None)).limit(1)).first()
            is not None
        )

    def find_own(self, session: Session, interpreter_id: str, *, by: Actor, self_too: bool = False) -> Interpreter:
        """Return the row of an interpreter that the actor may manage, or is, if ``self_too``.

        Raises:
            NotFound: there is none.
        """
        row = _known(session, interpreter_id)
        if row is not None:
            is_self = self_too and by.kind == "staff" and row.staff_id == by.id
            if is_self or allows(by, Permission.BROKER_INTERPRETERS, organisation_id=row.organisation_id):
                return row
        raise NotFound("there is no such interpreter")

    def _read(self, session: Session, row: Interpreter, by: Actor) -> InterpreterRead:
        return read_interpreters(session, [row], self._cipher, self._organisations, by=by)[0]

    def _keep(self, session: Session, row: Interpreter, details: InterpreterDetails, checked: CheckedDetails) -> None:
        row.name_encrypted = self._cipher.encrypt(checked.name)
        row.gender = details.gender
        row.country, row.time_zone, row.language = details.country, details.time_zone, details.language
        row.domains = sorted(details.domains)
        row.modalities = sorted(details.modalities)
        row.cost_per_hour = details.cost_per_hour
        row.staff_id = self._staff_id(session, row, details.staff_email)
        session.add(row)
        session.flush()
        session.exec(delete(InterpreterLanguage).where(col(InterpreterLanguage.interpreter_id) == row.id))
        session.exec(delete(InterpreterCredential).where(col(InterpreterCredential.interpreter_id) == row.id))
        for pair in checked.languages:
            session.add(
                InterpreterLanguage(
                    interpreter_id=row.id,
                    source_tag=pair.source,
                    target_tag=pair.target,
                    level=pair.level,
                    both_ways=pair.both_ways,
                )
            )
        for held in details.credentials:
            session.add(InterpreterCredential(interpreter_id=row.id, code=held.code, expires_on=held.expires_on))
        self._keep_contacts(session, row.id, checked.contacts)

    def _keep_contacts(self, session: Session, interpreter_id: str, contacts: tuple[Contact, ...]) -> None:
        session.exec(delete(InterpreterContact).where(col(InterpreterContact.interpreter_id) == interpreter_id))
        for position, contact in enumerate(contacts):
            session.add(
                InterpreterContact(
                    interpreter_id=interpreter_id,
                    position=position,
                    kind=contact.kind,
                    address_encrypted=self._cipher.encrypt(contact.address) if contact.address else None,
                )
            )
        session.flush()

    def _staff_id(self, session: Session, row: Interpreter, email: str) -> str | None:
        """Return the account behind an address, of role interpreter and of the same organisation."""
        if not email.strip():
            return None
        staff_id = self._roster.interpreter_with(session, row.organisation_id, email)
        taken = session.exec(
            select(Interpreter.id).where(Interpreter.staff_id == staff_id, col(Interpreter.id) != row.id)
        ).first()
        checks = Checks()
        checks.expect(staff_id is not None, "no interpreter signs in with this", field="staff_email", problem="choice")
        checks.expect(staff_id is None or taken is None, "this is in use", field="staff_email", problem="taken")
        checks.done()
        return staff_id


def _known(session: Session, interpreter_id: str) -> Interpreter | None:
    """Return an interpreter who was not erased."""
    row = session.get(Interpreter, interpreter_id)
    return None if row is None or row.erased_at is not None else row
