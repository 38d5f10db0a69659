"""Backups and restores on a real file system without room: a clear error, nothing changed, nothing left."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.installation import Installation
from tests.support.small_disk import ROOMS, run_on_small_disk


def test_without_room_nothing_is_changed_and_nothing_is_left(installation: Installation, tmp_path: Path) -> None:
    installation.meet()
    backup = installation.back_up()
    installation.meet()
    installation.let_go()
    trials = run_on_small_disk(tmp_path / "disk", installation.data / "keys", installation.url, backup)
    if trials is None:
        pytest.skip("this user may not mount a file system: needs root, or unshare with user namespaces")
    rooms = ROOMS[sa.make_url(installation.url).get_backend_name()]
    assert [(trial.action, trial.room) for trial in trials] == [(a, r) for r in rooms for a in ("backup", "restore")]
    failed = [trial for trial in trials if trial.error]
    assert [trial for trial in failed if trial.error != "StorageFull" or "no room" not in trial.message] == []
    assert [trial for trial in failed if not trial.is_unchanged or trial.left] == []
    for action in ("backup", "restore"):
        results = [bool(trial.error) for trial in trials if trial.action == action]
        assert (results[:2], results[-1]) == ([True, True], False)
