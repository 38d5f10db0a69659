"""All services of accounts, wired together."""

from dataclasses import dataclass
from datetime import timedelta

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.devices import Devices
from linkbridge.accounts.directory import Directory
from linkbridge.accounts.erasure_log import ErasureLog
from linkbridge.accounts.erasures import Erasures
from linkbridge.accounts.first import FirstAdministrator
from linkbridge.accounts.links import OneTimeLinks
from linkbridge.accounts.passwords import PasswordHasher
from linkbridge.accounts.sign_in import SignIn
from linkbridge.accounts.staff import StaffRoster
from linkbridge.accounts.throttle import Throttle
from linkbridge.accounts.tokens import ApiTokens
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher


@dataclass(frozen=True, slots=True)
class AccountTimes:
    """How long things last."""

    session: timedelta = timedelta(hours=12)
    session_idle: timedelta = timedelta(minutes=60)
    enrolment_code: timedelta = timedelta(minutes=15)
    invitation: timedelta = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The services of accounts."""

    audit: AuditLog
    erasures: Erasures
    devices: Devices
    directory: Directory
    roster: StaffRoster
    sign_in: SignIn
    first: FirstAdministrator
    tokens: ApiTokens
    throttle: Throttle


def build_accounts(
    *,
    clock: Clock,
    cipher: FieldCipher,
    times: AccountTimes,
    hasher: PasswordHasher | None = None,
    erasure_log: ErasureLog | None = None,
) -> Accounts:
    """Return the services of accounts; ``hasher`` is given only by tests, which need a quick one."""
    audit = AuditLog(clock=clock)
    links = OneTimeLinks(clock=clock, cipher=cipher)
    throttle = Throttle(clock=clock, cipher=cipher)
    directory = Directory(clock=clock, audit=audit)
    roster = StaffRoster(clock=clock, audit=audit, cipher=cipher, links=links, link_lifetime=times.invitation)
    sign_in = SignIn(
        clock=clock,
        audit=audit,
        cipher=cipher,
        links=links,
        throttle=throttle,
        hasher=hasher or PasswordHasher(),
        lifetime=times.session,
        idle=times.session_idle,
    )
    return Accounts(
        audit=audit,
        erasures=Erasures(clock=clock, cipher=cipher, log=erasure_log),
        devices=Devices(clock=clock, audit=audit, links=links, code_lifetime=times.enrolment_code),
        directory=directory,
        roster=roster,
        sign_in=sign_in,
        first=FirstAdministrator(
            audit=audit,
            cipher=cipher,
            links=links,
            directory=directory,
            roster=roster,
            sign_in=sign_in,
            link_lifetime=times.invitation,
        ),
        tokens=ApiTokens(clock=clock, audit=audit),
        throttle=throttle,
    )
