import pytest

from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from tests.support.accounts import World
from tests.support.brokering import Brokering


@pytest.fixture
def brokering(sessions: SessionFactory, clock: FrozenClock) -> Brokering:
    return Brokering(World(sessions, clock))
