"""Which lane does a work, and which models leave when memory is short. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from linkbridge.translation.runtime.waiting import ModelKey

_WORTH_A_COPY_SECONDS = 0.1


@dataclass(slots=True)
class Slot:
    """A model in a lane's memory. ``used_at`` is when it was last asked for."""

    memory_bytes: int
    used_at: float


@dataclass(slots=True, eq=False)
class Place:
    """What a lane holds and does. ``leaving`` are models to be unloaded before anything else."""

    loaded: dict[ModelKey, Slot] = field(default_factory=dict)
    leaving: set[ModelKey] = field(default_factory=set)
    serving: ModelKey | None = None
    busy: bool = False

    def has(self, key: ModelKey) -> bool:
        """Say whether a model is here, or is just being loaded, and stays."""
        return (key in self.loaded or self.serving == key) and key not in self.leaving

    def here(self) -> set[ModelKey]:
        """Return the models that are here, or are just being loaded."""
        return {*self.loaded, *([self.serving] if self.serving is not None else [])}

    def take_leave(self) -> list[ModelKey]:
        """Return the models to be unloaded now; they count no longer."""
        leaving = sorted(key for key in self.leaving if self.loaded.pop(key, None) is not None)
        self.leaving.clear()
        return leaving

    @property
    def memory_bytes(self) -> int:
        """What the models that stay take."""
        return sum(slot.memory_bytes for key, slot in self.loaded.items() if key not in self.leaving)


def choose(
    key: ModelKey, places: Sequence[Place], *, backlog_seconds: float, load_seconds: float, room: bool
) -> Place | None:
    """Return the idle place that shall do the next batch of a model, or nothing: it waits for a place that has it.

    A second place loads it too when that takes less time than what waits, and ``room`` says that nothing must leave.
    """
    idle = [place for place in places if not place.busy]
    if not idle:
        return None
    having = [place for place in idle if place.has(key)]
    if having:
        return having[0]
    emptiest = min(idle, key=lambda place: place.memory_bytes)
    if not any(place.has(key) for place in places):
        return emptiest
    if room and backlog_seconds > max(load_seconds, _WORTH_A_COPY_SECONDS):
        return emptiest
    return None


def room(places: Sequence[Place], needed: int, limit: int) -> bool:
    """Say whether a model that needs so many bytes fits without any other leaving."""
    return sum(place.memory_bytes for place in places) + needed <= limit


def evict(places: Sequence[Place], needed: int, limit: int) -> list[Place]:
    """Mark models as leaving until ``needed`` bytes fit into ``limit``, and return the places that they leave.

    None that is in use leaves. Second copies go first, then what was not used for longest. When all that may go does
    not suffice, the memory is taken all the same: a single model larger than the limit shall work.
    """
    total = sum(place.memory_bytes for place in places)
    changed: dict[Place, None] = {}
    while total + needed > limit:
        candidates = [
            (not _has_copy(places, key), slot.used_at, index, key)
            for index, place in enumerate(places)
            for key, slot in place.loaded.items()
            if key not in place.leaving and key != place.serving
        ]
        if not candidates:
            break
        _, _, index, key = min(candidates)
        total -= places[index].loaded[key].memory_bytes
        places[index].leaving.add(key)
        changed[places[index]] = None
    return list(changed)


def _has_copy(places: Sequence[Place], key: ModelKey) -> bool:
    return sum(place.has(key) for place in places) > 1
