"""The packages that all systems get: the small trained ones, and one of real size."""

import zipfile
from pathlib import Path

from benchmarks.translation.environments import ROOT, BenchmarkError
from benchmarks.translation.figures import REAL, SMALL
from benchmarks.translation.model import make_model

SMALL_PAIR, REAL_PAIR = ("en", "fr"), ("en", "es")
FIXTURES = ROOT / "tests" / "fixtures" / "models"


def prepare(folder: Path, fixtures: Path) -> dict[str, Path]:
    """Return two folders of unpacked packages: the fixtures, and the model of real size beside one of them.

    Raises:
        BenchmarkError: there are no fixtures.
    """
    small, real = folder / SMALL, folder / REAL
    found = sorted(fixtures.glob("*.argosmodel"))
    if not found:
        raise BenchmarkError(f"there are no packages in {fixtures}; name their folder with --models")
    for path in found:
        with zipfile.ZipFile(path) as package:
            package.extractall(small)
            if "es_en" in path.stem:
                package.extractall(real)  # LibreTranslate tries to download unless it finds two packages
    make_model(real, source=REAL_PAIR[0], target=REAL_PAIR[1])
    return {SMALL: small, REAL: real}
