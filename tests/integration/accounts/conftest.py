import pytest

from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from tests.support.accounts import World


@pytest.fixture
def world(sessions: SessionFactory, clock: FrozenClock) -> World:
    return World(sessions, clock)
