"""What the phrasebooks cost: reading the files, reading them back from the cache, and the memory that they take."""

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from linkbridge.phrasebook.cache import keep, read_cached
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.files import default_directory, load_library

TRIES = 3


@dataclass(frozen=True, slots=True)
class TextCost:
    """How many texts there are, milliseconds to read the files and the cache (the best of three), and megabytes."""

    texts: int
    files_ms: float
    cache_ms: float
    megabytes: float


def measure_texts(folder: Path) -> TextCost:
    """Read the delivered phrasebooks in both ways; the cache is kept in ``folder``."""
    tracemalloc.start()
    catalogue = Catalogue(load_library(default_directory()))
    megabytes = tracemalloc.get_traced_memory()[0] / 1_000_000
    tracemalloc.stop()
    keep(folder, "benchmark", catalogue)
    texts = sum(len(catalogue.phrases(tag)) for tag in catalogue.languages)
    return TextCost(
        texts=texts,
        files_ms=min(_timed(lambda: Catalogue(load_library(default_directory()))) for _ in range(TRIES)),
        cache_ms=min(_timed(lambda: read_cached(folder, "benchmark")) for _ in range(TRIES)),
        megabytes=megabytes,
    )


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1_000
