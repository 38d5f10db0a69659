"""``python -m benchmarks``: requests a second and latencies of what is asked most, as ratios to an empty route.

The routes take turns in rounds, so that whatever else the machine does meets all of them; the median round counts.
"""

import argparse
import json
import platform
import statistics
import sys
import tempfile
import urllib.request
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.application import EMPTY
from benchmarks.load import LoadError, Measured, find_wrk, send
from benchmarks.node import Node, running
from benchmarks.texts import TextCost, measure_texts
from tests.support.server import free_port

CONNECTIONS = 16
ROUNDS = 5
SECONDS = 2
WARM_UP_SECONDS = 1
ROUTES = {
    "empty route": EMPTY,
    "notice page of a tablet": "/tablet/es/am/detention-rights",
    "public notice page": "/n/detention-rights/am",
    "/api/v1/phrases": "/api/v1/phrases?language=am",
    "/api/v1/notices/…": "/api/v1/notices/detention-rights/am",
}
GOAL = 0.5
"""The notice page of a tablet answers at least so much of what the empty route does."""


@dataclass(frozen=True, slots=True)
class Row:
    """One route: what was measured in the median round, its ratio to the empty route, and the bytes of an answer."""

    name: str
    measured: Measured
    ratio: float
    compressed_bytes: int


def measure(node: Node, *, rounds: int, seconds: int) -> list[Row]:
    """Send load to each route in turn, and return the median round of each."""
    headers = {"Cookie": node.device_cookie, "Accept-Encoding": "gzip"}
    # Also asks each route once before any load: the first answer of a page is made, all others are kept.
    sizes = {name: _size(f"{node.url}{path}", headers) for name, path in ROUTES.items()}
    found: dict[str, list[Measured]] = {name: [] for name in ROUTES}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("measuring", total=(rounds + 1) * len(ROUTES))
        for number in range(rounds + 1):
            for name, path in ROUTES.items():
                duration = seconds if number else WARM_UP_SECONDS
                measured = send(f"{node.url}{path}", seconds=duration, connections=CONNECTIONS, headers=headers)
                if number:
                    found[name].append(measured)
                progress.advance(task)
    medians = {name: _median(rounds_of) for name, rounds_of in found.items()}
    empty = medians["empty route"].per_second
    return [Row(name, measured, measured.per_second / empty, sizes[name]) for name, measured in medians.items()]


def _median(rounds: list[Measured]) -> Measured:
    return Measured(*(statistics.median(getattr(one, field.name) for one in rounds) for field in fields(Measured)))


def _size(url: str, headers: dict[str, str]) -> int:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:  # noqa: S310
        return len(answer.read())


def show(rows: list[Row], node: Node, memory_at_start: float, texts: TextCost) -> None:
    """Print the table for people."""
    table = Table(title=f"{CONNECTIONS} connections, median of {ROUNDS} rounds; {_machine()}")
    for heading in ("", "requests/s", "of empty", "p50 ms", "p95 ms", "p99 ms", "bytes"):
        table.add_column(heading, justify="left" if not heading else "right")
    for row in rows:
        m = row.measured
        table.add_row(
            row.name,
            f"{m.per_second:,.0f}",
            f"{row.ratio:.0%}",
            *(f"{value:.1f}" for value in (m.p50, m.p95, m.p99)),
            f"{row.compressed_bytes:,}",
        )
    Console().print(table)
    print(f"first answer {node.started_in:.2f} s after the start")
    print(
        f"{texts.texts:,} texts: {texts.files_ms:.0f} ms from their files, {texts.cache_ms:.0f} ms from the cache "
        f"({texts.cache_ms / texts.files_ms:.0%}), {texts.megabytes:.0f} MB of memory"
    )
    print(f"memory {memory_at_start:.0f} MB after the start, {node.resident_megabytes:.0f} MB after the load")


def _machine() -> str:
    cores = sum(1 for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("processor"))
    return f"{cores} cores, Python {platform.python_version()}"


def main() -> int:
    """Run the benchmark. Returns 1 where the goal is missed or nothing could be measured."""
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--json", action="store_true", help="print the figures as JSON")
    options.add_argument("--rounds", type=int, default=ROUNDS, choices=range(1, 21))
    options.add_argument("--seconds", type=int, default=SECONDS, choices=range(1, 11), help="of each round")
    chosen = options.parse_args()
    try:
        find_wrk()
        with tempfile.TemporaryDirectory() as folder, running(Path(folder), free_port()) as node:
            texts = measure_texts(Path(folder) / "cache")
            memory = node.resident_megabytes
            rows = measure(node, rounds=chosen.rounds, seconds=chosen.seconds)
            if chosen.json:
                print(json.dumps({"routes": [asdict(row) for row in rows], "texts": asdict(texts)}, indent=2))
            else:
                show(rows, node, memory, texts)
    except LoadError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    reached = next(row.ratio for row in rows if row.name == "notice page of a tablet")
    print(f"goal: notice page at {GOAL:.0%} of the empty route or more: {'reached' if reached >= GOAL else 'missed'}")
    return 0 if reached >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
