"""The pages on which brokers decide whom to ask first, and read what came of requests."""

import re

import pytest
from fastapi import FastAPI

from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.interpreting.matching.values import Policy
from tests.integration.web.conftest import sign_in
from tests.support.accounts import World
from tests.support.interpreting_pages import add_interpreter, ask
from tests.support.pages import PageClient

# The services behind these pages are tested on both databases.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POLICY, REPORTS = "/staff/interpreting/policy", "/staff/interpreting/reports"
NUMBERS: dict[str, str | list[str]] = {
    "wave_size": "4",
    "wave_minutes": "20",
    "ring_size": "6",
    "ring_seconds": "45",
    "most_waves": "8",
    "late_hours": "12",
    "level": "30",
    "own_organisation": "0",
    "gender": "15",
    "credential": "10",
    "on_call": "40",
    "cost": "5",
    "fairness": "25",
    "waking_hours": "10",
    "relay_allowed": "on",
}


@pytest.fixture
def coordinator(world: World, app: FastAPI) -> PageClient:
    return sign_in(world, app, Role.COORDINATOR)


def policy(container: Container, world: World) -> Policy:
    with container.sessions.reading() as session:
        return container.interpreting.policies.of(session, world.host)


def test_policy_is_decided_ordered_and_forgotten(container: Container, world: World, coordinator: PageClient) -> None:
    assert "There is no order yet." in coordinator.get(POLICY).text
    for partner in (world.host, world.partner):
        coordinator.send(POLICY, {**NUMBERS, "order": "add", "partner": partner})
    coordinator.send(POLICY, {**NUMBERS, "order": f"up:{world.partner}"})
    found = policy(container, world)
    assert found.partners == (world.partner, world.host)
    assert (found.wave_size, found.ring_seconds, found.weights.cost, found.relay_allowed) == (4, 45, 5, True)
    coordinator.send(POLICY, {**NUMBERS, "order": f"remove:{world.host}"})
    assert policy(container, world).partners == (world.partner,)
    coordinator.send(POLICY, {}, to=f"{POLICY}/forget")
    assert policy(container, world) == Policy()


def test_enter_key_saves_and_removes_nobody(container: Container, world: World, coordinator: PageClient) -> None:
    """The Enter key presses the first button of a form, wherever on the page that is."""
    coordinator.send(POLICY, {**NUMBERS, "order": "add", "partner": world.partner})
    form = coordinator.get(POLICY).text.partition(f'action="{POLICY}"')[2]
    first = re.search(r'<button [^>]*name="(\w+)" value="([^"]*)"', form)
    assert first is not None
    coordinator.send(POLICY, {**NUMBERS, "wave_size": "9", first[1]: first[2]})
    found = policy(container, world)
    assert (found.wave_size, found.partners) == (9, (world.partner,))


@pytest.mark.parametrize(("field", "value"), [("wave_size", "0"), ("cost", "much"), ("level", "101")])
def test_policy_says_which_number_is_wrong(coordinator: PageClient, field: str, value: str) -> None:
    page = coordinator.send(POLICY, {**NUMBERS, field: value})
    assert (page.status, page.problems) == (400, [field])


def test_report_is_empty_then_tells_what_nobody_could_serve(
    container: Container, world: World, coordinator: PageClient
) -> None:
    assert "Nobody asked for an interpreter in this time." in coordinator.get(REPORTS).text
    add_interpreter(container, world)
    ask(container, world, person_language="ln")
    text = coordinator.get(REPORTS).text
    assert "lingala – español" in text
    assert "0 %" in text
    assert "Nobody asked" in coordinator.get(f"{REPORTS}?start=2026-10-01&end=2026-10-31").text


def test_report_bears_any_period(coordinator: PageClient) -> None:
    for query in ("start=x&end=y", "start=2026-12-31&end=2026-01-01", "start=1900-01-01", "end=9999-12-31"):
        assert coordinator.get(f"{REPORTS}?{query}").status == 200
    assert coordinator.get(f"{REPORTS}?site=none").status == 404


def test_every_table_is_a_file(container: Container, world: World, coordinator: PageClient) -> None:
    ask(container, world, person_language="ln")
    page = coordinator.get(f"{REPORTS}/unmet.csv")
    assert page.response.headers["content-type"] == "text/csv; charset=utf-8"
    assert page.response.headers["content-disposition"] == (
        'attachment; filename="linkbridge-interpreting-unmet-2026-10-26-2026-11-24.csv"'
    )
    assert page.response.text.removeprefix("\ufeff").splitlines() == [
        "person_language,official_language,domain,site,asked,filled,unmet,open,called_off,relayed,fill_rate",
        "ln,es,screening,Paso,1,0,1,0,0,0,0.0000",
    ]
    for table in ("languages", "domains", "sites", "times", "organisations", "outcomes"):
        assert coordinator.get(f"{REPORTS}/{table}.csv").status == 200
    assert coordinator.get(f"{REPORTS}/secrets.csv").status == 404


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.INTERPRETER, Role.REVIEWER])
def test_pages_are_for_brokers_and_readers_of_statistics(world: World, app: FastAPI, role: Role) -> None:
    client = sign_in(world, app, role)
    assert [client.get(path).status for path in (POLICY, REPORTS)] == [403, 403]


def test_analyst_reads_reports_and_decides_nothing(world: World, app: FastAPI) -> None:
    client = sign_in(world, app, Role.ANALYST)
    assert [client.get(path).status for path in (REPORTS, f"{REPORTS}/unmet.csv", POLICY)] == [200, 200, 403]
