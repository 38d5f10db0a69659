"""Dispatch, put together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from linkbridge.interpreting.dispatch.assignments import Assignments
from linkbridge.interpreting.dispatch.bookings import Bookings
from linkbridge.interpreting.dispatch.dispatch import Dispatch
from linkbridge.interpreting.dispatch.jobs import DispatchJobs
from linkbridge.interpreting.dispatch.requests import Requests
from linkbridge.interpreting.dispatch.tools import Tools
from linkbridge.interpreting.dispatch.values import CLEAR_JOB, CLOSE_JOB, REMINDER_JOB, WAVE_JOB
from linkbridge.interpreting.dispatch.waves import Waves
from linkbridge.kernel.db import SessionFactory


@dataclass(frozen=True, slots=True)
class DispatchServices:
    """The services of dispatch and its jobs."""

    requests: Requests
    dispatch: Dispatch
    assignments: Assignments
    jobs: DispatchJobs

    @property
    def handlers(self) -> Mapping[str, Callable[..., None]]:
        """What runs each job."""
        return {
            WAVE_JOB: self.jobs.end_wave,
            REMINDER_JOB: self.jobs.remind,
            CLOSE_JOB: self.jobs.close,
            CLEAR_JOB: self.jobs.clear,
        }


def build_dispatch(tools: Tools, sessions: SessionFactory) -> DispatchServices:
    """Return dispatch on top of ``tools``."""
    bookings = Bookings(tools)
    waves = Waves(tools, bookings)
    dispatch = Dispatch(tools, waves, bookings)
    assignments = Assignments(tools, waves, bookings, dispatch)
    return DispatchServices(
        requests=Requests(tools, waves, bookings),
        dispatch=dispatch,
        assignments=assignments,
        jobs=DispatchJobs(
            sessions=sessions, tools=tools, waves=waves, bookings=bookings, dispatch=dispatch, assignments=assignments
        ),
    )
