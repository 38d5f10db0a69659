"""All services of interpreting, wired together."""

from dataclasses import dataclass

from linkbridge.interpreting.announcements.alerts import Alerts
from linkbridge.interpreting.announcements.links import AnswerLinks
from linkbridge.interpreting.availability.calendars import Calendars
from linkbridge.interpreting.availability.feeds import CalendarFeeds
from linkbridge.interpreting.availability.service import AvailabilityService
from linkbridge.interpreting.calls.service import Calls
from linkbridge.interpreting.directory.blocks import Blocks
from linkbridge.interpreting.directory.erasing import InterpreterErasing
from linkbridge.interpreting.directory.exchange import InterpreterExchange
from linkbridge.interpreting.directory.service import InterpreterDirectory
from linkbridge.interpreting.dispatch.assignments import Assignments
from linkbridge.interpreting.dispatch.dispatch import Dispatch
from linkbridge.interpreting.dispatch.requests import Requests
from linkbridge.interpreting.dispatch.service import DispatchServices
from linkbridge.interpreting.matching.policies import Policies
from linkbridge.interpreting.reports.service import Reports


@dataclass(frozen=True, slots=True)
class Interpreting:
    """The services of interpreting."""

    directory: InterpreterDirectory
    exchange: InterpreterExchange
    availability: AvailabilityService
    calendars: Calendars
    feeds: CalendarFeeds
    blocks: Blocks
    erasing: InterpreterErasing
    policies: Policies
    reports: Reports
    answers: AnswerLinks
    alerts: Alerts
    dispatching: DispatchServices
    calls: Calls

    @property
    def requests(self) -> Requests:
        """Requests for interpreters."""
        return self.dispatching.requests

    @property
    def dispatch(self) -> Dispatch:
        """Offers and their answers."""
        return self.dispatching.dispatch

    @property
    def assignments(self) -> Assignments:
        """What was accepted."""
        return self.dispatching.assignments
