"""A restore that is killed leaves the old database or the new one, whole."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.installation import Installation, run_as_admin

ROOT = Path(__file__).parents[3]


def restore_and_die(installation: Installation, backup: Path, moment: str) -> None:
    installation.let_go()
    arguments = [str(installation.data), installation.url, str(backup), moment]
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.killed_restore", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize("moment", ["prepared", "aside", "in-place"])
def test_killed_restore_leaves_the_old_or_the_new_database(installation: Installation, moment: str) -> None:
    stays, erased = installation.meet(), installation.meet()
    backup = installation.back_up()
    installation.erase(erased)
    late = installation.meet()
    old = installation.content()
    restore_and_die(installation, backup, moment)
    if moment == "in-place":
        assert installation.codes() == {stays}
    else:
        assert installation.codes() == {stays, late}
        assert installation.content() == old
    with installation.sessions.reading() as session:
        assert installation.world.accounts.audit.verify(session).is_sound
    # The next one is not hindered by what was left, and clears it away where it is a file.
    installation.restore(backup)
    assert installation.codes() == {stays}
    url = sa.make_url(installation.url)
    left = [path.name for path in installation.data.iterdir() if path.name.startswith(".")]
    if url.get_backend_name() == "sqlite":
        left += [path.name for path in Path(url.database or "").parent.glob(".restoring-*")]
        left += [path.name for path in Path(url.database or "").parent.glob("*.before-restore*")]
    else:
        installation.let_go()
        for name in run_as_admin(installation.url, "SELECT datname FROM pg_database"):
            if name.startswith(f"{url.database}_"):  # the nightly job drops these: see test_backup.py
                run_as_admin(installation.url, f'DROP DATABASE "{name}"')
    assert left == []
