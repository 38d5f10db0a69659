"""``python -m benchmarks.dispatch``: bookings a second, the first ring, matching and the board.

PostgreSQL runs as it would for real, with every commit on the disk; so does SQLite.
"""

import importlib
import importlib.util
import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from benchmarks.dispatch.matching import INTERPRETERS, measure_matching
from benchmarks.dispatch.node import DispatchFigures
from linkbridge import migrations
from linkbridge.kernel.db import create_engine
from tests.support.postgres import started_postgres

RING_GOAL = 1.0
"""Seconds from an urgent request to the first ring, for 95 of 100."""
MATCHING_GOAL = 50.0
BOARD_GOAL = 200.0
"""Milliseconds."""


def main() -> int:
    """Run the benchmark. Returns 1 where a goal is missed."""
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        figures["SQLite"] = _measure(f"sqlite:///{Path(folder) / 'benchmark.db'}")
    with started_postgres(durable=True) as admin:
        figures["PostgreSQL"] = _measure(_new_database(admin))
    goals = _show(figures)
    for name, reached in goals.items():
        print(f"goal: {name}: {'reached' if reached else 'missed'}")
    return 0 if all(goals.values()) else 1


def _measure(url: str) -> DispatchFigures:
    engine = create_engine(url)
    migrations.upgrade(engine)
    engine.dispose()
    command = [sys.executable, "-m", "benchmarks.dispatch.node", url]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return DispatchFigures(**json.loads(answer.stdout.splitlines()[-1]))


def _new_database(admin: str) -> str:
    engine = sa.create_engine(admin, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE benchmark"))
    engine.dispose()
    return sa.make_url(admin).set(database="benchmark").render_as_string(hide_password=False)


def _show(figures: dict[str, DispatchFigures]) -> dict[str, bool]:
    """Print what was measured, and return which goals were reached."""
    cores = Path("/proc/cpuinfo").read_text().count("\nprocessor") + 1
    table = Table(title=f"Dispatch; {cores} cores, Python {platform.python_version()}")
    for heading in ("", "bookings/s", "first ring p50 s", "first ring p95 s"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, one in figures.items():
        values = (f"{one.bookings_per_second:.0f}", f"{one.first_ring_p50:.2f}", f"{one.first_ring_p95:.2f}")
        table.add_row(name, *values)
    Console().print(table)
    matching = measure_matching()
    print(
        f"matching {INTERPRETERS:,} interpreters: {matching.direct_ms:.0f} ms, {matching.direct_candidates} candidates;"
        f" relays {matching.relay_ms:.0f} ms"
    )
    goals = {
        f"first ring on {name} in {RING_GOAL:g} s (p95)": one.first_ring_p95 <= RING_GOAL
        for name, one in figures.items()
    }
    goals[f"matching in {MATCHING_GOAL:g} ms"] = max(matching.direct_ms, matching.relay_ms) <= MATCHING_GOAL
    if importlib.util.find_spec("benchmarks.dispatch.board") is not None:
        board_ms = importlib.import_module("benchmarks.dispatch.board").measure_board()
        print(f"board with 5,000 open requests: {board_ms:.0f} ms")
        goals[f"board in {BOARD_GOAL:g} ms"] = board_ms <= BOARD_GOAL
    return goals


if __name__ == "__main__":
    sys.exit(main())
