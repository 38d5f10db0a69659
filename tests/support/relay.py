"""Debian's coturn on loopback, which real ones never relay to."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.server import free_port

SECRET = "a word for tests"
START_SECONDS = 20


@contextmanager
def started_relay(folder: Path, tls: tuple[Path, Path] | None = None) -> Iterator[int]:
    """Run a relay with a certificate and key, or without TLS, and yield its port, which is the same for all ways."""
    program = shutil.which("turnserver")
    if program is None:
        pytest.skip("coturn is not installed: apt-get install coturn")
    port = free_port()
    ways: Sequence[str] = ("--no-tls", "--no-dtls")
    if tls is not None:
        ways = (f"--tls-listening-port={port}", "--no-dtls", f"--cert={tls[0]}", f"--pkey={tls[1]}")
    options = [
        "-n", f"--listening-port={port}", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--realm=test",
        "--use-auth-secret", f"--static-auth-secret={SECRET}", "--allow-loopback-peers", *ways,
        "--no-cli", "--log-file=stdout", "--simple-log",
        f"--userdb={folder / 'turn.db'}", f"--pidfile={folder / 'pid'}",
    ]  # fmt: skip
    with (folder / "relay.log").open("wb") as log:
        process = subprocess.Popen([program, *options], stdout=log, stderr=log)
    try:
        _wait_until_it_listens(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_until_it_listens(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
