"""The pages on which administrators confirm the facts of countries."""

from dataclasses import replace
from datetime import date

import pytest
from fastapi import FastAPI

from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.kernel.i18n import load_translations
from linkbridge.phrasebook.facts import EmergencyKind, Fact, FactKey, Jurisdictions, SourceKind
from linkbridge.web.app import create_app
from tests.integration.web.conftest import sign_in
from tests.support.accounts import World, counted_queries
from tests.support.pages import PageClient

NUMBER = Fact(
    country="PA",
    key=FactKey.EMERGENCY_NUMBER,
    kind=EmergencyKind.ALL,
    value="911",
    label="Everywhere <but> at sea",
    source="https://example.org/emergencias?a=1&b=2",
    source_title="Emergencias & más",
    source_kind=SourceKind.PRESS,
    page_date="2025-09",
    checked_on=date(2026, 11, 20),
    valid_from=date(2020, 1, 1),
)
AUTHORITY = replace(NUMBER, key=FactKey.ASYLUM_AUTHORITY, kind="", label="", value="ONPAR", valid_from=None)
OTHER = replace(NUMBER, country="BZ", value="90", checked_on=date(2026, 11, 23))
PAGE = "/staff/jurisdictions/PA"


@pytest.fixture
def jurisdictions() -> Jurisdictions:
    """Three countries, one of them with no fact."""
    return Jurisdictions({"BZ": (OTHER,), "PA": (NUMBER, AUTHORITY), "UY": ()})


def told(container: Container) -> list[str]:
    with container.sessions.reading() as session:
        found = container.confirmations.facts_for(session, "PA")
    return [fact.value for facts in found.values() for fact in facts]


def test_list_counts_what_is_confirmed_and_names_what_is_not_known(administrator: PageClient) -> None:
    page = administrator.get("/staff/jurisdictions").text
    rows = [row.split("</tr>")[0] for row in page.split("<tr>")[2:]]
    assert [("Belice" in row, "Panamá" in row, "Uruguay" in row) for row in rows] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert ("0 of 2" in rows[1], "4 days ago" in rows[1], "1 day ago" in rows[0]) == (True, True, True)
    assert "UN Refugee Agency (UNHCR)" in rows[1]
    assert "Emergency number" not in rows[1]
    assert "Emergency number" in rows[2]


def test_country_shows_each_fact_with_its_page_and_that_it_is_unconfirmed(administrator: PageClient) -> None:
    answer = administrator.get(PAGE)
    assert 'href="https://example.org/emergencias?a=1&amp;b=2" rel="external noopener noreferrer"' in (
        answer.response.text
    )
    assert "Everywhere &lt;but&gt; at sea" in answer.response.text
    page = answer.text
    assert "Emergencias & más" in page
    assert "police, ambulance and fire service" in page
    assert "Read on 20 nov 2026 · the page is of 2025-09 · valid from 1 ene 2020" in " ".join(page.split())
    assert page.count("○ unconfirmed") == 2
    assert page.count("Nothing known. The person’s screen says to ask the officer in charge.") == len(FactKey) - 2


def test_fact_is_confirmed_and_taken_back(administrator: PageClient, container: Container) -> None:
    assert told(container) == []
    page = administrator.send(PAGE, {"fact": NUMBER.hash}, to=f"{PAGE}/confirm")
    assert (page.path, page.status) == (PAGE, 200)
    assert "✓ The fact is confirmed." in page.text
    assert "✓ Confirmed by Nadia Name, 24 nov 2026, 12:00:00 UTC" in page.text
    assert page.text.count("○ unconfirmed") == 1
    assert told(container) == ["911"]
    assert "1 of 2" in administrator.get("/staff/jurisdictions").text
    page = administrator.send(PAGE, {"fact": NUMBER.hash}, to=f"{PAGE}/take-back")
    assert "The confirmation is taken back." in page.text
    assert told(container) == []


def test_what_cannot_be_confirmed_is_refused(administrator: PageClient, container: Container) -> None:
    assert administrator.send(PAGE, {"fact": OTHER.hash}, to=f"{PAGE}/confirm").status == 404
    assert administrator.send(PAGE, {"fact": NUMBER.hash}, to=f"{PAGE}/take-back").status == 409
    assert administrator.send(PAGE, {}, to=f"{PAGE}/confirm").status == 404
    for path in ("/staff/jurisdictions/XX", "/staff/jurisdictions/pa"):
        assert administrator.get(path).status == 404
    assert told(container) == []


def test_form_of_another_page_is_refused(administrator: PageClient, container: Container) -> None:
    page = administrator.send(PAGE, {"fact": NUMBER.hash, "csrf_token": "0" * 64}, to=f"{PAGE}/confirm")
    assert page.status == 403
    assert told(container) == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_other_roles_neither_see_nor_confirm(world: World, app: FastAPI, container: Container, role: Role) -> None:
    client = sign_in(world, app, role)
    assert "/staff/jurisdictions" not in client.get("/staff").text
    assert client.get("/staff/jurisdictions").status == 403
    assert client.get(PAGE).status == 403
    assert client.send("/staff/account", {"fact": NUMBER.hash}, to=f"{PAGE}/confirm").status == 403
    assert told(container) == []


def test_administrator_of_a_partner_neither_sees_nor_confirms(world: World, app: FastAPI, container: Container) -> None:
    client = sign_in(world, app, Role.ADMINISTRATOR, partner=True)
    assert "/staff/jurisdictions" not in client.get("/staff").text
    assert client.get(PAGE).status == 403
    assert client.send("/staff/account", {"fact": NUMBER.hash}, to=f"{PAGE}/confirm").status == 403
    assert told(container) == []


def test_page_asks_the_database_no_more_often_for_more_facts(administrator: PageClient, container: Container) -> None:
    sent: list[int] = []
    for fact in (NUMBER, AUTHORITY):
        administrator.send(PAGE, {"fact": fact.hash}, to=f"{PAGE}/confirm")
        with counted_queries(container.sessions) as queries:
            administrator.get(PAGE)
        sent.append(len(queries))
    assert sent[0] == sent[1]


def test_home_leads_to_the_countries(administrator: PageClient) -> None:
    assert administrator.get("/staff").text.count('href="/staff/jurisdictions"') == 2


def test_pages_speak_the_officials_languages(container: Container, world: World) -> None:
    app = create_app(replace(container, translations=load_translations()))
    page = sign_in(world, app, Role.ADMINISTRATOR).get(PAGE).text
    assert "Número de emergencia" in page
    assert "sin confirmar" in page
