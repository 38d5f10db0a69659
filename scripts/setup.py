"""Prepares a checkout: uv, the locked environment, and the system's packages. Standard library only.

``setup.py environment`` makes ``.venv``; ``demo``, ``test`` and ``bench`` also look for what the system must bring.
Each step is skipped when nothing has changed since it last succeeded.
"""

import ctypes.util
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
STAMP = VENV / "linkbridge-setup"
OLDEST_UV = (0, 8)
UV_REQUIREMENT = "uv>=0.8"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/Library/Fonts")


EVERYWHERE = frozenset({"demo", "test", "bench"})
FOR_TESTS = frozenset({"test"})
FOR_BENCHMARKS = frozenset({"bench"})


class SetupError(Exception):
    """Something is missing that this script cannot bring; the message says what to do."""


@dataclass(frozen=True)
class Component:
    """Something of the system: how to see that it is there, what is lost without it, and which tasks want it."""

    package: str
    gives: str
    present: Callable[[], bool]
    tasks: frozenset[str] = EVERYWHERE


def has_program(*names: str) -> bool:
    """Whether one of these programs is on the path."""
    return any(shutil.which(name) for name in names)


def has_font(pattern: str) -> bool:
    """Whether a font file whose name matches ``pattern`` is installed."""
    return any(True for folder in FONT_FOLDERS for _ in Path(folder).expanduser().rglob(pattern))


def has_library(name: str) -> bool:
    """Whether the dynamic library is installed."""
    return ctypes.util.find_library(name) is not None


def has_postgres() -> bool:
    """Whether a PostgreSQL server is installed: Debian keeps it off the path."""
    return has_program("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


COMPONENTS = (
    Component("espeak-ng", "synthetic voices", lambda: has_program("espeak-ng")),
    Component("libpango-1.0-0", "printed receipts (PDF)", lambda: has_library("pango-1.0")),
    Component("libpangoft2-1.0-0", "printed receipts (PDF)", lambda: has_library("pangoft2-1.0")),
    Component("fonts-noto-core", "web and print fonts of most scripts", lambda: has_font("NotoSansEthiopic-*")),
    Component("fonts-noto-cjk", "web and print fonts of Chinese", lambda: has_font("NotoSansCJK-*")),
    Component("chromium", "browser tests", lambda: has_program("chromium", "chromium-browser"), FOR_TESTS),
    Component("postgresql", "tests and benchmarks on PostgreSQL", has_postgres, FOR_TESTS | FOR_BENCHMARKS),
    Component("coturn", "tests of calls over a relay", lambda: has_program("turnserver"), FOR_TESTS),
    Component("poppler-utils", "pictures of printed pages", lambda: has_program("pdftoppm"), FOR_TESTS),
    Component("nodejs", "tests of the browser's encryption", lambda: has_program("node"), FOR_TESTS),
    Component("iproute2", "tests without any network", lambda: has_program("ip"), FOR_TESTS),
    Component(
        "apertium-es-pt",
        "tests of rule-based translation",
        lambda: Path("/usr/share/apertium/modes/es-pt.mode").exists(),
        FOR_TESTS,
    ),
    Component("wrk", "measurements of speed", lambda: has_program("wrk"), FOR_BENCHMARKS),
)


def say(text: str) -> None:
    """Print a line at once, even into a file."""
    print(text, flush=True)  # noqa: T201 - this script talks to a person


def run(command: Sequence[str | Path], *, quiet: bool = False, environment: Mapping[str, str] | None = None) -> bool:
    """Run a command in the checkout, with ``environment`` added; return whether it succeeded."""
    result = subprocess.run(  # noqa: S603 - commands are fixed in this file
        [str(part) for part in command],
        cwd=ROOT,
        check=False,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
    )
    return result.returncode == 0


# --- uv and the environment


def uv_works(path: str | Path | None) -> bool:
    """Whether this is a uv that can read the lock file."""
    if path is None or not Path(path).exists():
        return False
    command = [str(path), "--version"]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603 - a version query
    found = re.match(r"uv (\d+)\.(\d+)", shown)
    return found is not None and (int(found[1]), int(found[2])) >= OLDEST_UV


def find_uv() -> Path:
    """Return a working uv: one that is installed, or one put into ``.tools`` by pip.

    Raises:
        SetupError: Python has neither ``venv`` nor ``pip``.
    """
    places = (TOOLS / "venv" / "bin" / "uv", TOOLS / "uv" / "bin" / "uv")
    for path in (shutil.which("uv"), *places):
        if uv_works(path):
            return Path(str(path))
    say("Installing uv into .tools …")
    for install in (_uv_through_venv, _uv_through_pip, _uv_after_apt):
        install()
        for path in places:
            if uv_works(path):
                return path
    raise SetupError(
        "uv is missing and could not be installed with this Python, which lacks venv and pip or has no network.\n"
        "Install one of them (Debian: apt-get install python3-venv) or uv itself, then try again."
    )


def _uv_through_venv() -> None:
    place = TOOLS / "venv"
    shutil.rmtree(place, ignore_errors=True)
    if run([sys.executable, "-m", "venv", place], quiet=True):
        run([place / "bin" / "python", "-m", "pip", "install", "--quiet", UV_REQUIREMENT])


def _uv_through_pip() -> None:
    """A folder of its own is no change to an externally managed Python, so the guard may be lifted for it."""
    place = TOOLS / "uv"
    run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target", place, UV_REQUIREMENT],
        environment={"PIP_BREAK_SYSTEM_PACKAGES": "1"},
    )


def _uv_after_apt() -> None:
    if may_use_apt() and apt_install(["python3-venv"]):
        _uv_through_venv()


def environment_stamp() -> str:
    """Return a hash of everything that the environment follows from."""
    digest = hashlib.sha256()
    for name in ("uv.lock", "pyproject.toml", "scripts/setup.py"):
        digest.update((ROOT / name).read_bytes())
    digest.update(str(ROOT).encode())
    return digest.hexdigest()


def make_environment() -> None:
    """Make ``.venv`` from the lock file, unless it is that already.

    Raises:
        SetupError: uv could not make it; its own words stand above.
    """
    stamp = environment_stamp()
    if STAMP.exists() and STAMP.read_text() == stamp and (VENV / "bin" / "linkbridge").exists():
        return
    uv = find_uv()
    say("Installing the locked environment into .venv …")
    python: list[str | Path] = [] if (VENV / "bin" / "python").exists() else ["--python", sys.executable]
    choices = {"UV_PYTHON_DOWNLOADS": "never", "UV_PROJECT_ENVIRONMENT": ".venv", "VIRTUAL_ENV": ""}
    if not run([uv, "sync", "--frozen", "--quiet", *python], environment=choices):
        raise SetupError("The locked environment could not be installed. Is there a network?")
    STAMP.write_text(stamp)


# --- the system's packages


def may_use_apt() -> bool:
    """Whether this is a Debian on which this user may install packages."""
    return has_program("apt-get") and os.geteuid() == 0


def apt_install(packages: Sequence[str]) -> bool:
    """Install Debian packages; the lists are fetched only when the first try finds something missing from them."""
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    quietly = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}
    if run(install, quiet=True, environment=quietly):
        return True
    return run(["apt-get", "update", "-qq"], environment=quietly) and run(install, environment=quietly)


def missing_components(task: str) -> list[Component]:
    """Return what this machine lacks."""
    wanted = [component for component in COMPONENTS if task in component.tasks]
    return [component for component in wanted if not component.present()]


def prepare_system(task: str) -> None:
    """Install what the system lacks, or say clearly what is missing and what that costs.

    Raises:
        SetupError: with ``CI=true`` nothing that the tests need may be missing.
    """
    missing = missing_components(task)
    if missing and may_use_apt() and not os.environ.get("LINKBRIDGE_NO_APT"):
        say(f"Installing {', '.join(component.package for component in missing)} …")
        apt_install([component.package for component in missing])
        missing = missing_components(task)
    if not missing:
        return
    say("")
    say("This machine lacks:")
    for component in missing:
        say(f"  {component.package:<20} without it: no {component.gives}")
    say(f"Install them with:  sudo apt-get install {' '.join(component.package for component in missing)}")
    say("(The names are Debian's; other systems have the same programs and fonts under similar names.)")
    say("")
    if task == "test" and os.environ.get("CI") == "true":
        raise SetupError("With CI=true nothing may be missing.")


def main(arguments: Sequence[str]) -> int:
    """Run one of ``environment``, ``demo``, ``test`` and ``bench``."""
    task = arguments[0] if arguments else "environment"
    if task not in {"environment", *EVERYWHERE}:
        say(f"unknown task {task!r}: environment, demo, test or bench")
        return 2
    try:
        make_environment()
        if task != "environment":
            prepare_system(task)
    except SetupError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
