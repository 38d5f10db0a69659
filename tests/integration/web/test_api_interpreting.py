"""Interpreting for programs, and keys under which a POST has its effect once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlmodel import col, func, select

from linkbridge.accounts.idempotency import IdempotencyKeys, KeptAnswer, KeyedRequest, KeyReused
from linkbridge.accounts.models import IdempotentAnswer
from linkbridge.accounts.permissions import Role, system_actor
from linkbridge.container import Container
from linkbridge.interpreting.models import Assignment, InterpreterRequest
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from tests.support.accounts import SETUP, World, make_cipher
from tests.support.dispatching import add_interpreter
from tests.support.pages import Page, PageClient

PROGRAM = system_actor("program")


class Programs:
    """Programs that ask with tokens."""

    def __init__(self, app: FastAPI, container: Container, world: World) -> None:
        self.app, self.container, self.world = app, container, world
        self.client = PageClient(app)
        self.coordinator = self.token(Role.COORDINATOR)
        self.partner = self.token(Role.COORDINATOR, world.partner)

    def token(self, role: Role, organisation_id: str | None = None) -> str:
        with self.container.sessions.transaction() as session:
            made = self.container.accounts.tokens.create(
                session,
                organisation_id=organisation_id or self.world.host,
                role=role,
                label="Test",
                lifetime=None,
                by=SETUP,
            )
        return made.secret

    def ask(self, method: str, path: str, body: object = None, *, key: str = "", token: str = "") -> Page:
        headers = {"authorization": f"Bearer {token or self.coordinator}", "content-type": "application/json"}
        if key:
            headers["idempotency-key"] = key
        content = b"" if body is None else json.dumps(body).encode()
        return self.client.ask(method, f"/api/v1/{path}", content, **headers)

    def json(self, method: str, path: str, body: object = None, *, key: str = "", token: str = "") -> Any:
        page = self.ask(method, path, body, key=key, token=token)
        assert page.status in (200, 201), page.text
        return page.response.json()

    def wish(self, **changes: object) -> dict[str, object]:
        return {
            "person_language": "am",
            "domain": "medical",
            "modality": "video",
            "site_id": self.world.site,
            "starts_at": "2026-11-25T10:00:00-05:00",
            "duration_minutes": 60,
            "time_zone": "America/Panama",
            "avoid": ["nationality:ER"],
            "note": "Room 4",
            **changes,
        }

    def count(self, table: type) -> int:
        with self.container.sessions.reading() as session:
            return session.exec(select(func.count()).select_from(table)).one()


@pytest.fixture
def programs(app: FastAPI, container: Container, world: World) -> Programs:
    with container.sessions.transaction() as session:
        add_interpreter(session, world.partner, container.clock.now(), name_encrypted=container.cipher.encrypt("Ada"))
    return Programs(app, container, world)


def test_note_is_read_by_nobody_of_a_third_side_nor_by_the_partner_before_acceptance(
    programs: Programs, container: Container
) -> None:
    made = programs.json("POST", "interpreter-requests", programs.wish())
    assert error(programs.ask("GET", f"interpreter-requests/{made['id']}", token=programs.partner)) == (
        404,
        "not_found",
    )
    [offer] = programs.json("GET", "offers?state=open", token=programs.partner)["items"]
    assert "note" not in offer
    given = programs.json("POST", f"offers/{offer['id']}/accept", token=programs.partner)
    with container.sessions.transaction() as session:
        third = container.accounts.directory.create_organisation(session, name="Third", country="CO", by=SETUP).id
    for token, expected in (
        (programs.token(Role.COORDINATOR, third), (404, "not_found")),
        (programs.token(Role.ANALYST), (403, "not_allowed")),
    ):
        assert error(programs.ask("GET", f"assignments/{given['id']}", token=token)) == expected


def error(page: Page) -> tuple[int, str]:
    return page.status, page.response.json()["error"]["code"]


def test_request_goes_from_asking_to_outcome(programs: Programs, clock: FrozenClock) -> None:
    page = programs.ask("POST", "interpreter-requests", programs.wish())
    made = page.response.json()
    assert (page.status, made["state"], made["starts_at"]) == (201, "offered", "2026-11-25T15:00:00Z")
    assert page.response.headers["location"] == f"/api/v1/interpreter-requests/{made['id']}"
    assert not {"avoid", "note", "place"} & set(made)
    assert programs.json("GET", f"interpreter-requests/{made['id']}")["note"] is None
    [offer] = programs.json("GET", "offers?state=open")["items"]
    assert (offer["request_id"], offer["source_language"], offer["target_language"]) == (made["id"], "am", "es")
    assignment = programs.json("POST", f"offers/{offer['id']}/accept", token=programs.partner)
    assert (assignment["state"], assignment["offer_id"]) == ("booked", offer["id"])
    assert assignment["accepted_by"].startswith("token:")
    for token in (programs.coordinator, programs.partner):
        read = programs.json("GET", f"assignments/{assignment['id']}", token=token)
        assert read == {**assignment, "note": "Room 4", "place": ""}
    full = programs.json("GET", f"interpreter-requests/{made['id']}")
    assert (full["state"], full["note"], "avoid" in full) == ("booked", "Room 4", False)
    clock.advance(timedelta(days=1, hours=4))
    gone = programs.json(
        "POST", f"assignments/{assignment['id']}/outcome", {"outcome": "no-show", "no_show_by": "interpreter"}
    )
    assert (gone["state"], gone["outcome"], gone["no_show_by"]) == ("ended", "no-show", "interpreter")
    read = programs.json("GET", f"assignments/{assignment['id']}", token=programs.partner)
    assert (read["note"], read["place"]) == (None, None)
    [listed] = programs.json("GET", f"assignments?request_id={made['id']}")["items"]
    assert listed == gone


def test_lists_go_on_where_a_page_ends(programs: Programs) -> None:
    ids = {
        programs.json("POST", "interpreter-requests", programs.wish(person_language=tag))["id"]
        for tag in ("am", "ti", "so")
    }
    first = programs.json("GET", "interpreter-requests?limit=2")
    second = programs.json("GET", f"interpreter-requests?limit=2&cursor={first['next']}")
    assert second["next"] is None
    assert {one["id"] for one in first["items"] + second["items"]} == ids
    assert [
        one["person_language"]
        for one in programs.json("GET", "interpreter-requests?state=unfilled&language=ti")["items"]
    ] == ["ti"]
    [shown] = programs.json("GET", "interpreters?language=am")["items"]
    assert (shown["name"], shown["cost_per_hour"]) == ("Ada", None)


def test_hours_are_replaced(programs: Programs) -> None:
    [shown] = programs.json("GET", "interpreters", token=programs.partner)["items"]
    rules = [{"rrule": "FREQ=WEEKLY;BYDAY=WE", "starts_on": "2026-11-25", "start": "09:00", "minutes": 60}]
    path = f"interpreters/{shown['id']}/availability"
    week = programs.json("PUT", path, {"rules": rules}, token=programs.partner)
    assert week["free"] == [{"starts_at": "2026-11-25T09:00:00Z", "ends_at": "2026-11-25T10:00:00Z"}]
    bad = programs.ask("PUT", path, {"rules": [{**rules[0], "rrule": "FREQ=NEVER"}]}, token=programs.partner)
    assert error(bad) == (400, "invalid_input")
    assert error(programs.ask("PUT", path, {"rules": rules}))[0] in (403, 404)


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"domain": "weather"}, (422, "malformed")),
        ({"starts_at": "2026-11-25T10:00:00"}, (422, "malformed")),
        ({"colour": "red"}, (422, "malformed")),
        ({"starts_at": "2026-11-20T10:00:00Z"}, (400, "invalid_input")),
        ({"person_language": "xx-none"}, (400, "invalid_input")),
        ({"time_zone": "Mars/Olympus"}, (400, "invalid_input")),
        ({"duration_minutes": 0}, (400, "invalid_input")),
        ({"site_id": "0" * 32}, (400, "invalid_input")),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_request_that_cannot_be_is_refused(
    programs: Programs, changes: dict[str, object], answer: tuple[int, str]
) -> None:
    assert error(programs.ask("POST", "interpreter-requests", programs.wish(**changes), key="k")) == answer
    assert (programs.count(InterpreterRequest), programs.count(IdempotentAnswer)) == (0, 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_roles_that_do_not_broker(programs: Programs) -> None:
    interpreter, analyst = programs.token(Role.INTERPRETER), programs.token(Role.ANALYST)
    made = programs.json("POST", "interpreter-requests", programs.wish())
    [offer] = programs.json("GET", "offers")["items"]
    assert error(programs.ask("GET", "offers", token=interpreter)) == (404, "not_found")
    assert error(programs.ask("POST", f"offers/{offer['id']}/accept", token=interpreter)) == (404, "not_found")
    for path in ("offers", "assignments", "interpreters", "interpreter-requests"):
        assert error(programs.ask("GET", path, token=analyst)) == (403, "not_allowed")
    path = f"interpreter-requests/{made['id']}"
    assert error(programs.ask("GET", path, token=programs.partner)) == (404, "not_found")
    assert error(programs.ask("POST", f"{path}/cancel", token=programs.partner)) == (404, "not_found")


def test_late_answers_are_refused(programs: Programs, clock: FrozenClock) -> None:
    made = programs.json("POST", "interpreter-requests", programs.wish())
    [offer] = programs.json("GET", "offers")["items"]
    clock.advance(timedelta(hours=2))
    assert error(programs.ask("POST", f"offers/{offer['id']}/accept")) == (410, "expired")
    assert programs.json("POST", f"interpreter-requests/{made['id']}/cancel")["state"] == "cancelled"
    assert error(programs.ask("POST", f"offers/{offer['id']}/decline")) == (409, "conflict")


def test_key_repeats_the_answer_and_not_the_effect(programs: Programs, clock: FrozenClock) -> None:
    first = programs.ask("POST", "interpreter-requests", programs.wish(), key="one")
    again = programs.ask("POST", "interpreter-requests", programs.wish(), key="one")
    assert (first.status, again.status, first.response.content) == (201, 201, again.response.content)
    assert again.response.headers["idempotency-replayed"] == "true"
    assert again.response.headers["location"] == first.response.headers["location"]
    assert programs.count(InterpreterRequest) == 1
    other = programs.ask("POST", "interpreter-requests", programs.wish(note="Room 5"), key="one")
    assert error(other) == (422, "key_reused")
    assert (
        programs.json("POST", "interpreter-requests", programs.wish(), key="two")["id"] != first.response.json()["id"]
    )
    clock.advance(timedelta(hours=25))
    late = {"starts_at": "2026-11-27T10:00:00Z"}
    assert programs.json("POST", "interpreter-requests", programs.wish(**late), key="one")["state"] == "offered"


def test_keys_of_other_programs_are_other_keys(programs: Programs) -> None:
    made = programs.json("POST", "interpreter-requests", programs.wish(), key="one")
    path = f"interpreter-requests/{made['id']}/cancel"
    assert error(programs.ask("POST", path, key="one", token=programs.partner)) == (404, "not_found")
    assert programs.client.ask("POST", f"/api/v1/{path}", b"", **{"idempotency-key": "one"}).status == 401
    assert error(programs.ask("POST", path, key="ö" and " "))[1] == "invalid_input"


def test_answer_is_kept_without_a_readable_word(programs: Programs) -> None:
    programs.json("POST", "interpreter-requests", programs.wish(), key="a-key-of-mine")
    with programs.container.sessions.reading() as session:
        row = session.exec(select(IdempotentAnswer)).one()
        assert row.status == 201
        assert row.answer_encrypted is not None
        assert json.loads(programs.container.cipher.decrypt(row.answer_encrypted))["status"] == 201
        assert "a-key-of-mine" not in repr(row)
        assert "Panama" not in repr(row)


def test_one_key_sent_many_times_at_once_books_once(programs: Programs) -> None:
    barrier = Barrier(6)

    def send(_number: int) -> Page:
        client = Programs.__new__(Programs)
        client.client, client.coordinator, client.world = PageClient(programs.app), programs.coordinator, programs.world
        barrier.wait()
        return client.ask("POST", "interpreter-requests", programs.wish(), key="same")

    programs.json("GET", "me")  # today's use of the token is noted
    with ThreadPoolExecutor(6) as threads:
        pages = list(threads.map(send, range(6)))
    assert {page.status for page in pages} == {201}
    assert len({page.response.json()["id"] for page in pages}) == 1
    assert sum("idempotency-replayed" in page.response.headers for page in pages) == 5
    assert programs.count(InterpreterRequest) == 1


def test_accepting_twice_with_a_key_makes_one_assignment(programs: Programs) -> None:
    programs.json("POST", "interpreter-requests", programs.wish())
    [offer] = programs.json("GET", "offers")["items"]
    first, second = (programs.json("POST", f"offers/{offer['id']}/accept", key="yes") for _ in range(2))
    assert first == second
    assert programs.count(Assignment) == 1


def test_first_try_that_broke_off_leaves_the_key_free(sessions: SessionFactory, clock: FrozenClock) -> None:
    keys = IdempotencyKeys(clock=clock, cipher=make_cipher())
    request = keys.name(PROGRAM, "key", method="POST", path="/x?", body=b"{}")

    def break_off() -> None:
        with sessions.transaction() as session:
            assert keys.claim(session, request) is None
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    answer = KeptAnswer(200, "application/json", "{}")
    with sessions.transaction() as session:
        assert keys.claim(session, request) is None
        keys.keep(session, request, answer)
    with sessions.transaction() as session:
        assert keys.claim(session, request) == answer
    other = KeyedRequest(request.key_digest, "0" * 64)
    with sessions.transaction() as session, pytest.raises(KeyReused):
        keys.claim(session, other)
    with sessions.reading() as session:
        assert session.exec(select(func.count(col(IdempotentAnswer.key_digest)))).one() == 1
    assert sa.inspect(sessions.engine).has_table("idempotent_answer")
