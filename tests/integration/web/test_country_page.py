"""What a person is told of the country they are in: what an administrator confirmed, and whom to ask for the rest."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI

from linkbridge.container import Container
from linkbridge.kernel.clock import FrozenClock
from linkbridge.phrasebook.facts import FactKey
from linkbridge.phrasebook.live_facts import TOLD
from tests.integration.web.conftest import enrol
from tests.support.accounts import DETAILS, SETUP, World
from tests.support.tablet import TabletClient

PATH = "/tablet/es/am/country"


def confirm(container: Container, key: FactKey, country: str = "PA") -> str:
    fact = container.confirmations.jurisdictions.facts(country, key)[0]
    with container.sessions.transaction() as session:
        container.confirmations.confirm(session, country, fact.hash, by=SETUP)
    return fact.value


def test_nothing_is_told_before_it_is_confirmed(tablet: TabletClient, container: Container) -> None:
    page = tablet.get(PATH)
    assert page.status == 200
    for fact in container.confirmations.jurisdictions.countries["PA"]:
        assert f"<bdi>{fact.value}</bdi>" not in page.response.text
    assert page.text.count(container.catalogue.interface("am").text("ask-officer")) == len(TOLD)
    assert "ፓናማ" in page.text, "the country in the person's language"


def test_confirmed_fact_is_told_with_the_day_it_was_checked_and_taken_back(
    tablet: TabletClient, container: Container, clock: FrozenClock
) -> None:
    before = tablet.get(PATH)
    value = confirm(container, FactKey.ASYLUM_AUTHORITY)
    assert value not in before.text
    clock.advance(timedelta(seconds=3))
    told = tablet.get(PATH)
    assert f"<bdi>{value}</bdi>" in told.response.text
    assert told.text.count(container.catalogue.interface("am").text("ask-officer")) == len(TOLD) - 1
    fact = container.confirmations.jurisdictions.facts("PA", FactKey.ASYLUM_AUTHORITY)[0]
    with container.sessions.transaction() as session:
        container.confirmations.take_back(session, "PA", fact.hash, by=SETUP)
    clock.advance(timedelta(seconds=3))
    assert value not in tablet.get(PATH).text


def test_country_is_that_of_the_site(
    tablet: TabletClient, container: Container, world: World, app: FastAPI, clock: FrozenClock
) -> None:
    value = confirm(container, FactKey.ASYLUM_AUTHORITY, "CO")
    with container.sessions.transaction() as session:
        details = replace(DETAILS, country="CO")
        site = container.accounts.directory.create_site(session, organisation_id=world.host, details=details, by=SETUP)
    there = enrol(container, app, site.id)
    clock.advance(timedelta(seconds=3))
    assert value in there.get(PATH).text
    assert value not in tablet.get(PATH).text


@pytest.mark.parametrize("tag", ["ar", "ur", "zh-Hans", "es", "en"])
def test_page_exists_in_every_language_and_is_kept_for_later(
    tablet: TabletClient, container: Container, tag: str
) -> None:
    page = tablet.get(f"/tablet/es/{tag}/country")
    assert page.status == 200
    assert container.catalogue.interface(tag).text("country-facts") in page.text
    assert f'href="/tablet/es/{tag}/country"' in tablet.get(f"/tablet/es/{tag}").response.text
