"""Brings a table of interpreters into the directory, all of it or nothing, and writes one."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.accounts.staff import StaffRoster
from linkbridge.accounts.text import InvalidForm
from linkbridge.interpreting.directory.csv_files import Row, RowProblem, read_interpreters, write_interpreters
from linkbridge.interpreting.directory.service import InterpreterDirectory
from linkbridge.interpreting.directory.values import InterpreterRead
from linkbridge.interpreting.models import Interpreter
from linkbridge.kernel.errors import InvalidInput, NotFound

BATCH = 500


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What a file would do or did. With any problem, nothing was written."""

    added: int
    changed: int
    problems: tuple[RowProblem, ...]


class InterpreterExchange:
    """Imports and exports the interpreters of one organisation."""

    def __init__(self, directory: InterpreterDirectory, roster: StaffRoster) -> None:
        self._directory = directory
        self._roster = roster

    def load(
        self, session: Session, data: bytes, *, by: Actor, organisation_id: str, dry_run: bool = False
    ) -> ImportReport:
        """Add and change interpreters; a row with an ``id`` changes that one.

        A dry run does the same and takes it back.

        Raises:
            NotAllowed: the actor is no broker of the organisation.
            InvalidInput: the file as a whole cannot be used.
            TooLarge: it is too large.
        """
        require(by, Permission.BROKER_INTERPRETERS, organisation_id=organisation_id)
        rows, problems = read_interpreters(data)
        found = [*problems, *_twice(rows)]
        added = changed = 0
        savepoint = session.begin_nested()
        for row in rows:
            try:
                if row.id:
                    self._change(session, row, organisation_id, by)
                    changed += 1
                else:
                    self._directory.add(session, row.details, by=by, organisation_id=organisation_id)
                    added += 1
            except (InvalidInput, NotFound) as error:
                found.extend(_problems_of(row, error))
        if found or dry_run:
            savepoint.rollback()
        else:
            savepoint.commit()
        return ImportReport(added, changed, tuple(sorted(found, key=lambda one: (one.row, one.column))))

    def _change(self, session: Session, row: Row, organisation_id: str, by: Actor) -> None:
        known = self._directory.find_own(session, row.id, by=by)
        if known.organisation_id != organisation_id:
            raise NotFound("there is no such interpreter")
        self._directory.update(session, row.id, row.details, by=by)

    def save(self, session: Session, *, by: Actor, organisation_id: str) -> str:
        """Return all interpreters of an organisation as such a table.

        Raises:
            NotAllowed: the actor is no broker of the organisation.
        """
        require(by, Permission.BROKER_INTERPRETERS, organisation_id=organisation_id)
        found: list[InterpreterRead] = []
        after: str | None = None
        while batch := self._directory.list(session, by=by, organisation_id=organisation_id, limit=BATCH, after=after):
            found.extend(batch)
            after = batch[-1].id
        query = select(Interpreter.staff_id).where(
            Interpreter.organisation_id == organisation_id, col(Interpreter.staff_id).is_not(None)
        )
        emails = {key: self._roster.address_of(session, key) for key in session.exec(query) if key}
        return write_interpreters(found, emails)


def _twice(rows: Iterable[Row]) -> list[RowProblem]:
    """Return the rows that name an interpreter whom an earlier row names too."""
    seen: set[str] = set()
    found: list[RowProblem] = []
    for row in rows:
        if row.id and row.id in seen:
            found.append(RowProblem(row.number, "id", "an earlier row names this interpreter"))
        seen.add(row.id)
    return found


def _problems_of(row: Row, error: InvalidInput | NotFound) -> list[RowProblem]:
    if isinstance(error, NotFound):
        return [RowProblem(row.number, "id", "there is no such interpreter in this organisation")]
    each = error.problems if isinstance(error, InvalidForm) else (error,)
    return [RowProblem(row.number, str(one.params.get("field", "")), one.message) for one in each]
