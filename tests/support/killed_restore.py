"""A process that restores a backup and is killed at one moment of it, as by a power cut.

Arguments: data folder, database URL, backup, and the moment: ``prepared``, ``aside`` or ``in-place``.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from linkbridge.kernel.clock import SystemClock
from linkbridge.worker import databases
from linkbridge.worker.databases import Postgres
from linkbridge.worker.restore import Restore
from tests.support.installation import Installation


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_after(function: Callable[..., Any], when: Callable[..., bool] = lambda *_: True) -> Callable[..., Any]:
    def run(*arguments: Any) -> Any:
        result = function(*arguments)
        if when(*arguments):
            die()
        return result

    return run


def main(data: Path, url: str, backup: Path, moment: str) -> None:
    is_sqlite = url.startswith("sqlite")
    if moment == "prepared":
        Restore._prepare = killed_after(Restore._prepare)  # type: ignore[method-assign]
    elif moment == "aside" and is_sqlite:
        os.link = killed_after(os.link, lambda _, target: str(target).endswith(".before-restore"))
    elif moment == "aside":
        Postgres._exists = killed_after(Postgres._exists)  # type: ignore[method-assign]
    elif is_sqlite:
        databases.sync_folder = killed_after(databases.sync_folder)
    else:
        renamed = killed_after(Postgres._admin, lambda _, *statements: "RENAME" in statements[0])
        Postgres._admin = renamed  # type: ignore[method-assign]
    Installation(data, url, SystemClock()).restore(backup)  # type: ignore[arg-type]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4])
