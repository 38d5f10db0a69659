"""An interpreter is erased: nothing but an id is left, now and after a restore."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, select

from linkbridge.accounts.erasures import Erasures
from linkbridge.accounts.models import AuditEntry
from linkbridge.accounts.permissions import Role
from linkbridge.interpreting.directory.erasing import ERASURE_KIND, InterpreterEraser, InterpreterErasing
from linkbridge.interpreting.directory.values import HeldCredential
from linkbridge.interpreting.models import (
    AvailabilityException,
    BusyCalendar,
    BusyTime,
    CalendarFeed,
    Interpreter,
    InterpreterBlock,
)
from linkbridge.interpreting.values import AssignmentState, Credential, OfferState, Outcome, RequestState
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.errors import Conflict, NotFound
from linkbridge.notifications.models import OutboxMessage, PushSubscription
from linkbridge.notifications.subscriptions import PushSubscriptions
from tests.support.accounts import World
from tests.support.brokering import DETAILS, Brokering
from tests.support.dispatching import Dispatching

KEPT = {"interpreter_offer", "interpreter_assignment"}
"""The tables that keep the opaque id."""


class Erasing:
    """What erases, on a world of dispatch."""

    def __init__(self, dispatching: Dispatching) -> None:
        self.dispatching, self.world = dispatching, dispatching.world
        self.brokering = Brokering(self.world)
        self.subscriptions = PushSubscriptions(clock=self.world.clock, cipher=self.world.cipher)
        accounts = self.world.accounts
        self.service = InterpreterErasing(
            clock=self.world.clock,
            audit=accounts.audit,
            erasures=accounts.erasures,
            directory=self.brokering.directory,
            subscriptions=self.subscriptions,
        )

    def erase(self, interpreter_id: str, *, partner: bool = True) -> None:
        by = self.dispatching.partner if partner else self.dispatching.coordinator
        with self.world.sessions.transaction() as session:
            self.service.erase(session, interpreter_id, by=by)

    def replay(self, interpreter_id: str) -> int:
        """Erase again as a restore does, which knows digests alone."""
        erasures: Erasures = self.world.accounts.erasures
        eraser = InterpreterEraser(erasures, self.subscriptions, self.world.clock)
        with self.world.sessions.transaction() as session:
            return eraser.erase_by_digest(session, {erasures.digest(ERASURE_KIND, interpreter_id), "another"})

    def traces(self, interpreter_id: str) -> set[str]:
        """Return the tables that have a row of an interpreter."""
        found = set()
        with self.world.sessions.reading() as session:
            for table in SQLModel.metadata.sorted_tables:
                column = table.c.get("interpreter_id", table.c.get("owner") if table.name.startswith("push") else None)
                query = None if column is None else sa.select(sa.func.count()).where(column == interpreter_id)
                if query is not None and session.connection().scalar(query):
                    found.add(table.name)
        return found


@pytest.fixture
def erasing(sessions: SessionFactory, clock: FrozenClock) -> Erasing:
    return Erasing(Dispatching(World(sessions, clock)))


def furnish(erasing: Erasing, interpreter_id: str) -> None:
    """Give an interpreter a row of everything that can be known of one."""
    world, now = erasing.world, erasing.world.clock.now()
    later = now + timedelta(hours=1)
    with world.sessions.transaction() as session:
        details = replace(DETAILS, credentials=(HeldCredential(Credential.GENERAL),))
        erasing.brokering.directory.update(session, interpreter_id, details, by=erasing.dispatching.partner)
        calendar = BusyCalendar(interpreter_id=interpreter_id, url_encrypted="x", created_at=now)
        session.add(calendar)
        session.flush()
        session.add_all(
            [
                BusyTime(calendar_id=calendar.id, interpreter_id=interpreter_id, starts_at=now, ends_at=later),
                CalendarFeed(interpreter_id=interpreter_id, secret_digest="d" * 64, created_at=now),
                AvailabilityException(interpreter_id=interpreter_id, starts_at=now, ends_at=later),
                InterpreterBlock(
                    interpreter_id=interpreter_id, kind="conflict", code="case:1", created_by="x", created_at=now
                ),
                PushSubscription(
                    owner=interpreter_id, endpoint_digest="e" * 64, subscription_encrypted="x", created_at=now
                ),
            ]
        )


def add_message(erasing: Erasing, key: str) -> None:
    now = erasing.world.clock.now()
    with erasing.world.sessions.transaction() as session:
        session.add(
            OutboxMessage(
                idempotency_key=key,
                channel="mail",
                recipient_encrypted="x",
                content_encrypted="x",
                created_at=now,
                due_at=now,
            )
        )


def test_nothing_but_an_id_is_left_of_an_erased_interpreter(erasing: Erasing) -> None:
    dispatching = erasing.dispatching
    erased = dispatching.interpreter()
    other = dispatching.interpreter(("ti", "es"), name_encrypted=erasing.world.cipher.encrypt("Olga Other"))
    request = dispatching.create()
    given = dispatching.accept(dispatching.offers(request.id)[0])
    dispatching.world.clock.advance(timedelta(hours=28))
    with erasing.world.sessions.transaction() as session:
        dispatching.services.assignments.record_outcome(session, given.id, Outcome.COMPLETED, by=dispatching.official)
    furnish(erasing, erased)
    add_message(erasing, f"booked-{given.id}-0:{'a' * 32}")
    add_message(erasing, f"filled-{request.id}-0:{'b' * 32}")
    every = {table.name for table in SQLModel.metadata.sorted_tables if "interpreter_id" in table.c}
    assert erasing.traces(erased) == every | {"push_subscription"}

    erasing.erase(erased)
    assert erasing.traces(erased) == KEPT
    with erasing.world.sessions.reading() as session:
        row = session.get_one(Interpreter, erased)
        assert (row.name_encrypted, row.staff_id, row.gender, row.country, row.domains) == ("", None, None, "", [])
        assert (row.organisation_id, row.erased_at) == (erasing.world.partner, erasing.world.clock.now())
        keys = session.exec(select(OutboxMessage.idempotency_key)).all()
        assert keys == [f"filled-{request.id}-0:{'b' * 32}"]
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "interpreter.erased")).one()
        assert (entry.actor, entry.subject, entry.details) == (dispatching.partner.reference, erased, {})
        directory = erasing.brokering.directory
        assert [each.id for each in directory.list(session, by=dispatching.partner)] == [other]
        assert directory.names(session, [erased])[erased].name == ""
        with pytest.raises(NotFound):
            directory.get(session, erased, by=dispatching.partner)
    [after] = dispatching.assignments(request.id)
    assert (after.interpreter_id, after.outcome) == (erased, Outcome.COMPLETED)
    with pytest.raises(NotFound):
        erasing.erase(erased)


def test_erasing_is_refused_while_something_lies_ahead(erasing: Erasing) -> None:
    dispatching = erasing.dispatching
    booked = dispatching.interpreter()
    request = dispatching.create()
    given = dispatching.accept(dispatching.offers(request.id)[0])
    with pytest.raises(Conflict) as refused:
        erasing.erase(booked)
    assert refused.value.params == {"reason": "ahead", "count": 1}
    with erasing.world.sessions.transaction() as session:
        dispatching.services.assignments.withdraw(session, given.id, by=dispatching.partner)
    erasing.erase(booked)


def test_only_brokers_of_the_own_organisation_erase(erasing: Erasing) -> None:
    dispatching = erasing.dispatching
    known = dispatching.interpreter()
    for by in (dispatching.coordinator, dispatching.official, erasing.world.actor(Role.OFFICIAL, partner=True)):
        with pytest.raises(NotFound), erasing.world.sessions.transaction() as session:
            erasing.service.erase(session, known, by=by)
    with erasing.world.sessions.transaction() as session:
        erasing.service.erase(session, known, by=erasing.world.actor(Role.ADMINISTRATOR, partner=True))


def test_open_offer_is_taken_back_and_the_search_goes_on_when_its_time_is_over(erasing: Erasing) -> None:
    dispatching = erasing.dispatching
    first = dispatching.interpreter()
    request = dispatching.create()
    [offer] = dispatching.offers(request.id)
    second = dispatching.interpreter()
    erasing.erase(first)
    assert [each.state for each in dispatching.offers(request.id, None)] == [OfferState.WITHDRAWN]
    with pytest.raises(Conflict):
        dispatching.accept(offer)
    dispatching.pass_time(offer.expires_at - dispatching.world.clock.now())
    [following] = dispatching.offers(request.id)
    assert following.interpreter_id == second


def test_restored_interpreter_is_erased_again_and_a_restored_booking_is_unfilled(erasing: Erasing) -> None:
    dispatching = erasing.dispatching
    dispatching.interpreter(("am", "en")), dispatching.interpreter(("en", "es"))
    request = dispatching.create()
    first, second = (dispatching.accept(offer) for offer in dispatching.offers(request.id))
    assert erasing.replay(first.interpreter_id) == 1
    assert erasing.traces(first.interpreter_id) == KEPT
    states = {each.id: each.state for each in dispatching.assignments(request.id)}
    assert states == {first.id: AssignmentState.WITHDRAWN, second.id: AssignmentState.RELEASED}
    found = dispatching.request(request.id)
    assert (found.state, found.unfilled_reason) == (RequestState.UNFILLED, "partner-missing")
    assert erasing.replay(first.interpreter_id) == 0
