"""All services of interpreting, wired together."""

from dataclasses import dataclass

from linkbridge.interpreting.directory.service import InterpreterDirectory
from linkbridge.interpreting.matching.policies import Policies
from linkbridge.interpreting.reports.service import Reports


@dataclass(frozen=True, slots=True)
class Interpreting:
    """The services of interpreting."""

    directory: InterpreterDirectory
    policies: Policies
    reports: Reports
