"""Changes models, and is killed after some number of steps: each that touches the disk counts.

Usage: ``python -m tests.support.killed_models FOLDER WHAT STEP...``: for each STEP, the folder ``FOLDER/STEP`` is
changed by a process of its own, which dies at that step. WHAT is a file, an address, or ``remove``. Prints how each
process ended.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from linkbridge.kernel.clock import SystemClock
from tests.support.packages import make_installer

_STEPS = ((Path, "rename"), (Path, "replace"), (Path, "unlink"), (os, "fsync"), (os, "rmdir"))


def _dying(usual: Callable[..., Any], left: list[int]) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return usual(*arguments, **named)

    return call


def _change(models: Path, what: str, step: int) -> None:
    left = [step]
    for owner, name in _STEPS:
        setattr(owner, name, _dying(getattr(owner, name), left))
    installer = make_installer(models, SystemClock())
    if what == "remove":
        installer.remove([installer.find("argos-es-en", None)])
    elif "://" in what:
        installer.install_address(what)
    else:
        installer.install_path(Path(what))


def main(folder: str, what: str, *steps: str) -> None:
    """Run the command once for each step, in processes of their own."""
    make_installer(Path(folder), SystemClock()).store.installed()  # imports what each child would
    for step in steps:
        child = os.fork()
        if not child:
            _change(Path(folder, step), what, int(step))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
