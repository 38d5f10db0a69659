"""Wires interpreting: the directory, hours, matching, dispatch, announcements and calls."""

from linkbridge.accounts.service import Accounts
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
    settings: Settings,  # noqa: ARG001
    *,
    clock: Clock,
    sessions: SessionFactory,  # noqa: ARG001
    cipher: FieldCipher,
    accounts: Accounts,
    jobs: JobQueue,  # noqa: ARG001
    outbox: Outbox,  # noqa: ARG001
) -> Interpreting:
    """Return interpreting as ``settings`` want it."""
    return Interpreting(
        directory=InterpreterDirectory(
            clock=clock,
            audit=accounts.audit,
            cipher=cipher,
            organisations=accounts.directory,
            roster=accounts.roster,
        ),
        policies=Policies(clock=clock, audit=accounts.audit),
        reports=Reports(accounts.directory),
    )
