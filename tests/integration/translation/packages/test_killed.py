"""Commands that are killed: at every step of an installation, and in the middle of a download."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from linkbridge.kernel.clock import FrozenClock
from linkbridge.translation.packages.installing import Installer
from tests.support.package_server import started_server
from tests.support.packages import argos_files, argos_package, make_installer, zipped

ROOT = Path(__file__).resolve().parents[4]
KILLED = -signal.SIGKILL
NEVER = 1_000


def command(folder: Path, what: str, *steps: int) -> list[str]:
    return [sys.executable, "-m", "tests.support.killed_models", str(folder), what, *map(str, steps)]


def run(folder: Path, what: str, *steps: int) -> list[int]:
    """Run a command that is killed after so many steps, in ``<folder>/<steps>``, and return how each ended."""
    result = subprocess.run(
        command(folder, what, *steps), cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    return [int(line) for line in result.stdout.split()]


def version(installer: Installer) -> str:
    found = [have for have in installer.store.installed() if have.model.engine == "argos"]
    return found[0].model.version.partition("+")[0] if found else "none"


def settle(models: Path, clock: FrozenClock) -> Installer:
    """Do what the next command does first, and see that everything is whole and swept."""
    installer = make_installer(models, clock)
    with installer.store.changing():
        pass
    assert all(found.is_sound and found.recorded for found in installer.verify())
    assert list((models / ".staging").iterdir()) == []
    return installer


@pytest.mark.parametrize(
    ("what", "steps", "seen"), [("install", range(32), {"1.0", "2.0"}), ("remove", range(14), {"1.0", "none"})]
)
def test_a_command_that_is_killed_at_any_step_leaves_the_old_or_the_new(
    tmp_path: Path, clock: FrozenClock, what: str, steps: range, seen: set[str]
) -> None:
    old, new = tmp_path / "old.argosmodel", tmp_path / "new.argosmodel"
    old.write_bytes(argos_package(version="1.0"))
    new.write_bytes(argos_package(version="2.0"))
    make_installer(tmp_path / "before", clock).install_path(old)
    for step in steps:
        shutil.copytree(tmp_path / "before", tmp_path / str(step))
    ends = run(tmp_path, str(new) if what == "install" else what, *steps)
    killed = ends.count(KILLED)
    assert ends == [KILLED] * killed + [0] * (len(steps) - killed)
    assert 8 < killed < len(steps)
    versions = [version(settle(tmp_path / str(step), clock)) for step in steps]
    assert set(versions) == seen
    assert versions == sorted(versions)


def test_a_server_notices_what_a_killed_command_had_done_already(tmp_path: Path, clock: FrozenClock) -> None:
    package = tmp_path / "new.argosmodel"
    package.write_bytes(argos_package())
    assert run(tmp_path, str(package), 1) == [KILLED]
    assert not (tmp_path / "1" / ".generation").exists()
    settle(tmp_path / "1", clock)
    assert len((tmp_path / "1" / ".generation").read_text()) == 32


def test_a_download_that_is_killed_is_continued_by_the_next_command(tmp_path: Path, clock: FrozenClock) -> None:
    models = tmp_path / str(NEVER)
    content = zipped({**argos_files(), "README.md": os.urandom(600_000)})
    with started_server() as server:
        address = f"{server.address}/es_en.zip"
        served = server.serve("/es_en.zip", content, silent=True)
        with subprocess.Popen(command(tmp_path, address, NEVER), cwd=ROOT, start_new_session=True) as child:
            assert served.half_sent.wait(30)
            wait_for_part(models, len(content) // 4)
            os.killpg(child.pid, signal.SIGKILL)
        served.silent = False
        served.go_on.set()
        assert version(settle(models, clock)) == "none"
        assert run(tmp_path, address, NEVER) == [0]
        first, second = server.ranges_of("/es_en.zip")
    assert first == ""
    assert int(second.removeprefix("bytes=").removesuffix("-")) > len(content) // 4
    assert version(settle(models, clock)) == "1.0"


def wait_for_part(models: Path, size: int) -> None:
    """Wait until so much of what the server has sent is in the file."""
    for _ in range(600):
        if sum(path.stat().st_size for path in (models / ".downloads").glob("*.part")) > size:
            return
        time.sleep(0.05)
    raise AssertionError("nothing arrived")
