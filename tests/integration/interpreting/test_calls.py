"""Who is in a session: sides come, are seen, are lost and leave."""

from datetime import datetime, timedelta
from functools import cached_property

import pytest
from sqlmodel import col, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.models import AuditEntry
from linkbridge.interpreting.calls.links import CallLinks
from linkbridge.interpreting.calls.service import CALL, Calls
from linkbridge.interpreting.calls.values import CallLink, CallSetup, Peer
from linkbridge.interpreting.models import Attendance
from linkbridge.interpreting.values import Party, RequestState
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from tests.support.accounts import World
from tests.support.dispatching import TOMORROW, Dispatching

SECONDS_20 = timedelta(seconds=20)
LINKS = CallLinks(b"a secret for tests")


class Session:
    """A session that is booked for tomorrow, and its two sides."""

    def __init__(self, dispatching: Dispatching) -> None:
        self.world = dispatching.world
        self.dispatching = dispatching
        self.dispatching.interpreter()
        self.request_id = self.dispatching.create().id
        given = self.dispatching.accept(self.dispatching.offers(self.request_id)[0])
        self.official = CallLink(self.request_id, Party.OFFICIAL)
        self.interpreter = CallLink(self.request_id, Party.INTERPRETER, given.id)

    @cached_property
    def calls(self) -> Calls:
        world = self.world
        return Calls(
            clock=world.clock,
            audit=AuditLog(clock=world.clock),
            cipher=world.cipher,
            links=LINKS,
            setup=CallSetup(direct=True),
            assignments=self.dispatching.services.assignments,
        )

    def join(self, link: CallLink) -> Peer:
        with self.world.sessions.transaction() as session:
            return self.calls.join(session, LINKS.token(link))

    def touch(self, peer: Peer) -> None:
        with self.world.sessions.transaction() as session:
            self.calls.touch(session, peer.id)

    def leave(self, link: CallLink, peer: Peer) -> None:
        with self.world.sessions.transaction() as session:
            self.calls.leave(session, link, peer.id, on_purpose=True)

    def others(self, link: CallLink, peer: Peer) -> tuple[Peer, ...] | None:
        with self.world.sessions.reading() as session:
            return self.calls.peers(session, link, peer.id)

    def left_at(self, peer: Peer) -> datetime | None:
        with self.world.sessions.reading() as session:
            return session.get_one(Attendance, peer.id).left_at

    def audited(self) -> list[tuple[str, str, object]]:
        query = select(AuditEntry).where(col(AuditEntry.action).like("session.%")).order_by(col(AuditEntry.sequence))
        with self.world.sessions.reading() as session:
            return [(one.actor, one.action, one.details.get("party")) for one in session.exec(query)]

    def state(self) -> RequestState:
        return self.dispatching.request(self.request_id).state


@pytest.fixture
def session(sessions: SessionFactory, clock: FrozenClock) -> Session:
    return Session(Dispatching(World(sessions, clock)))


@pytest.fixture
def other(session: Session) -> Session:
    """Another session at the same time."""
    return Session(session.dispatching)


@pytest.fixture(autouse=True)
def tomorrow(other: Session) -> None:
    """Let it be the time at which both begin."""
    other.world.clock.advance(TOMORROW - other.world.clock.now())


def test_side_unseen_for_twenty_seconds_is_absent_and_closed_by_the_next_touch(session: Session) -> None:
    official, ghost = session.join(session.official), session.join(session.interpreter)
    last_seen = session.world.clock.now() + timedelta(seconds=5)
    session.world.clock.advance(timedelta(seconds=5))
    session.touch(ghost)
    session.world.clock.advance(SECONDS_20 - timedelta(seconds=1))
    session.touch(official)
    assert session.others(session.official, official) == (ghost,)
    session.world.clock.advance(timedelta(seconds=1))
    assert session.others(session.official, official) == ()
    assert session.left_at(ghost) is None
    session.touch(official)
    session.touch(official)
    assert session.left_at(ghost) == last_seen
    assert session.left_at(official) is None
    assert session.others(session.interpreter, ghost) is None
    lost = [entry for entry in session.audited() if entry[1] == "session.lost"]
    assert lost == [(CALL.reference, "session.lost", "interpreter")]


def test_side_that_was_unseen_and_is_seen_again_is_back(session: Session) -> None:
    official, interpreter = session.join(session.official), session.join(session.interpreter)
    session.world.clock.advance(SECONDS_20)
    assert session.others(session.interpreter, interpreter) == ()
    session.touch(interpreter)
    assert session.others(session.interpreter, interpreter) == ()
    assert session.others(session.official, official) is None
    back = session.join(session.official)
    assert session.others(session.interpreter, interpreter) == (back,)


def test_joining_closes_the_ghosts_of_other_sessions_and_starts_nothing_with_one_of_its_own(
    session: Session, other: Session
) -> None:
    ghost = session.join(session.official)
    forgotten = other.join(other.official)
    session.world.clock.advance(SECONDS_20)
    interpreter = session.join(session.interpreter)
    assert session.state() is RequestState.BOOKED
    assert session.others(session.interpreter, interpreter) == ()
    assert session.left_at(ghost) == session.left_at(forgotten) == TOMORROW
    session.join(session.official)
    assert session.state() is RequestState.IN_SESSION


def test_last_living_side_that_leaves_ends_the_session_beside_a_ghost(session: Session) -> None:
    official = session.join(session.official)
    session.join(session.interpreter)
    session.world.clock.advance(SECONDS_20)
    session.leave(session.official, official)
    assert session.state() is RequestState.DONE


def test_session_of_ghosts_alone_is_ended_by_the_job_for_ended_sessions(session: Session) -> None:
    session.join(session.official)
    session.join(session.interpreter)
    assert session.state() is RequestState.IN_SESSION
    session.dispatching.pass_time(timedelta(hours=2) - timedelta(seconds=1))
    assert session.state() is RequestState.IN_SESSION
    session.dispatching.pass_time(timedelta(seconds=1))
    assert session.state() is RequestState.DONE
