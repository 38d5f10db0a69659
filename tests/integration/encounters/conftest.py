from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlmodel import Session

from linkbridge.accounts.devices import DeviceRead
from linkbridge.encounters.ports import InterpreterReply, InterpreterWish
from linkbridge.encounters.service import Encounters, Outcome
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.sealing import Unsealer
from linkbridge.phrasebook.catalogue import Catalogue
from tests.support.accounts import SETUP, World
from tests.support.encounters import FakeTablet, Sealed
from tests.support.texts import checked_catalogue


@dataclass
class RecordingDesk:
    """Takes every wish and remembers it."""

    is_configured: bool = True
    wishes: list[InterpreterWish] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    def request(self, session: Session, wish: InterpreterWish) -> InterpreterReply:
        assert session.in_transaction()
        self.wishes.append(wish)
        return InterpreterReply("requested")

    def finish(self, session: Session, encounter_id: str) -> None:
        assert session.in_transaction()
        self.finished.append(encounter_id)

    def forget(self, session: Session, encounter_id: str) -> None:
        assert session.in_transaction()
        self.forgotten.append(encounter_id)


@dataclass
class Post:
    """A border post with one tablet, and what records its encounters."""

    world: World
    catalogue: Catalogue
    unsealer: Unsealer
    desk: RecordingDesk = field(default_factory=RecordingDesk)

    def __post_init__(self) -> None:
        self.clock = self.world.clock
        self.sessions: SessionFactory = self.world.sessions
        self.tablet = FakeTablet(self.unsealer, self.clock)
        self.encounters = Encounters(
            clock=self.clock,
            catalogue=self.catalogue,
            unsealer=self.unsealer,
            desk=self.desk,
            audit=self.world.accounts.audit,
            erasures=self.world.accounts.erasures,
            cipher=self.world.cipher,
        )
        self.device = self.enrol(self.world.site)

    def enrol(self, site_id: str) -> DeviceRead:
        devices = self.world.accounts.devices
        with self.sessions.transaction() as session:
            code = devices.create_enrolment(session, site_id=site_id, label="Tablet", by=SETUP).code
            return devices.enrol(session, code).device

    def send(self, *events: Sealed, device: DeviceRead | None = None) -> list[Outcome]:
        """Send events in one transaction, as one request does."""
        with self.sessions.transaction() as session:
            return [
                self.encounters.receive(session, device or self.device, event_id, envelope, sent_at=self.clock.now())
                for event_id, envelope in events
            ]


@pytest.fixture
def post(sessions: SessionFactory, clock: FrozenClock, tmp_path: Path) -> Post:
    return Post(World(sessions, clock), checked_catalogue(), Unsealer(tmp_path / "keys", clock))
