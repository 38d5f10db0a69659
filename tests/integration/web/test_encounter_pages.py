from datetime import timedelta

import pytest
from fastapi import FastAPI

from linkbridge.accounts.permissions import Role
from linkbridge.accounts.sites import SitePolicy
from linkbridge.container import Container
from linkbridge.kernel.clock import FrozenClock
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.web.routes import encounters
from tests.integration.web.conftest import enrol, set_policy, sign_in
from tests.support.accounts import SETUP, World
from tests.support.pages import PageClient
from tests.support.tablet import TabletClient
from tests.support.texts import checked_catalogue

CODE = "lusab-babad-gutih"
LIST = "/staff/encounters"


@pytest.fixture
def catalogue() -> Catalogue:
    return checked_catalogue()


@pytest.fixture
def official(world: World, app: FastAPI) -> PageClient:
    return sign_in(world, app, Role.OFFICIAL)


def _record(tablet: TabletClient, code: str = CODE, **changes: object) -> None:
    assert tablet.sync(tablet.sender.seal(tablet.sender.acknowledgement(code, **changes))).status == 200  # type: ignore[arg-type]


def test_list_says_when_there_is_nothing(official: PageClient) -> None:
    page = official.get(LIST)
    assert "There is no encounter yet." in page.text


def test_list_shows_code_language_answer_and_the_sites_time(official: PageClient, tablet: TabletClient) -> None:
    _record(tablet, answer="not-understood")
    page = official.get(LIST)
    assert f'href="{LIST}/{CODE}"' in page.text
    assert "not understood" in page.text
    assert "amárico" in page.text
    # Noon in UTC is seven in the morning in Panama.
    assert "7:00 GMT-05:00" in page.text
    assert 'class="tag"' not in page.text


def test_list_marks_practice(official: PageClient, tablet: TabletClient) -> None:
    _record(tablet, head={"training": True})
    assert '<span class="tag">practice</span>' in official.get(LIST).text
    assert "this stays out of all figures" in official.get(f"{LIST}/{CODE}").text


def test_list_leads_on_to_older_ones_and_to_one_site(
    official: PageClient,
    tablet: TabletClient,
    world: World,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encounters, "PAGE_SIZE", 2)
    codes = [CODE, "gutih-lusab-babad", "babad-gutih-lusab"]
    for code in codes:
        _record(tablet, code)
        clock.advance(timedelta(minutes=1))
    page = official.get(LIST)
    assert [code for code in codes if f"{LIST}/{code}" in page.text] == codes[1:]
    older = page.text.split('class="button" href="')[-1].split('"')[0]
    assert older.startswith(f"{LIST}?before=")
    assert [code for code in codes if f"{LIST}/{code}" in official.get(older).text] == codes[:1]
    assert "There is no encounter yet." in official.get(f"{LIST}?site={world.other_site}").text
    assert official.get(f"{LIST}?site={world.partner_site}").status == 403
    assert official.get(f"{LIST}?before=nonsense").status == 400


def test_encounter_is_found_by_its_code(official: PageClient, tablet: TabletClient) -> None:
    _record(tablet)
    assert official.get(f"{LIST}?code=LUSAB+babad+gutih").path == f"{LIST}/{CODE}"
    unknown = official.get(f"{LIST}?code=gutih-lusab-babad")
    assert (unknown.status, unknown.problems) == (404, ["code"])
    assert "There is no encounter with this code at your sites." in unknown.text
    wrong = official.get(f"{LIST}?code=%3Cscript%3E")
    assert (wrong.status, wrong.problems) == (400, ["code"])
    assert 'value="&lt;script&gt;"' in wrong.response.text
    assert official.get(f"{LIST}/gutih-lusab-babad").status == 404


def test_encounter_shows_what_counts_as_told(official: PageClient, tablet: TabletClient, catalogue: Catalogue) -> None:
    notice = catalogue.notice("detention-rights", "am")
    whole = [phrase.id for phrase in notice.phrases]
    _record(tablet, version=notice.version, status="verified", shown=whole, played=whole[:2])
    page = official.get(f"{LIST}/{CODE}")
    assert "✓ yes" in page.text
    assert catalogue.notice("detention-rights", "es").title.text in page.text
    assert f"{len(whole)} phrases shown, 2 heard" in page.text
    assert notice.version in page.text


def test_encounter_is_erased_after_a_question(official: PageClient, tablet: TabletClient, container: Container) -> None:
    _record(tablet)
    question = official.get(f"{LIST}/{CODE}/erase")
    assert f"Erase {CODE}?" in question.text
    assert official.post(f"{LIST}/{CODE}/erase", {"csrf_token": "forged"}).status == 403
    assert official.get(f"{LIST}/{CODE}").status == 200
    page = official.send(f"{LIST}/{CODE}/erase", {})
    assert (page.path, "The encounter is erased." in page.text) == (LIST, True)
    assert official.get(f"{LIST}/{CODE}").status == 404
    with container.sessions.reading() as session:
        newest = container.audit.newest(session, by=SETUP, limit=1)[0]
    assert newest.action == "encounter.erased"
    again = tablet.sync(tablet.sender.seal(tablet.sender.acknowledgement(CODE)))
    assert again.response.json()["results"][0]["code"] == "expired"


def test_encounters_of_others_are_not_there(world: World, app: FastAPI, tablet: TabletClient) -> None:
    _record(tablet)
    partner = sign_in(world, app, Role.OFFICIAL, partner=True)
    assert f"{LIST}/{CODE}" not in partner.get(LIST).text
    assert partner.get(f"{LIST}/{CODE}").status == 404
    assert partner.get(f"{LIST}/{CODE}/erase").status == 404
    analyst = sign_in(world, app, Role.ANALYST)
    for path in (LIST, f"{LIST}/{CODE}", f"{LIST}/{CODE}/erase"):
        assert analyst.get(path).status == 403
    assert PageClient(app).get(LIST).path == "/staff/sign-in"


def test_coverage_shows_statuses_and_what_is_missing(official: PageClient, container: Container, world: World) -> None:
    set_policy(container, world.other_site, SitePolicy(show_drafts=True))
    page = official.get("/staff/coverage")
    assert page.status == 200
    for status in ("verified", "reviewed", "draft", "missing"):
        assert f"part-{status}" in page.text
    assert "Nothing: every notice may be shown in every language." in page.text
    tigrinya = next(row for row in page.text.split("<tr>") if "ትግርኛ" in row and "<svg" in row)
    everything = sum(len(container.catalogue.phrases("ti", book.id)) for book in container.catalogue.library.books)
    assert f"</span> {everything}<span" in page.response.text, "a bar of all books comes first"
    assert "none" in tigrinya, "nobody can be heard in Tigrinya"


def test_coverage_for_somebody_without_a_site(world: World, app: FastAPI, container: Container) -> None:
    with container.sessions.transaction() as session:
        for site_id in (world.site, world.other_site):
            container.accounts.directory.set_site_open(session, site_id, is_open=False, by=SETUP)
    assert "You work at no open site." in sign_in(world, app, Role.REVIEWER).get("/staff/coverage").text


def test_tablets_answers_reach_the_page(container: Container, world: World, app: FastAPI, official: PageClient) -> None:
    tablet = enrol(container, app, world.other_site)
    _record(tablet, notice=None, answer="wants-interpreter")
    page = official.get(f"{LIST}/{CODE}")
    assert "No notice" in page.text
    assert "wants an interpreter" in page.text


def test_conversation_that_both_agreed_to_keep_is_shown_with_its_labels(
    official: PageClient, tablet: TabletClient
) -> None:
    _record(tablet)
    assert "Both agreed" not in official.get(f"{LIST}/{CODE}").text
    turn = {
        "side": "person",
        "original": "እዚህ ነኝ",
        "translation": "I am here.",
        "mark": "machine",
        "quality": "suspect",
    }
    at = tablet.sender.clock.now().isoformat()
    event = {
        "kind": "transcript",
        "encounter": tablet.sender.head(CODE),
        "at": at,
        "phrase_key": "interface.keep-conversation",
        "turns": [{**turn, "at": at}],
    }
    assert tablet.sync(tablet.sender.seal(event)).status == 200
    page = official.get(f"{LIST}/{CODE}").text
    assert "Both agreed to keep these words" in page
    assert '<td lang="am" dir="auto">እዚህ ነኝ</td><td lang="es" dir="auto">I am here.</td>' in page
    assert "⚠ machine translation<br><strong>suspect</strong>" in page
    assert "እዚህ ነኝ" not in official.get(LIST).text
