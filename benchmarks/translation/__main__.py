"""``python -m benchmarks.translation``: speed, memory and quality beside Argos Translate and LibreTranslate.

All systems get the same packages, texts and beam, and take turns: while one works, the others wait. Figures are given
as ratios to LibreTranslate's within the run, so that a slow machine misleads nobody.
"""

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from rich.console import Console

from benchmarks.translation import report
from benchmarks.translation.environments import ARGOS, LIBRETRANSLATE, BenchmarkError
from benchmarks.translation.figures import CLIENTS, SMALL, Cell, Results
from benchmarks.translation.load import measure, translations
from benchmarks.translation.memory import MemoryWatch
from benchmarks.translation.model import source_words
from benchmarks.translation.packages import FIXTURES, REAL_PAIR, SMALL_PAIR, prepare
from benchmarks.translation.systems import SYSTEMS, Running, running
from benchmarks.translation.texts import Kind, Work, known, nonsense

SECONDS = 4.0
MOST_TEXTS = 400
WARM_UP = 64
SCORED_TEXTS = 60
TERMS = ("appeal", "recurrir")
SCORED_PAIRS = (("en", "fr"), ("es", "en"))


def texts_of(models: str, kind: Kind, clients: int) -> Iterator[Work]:
    """Return the texts of one measurement: the same for every system."""
    if models == SMALL:
        source, target = SMALL_PAIR
        return known(source=source, target=target, kind=kind, seed=clients)
    source, target = REAL_PAIR
    return nonsense(source_words(), source=source, target=target, kind=kind, seed=clients)


def scored_texts(pair: tuple[str, str]) -> list[Work]:
    """Return the texts on which the translations themselves are compared.

    Those with a term of the glossary are left out: we put the glossary's word for the model's on purpose.
    """
    works = known(source=pair[0], target=pair[1], kind=Kind.SHORT, seed=0)
    return list(islice((work for work in works if not any(term in work.text for term in TERMS)), SCORED_TEXTS))


def score(written: Mapping[tuple[str, str], Mapping[str, list[str]]]) -> dict[str, dict[str, dict[str, float]]]:
    """Return each system's chrF and BLEU in each direction."""
    scores = {}
    for pair, systems in written.items():
        asked = {"references": [work.reference for work in scored_texts(pair)], "systems": systems}
        done = subprocess.run(
            [ARGOS.python, Path(__file__).with_name("score.py")],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=True,
        )
        scores["-".join(pair)] = json.loads(done.stdout)
    return scores


def run(systems: Sequence[str], packages: Mapping[str, Path], folder: Path, *, seconds: float) -> Results:
    """Measure the systems with each set of models. They take turns, so that what else runs here meets all of them."""
    cells: list[Cell] = []
    memory: dict[tuple[str, str], float] = {}
    written: dict[tuple[str, str], dict[str, list[str]]] = {pair: {} for pair in SCORED_PAIRS}
    with Console(stderr=True).status("") as status:
        for models, place in packages.items():
            with ExitStack() as stack:
                servers: list[tuple[Running, MemoryWatch]] = []
                for name in systems:
                    status.update(f"{name}, {models}: starting")
                    server = stack.enter_context(running(name, _new(folder / f"{name} with {models}"), place))
                    servers.append((server, stack.enter_context(MemoryWatch(server.process.pid))))
                    # Loads whatever is loaded only when many ask at once.
                    warm_up = texts_of(models, Kind.SHORT, 0)
                    measure(server.port, server.path, warm_up, clients=max(CLIENTS), seconds=seconds, most=WARM_UP)
                for clients, kind, (server, _) in itertools.product(CLIENTS, Kind, servers):
                    status.update(f"{server.name}, {models}: {kind} texts, {clients} clients")
                    works = texts_of(models, kind, clients)
                    speed = measure(server.port, server.path, works, clients=clients, seconds=seconds, most=MOST_TEXTS)
                    cells.append(Cell(server.name, models, clients, kind, speed))
                for pair, (server, _) in itertools.product(SCORED_PAIRS if models == SMALL else (), servers):
                    written[pair][server.name] = translations(server.port, server.path, scored_texts(pair))
            memory.update({(server.name, models): watch.peak for server, watch in servers})
    return Results(tuple(cells), memory, score(written))


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def main() -> int:
    """Run the benchmark. Returns 1 where a goal is missed or nothing could be measured."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.translation", description=__doc__)
    options.add_argument("--models", type=Path, default=FIXTURES, help="folder of small .argosmodel files")
    options.add_argument("--system", action="append", choices=SYSTEMS, help="measure only this; may be repeated")
    options.add_argument("--seconds", type=float, default=SECONDS, help="of each measurement")
    options.add_argument("--json", type=Path, help="write all figures here too")
    chosen = options.parse_args()
    systems = [name for name in SYSTEMS if not chosen.system or name in chosen.system]
    try:
        for environment in (LIBRETRANSLATE, ARGOS):
            environment.install()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            results = run(systems, prepare(folder / "packages", chosen.models), folder, seconds=chosen.seconds)
    except BenchmarkError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    if chosen.json:
        content = {
            "cells": [asdict(cell) for cell in results.cells],
            "memory": [{"system": key[0], "models": key[1], "mib": value} for key, value in results.memory.items()],
            "scores": results.scores,
        }
        chosen.json.write_text(json.dumps(content, indent=2), encoding="utf-8")
    return report.show(results)


if __name__ == "__main__":
    sys.exit(main())
