"""Walks through dispatch in random steps: whatever happens in whatever order, what must hold holds."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from linkbridge.interpreting.reads import AssignmentRead, OfferRead, RequestRead
from linkbridge.interpreting.values import OCCUPYING, AssignmentState, OfferState, RequestState
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.errors import DomainError
from tests.support.accounts import World
from tests.support.dispatching import TOMORROW, Dispatching

STEPS = 40
MOST = 500


class Walk:
    """One walk, repeatable by its seed."""

    def __init__(self, dispatching: Dispatching, seed: int) -> None:
        self.dispatching = dispatching
        self.random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        for pairs in ((("am", "es"),), (("am", "en"),), (("en", "es"),)):
            for _ in range(2):
                dispatching.interpreter(*pairs)

    def step(self) -> None:
        services, sessions = self.dispatching.services, self.dispatching.world.sessions
        by = self.dispatching.coordinator
        choice = self.random.choice(
            ("create", "accept", "accept", "accept", "decline", "cancel", "back", "wait", "wait")
        )
        if choice == "create":
            start = self.random.choice((None, TOMORROW, TOMORROW + timedelta(minutes=30)))
            self.dispatching.create(starts_at=start, interpreters=self.random.choice((1, 1, 1, 2)))
            return
        if choice == "wait":
            self.dispatching.pass_time(timedelta(minutes=self.random.choice((1, 10, 30, 240))))
            return
        with sessions.transaction() as session:
            if choice in ("accept", "decline"):
                offers = services.dispatch.offers(session, by=by, state=OfferState.OPEN, limit=MOST)
                if offers:
                    answer = services.dispatch.accept_offer if choice == "accept" else services.dispatch.decline_offer
                    answer(session, self.random.choice(offers).id, by=by)
            elif choice == "back":
                given = services.assignments.list(session, by=by, states=OCCUPYING, limit=MOST)
                if given:
                    services.assignments.withdraw(session, self.random.choice(given).id, by=by)
            else:
                requests = services.requests.list(session, by=by, limit=MOST)
                if requests:
                    services.requests.cancel(session, self.random.choice(requests).id, by=by)

    def check(self) -> None:
        services, by = self.dispatching.services, self.dispatching.coordinator
        with self.dispatching.world.sessions.reading() as session:
            requests = services.requests.list(session, by=by, limit=MOST)
            offers = services.dispatch.offers(session, by=by, state=OfferState.OPEN, limit=MOST)
            given = services.assignments.list(session, by=by, states=OCCUPYING, limit=MOST)
        check_no_doubles(given)
        for request in requests:
            own = [one for one in given if one.request_id == request.id]
            asked = [one for one in offers if one.request_id == request.id]
            self.check_request(request, own, asked)

    def check_request(self, request: RequestRead, given: list[AssignmentRead], asked: list[OfferRead]) -> None:
        states = {one.state for one in given}
        if request.state is RequestState.BOOKED:
            assert states == {AssignmentState.BOOKED}
            assert len(given) == len(request.seats)
            assert not asked
        elif request.state is RequestState.OFFERED:
            assert states <= {AssignmentState.HELD}
            assert len(given) < len(request.seats)
            assert asked
            assert any(name.startswith(f"interpreting.wave:{request.id}") for name in self.dispatching.jobs.waiting)
        else:
            assert not given
            assert not asked
            assert request.state in (RequestState.CANCELLED, RequestState.DONE, RequestState.UNFILLED)
            assert request.state is not RequestState.UNFILLED or request.unfilled_reason


def check_no_doubles(given: tuple[AssignmentRead, ...]) -> None:
    seats = Counter((one.request_id, one.seat.number) for one in given)
    assert max(seats.values(), default=0) <= 1
    for one in given:
        for other in given:
            if one.id < other.id and one.interpreter_id == other.interpreter_id:
                assert one.ends_at <= other.starts_at or other.ends_at <= one.starts_at


@pytest.mark.parametrize("seed", range(3))
def test_what_must_hold_holds_after_every_step(sessions: SessionFactory, clock: FrozenClock, seed: int) -> None:
    walk = Walk(Dispatching(World(sessions, clock)), seed)
    refused = 0
    for _ in range(STEPS):
        try:
            walk.step()
        except DomainError:
            refused += 1
        walk.check()
    assert refused < STEPS
