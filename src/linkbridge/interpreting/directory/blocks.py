"""Conflicts and do-not-send lists: kept by the interpreter's side, and by the side that would not have it."""

from sqlmodel import Session, col, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import Actor, Permission, allows, require
from linkbridge.interpreting.directory.checking import check_block
from linkbridge.interpreting.directory.service import InterpreterDirectory
from linkbridge.interpreting.directory.values import Block
from linkbridge.interpreting.models import Interpreter, InterpreterBlock
from linkbridge.interpreting.values import BlockKind
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.errors import Conflict, NotFound


class Blocks:
    """The blocks of all interpreters. A matching search never says whose block it was."""

    def __init__(self, *, clock: Clock, audit: AuditLog, directory: InterpreterDirectory) -> None:
        self._clock = clock
        self._audit = audit
        self._directory = directory

    def of(self, session: Session, interpreter_id: str, *, by: Actor) -> tuple[Block, ...]:
        """Return all blocks of an own interpreter; of another's, those that the actor's organisation set itself.

        Raises:
            NotFound: there is no such interpreter that the actor may know of.
        """
        self._directory.get(session, interpreter_id, by=by)
        rows = session.exec(
            select(InterpreterBlock)
            .where(InterpreterBlock.interpreter_id == interpreter_id)
            .order_by(col(InterpreterBlock.kind), col(InterpreterBlock.code))
        ).all()
        manages = self._manages(session, interpreter_id, by)
        return tuple(_read(row) for row in rows if manages or _is_of(row, by))

    def add(self, session: Session, interpreter_id: str, kind: BlockKind, code: str, *, by: Actor) -> Block:
        """Add a block. Brokers of the requesting side may say only whom they themselves will not have.

        Raises:
            NotFound: there is no such interpreter that the actor may know of.
            NotAllowed: the actor is no broker, or the block is not its to set.
            InvalidInput: the code has not the form that its kind needs.
            Conflict: it is there already.
        """
        require(by, Permission.BROKER_INTERPRETERS)
        self._directory.get(session, interpreter_id, by=by)
        cleaned = check_block(kind, code)
        if not self._manages(session, interpreter_id, by):
            kind_of_code, _, owner = cleaned.partition(":")
            is_theirs = kind is BlockKind.UNWANTED and owner in (
                by.site_ids if kind_of_code == "site" else {by.organisation_id}
            )
            if not is_theirs:
                raise NotFound("there is no such interpreter of yours")
        found = session.exec(
            select(InterpreterBlock.id).where(
                InterpreterBlock.interpreter_id == interpreter_id,
                InterpreterBlock.kind == kind,
                InterpreterBlock.code == cleaned,
            )
        ).first()
        if found is not None:
            raise Conflict("this is on the list already")
        row = InterpreterBlock(
            interpreter_id=interpreter_id,
            kind=kind,
            code=cleaned,
            created_by=by.reference,
            created_at=self._clock.now(),
        )
        session.add(row)
        session.flush()
        self._audit.record(
            session,
            actor=by.reference,
            action="interpreter.blocked",
            subject=interpreter_id,
            details={"kind": row.kind},
        )
        return _read(row)

    def remove(self, session: Session, block_id: str, *, by: Actor) -> None:
        """Take a block away again.

        Raises:
            NotFound: there is none that is the actor's to take away.
        """
        require(by, Permission.BROKER_INTERPRETERS)
        row = session.get(InterpreterBlock, block_id)
        if row is None or not (self._manages(session, row.interpreter_id, by) or _is_of(row, by)):
            raise NotFound("there is no such entry")
        session.delete(row)
        session.flush()
        self._audit.record(
            session,
            actor=by.reference,
            action="interpreter.unblocked",
            subject=row.interpreter_id,
            details={"kind": row.kind},
        )

    @staticmethod
    def _manages(session: Session, interpreter_id: str, by: Actor) -> bool:
        row = session.get_one(Interpreter, interpreter_id)
        return allows(by, Permission.BROKER_INTERPRETERS, organisation_id=row.organisation_id)


def _is_of(row: InterpreterBlock, by: Actor) -> bool:
    """Whether the block is what the actor's own side said of the interpreter."""
    kind, _, owner = row.code.partition(":")
    return row.kind == BlockKind.UNWANTED and owner in (by.site_ids if kind == "site" else {by.organisation_id})


def _read(row: InterpreterBlock) -> Block:
    return Block(row.id, BlockKind(row.kind), row.code)
