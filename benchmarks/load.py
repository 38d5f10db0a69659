"""Sends bounded load to loopback with wrk, which takes little of the machine for itself."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

LONGEST_SECONDS = 30
_REPORT = """
done = function(summary, latency, requests)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write
               + summary.errors.status + summary.errors.timeout
  io.write(string.format('\\n{"requests": %d, "microseconds": %d, "failed": %d, "p50": %d, "p95": %d, "p99": %d}\\n',
    summary.requests, summary.duration, failed,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
"""


class LoadError(Exception):
    """The load could not be sent, or was answered with errors; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one round measured: requests a second, and milliseconds at three percentiles."""

    per_second: float
    p50: float
    p95: float
    p99: float


def find_wrk() -> str:
    """Return the path of wrk.

    Raises:
        LoadError: it is not installed.
    """
    found = shutil.which("wrk")
    if found is None:
        raise LoadError("wrk is not installed: apt-get install wrk")
    return found


def send(url: str, *, seconds: int, connections: int, headers: Mapping[str, str]) -> Measured:
    """Ask ``url`` again and again over ``connections`` connections for so many seconds.

    Raises:
        LoadError: the address is not this machine's, the time is unbounded, or an answer was an error.
    """
    if urlsplit(url).hostname not in {"127.0.0.1", "localhost"} or not 0 < seconds <= LONGEST_SECONDS:
        raise LoadError("load goes to this machine alone, and for a bounded time")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        Path(script.name).write_text(_REPORT, encoding="utf-8")
        command = [find_wrk(), "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "-s", script.name]
        for name, value in headers.items():
            command += ["-H", f"{name}: {value}"]
        shown = subprocess.run([*command, url], check=True, capture_output=True, text=True, timeout=seconds + 20).stdout
    found = json.loads(shown.strip().splitlines()[-1])
    if found["failed"] or not found["requests"]:
        raise LoadError(f"{found['failed']} of {found['requests']} requests to {urlsplit(url).path} failed")
    return Measured(
        per_second=found["requests"] / (found["microseconds"] / 1_000_000),
        p50=found["p50"] / 1_000,
        p95=found["p95"] / 1_000,
        p99=found["p99"] / 1_000,
    )
