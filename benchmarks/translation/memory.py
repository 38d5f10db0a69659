"""How much memory a program and all its children take, looked at while they work (Linux)."""

import threading
from pathlib import Path
from typing import Self

LOOK_SECONDS = 0.1


def tree_megabytes(root: int) -> float:
    """Return the resident memory of a process and its descendants now; pages that they share count for each."""
    children: dict[int, list[int]] = {}
    resident: dict[int, int] = {}
    for place in Path("/proc").iterdir():
        if not place.name.isdigit():
            continue
        try:
            lines = (place / "status").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue  # it ended meanwhile
        found = dict(line.split(":", 1) for line in lines if ":" in line)
        pid = int(place.name)
        children.setdefault(int(found["PPid"]), []).append(pid)
        resident[pid] = int(found.get("VmRSS", "0 kB").split()[0])
    waiting, total = [root], 0
    while waiting:
        pid = waiting.pop()
        total += resident.get(pid, 0)
        waiting.extend(children.get(pid, ()))
    return total / 1024


class MemoryWatch:
    """Remembers the most memory that a tree of processes took while it was watched, in MiB."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self.peak = max(self.peak, tree_megabytes(self._root))
