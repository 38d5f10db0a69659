"""What the benchmark finds out."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.translation.load import Speed
from benchmarks.translation.texts import Kind

CLIENTS = (1, 4, 16)
SMALL, REAL = "fixture models", "model of real size"


@dataclass(frozen=True, slots=True)
class Cell:
    """One measurement: which system, with which models, how many clients and which texts."""

    system: str
    models: str
    clients: int
    kind: Kind
    speed: Speed


@dataclass(frozen=True, slots=True)
class Results:
    """All that was measured: speeds, the most memory of each system in MiB, and scores of each direction."""

    cells: tuple[Cell, ...]
    memory: Mapping[tuple[str, str], float]
    scores: Mapping[str, Mapping[str, Mapping[str, float]]]

    def speed(self, system: str, models: str, clients: int, kind: Kind) -> Speed:
        """Return one measurement."""
        [found] = [
            cell.speed
            for cell in self.cells
            if (cell.system, cell.models, cell.clients, cell.kind) == (system, models, clients, kind)
        ]
        return found
