from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from linkbridge.accounts import quota
from linkbridge.accounts.models import Attempt
from linkbridge.accounts.quota import Quota, Rate
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.db import SessionFactory
from tests.support.accounts import make_cipher

TEN, HUNDRED = Rate("test", 10), Rate("test", 100)


@pytest.fixture
def cipher() -> FieldCipher:
    return make_cipher()


@pytest.fixture
def process(sessions: SessionFactory, clock: FrozenClock, cipher: FieldCipher) -> Quota:
    return Quota(clock=clock, cipher=cipher, sessions=sessions)


@pytest.fixture
def other_process(sessions: SessionFactory, clock: FrozenClock, cipher: FieldCipher) -> Quota:
    return Quota(clock=clock, cipher=cipher, sessions=sessions)


def _served(one: Quota, rate: Rate, times: int, *, cost: int = 1) -> int:
    return sum(one.take(rate, "somebody", cost=cost) == 0 for _ in range(times))


def test_a_minute_has_so_many_permits(process: Quota, clock: FrozenClock) -> None:
    assert _served(process, TEN, 12) == 10
    assert process.take(TEN, "somebody") == 60
    assert process.take(TEN, "somebody else") == 0
    clock.advance(timedelta(seconds=59.5))
    assert process.take(TEN, "somebody") == 1
    clock.advance(timedelta(seconds=0.5))
    assert _served(process, TEN, 12) == 10


def test_two_processes_never_give_more_than_the_limit(process: Quota, other_process: Quota) -> None:
    assert _served(process, HUNDRED, 30) == 30
    assert _served(other_process, HUNDRED, 100) == 70
    assert _served(process, HUNDRED, 10) == 0


def test_what_a_process_took_stays_its_own(process: Quota, other_process: Quota) -> None:
    assert _served(process, HUNDRED, 1) == 1
    assert _served(other_process, HUNDRED, 100) == 90
    assert _served(process, HUNDRED, 20) == 9


def test_a_cost_is_paid_whole_or_not_at_all(process: Quota) -> None:
    assert process.take(TEN, "somebody", cost=7) == 0
    assert process.take(TEN, "somebody", cost=4) == 60
    assert process.take(TEN, "somebody", cost=3) == 0


def test_more_than_a_minute_holds_costs_the_whole_minute(process: Quota) -> None:
    assert process.take(TEN, "somebody", cost=1000) == 0
    assert process.take(TEN, "somebody") == 60


def test_a_refusal_is_remembered_without_the_database(process: Quota, sessions: SessionFactory) -> None:
    assert _served(process, TEN, 12) == 10
    with sessions.transaction() as session:
        for row in session.exec(select(Attempt)):
            session.delete(row)
    assert process.take(TEN, "somebody") == 60


def test_many_threads_get_no_more_than_the_limit(process: Quota) -> None:
    with ThreadPoolExecutor(8) as threads:
        served = list(threads.map(lambda _: process.take(HUNDRED, "somebody"), range(150)))
    assert served.count(0) == 100


def test_neither_address_nor_key_is_kept(process: Quota, sessions: SessionFactory) -> None:
    process.take(TEN, "peer:192.0.2.1")
    with sessions.reading() as session:
        [row] = session.exec(select(Attempt)).all()
        assert "192.0.2.1" not in row.key_digest


def test_a_process_remembers_only_so_many(process: Quota, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "MOST_SUBJECTS", 3)
    for number in range(10):
        assert process.take(TEN, f"somebody {number}") == 0
    assert len(process._permits) == 3
