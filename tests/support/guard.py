"""The measured set of the guard: translations that are wrong or right, and what the guard says of them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from linkbridge.translation.guard import signals

FOLDER = Path(__file__).resolve().parent.parent / "fixtures/guard"
GOOD = "good"


@dataclass(frozen=True, slots=True)
class Item:
    """A translation with what is wrong with it (``kind``), and where it comes from (``origin``)."""

    id: str
    kind: str
    origin: str
    source_tag: str
    target_tag: str
    source: str
    output: str
    engine: str = ""
    note: str = ""

    @property
    def is_held_out(self) -> bool:
        """Whether it belongs to the half on which nothing was tuned: fixed by its id."""
        return int(self.id[-1], 16) % 2 == 1

    @property
    def score(self) -> float:
        """The strongest score of any check."""
        found = signals(self.source, self.output, self.source_tag, self.target_tag)
        return found[0].score if found else 0.0


@cache
def items() -> tuple[Item, ...]:
    """Return the whole set."""
    return tuple(
        Item(**json.loads(line))
        for name in ("faults", "good")
        for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    )


@cache
def scored() -> tuple[tuple[Item, float], ...]:
    """Return the whole set with scores."""
    return tuple((item, item.score) for item in items())


def kinds() -> tuple[str, ...]:
    """Return the kinds of faults in order."""
    return tuple(sorted({item.kind for item in items()} - {GOOD}))


def flagged(kind: str, threshold: float, *, held_out: bool, origin: str = "") -> tuple[int, int]:
    """Return how many items of a kind reach the threshold, and of how many."""
    scores = [
        score
        for item, score in scored()
        if item.kind == kind and item.is_held_out is held_out and origin in {"", item.origin}
    ]
    return sum(score >= threshold for score in scores), len(scores)


def share(counts: Iterable[tuple[int, int]]) -> float:
    """Return the share of what reached the threshold."""
    found = list(counts)
    return sum(hits for hits, _ in found) / max(1, sum(of for _, of in found))
