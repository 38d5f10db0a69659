"""Backs up and restores on a small disk with less and less room, and prints as JSON what came of each.

Runs in a mount namespace of its own, in which the disk is a real file system: see ``run_on_small_disk``.
Arguments: the disk, a folder of keys, the database URL, and a backup.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.errors import DomainError
from tests.support.installation import Installation

ROOT = Path(__file__).parents[2]
MIB = 1024 * 1024
DISK_BYTES = 16 * MIB
ROOMS = {"sqlite": (0, 8, 160, 352, 480, 640, 1216, 2432), "postgresql": (0, 8, 640)}
"""KiB that are left: for nothing, for the beginning of it, …, for all of it. What PostgreSQL copies is smaller."""


@dataclass(frozen=True)
class Trial:
    """What came of one attempt with so much room. ``error`` is empty when it succeeded."""

    action: str
    room: int
    error: str
    message: str
    is_unchanged: bool
    left: list[str]


def run_on_small_disk(disk: Path, keys: Path, url: str, backup: Path) -> list[Trial] | None:
    """Try everything on a new file system at ``disk``; ``None`` where this user may not mount one."""
    disk.mkdir()
    mount = f'mount -t tmpfs -o size={DISK_BYTES} none "$1" && shift && exec "$@"'
    program = [sys.executable, "-m", "tests.support.small_disk", str(disk), str(keys), url, str(backup)]
    for flags in (["-m"], ["-U", "-r", "-m"]):
        space = ["unshare", *flags, "sh", "-c", mount, "sh", str(disk)]
        if subprocess.run([*space, "true"], capture_output=True, check=False).returncode == 0:
            done = subprocess.run([*space, *program], cwd=ROOT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            return [Trial(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")]
    return None


def main(disk: Path, keys: Path, url: str, backup: Path) -> None:
    data = disk / "data"
    shutil.copytree(keys, data / "keys")
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        shutil.copyfile(parsed.database or "", data / "linkbridge.db")
        url = f"sqlite:///{data / 'linkbridge.db'}"
    clock = FrozenClock(datetime.now(UTC))
    installation = Installation(data, url, clock)
    for room in ROOMS[parsed.get_backend_name()]:
        clock.advance(timedelta(minutes=1))
        attempt(installation, disk, room, "backup", installation.back_up)
        attempt(installation, disk, room, "restore", lambda: installation.restore(backup))


def attempt(installation: Installation, disk: Path, room: int, action: str, act: Callable[[], object]) -> None:
    before = installation.content()
    shutil.rmtree(installation.backups, ignore_errors=True)
    filler = disk / "filler"
    with filler.open("wb") as file:
        state = os.statvfs(disk)
        os.posix_fallocate(file.fileno(), 0, state.f_bavail * state.f_frsize - room * 1024)
    error = message = ""
    try:
        act()
    except DomainError as raised:
        error, message = type(raised).__name__, raised.message
    filler.unlink()
    left = sorted(str(path.relative_to(disk)) for path in disk.rglob("*") if is_left(path, disk))
    trial = Trial(action, room, error, message, installation.content() == before, left)
    print(json.dumps(asdict(trial)))  # noqa: T201 - this is a program


def is_left(path: Path, disk: Path) -> bool:
    """Whether this is something that a failed attempt should have cleared away."""
    inside = path.relative_to(disk).parts[1:]
    is_in_use = inside[:1] in {("keys",), ("backups",), ("restore-lock",)} or path.name.startswith("linkbridge.db")
    return bool(inside) and (not is_in_use or path.name.startswith(".") or "before" in path.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
