"""Brings a backup back into place, and makes it forget again what was erased since."""

import shutil
import tempfile
from collections.abc import Sequence
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
from linkbridge.kernel.db import SessionFactory, create_engine
from linkbridge.kernel.errors import InvalidInput, Unavailable
from linkbridge.worker.backup import DATABASE, ERASURES, Backups, Manifest, extract
from linkbridge.worker.databases import database_at, require_kind
from linkbridge.worker.lease import FileLease, lock_path

OPERATOR = system_actor("operator")
_log = structlog.get_logger("linkbridge.restore")
_WORKPLACE = ".restoring-"


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
    ) -> None:
        self._url = url
        self._folder = folder
        self._database = database_at(url)
        self._backups = backups
        self._erasures = erasures
        self._erasure_log = erasure_log
        self._erasers = erasers
        self._audit = audit

    def run(self, path: Path, key: bytes) -> Restored:
        """Put the backup in the place of the current database.

        Until the last moment the current database stays as it is; then the restored one, migrated and with
        erasures replayed, takes its place in one step.

        Raises:
            InvalidInput: the backup is damaged, of another key, of another kind of database or of a later release.
            Conflict: the database is in use.
            StorageFull: there is no room.
            Unavailable: a program that this needs is missing or failed.
        """
        for left in self._folder.glob(f"{_WORKPLACE}*"):
            shutil.rmtree(left, ignore_errors=True)
        place = Path(tempfile.mkdtemp(prefix=_WORKPLACE, dir=self._folder))
        lease: FileLease | None = None
        try:
            manifest = extract(path, key, place)
            require_kind(self._database, manifest.kind)
            require_known_revision(manifest.revision)
            if self._database.kind == "sqlite":
                lease = FileLease(lock_path(self._url))
            memory = self._remember()
            entries = (*memory.erasures, *self._erasure_log.entries(), *ErasureLog(place / ERASURES).entries())
            safety_copy = self._safety_copy(key)
            erased = 0

            def prepare(engine: sa.Engine) -> None:
                nonlocal erased
                erased = self._prepare(engine, manifest, entries, memory.ended)

            self._database.replace(place / DATABASE, prepare)
        finally:
            if lease is not None:
                lease.release()
            shutil.rmtree(place, ignore_errors=True)
        _log.info("restored", revision=manifest.revision, erased_again=erased)
        return Restored(manifest, erased, memory.ended.count, safety_copy)

    def _prepare(
        self, engine: sa.Engine, manifest: Manifest, entries: tuple[ErasureEntry, ...], ended: EndedAccess
    ) -> int:
        migrations.upgrade(engine)
        with SessionFactory(engine).transaction() as session:
            self._erasures.bring_back(session, entries)
            erased = replay(session, self._erasures.all(session), self._erasers)
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
            _log.warning("current_database_unreadable", error_type=type(error).__name__)
            return _Memory()
        finally:
            engine.dispose()

    def _safety_copy(self, key: bytes) -> Path | None:
        try:
            return self._backups.create(key, label="-before-restore")
        except (Unavailable, sa.exc.DatabaseError) as error:
            _log.warning("no_safety_copy", error_type=type(error).__name__)
            return None


def require_known_revision(revision: str) -> None:
    """Refuse a schema that this release does not know.

    Raises:
        InvalidInput: the backup was made by a later release.
    """
    if revision not in migrations.known_revisions():
        raise InvalidInput("this backup was made by a later LinkBridge: update this one first", field="file")
