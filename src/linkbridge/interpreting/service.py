"""All services of interpreting, wired together."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interpreting:
    """The services of interpreting."""
