"""What a check of ``linkbridge doctor`` returns."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from linkbridge.settings import Settings


class Level(StrEnum):
    """``ok``: works. ``off``: a feature is off, the rest works. ``fail``: must be mended before real use."""

    OK = "ok"
    OFF = "off"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: the area, what was found, and what to do about it (empty when nothing is to do)."""

    area: str
    level: Level
    found: str
    todo: str = ""


Check = Callable[[Settings], Iterable[Finding]]
