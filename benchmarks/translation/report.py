"""Prints the figures as ratios, and says which goals were reached."""

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.table import Table

from benchmarks.translation.figures import CLIENTS, REAL, SMALL, Results
from benchmarks.translation.systems import LIBRETRANSLATE_SERVER, OURS
from benchmarks.translation.texts import Kind

THROUGHPUT, SLOWEST, MEMORY, CHRF, SINGLE = 5.0, 1 / 3, 0.5, 0.3, 1.0
"""The goals beside LibreTranslate: times its throughput at least; shares of its p95 and memory at most; chrF points
that may be lost; and the share of its time that a single text may take."""


def show(results: Results) -> int:
    """Print everything. Returns 1 where a goal was missed, else 0."""
    systems = list(dict.fromkeys(cell.system for cell in results.cells))
    base = LIBRETRANSLATE_SERVER if LIBRETRANSLATE_SERVER in systems else systems[0]
    console = Console(width=120)
    for models in (REAL, SMALL):
        console.print(_speeds(results, models, systems, base))
    console.print(_memory(results, systems, base))
    console.print(_scores(results.scores, systems))
    if OURS not in systems or LIBRETRANSLATE_SERVER not in systems:
        print("goals: need LinkBridge and LibreTranslate")
        return 0
    missed = 0
    for goal, reached in _goals(results):
        missed += not reached
        print(f"goal: {goal}: {'reached' if reached else 'missed'}")
    return 1 if missed else 0


def _speeds(results: Results, models: str, systems: list[str], base: str) -> Table:
    table = Table(title=f"{models}; in brackets as a multiple of {base}'s")
    for heading in ("clients", "texts", "system", "texts/s", "p50 ms", "p95 ms", "answers"):
        table.add_column(heading, justify="left" if heading in {"texts", "system"} else "right", no_wrap=True)
    for clients in CLIENTS:
        for kind in Kind:
            other = results.speed(base, models, clients, kind)
            for system in systems:
                own = results.speed(system, models, clients, kind)
                table.add_row(
                    str(clients),
                    kind,
                    system,
                    f"{own.per_second:,.1f} ({own.per_second / other.per_second:.2f})",
                    f"{own.p50:,.0f} ({own.p50 / other.p50:.2f})",
                    f"{own.p95:,.0f} ({own.p95 / other.p95:.2f})",
                    str(own.texts),
                    end_section=system == systems[-1],
                )
    return table


def _memory(results: Results, systems: list[str], base: str) -> Table:
    table = Table(title=f"peak memory of all processes, MiB; in brackets as a multiple of {base}'s")
    table.add_column("")
    for models in (REAL, SMALL):
        table.add_column(models, justify="right")
    for system in systems:
        cells = [(results.memory[system, models], results.memory[base, models]) for models in (REAL, SMALL)]
        table.add_row(system, *(f"{own:,.0f} ({own / other:.2f})" for own, other in cells))
    return table


def _scores(scores: Mapping[str, Mapping[str, Mapping[str, float]]], systems: list[str]) -> Table:
    table = Table(title="quality of the fixture models on sentences they know: chrF (BLEU)")
    table.add_column("")
    for pair in scores:
        table.add_column(pair, justify="right")
    for system in systems:
        found = [scores[pair][system] for pair in scores]
        table.add_row(system, *(f"{one['chrf']:.1f} ({one['bleu']:.1f})" for one in found))
    return table


def _goals(results: Results) -> Iterator[tuple[str, bool]]:
    most = max(CLIENTS)
    ours = results.speed(OURS, REAL, most, Kind.SHORT)
    theirs = results.speed(LIBRETRANSLATE_SERVER, REAL, most, Kind.SHORT)
    throughput, slowest = ours.per_second / theirs.per_second, ours.p95 / theirs.p95
    where = f"{most} clients, short texts, {REAL}"
    yield f"throughput ≥ {THROUGHPUT:g} times ({where}): {throughput:.2f}", throughput >= THROUGHPUT
    yield f"p95 ≤ {SLOWEST:.2f} of it ({where}): {slowest:.2f}", slowest <= SLOWEST
    memory = results.memory[OURS, REAL] / results.memory[LIBRETRANSLATE_SERVER, REAL]
    yield f"memory ≤ {MEMORY:g} of it ({REAL}): {memory:.2f}", memory <= MEMORY
    for pair, systems in results.scores.items():
        lost = systems[LIBRETRANSLATE_SERVER]["chrf"] - systems[OURS]["chrf"]
        yield f"chrF at most {CHRF} lower, {pair}: {-lost:+.2f}", lost <= CHRF
    for models in (REAL, SMALL):
        for kind in Kind:
            ours = results.speed(OURS, models, 1, kind)
            theirs = results.speed(LIBRETRANSLATE_SERVER, models, 1, kind)
            ratio = ours.p50 / theirs.p50
            yield f"a single {kind} text not slower, {models}: {ratio:.2f} of its p50", ratio <= SINGLE
