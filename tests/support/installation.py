"""An installation with a data folder, keys, a database, staff and a tablet, as backups and restores meet it."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import SQLModel, select

from linkbridge.accounts.devices import DeviceRead
from linkbridge.accounts.erasures import Erasures
from linkbridge.bootstrap import build_backups, build_cipher, build_restore, erasure_log
from linkbridge.encounters.models import Encounter
from linkbridge.encounters.ports import NoInterpreterDesk
from linkbridge.encounters.service import Encounters
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.db import SessionFactory, create_engine
from linkbridge.kernel.ids import new_encounter_code
from linkbridge.kernel.sealing import Unsealer
from linkbridge.settings import Settings
from linkbridge.worker.backup import backup_key
from linkbridge.worker.restore import Restored
from tests.support.accounts import SETUP, World
from tests.support.encounters import FakeTablet
from tests.support.texts import checked_catalogue

Content = dict[str, list[str]]


@dataclass
class Installation:
    """Everything that a machine has of one LinkBridge. What is not used is not made."""

    data: Path
    url: str
    clock: FrozenClock

    @property
    def settings(self) -> Settings:
        return Settings(data_dir=self.data, database_url=self.url)

    @property
    def backups(self) -> Path:
        return self.data / "backups"

    @cached_property
    def cipher(self) -> FieldCipher:
        return build_cipher(self.settings)

    @cached_property
    def sessions(self) -> SessionFactory:
        return SessionFactory(create_engine(self.url))

    @cached_property
    def world(self) -> World:
        """Two organisations with their sites, made when first asked for."""
        return World(self.sessions, self.clock, self.cipher)

    @cached_property
    def tablet(self) -> FakeTablet:
        return FakeTablet(Unsealer(self.data / "keys", self.clock), self.clock)

    @cached_property
    def encounters(self) -> Encounters:
        return Encounters(
            clock=self.clock,
            catalogue=checked_catalogue(),
            unsealer=self.tablet.unsealer,
            desk=NoInterpreterDesk(),
            audit=self.world.accounts.audit,
            erasures=Erasures(clock=self.clock, cipher=self.cipher, log=erasure_log(self.settings)),
            cipher=self.cipher,
        )

    def enrol(self, site_id: str) -> str:
        """Make a tablet of the site and return its id."""
        devices = self.world.accounts.devices
        with self.sessions.transaction() as session:
            code = devices.create_enrolment(session, site_id=site_id, label="Tablet", by=SETUP).code
            enrolled = devices.enrol(session, code)
        self._devices[enrolled.device.id] = enrolled.device
        return enrolled.device.id

    @cached_property
    def _devices(self) -> dict[str, DeviceRead]:
        return {}

    def meet(self, *, training: bool = False, site_id: str | None = None) -> str:
        """Record an encounter with one answer in one transaction and return its code."""
        site_id = site_id or self.world.site
        device = next((each for each in self._devices.values() if each.site.id == site_id), None)
        device = device or self._devices[self.enrol(site_id)]
        code = new_encounter_code()
        event = self.tablet.acknowledgement(code, head={"training": training})
        with self.sessions.transaction() as session:
            event_id, envelope = self.tablet.seal(event)
            outcome = self.encounters.receive(session, device, event_id, envelope, sent_at=self.clock.now())
        assert outcome.outcome == "stored"
        return code

    def erase(self, code: str) -> None:
        with self.sessions.transaction() as session:
            self.encounters.erase(session, code, by=self.world.administrator)

    def codes(self) -> set[str]:
        """Return the codes of the encounters in the database."""
        with self.sessions.reading() as session:
            return set(session.exec(select(Encounter.code)))

    def content(self) -> Content:
        """Return everything in our tables, to see whether anything changed; then let go of the database."""
        with self.sessions.reading() as session:
            found = {
                table.name: sorted(
                    json.dumps(list(row), default=str) for row in session.connection().execute(sa.select(table))
                )
                for table in SQLModel.metadata.sorted_tables
            }
        self.let_go()
        return found

    def let_go(self) -> None:
        """Close every connection, as a stopped server does."""
        self.sessions.engine.dispose()

    @property
    def key(self) -> bytes:
        return backup_key(self.data / "keys" / "backup")

    def back_up(self, label: str = "") -> Path:
        return build_backups(self.settings, self.clock).create(self.key, label=label)

    def restore(self, path: Path, *, key: bytes | None = None) -> Restored:
        self.let_go()
        return build_restore(self.settings, self.clock).run(path, key or self.key)

    def lose_database(self) -> None:
        """Let the database go up in smoke."""
        self.let_go()
        url = sa.make_url(self.url)
        if url.get_backend_name() == "sqlite":
            for ending in ("", "-wal", "-shm"):
                Path(f"{url.database}{ending}").unlink(missing_ok=True)
            return
        run_as_admin(self.url, f'DROP DATABASE "{url.database}"')


def run_as_admin(url: str, statement: str) -> list[str]:
    """Run a statement in the maintenance database of a PostgreSQL server; return the first column of what it finds."""
    engine = sa.create_engine(
        sa.make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    with engine.connect() as connection:
        result = connection.execute(sa.text(statement))
        return [str(row[0]) for row in result] if result.returns_rows else []
