"""The peers' environments: each its own, with pinned versions, made by pip under ``.tools/bench``.

``LINKBRIDGE_BENCH_TORCH_INDEX`` names an index of torch's builds for processors without a graphics card; without it,
pip takes what its own index holds, which may be some gigabytes larger and measures the same.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / ".tools" / "bench"
REQUIREMENTS = Path(__file__).parent / "requirements"
TORCH_INDEX = "LINKBRIDGE_BENCH_TORCH_INDEX"
INSTALL_SECONDS = 1800


class BenchmarkError(Exception):
    """Nothing could be measured; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A Python environment of a peer."""

    name: str

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return PLACE / self.name

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def program(self, name: str) -> Path:
        """Return the path of one of its commands."""
        return self.folder / "bin" / name

    def install(self) -> None:
        """Make it, unless it is as its requirements want it.

        Raises:
            BenchmarkError: it could not be installed; pip's last lines are in the message.
        """
        wanted = REQUIREMENTS / f"{self.name}.txt"
        stamp = self.folder / "linkbridge-bench"
        state = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()
        if stamp.exists() and stamp.read_text(encoding="ascii") == state:
            return
        print(f"installing {self.name} into {self.folder.relative_to(ROOT)} …", flush=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        self._run([sys.executable, "-m", "venv", self.folder])
        index = os.environ.get(TORCH_INDEX)
        extra = ["--extra-index-url", index] if index else []
        self._run([self.python, "-m", "pip", "install", "--quiet", *extra, "-r", wanted])
        stamp.write_text(state, encoding="ascii")

    def _run(self, command: list[str | Path]) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS)
        if done.returncode:
            last = "\n".join((done.stdout + done.stderr).splitlines()[-8:])
            raise BenchmarkError(f"{self.name} could not be installed; it needs a network the first time:\n{last}")


LIBRETRANSLATE = Environment("libretranslate")
ARGOS = Environment("argos")


def argos_variables(home: Path, packages: Path) -> dict[str, str]:
    """Return what makes Argos Translate look at ``packages`` alone, split with spaCy, and find its splitter offline.

    Argos Translate loads a splitter from each package's folder ``spacy``, and looks first for one of its own in its
    cache, which it would otherwise try to download.
    """
    return {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "ARGOS_PACKAGES_DIR": str(packages),
        "ARGOS_CHUNK_TYPE": "SPACY",
        "ARGOS_BEAM_SIZE": "4",
    }


_BLANK = """
import pathlib, sys, spacy
for place in map(pathlib.Path, sys.argv[1:]):
    place.mkdir(parents=True, exist_ok=True)
    spacy.blank("xx").to_disk(place)
"""


def add_splitters(home: Path, packages: Path) -> None:
    """Give each package, and the cache under ``home``, an empty splitter of spaCy that needs no download."""
    cache = home / "cache" / "argos-translate" / "spacy"
    places = [cache, *(package / "spacy" for package in packages.iterdir() if package.is_dir())]
    subprocess.run([ARGOS.python, "-c", _BLANK, *places], check=True, capture_output=True, timeout=120)
    (cache / "senter").mkdir(exist_ok=True)
    (cache / "senter" / "model").touch()  # what Argos Translate looks for to know that the cache is there
