from pathlib import Path

import pytest

from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from tests.support.accounts import World
from tests.support.workshop import Bench, write_books


@pytest.fixture
def bench(sessions: SessionFactory, clock: FrozenClock, tmp_path: Path) -> Bench:
    return Bench(World(sessions, clock), write_books(tmp_path / "phrasebooks"))
