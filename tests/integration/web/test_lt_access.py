from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from linkbridge.accounts.models import ApiToken
from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.kernel.clock import FrozenClock
from tests.support.lt_door import Door
from tests.support.pages import Page

TEXT = {"q": "One", "source": "en", "target": "pt"}
NEEDED = "Please contact the server operator to get an API key"


@pytest.fixture
def door(container: Container, tmp_path: Path) -> Door:
    return Door(container, tmp_path)


@pytest.fixture
def closed(container: Container, tmp_path: Path) -> Door:
    return Door(container, tmp_path, is_open=False)


def _refused(page: Page) -> tuple[int, str]:
    return page.status, page.response.json()["error"]


def test_without_a_key_a_closed_door_stays_closed(closed: Door) -> None:
    assert _refused(closed.post("translate", TEXT)) == (400, NEEDED)
    assert _refused(closed.post("detect", {"q": "One"})) == (400, NEEDED)
    assert closed.translator.asked == []


@pytest.mark.parametrize("place", ["parameter", "bearer", "header"])
def test_a_key_opens_it_wherever_it_stands(closed: Door, place: str) -> None:
    key = closed.key()
    headers = {"bearer": {"authorization": f"Bearer {key}"}, "header": {"x_api_key": key}}.get(place, {})
    values = {**TEXT, "api_key": key} if place == "parameter" else TEXT
    assert closed.post("translate", values, **{name.replace("_", "-"): v for name, v in headers.items()}).status == 200
    assert closed.translator.patience is not None
    assert closed.translator.patience.client.startswith("token:")


def test_a_key_in_a_form_opens_it(closed: Door) -> None:
    assert closed.client.post("/lt/translate", {**TEXT, "api_key": closed.key()}).status == 200


def test_a_key_that_does_not_work_is_refused_even_at_an_open_door(door: Door) -> None:
    assert _refused(door.post("translate", {**TEXT, "api_key": "lbt_wrong"})) == (403, "Invalid API key")


def test_a_revoked_key_is_refused(closed: Door) -> None:
    key = closed.key()
    with closed.container.sessions.transaction() as session:
        for row in session.exec(select(ApiToken)):
            row.revoked_at = closed.container.clock.now()
    assert _refused(closed.post("translate", {**TEXT, "api_key": key})) == (403, "Invalid API key")


def test_a_key_whose_role_does_not_translate_is_refused(closed: Door) -> None:
    key = closed.key(Role.ANALYST)
    assert _refused(closed.post("translate", {**TEXT, "api_key": key})) == (403, "This API key may not translate")


def test_with_a_key_texts_may_be_longer(door: Door) -> None:
    long = {**TEXT, "q": "a" * 400}
    assert door.post("translate", long).status == 400
    assert door.post("translate", {**long, "api_key": door.key()}).status == 200


def test_the_day_of_use_is_noted(door: Door) -> None:
    door.post("translate", {**TEXT, "api_key": door.key()})
    with door.container.sessions.reading() as session:
        assert [row.last_used_on for row in session.exec(select(ApiToken))] == [door.container.clock.now().date()]


def test_an_address_is_slowed_down_and_later_served_again(door: Door, clock: FrozenClock) -> None:
    assert [door.post("translate", TEXT).status for _ in range(20)] == [200] * 20
    page = door.post("translate", TEXT)
    assert _refused(page) == (429, "Slowdown: 20 per 1 minute")
    assert page.response.headers["retry-after"] == "60"
    assert door.post("translate", TEXT, peer="192.0.2.2").status == 200
    clock.advance(timedelta(seconds=60))
    assert door.post("translate", TEXT).status == 200


def test_forwarded_addresses_that_nobody_vouches_for_change_nothing(door: Door) -> None:
    for _ in range(20):
        door.post("translate", TEXT)
    assert door.post("translate", TEXT, **{"x-forwarded-for": "203.0.113.9"}).status == 429


def test_one_customer_with_many_addresses_is_one_caller(door: Door) -> None:
    for number in range(20):
        assert door.post("translate", TEXT, peer=f"2001:db8:0:1::{number:x}").status == 200
    assert door.post("translate", TEXT, peer="2001:db8:0:1::ffff").status == 429
    assert door.post("translate", TEXT, peer="2001:db8:0:2::1").status == 200


def test_each_text_of_a_batch_counts(door: Door) -> None:
    assert door.post("translate", {**TEXT, "q": ["a"] * 15}).status == 200
    assert door.post("translate", {**TEXT, "q": ["a"] * 15}).status == 429
    assert door.post("translate", {**TEXT, "q": ["a"] * 5}).status == 200


def test_each_key_has_its_own_minute(door: Door) -> None:
    first, second = door.key(), door.key()
    assert [door.post("translate", {**TEXT, "api_key": first}).status for _ in range(41)] == [200] * 40 + [429]
    assert door.post("translate", {**TEXT, "api_key": second}).status == 200
    assert door.post("translate", TEXT).status == 200


def test_guessed_keys_use_up_the_minute_of_their_address(door: Door) -> None:
    assert [door.post("translate", {**TEXT, "api_key": f"lbt_{n}"}).status for n in range(21)] == [403] * 20 + [429]


def test_what_costs_nothing_is_not_limited(door: Door) -> None:
    for _ in range(20):
        door.post("translate", TEXT)
    assert [door.get(each).status for each in ("languages", "health", "frontend/settings", "spec")] == [200] * 4
