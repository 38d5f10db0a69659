"""Starts a throw-away PostgreSQL server on a loopback port for one test run."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.databases import database_folder


def find_binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL server programs, or ``None`` when none is installed."""
    if (on_path := shutil.which("initdb")) is not None:
        return Path(on_path).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


@contextmanager
def started_postgres(*, durable: bool = False) -> Iterator[str]:
    """Yield the administrative address of a server whose data dies with the block.

    Durability is switched off for speed, but for benchmarks; tests that kill the server start their own.

    Its folder is not one of pytest's: those of root are closed to others, and closed again by every further run.
    """
    place = tempfile.TemporaryDirectory(prefix="linkbridge-postgres-") if durable else database_folder("postgres")
    with place as folder:
        yield from _served(Path(folder), durable=durable)


def _served(folder: Path, *, durable: bool) -> Iterator[str]:
    binaries = find_binaries()
    if binaries is None:
        raise FileNotFoundError("PostgreSQL is not installed: apt-get install postgresql")
    as_owner: list[str] = []
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root; the packaged user exists wherever the server is installed.
        as_owner = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
    data = folder / "data"
    port = _free_port()
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200"
        f" -c fsync={'on' if durable else 'off'}"
    )
    _run(
        [
            *as_owner,
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
        ]
    )
    _run([*as_owner, str(binaries / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(data / "log"), "-w", "start"])
    try:
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        _run([*as_owner, str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"])


def _run(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if result.returncode != 0:
        raise RuntimeError(f"{command} failed: {result.stdout}{result.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
