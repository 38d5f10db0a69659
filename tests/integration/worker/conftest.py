from collections.abc import Iterator
from pathlib import Path

import pytest

from linkbridge.kernel.clock import FrozenClock
from tests.support.installation import Installation


@pytest.fixture
def installation(database_url: str, clock: FrozenClock, tmp_path: Path) -> Iterator[Installation]:
    """An installation with two organisations and their sites; its data folder lies beside the test's own files."""
    made = Installation(tmp_path / "data", database_url, clock)
    assert made.world.accounts
    yield made
    made.let_go()
