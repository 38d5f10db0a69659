"""Dispatch in a small world: a queue whose jobs run when the test says, and an announcer that keeps what was told."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlmodel import Session

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.directory import Directory
from linkbridge.accounts.permissions import Actor, Role
from linkbridge.interpreting.availability.loading import load_availability
from linkbridge.interpreting.dispatch.service import DispatchServices, build_dispatch
from linkbridge.interpreting.dispatch.tools import Tools
from linkbridge.interpreting.dispatch.values import RequestWish
from linkbridge.interpreting.matching.policies import Policies
from linkbridge.interpreting.matching.profiles import Profiles
from linkbridge.interpreting.models import (
    AvailabilityRule,
    Interpreter,
    InterpreterBlock,
    InterpreterLanguage,
)
from linkbridge.interpreting.ports import Announcement, Announcer, News
from linkbridge.interpreting.reads import AssignmentRead, OfferRead, RequestRead
from linkbridge.interpreting.values import Domain, Modality, OfferState
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.jobs import NOW, JobQueue
from tests.support.accounts import World

TOMORROW = datetime.fromisoformat("2026-11-25T15:00:00+00:00")


@dataclass
class KeptNews:
    """An announcer that keeps what was told; a key said twice is kept once, as the port promises."""

    told: dict[str, Announcement] = field(default_factory=dict)

    def announce(self, session: Session, announcement: Announcement) -> None:  # noqa: ARG002 - the port's signature
        self.told.setdefault(announcement.key, announcement)

    def of(self, news: News) -> list[Announcement]:
        return [one for one in self.told.values() if one.news is news]


@dataclass
class KeptJobs:
    """A queue whose jobs wait until a test runs those that are due."""

    clock: Clock
    waiting: dict[str, tuple[datetime, str, tuple[str | int, ...]]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def enqueue(self, session: Session, job: str, key: str, *arguments: str | int, delay: timedelta = NOW) -> None:  # noqa: ARG002 - the port's signature
        name = f"{job}:{key}"
        if name not in self.known:
            self.known.add(name)
            self.waiting[name] = (self.clock.now() + delay, job, arguments)

    def run_due(self, services: DispatchServices) -> int:
        """Run what is due, also what that asks for, and return how many jobs there were."""
        count = 0
        while due := sorted(name for name, (at, *_rest) in self.waiting.items() if at <= self.clock.now()):
            for name in due:
                _at, job, arguments = self.waiting.pop(name)
                services.handlers[job](*arguments)
                count += 1
        return count


def tools_for(clock: Clock, cipher: FieldCipher, jobs: JobQueue, announcer: Announcer) -> Tools:
    """Return what dispatch stands on."""
    audit = AuditLog(clock=clock)
    return Tools(
        clock=clock,
        audit=audit,
        places=Directory(clock=clock, audit=audit),
        cipher=cipher,
        jobs=jobs,
        announcer=announcer,
        policies=Policies(clock=clock, audit=audit),
        profiles=Profiles(clock=clock, load_hours=load_availability),
    )


def add_interpreter(
    session: Session,
    organisation_id: str,
    now: datetime,
    *pairs: tuple[str, str],
    on_call: bool = False,
    **changes: Any,
) -> str:
    """Add an interpreter who works at all hours and return the id."""
    values: dict[str, Any] = {
        "organisation_id": organisation_id,
        "name_encrypted": "",
        "country": "PA",
        "time_zone": "UTC",
        "language": "es",
        "domains": [domain.value for domain in Domain],
        "modalities": [modality.value for modality in Modality],
        "created_at": now,
        "changed_at": now,
    }
    row = Interpreter(**(values | changes))
    session.add(row)
    session.flush()
    for source, target in pairs or (("am", "es"),):
        session.add(InterpreterLanguage(interpreter_id=row.id, source_tag=source, target_tag=target, level="expert"))
    session.add(
        AvailabilityRule(
            interpreter_id=row.id,
            rrule="FREQ=DAILY",
            starts_on=date(2026, 1, 1),
            start_minute=0,
            minutes=1440,
            on_call=on_call,
        )
    )
    session.flush()
    return row.id


@dataclass
class Dispatching:
    """The services of dispatch on a world of accounts."""

    world: World
    news: KeptNews = field(default_factory=KeptNews)

    @cached_property
    def jobs(self) -> KeptJobs:
        return KeptJobs(self.world.clock)

    @cached_property
    def services(self) -> DispatchServices:
        tools = tools_for(self.world.clock, self.world.cipher, self.jobs, self.news)
        return build_dispatch(tools, self.world.sessions)

    @property
    def coordinator(self) -> Actor:
        return self.world.actor(Role.COORDINATOR)

    @property
    def official(self) -> Actor:
        return self.world.actor(Role.OFFICIAL)

    @property
    def partner(self) -> Actor:
        return self.world.actor(Role.COORDINATOR, partner=True)

    def interpreter(self, *pairs: tuple[str, str], partner: bool = True, **changes: Any) -> str:
        with self.world.sessions.transaction() as session:
            owner = self.world.partner if partner else self.world.host
            return add_interpreter(session, owner, self.world.clock.now(), *pairs, **changes)

    def block(self, interpreter_id: str, kind: str, code: str) -> None:
        with self.world.sessions.transaction() as session:
            now = self.world.clock.now()
            session.add(
                InterpreterBlock(
                    interpreter_id=interpreter_id, kind=kind, code=code, created_by="system:test", created_at=now
                )
            )

    def wish(self, **changes: Any) -> RequestWish:
        values: dict[str, Any] = {
            "person_language": "am",
            "domain": "screening",
            "modality": "video",
            "site_id": self.world.site,
            "duration_minutes": 60,
            "starts_at": TOMORROW,
        }
        return RequestWish(**(values | changes))

    def create(self, **changes: Any) -> RequestRead:
        with self.world.sessions.transaction() as session:
            return self.services.requests.create(session, self.wish(**changes), by=self.official)

    def request(self, request_id: str) -> RequestRead:
        with self.world.sessions.reading() as session:
            return self.services.requests.get(session, request_id, by=self.coordinator)

    def offers(self, request_id: str, state: OfferState | None = OfferState.OPEN) -> tuple[OfferRead, ...]:
        with self.world.sessions.reading() as session:
            found = self.services.dispatch.offers(session, by=self.coordinator, state=state, request_id=request_id)
        return tuple(sorted(found, key=lambda offer: (offer.wave, offer.seat.number, offer.id)))

    def assignments(self, request_id: str) -> tuple[AssignmentRead, ...]:
        with self.world.sessions.reading() as session:
            return self.services.assignments.list(session, by=self.coordinator, request_id=request_id)

    def accept(self, offer: OfferRead, by: Actor | None = None) -> AssignmentRead:
        with self.world.sessions.transaction() as session:
            return self.services.dispatch.accept_offer(session, offer.id, by=by or self.partner)

    def decline(self, offer: OfferRead) -> OfferRead:
        with self.world.sessions.transaction() as session:
            return self.services.dispatch.decline_offer(session, offer.id, by=self.partner)

    def pass_time(self, by: timedelta) -> int:
        self.world.clock.advance(by)
        return self.jobs.run_due(self.services)
