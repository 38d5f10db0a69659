"""One server for a benchmark: its folder, its demonstration site and an enrolled tablet."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from linkbridge.accounts.demo import seed_demo
from linkbridge.accounts.first import OPERATOR
from linkbridge.bootstrap import build_container
from linkbridge.settings import Settings

START_SECONDS = 60
_PASSWORD = "a long password for the benchmark"  # noqa: S105 - of a server that lives for a minute on loopback


@dataclass(frozen=True, slots=True)
class Node:
    """A running server, the cookie of a tablet enrolled at it, and how long it took to answer first, in seconds."""

    url: str
    device_cookie: str
    started_in: float
    process: subprocess.Popen[bytes]

    @property
    def resident_megabytes(self) -> float:
        """Memory of the server's process that is in use now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
        return int(line.split()[1]) / 1024


@contextmanager
def running(folder: Path, port: int) -> Iterator[Node]:
    """Start the server in ``folder`` with a demonstration site and a tablet, and stop it at the end.

    Raises:
        RuntimeError: it did not start; what it wrote is in the message.
    """
    settings = Settings(data_dir=folder / "data", port=port, demo=True)
    token = _enrol_tablet(settings)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("LINKBRIDGE_")},
        "LINKBRIDGE_DATA_DIR": str(settings.data_dir),
        "LINKBRIDGE_PORT": str(port),
        "LINKBRIDGE_DEMO": "true",
    }
    started = time.monotonic()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.application"], env=environment, stdout=log, stderr=log
        )
    try:
        while not _answers(settings.resolved_base_url):
            if process.poll() is not None or time.monotonic() - started > START_SECONDS:
                raise RuntimeError((folder / "log").read_text(encoding="utf-8", errors="replace"))
            time.sleep(0.02)
        yield Node(settings.resolved_base_url, f"lb_device={token}", time.monotonic() - started, process)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _enrol_tablet(settings: Settings) -> str:
    container = build_container(settings)
    with container.sessions.transaction() as session:
        demo = seed_demo(session, container.accounts, container.cipher, password=_PASSWORD)
        link = container.devices.create_enrolment(session, site_id=demo.site.id, label="Tablet", by=OPERATOR)
        token = container.devices.enrol(session, link.code).token
    container.sessions.engine.dispose()
    return token


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:  # noqa: S310 - loopback
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
