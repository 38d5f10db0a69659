"""The page of an interpreter's hours without scripts, and the private calendar."""

import pytest
from fastapi import FastAPI

from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.interpreting.availability.wishes import read_wish
from tests.integration.web.conftest import sign_in
from tests.support.accounts import PASSWORD, World
from tests.support.interpreting_pages import add_interpreter
from tests.support.pages import PageClient

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def own(container: Container, world: World, app: FastAPI) -> tuple[PageClient, str]:
    """A browser in which an interpreter is signed in, and the path of the interpreter's hours."""
    world.add_staff("almaz@demo.example", Role.INTERPRETER, partner=True)
    made = add_interpreter(container, world, staff_email="almaz@demo.example", time_zone="Europe/Lisbon")
    browser = PageClient(app)
    browser.send("/staff/sign-in", {"email": "almaz@demo.example", "password": PASSWORD})
    return browser, f"/staff/interpreters/{made.id}/hours"


def test_interpreter_saves_the_week_as_a_list(own: tuple[PageClient, str]) -> None:
    browser, path = own
    page = browser.send("/staff/hours", {"work-1": "9-12, 14:00-18:00", "call-2": "20-22"}, to=path)
    assert "Your week is saved" in page.text
    assert 'value="09:00-12:00, 14:00-18:00"' in page.text
    assert 'value="20:00-22:00"' in page.text
    assert "Europe/Lisbon" in page.text


def test_week_that_contradicts_another_rule_is_refused_until_that_is_dropped(
    own: tuple[PageClient, str], container: Container, world: World
) -> None:
    browser, path = own
    rule = {"rrule": "FREQ=DAILY;INTERVAL=2", "starts_on": "2026-11-01", "start": "09:00", "minutes": 60}
    with container.sessions.transaction() as session:
        by = world.actor(Role.COORDINATOR, partner=True)
        wish = read_wish({"rules": [{**rule, "on_call": True}]})
        container.interpreting.availability.replace(session, path.split("/")[3], wish, by=by)
    page = browser.send("/staff/hours", {"work-1": "9-12"}, to=path)
    assert (page.status, page.problems) == (400, ["other_rules"])
    assert "Your week is saved" in browser.send("/staff/hours", {"work-1": "9-12", "drop_others": "1"}, to=path).text


def test_what_cannot_be_read_is_shown_again_at_its_field(own: tuple[PageClient, str]) -> None:
    browser, path = own
    page = browser.send("/staff/hours", {"work-1": "nine to five"}, to=path)
    assert (page.status, page.problems) == (400, ["work-1"])
    assert 'value="nine to five"' in page.text


@pytest.mark.parametrize(
    ("start", "end", "problems"),
    [
        ("2027-03-28T01:30", "2027-03-28T05:00", ["starts_at"]),  # Lisbon has no such hour
        ("2026-12-02T09:00", "2026-12-01T09:00", ["ends_at"]),
        ("2026-11-20T09:00", "2026-11-21T09:00", ["ends_at"]),
        ("soon", "2026-12-01T09:00", ["starts_at"]),
    ],
)
def test_exception_that_makes_no_sense_is_refused(
    own: tuple[PageClient, str], start: str, end: str, problems: list[str]
) -> None:
    browser, path = own
    sent: dict[str, str | list[str]] = {"kind": "away", "starts_at": start, "ends_at": end}
    page = browser.send("/staff/hours", sent, to=f"{path}/exceptions")
    assert (page.status, page.problems) == (400, problems)


def test_exception_is_added(own: tuple[PageClient, str]) -> None:
    browser, path = own
    sent: dict[str, str | list[str]] = {"kind": "away", "starts_at": "2026-12-01T09:00", "ends_at": "2026-12-01T12:00"}
    assert "The exception is added" in browser.send("/staff/hours", sent, to=f"{path}/exceptions").text


def test_calendar_within_this_machine_is_refused_at_its_field(own: tuple[PageClient, str]) -> None:
    browser, path = own
    page = browser.send("/staff/hours", {"calendar": "http://example.org/x.ics"}, to=f"{path}/calendars")
    assert (page.status, page.problems) == (400, ["calendar"])


def test_private_calendar_is_shown_once_and_needs_no_cookie(own: tuple[PageClient, str], app: FastAPI) -> None:
    browser, path = own
    made = browser.send("/staff/hours", {}, to=f"{path}/feed")
    assert made.response.headers["cache-control"] == "no-store"
    secret = made.text.partition("/calendar/")[2].partition(".ics")[0]
    assert f"/calendar/{secret}" not in browser.get("/staff/hours").text
    found = PageClient(app).ask("GET", f"/calendar/{secret}.ics")
    assert found.response.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "set-cookie" not in found.response.headers
    again = PageClient(app).ask("GET", f"/calendar/{secret}.ics", if_none_match=found.response.headers["etag"])
    assert (again.status, again.text) == (304, "")
    assert PageClient(app).ask("GET", "/calendar/guessed.ics").status == 404


def test_others_do_not_see_the_hours(own: tuple[PageClient, str], world: World, app: FastAPI) -> None:
    _browser, path = own
    assert sign_in(world, app, Role.COORDINATOR, partner=True).get(path).status == 200
    assert sign_in(world, app, Role.ADMINISTRATOR).get(path).status == 200
    assert sign_in(world, app, Role.COORDINATOR).get(path).status == 403
    assert sign_in(world, app, Role.INTERPRETER).get(path).status == 403
    assert sign_in(world, app, Role.OFFICIAL).get("/staff/hours").status == 404
