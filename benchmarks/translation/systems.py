"""The three systems that are compared: how each is started with a set of packages, and where it takes texts."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from benchmarks.translation.environments import (
    ARGOS,
    LIBRETRANSLATE,
    BenchmarkError,
    add_splitters,
    argos_variables,
)
from tests.support.server import free_port

BEAM = 4
START_SECONDS = 120
OURS, ARGOS_TRANSLATE, LIBRETRANSLATE_SERVER = "LinkBridge", "Argos Translate", "LibreTranslate"
SYSTEMS = (OURS, ARGOS_TRANSLATE, LIBRETRANSLATE_SERVER)
PEERS = SYSTEMS[1:]


@dataclass(frozen=True, slots=True)
class Running:
    """A system that answers: its port, the path that translates, and its first process."""

    name: str
    port: int
    path: str
    process: subprocess.Popen[bytes]


@dataclass(frozen=True, slots=True)
class _Start:
    command: Sequence[str | Path]
    variables: Mapping[str, str]
    alive: str
    path: str


@contextmanager
def running(name: str, folder: Path, packages: Path) -> Iterator[Running]:
    """Start a system with the packages in a folder, each unpacked, and stop it at the end. ``folder`` is its own.

    Raises:
        BenchmarkError: it did not start; what it wrote last is in the message.
    """
    port = free_port()
    start = _ours(folder, packages, port) if name == OURS else _peer(name, folder, packages, port)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("LINKBRIDGE_", "ARGOS_", "LT_"))}
    written = folder / "log"
    with written.open("wb") as log:
        process = subprocess.Popen(
            start.command, env={**kept, **start.variables}, cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait(process, f"http://127.0.0.1:{port}{start.alive}", name, written)
        yield Running(name, port, start.path, process)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def make_key(folder: Path) -> str:
    """Make an API key of our server that runs in a folder, as an operator does."""
    program = [sys.executable, "-c", "from linkbridge.cli import app; app()", "token", "create"]
    variables = {**os.environ, "LINKBRIDGE_DATA_DIR": str(folder / "data")}
    options = ["--role", "official", "--label", "Benchmark"]
    done = subprocess.run([*program, *options], env=variables, capture_output=True, text=True, check=True)
    return next(word for word in done.stdout.split() if word.startswith("lbt_"))


def _ours(folder: Path, packages: Path, port: int) -> _Start:
    data = folder / "data"
    data.mkdir(parents=True, mode=0o700)
    shutil.copytree(packages, data / "models" / "argos")
    variables = {
        "LINKBRIDGE_DATA_DIR": str(data),
        "LINKBRIDGE_PORT": str(port),
        "LINKBRIDGE_LOG_LEVEL": "warning",
        "LINKBRIDGE_TRANSLATION_BEAM": str(BEAM),
        "LINKBRIDGE_LT_OPEN": "true",
        "LINKBRIDGE_LT_CHARACTERS": "1000000",
        "LINKBRIDGE_LT_REQUESTS_PER_MINUTE": "100000",
    }
    program = [sys.executable, "-c", "from linkbridge.cli import app; app()", "serve"]
    return _Start(program, variables, "/healthz", "/lt/translate")


def _peer(name: str, folder: Path, packages: Path, port: int) -> _Start:
    own = folder / "packages"
    shutil.copytree(packages, own)
    add_splitters(folder, own)
    variables = argos_variables(folder, own)
    if name == ARGOS_TRANSLATE:
        program: list[str | Path] = [ARGOS.python, Path(__file__).with_name("argos_server.py"), str(port)]
        return _Start(program, variables, "/", "/translate")
    options = ["--host", "127.0.0.1", "--port", str(port), "--disable-web-ui"]
    return _Start([LIBRETRANSLATE.program("libretranslate"), *options], variables, "/health", "/translate")


def _wait(process: subprocess.Popen[bytes], address: str, name: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own server
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    last = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])
    raise BenchmarkError(f"{name} did not start:\n{last}")
