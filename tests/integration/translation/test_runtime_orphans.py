"""No process of the runtime outlives the program, however that ends."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys, threading
from pathlib import Path
from linkbridge.translation.ports import Patience
from linkbridge.translation.runtime.lanes import Limits
from linkbridge.translation.runtime.runner import ModelRunner, RunnerOptions
from tests.support.runtime_engines import ENGINES, PAIR, told_model

folder, then = Path(sys.argv[1]), sys.argv[2]
model = told_model(folder)
runner = ModelRunner(RunnerOptions(processes=1, limits=Limits(stall_seconds=1.0), engines=ENGINES))
runner.run(model, PAIR, ["x"], Patience())
if then == "spin":
    threading.Thread(target=runner.run, args=(model, PAIR, ["spin:"], Patience()), daemon=True).start()
print(*runner.process_ids(), flush=True)
sys.stdin.read()
"""


def started(folder: Path, then: str) -> tuple["subprocess.Popen[str]", int]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), then],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert program.stdout is not None
    return program, os.pidfd_open(int(program.stdout.readline()))


def ends(descriptor: int) -> bool:
    ended = bool(select.select([descriptor], [], [], 10)[0])
    os.close(descriptor)
    return ended


@pytest.mark.parametrize("then", ["idle", "spin"])
def test_process_ends_when_its_parent_was_killed(tmp_path: Path, then: str) -> None:
    program, process = started(tmp_path, then)
    with program:
        program.send_signal(signal.SIGKILL)
    assert ends(process)


@pytest.mark.parametrize("then", ["idle", "spin"])
def test_process_ends_when_its_parent_leaves_without_closing(tmp_path: Path, then: str) -> None:
    program, process = started(tmp_path, then)
    with program:
        pass
    assert program.returncode == 0
    assert ends(process)


def test_process_ends_on_sigterm(tmp_path: Path) -> None:
    program, process = started(tmp_path, "idle")
    with program:
        signal.pidfd_send_signal(process, signal.SIGTERM)
        assert ends(process)
