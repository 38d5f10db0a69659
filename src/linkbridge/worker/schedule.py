"""Which regular jobs are due. Pure: the moment is given."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Regular(Protocol):
    """A job that is asked for again and again. Every process asks; the same key twice is one job."""

    @property
    def job(self) -> str:
        """The job's name."""
        ...

    def key(self, now: datetime) -> str:
        """Return the name of the turn that ``now`` belongs to."""
        ...


@dataclass(frozen=True, slots=True)
class Nightly:
    """A job that runs once in each 24 hours, from a full hour in UTC on, or later if nobody was there."""

    job: str
    hour: int

    def key(self, now: datetime) -> str:
        """Return the name of the night that ``now`` belongs to: the same for every process that asks."""
        return (now - timedelta(hours=self.hour)).date().isoformat()


@dataclass(frozen=True, slots=True)
class Hourly:
    """A job that runs once in each hour of UTC, or not if nobody was there."""

    job: str

    def key(self, now: datetime) -> str:
        """Return the name of the hour that ``now`` belongs to: the same for every process that asks."""
        return f"{now.astimezone(UTC):%Y-%m-%dT%H}"
