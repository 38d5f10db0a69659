"""Wires interpreting: the directory, hours, matching, dispatch, announcements and calls."""

from collections.abc import Mapping, Sequence

from babel.support import NullTranslations

from linkbridge.accounts.service import Accounts
from linkbridge.bootstrap.channels import Channels
from linkbridge.bootstrap.installation import read_cookie_secret
from linkbridge.interpreting.announcements.alerts import Alerts
from linkbridge.interpreting.announcements.links import AnswerLinks
from linkbridge.interpreting.announcements.service import Announcements
from linkbridge.interpreting.availability.calendars import Calendars
from linkbridge.interpreting.availability.feeds import CalendarFeeds
from linkbridge.interpreting.availability.fetching import WebFetcher
from linkbridge.interpreting.availability.loading import load_availability
from linkbridge.interpreting.availability.service import AvailabilityService
from linkbridge.interpreting.calls.links import CallLinks
from linkbridge.interpreting.calls.service import Calls
from linkbridge.interpreting.calls.values import CallSetup
from linkbridge.interpreting.directory.blocks import Blocks
from linkbridge.interpreting.directory.erasing import InterpreterErasing
from linkbridge.interpreting.directory.exchange import InterpreterExchange
from linkbridge.interpreting.directory.service import InterpreterDirectory
from linkbridge.interpreting.dispatch.service import build_dispatch
from linkbridge.interpreting.dispatch.tools import Tools
from linkbridge.interpreting.matching.policies import Policies
from linkbridge.interpreting.matching.profiles import Profiles
from linkbridge.interpreting.ports import Announcer, Announcers
from linkbridge.interpreting.reports.service import Reports
from linkbridge.interpreting.service import Interpreting
from linkbridge.kernel.clock import Clock, SystemClock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.jobs import JobQueue
from linkbridge.notifications.outbox import Outbox
from linkbridge.notifications.rendering import NoticeWriter
from linkbridge.settings import Settings


def build_directory(accounts: Accounts, cipher: FieldCipher, clock: Clock | None = None) -> InterpreterDirectory:
    """Return the directory of interpreters alone, as a command needs it."""
    return InterpreterDirectory(
        clock=clock or SystemClock(),
        audit=accounts.audit,
        cipher=cipher,
        organisations=accounts.directory,
        roster=accounts.roster,
    )


def build_interpreting(
    settings: Settings,
    *,
    clock: Clock,
    sessions: SessionFactory,
    cipher: FieldCipher,
    accounts: Accounts,
    jobs: JobQueue,
    outbox: Outbox,
    channels: Channels,
    translations: Mapping[str, NullTranslations],
    others: Sequence[Announcer] = (),
) -> Interpreting:
    """Return interpreting as ``settings`` want it; ``others`` are told too of what happens to requests."""
    directory = build_directory(accounts, cipher, clock)
    policies = Policies(clock=clock, audit=accounts.audit)
    secret = read_cookie_secret(settings)
    links = AnswerLinks(secret)
    writer = NoticeWriter(translations)
    announcements = Announcements(
        clock=clock,
        cipher=cipher,
        outbox=outbox,
        subscriptions=channels.subscriptions,
        roster=accounts.roster,
        writer=writer,
        links=links,
        base_url=settings.resolved_base_url,
        sender=settings.mail_from,
    )
    tools = Tools(
        clock=clock,
        audit=accounts.audit,
        places=accounts.directory,
        cipher=cipher,
        jobs=jobs,
        announcer=Announcers([announcements, *others]),
        policies=policies,
        profiles=Profiles(clock=clock, load_hours=load_availability),
    )
    dispatching = build_dispatch(tools, sessions)
    return Interpreting(
        directory=directory,
        exchange=InterpreterExchange(directory, accounts.roster),
        erasing=InterpreterErasing(
            clock=clock,
            audit=accounts.audit,
            erasures=accounts.erasures,
            directory=directory,
            subscriptions=channels.subscriptions,
        ),
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
        policies=policies,
        answers=links,
        alerts=Alerts(
            audit=accounts.audit,
            directory=directory,
            subscriptions=channels.subscriptions,
            outbox=outbox,
            writer=writer,
            public_key=channels.push_key,
            base_url=settings.resolved_base_url,
        ),
        dispatching=dispatching,
        calls=Calls(
            clock=clock,
            audit=accounts.audit,
            cipher=cipher,
            links=CallLinks(secret),
            setup=call_setup(settings),
            assignments=dispatching.assignments,
        ),
        reports=Reports(accounts.directory),
    )


def call_setup(settings: Settings) -> CallSetup:
    """Return how calls are held. A demonstration without a relay connects browsers directly."""
    urls = tuple(url.strip() for url in settings.turn_urls.split(",") if url.strip())
    secret = settings.turn_secret.get_secret_value() if settings.turn_secret else ""
    direct = settings.calls_direct or (settings.demo and not urls)
    return CallSetup(turn_urls=urls, turn_secret=secret, jitsi_url=settings.jitsi_url, direct=direct)
