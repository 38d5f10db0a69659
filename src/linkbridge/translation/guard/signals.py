"""How strongly a check speaks against a translation, and what follows from it."""

from dataclasses import dataclass

from linkbridge.translation.results import Reason

SUSPECT_AT = 0.5
"""From this score on, a translation is suspect."""

REFUSED_AT = 0.9
"""From this score on, a translation is not shown."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What one check found. ``score`` is 0 (nothing speaks against it) to 1 (certainly wrong); it is no probability."""

    reason: Reason
    score: float
