"""Which regular jobs are due. Pure: the moment is given."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Nightly:
    """A job that runs once in each 24 hours, from a full hour in UTC on, or later if nobody was there."""

    job: str
    hour: int

    def key(self, now: datetime) -> str:
        """Return the name of the night that ``now`` belongs to: the same for every process that asks."""
        return (now - timedelta(hours=self.hour)).date().isoformat()
