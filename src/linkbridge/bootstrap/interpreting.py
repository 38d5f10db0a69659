"""Wires interpreting: the directory, hours, matching, dispatch, announcements and calls."""

from linkbridge.accounts.service import Accounts
from linkbridge.interpreting.availability.calendars import Calendars
from linkbridge.interpreting.availability.feeds import CalendarFeeds
from linkbridge.interpreting.availability.fetching import WebFetcher
from linkbridge.interpreting.availability.service import AvailabilityService
from linkbridge.interpreting.directory.blocks import Blocks
from linkbridge.interpreting.directory.service import InterpreterDirectory
from linkbridge.interpreting.matching.policies import Policies
from linkbridge.interpreting.reports.service import Reports
from linkbridge.interpreting.service import Interpreting
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.jobs import JobQueue
from linkbridge.notifications.outbox import Outbox
from linkbridge.settings import Settings


def build_interpreting(
    settings: Settings,
    *,
    clock: Clock,
    sessions: SessionFactory,
    cipher: FieldCipher,
    accounts: Accounts,
    jobs: JobQueue,
    outbox: Outbox,  # noqa: ARG001
) -> Interpreting:
    """Return interpreting as ``settings`` want it."""
    directory = InterpreterDirectory(
        clock=clock,
        audit=accounts.audit,
        cipher=cipher,
        organisations=accounts.directory,
        roster=accounts.roster,
    )
    return Interpreting(
        directory=directory,
        blocks=Blocks(clock=clock, audit=accounts.audit, directory=directory),
        availability=AvailabilityService(clock=clock, audit=accounts.audit, cipher=cipher),
        calendars=Calendars(
            clock=clock,
            sessions=sessions,
            audit=accounts.audit,
            cipher=cipher,
            jobs=jobs,
            fetcher=WebFetcher(allow_private=settings.calendar_private_networks),
        ),
        feeds=CalendarFeeds(clock=clock, audit=accounts.audit, base_url=settings.resolved_base_url),
        policies=Policies(clock=clock, audit=accounts.audit),
        reports=Reports(accounts.directory),
    )
