"""All services of interpreting, wired together."""

from dataclasses import dataclass

from linkbridge.interpreting.availability.calendars import Calendars
from linkbridge.interpreting.availability.feeds import CalendarFeeds
from linkbridge.interpreting.availability.service import AvailabilityService
from linkbridge.interpreting.directory.blocks import Blocks
from linkbridge.interpreting.directory.service import InterpreterDirectory
from linkbridge.interpreting.matching.policies import Policies
from linkbridge.interpreting.reports.service import Reports


@dataclass(frozen=True, slots=True)
class Interpreting:
    """The services of interpreting."""

    directory: InterpreterDirectory
    availability: AvailabilityService
    calendars: Calendars
    feeds: CalendarFeeds
    blocks: Blocks
    policies: Policies
    reports: Reports
