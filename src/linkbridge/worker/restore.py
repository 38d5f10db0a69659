"""Brings a backup back into place, and makes it forget again what was erased since."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
import structlog
from sqlmodel import Session

from linkbridge import migrations
from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.erasure_log import Eraser, ErasureEntry, ErasureLog, replay
from linkbridge.accounts.erasures import Erasures
from linkbridge.accounts.permissions import system_actor
from linkbridge.accounts.restoring import EndedAccess, end_access, read_ended_access
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.db import SessionFactory, create_engine, is_full
from linkbridge.kernel.errors import Conflict, InvalidInput, StorageFull, Unavailable
from linkbridge.worker.backup import DATABASE, ERASURES, Backups, Manifest, extract
from linkbridge.worker.databases import UNFINISHED_RESTORE, database_at, require_kind
from linkbridge.worker.lease import FileLease, lock_path

OPERATOR = system_actor("operator")
_log = structlog.get_logger("linkbridge.restore")


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. ``safety_copy`` is a backup of what was there before, if that could be read."""

    manifest: Manifest
    erased_again: int
    access_ended: int
    safety_copy: Path | None


@dataclass(frozen=True, slots=True)
class _Memory:
    """What the current database knows and the restored one must not forget."""

    erasures: tuple[ErasureEntry, ...] = ()
    ended: EndedAccess = field(default_factory=lambda: EndedAccess({}))


class Restore:
    """Restores backups of one installation."""

    def __init__(
        self,
        *,
        url: str,
        folder: Path,
        backups: Backups,
        erasures: Erasures,
        erasure_log: ErasureLog,
        erasers: Sequence[Eraser],
        audit: AuditLog,
        cipher: FieldCipher,
    ) -> None:
        self._url = url
        self._database = database_at(url)
        is_file = self._database.kind == "sqlite"
        # Beside a database that is a file, so that taking its place is one rename on one disk.
        self._folder = Path(sa.make_url(url).database or "").parent if is_file else folder
        self._lock = lock_path(url) if is_file else folder / "restore-lock"
        self._backups = backups
        self._erasures = erasures
        self._erasure_log = erasure_log
        self._erasers = erasers
        self._audit = audit
        self._cipher = cipher

    def run(self, path: Path, key: bytes) -> Restored:
        """Put the backup in the place of the current database.

        Until the last moment the current database stays as it is; then the restored one, migrated and with
        erasures replayed, takes its place in one step.

        Raises:
            InvalidInput: the backup is damaged, of another key, of another installation, of another kind of database
                or of a later release.
            Conflict: the database is in use.
            StorageFull: there is no room.
            Unavailable: a program that this needs is missing or failed.
        """
        with _room(), self._workplace() as place:
            manifest = extract(path, key, place)
            require_kind(self._database, manifest.kind)
            require_known_revision(manifest.revision)
            if not self._cipher.answers_to(manifest.keys):
                raise InvalidInput(
                    "this backup was made with other keys: put the keys folder that belongs to it in place first",
                    field="key",
                )
            memory = self._remember()
            entries = (*memory.erasures, *self._erasure_log.entries(), *ErasureLog(place / ERASURES).entries())
            safety_copy = self._safety_copy(key)
            erased = 0

            def prepare(engine: sa.Engine) -> None:
                nonlocal erased
                erased = self._prepare(engine, manifest, entries, memory.ended)

            self._database.replace(place / DATABASE, prepare)
        _log.info("restored", revision=manifest.revision, erased_again=erased)
        return Restored(manifest, erased, memory.ended.count, safety_copy)

    @contextmanager
    def _workplace(self) -> Iterator[Path]:
        """Make a folder for the unfinished, alone: where a file is the database, nobody serves it meanwhile."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lease = FileLease(self._lock)
        try:
            for left in self._folder.glob(f"{UNFINISHED_RESTORE}*"):
                shutil.rmtree(left, ignore_errors=True)
            place = Path(tempfile.mkdtemp(prefix=UNFINISHED_RESTORE, dir=self._folder))
            try:
                yield place
            finally:
                shutil.rmtree(place, ignore_errors=True)
        finally:
            lease.release()

    def _prepare(
        self, engine: sa.Engine, manifest: Manifest, entries: tuple[ErasureEntry, ...], ended: EndedAccess
    ) -> int:
        migrations.upgrade(engine)
        with SessionFactory(engine).transaction() as session:
            self._erasures.bring_back(session, entries)
            known = self._erasures.all(session)
            erased = replay(session, known, self._erasers)
            # The next restore may be of an older backup, after the loss of this database.
            self._erasure_log.add_missing(known)
            end_access(session, ended)
            self._audit.record(
                session,
                actor=OPERATOR.reference,
                action="backup.restored",
                details={"made_at": manifest.created_at, "erased_again": erased, "access_ended": ended.count},
            )
        return erased

    def _remember(self) -> _Memory:
        """Read what must not be forgotten; a database that is gone, damaged or of another schema has nothing to say."""
        engine = create_engine(self._url)
        try:
            if self._database.kind == "sqlite" and not Path(engine.url.database or "").exists():
                return _Memory()
            with Session(engine) as session:
                return _Memory(self._erasures.all(session), read_ended_access(session))
        except sa.exc.DatabaseError as error:
            if is_full(error):
                raise  # it can be read, only not now
            if "database is locked" in str(error.orig):
                raise Conflict("the database is in use: stop LinkBridge first") from error
            _log.warning("current_database_unreadable", error_type=type(error).__name__)
            return _Memory()
        finally:
            engine.dispose()

    def _safety_copy(self, key: bytes) -> Path | None:
        try:
            return self._backups.create(key, label="-before-restore")
        except (Unavailable, sa.exc.DatabaseError) as error:
            if is_full(error):
                raise
            _log.warning("no_safety_copy", error_type=type(error).__name__)
            return None


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.OperationalError, sa.exc.OperationalError) as error:
        if is_full(error):
            raise StorageFull("there is no room to restore; the database was left as it was") from error
        raise


def require_known_revision(revision: str) -> None:
    """Refuse a schema that this release does not know.

    Raises:
        InvalidInput: the backup was made by a later release.
    """
    if revision not in migrations.known_revisions():
        raise InvalidInput("this backup was made by a later LinkBridge: update this one first", field="file")
