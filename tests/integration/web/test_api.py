import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from linkbridge.accounts.permissions import Permission, Role
from linkbridge.accounts.sites import SitePolicy
from linkbridge.container import Container
from linkbridge.kernel.clock import FrozenClock
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.web import api_schemas as wire
from tests.integration.web.conftest import enrol, set_policy
from tests.support.accounts import SETUP, World
from tests.support.pages import Page, PageClient
from tests.support.tablet import TabletClient
from tests.support.texts import checked_catalogue

ROOT = Path(__file__).parents[3]
CODE = "lusab-babad-gutih"


@pytest.fixture
def catalogue() -> Catalogue:
    return checked_catalogue()


@pytest.fixture
def api(app: FastAPI) -> PageClient:
    return PageClient(app)


def _token(container: Container, organisation_id: str | None, role: Role = Role.COORDINATOR) -> dict[str, str]:
    with container.sessions.transaction() as session:
        made = container.accounts.tokens.create(
            session, organisation_id=organisation_id, role=role, label="Test", lifetime=timedelta(days=1), by=SETUP
        )
    return {"authorization": f"Bearer {made.secret}"}


def _error(page: Page) -> tuple[int, str]:
    body = wire.ErrorRead.model_validate_json(page.response.content)
    return page.status, body.error.code


def test_languages(api: PageClient) -> None:
    found = wire.LanguageList.model_validate_json(api.get("/api/v1/languages").response.content)
    by_tag = {language.tag: language for language in found.items}
    assert by_tag["am"].autonym == "አማርኛ"
    assert (by_tag["ar"].direction, by_tag["ar"].is_complete) == ("rtl", True)
    # The public sees what readers have checked and nothing else.
    assert by_tag["am"].notices == by_tag["es"].notices == ["detention-rights"]
    assert by_tag["fr"].notices == []


def test_notices_obey_the_public_policy(api: PageClient) -> None:
    every = wire.NoticeList.model_validate_json(api.get("/api/v1/notices").response.content)
    assert {(notice.id, notice.language) for notice in every.items} == {
        ("detention-rights", "am"),
        ("detention-rights", "es"),
    }
    one = wire.NoticeList.model_validate_json(api.get("/api/v1/notices?language=fr").response.content)
    assert one.items == []
    assert _error(api.get("/api/v1/notices/detention-rights/fr")) == (404, "not_found")
    assert _error(api.get("/api/v1/notices/detention-rights/fi")) == (404, "not_found")
    assert _error(api.get("/api/v1/notices/no-such-notice/am")) == (404, "not_found")


def test_notice_carries_marks_and_legal_basis(api: PageClient, catalogue: Catalogue) -> None:
    answer = api.get("/api/v1/notices/detention-rights/am").response
    notice = wire.NoticeRead.model_validate_json(answer.content)
    ours = catalogue.notice("detention-rights", "am")
    assert (notice.status, notice.origin, notice.version) == ("verified", "human", ours.version)
    assert (notice.mark.sign, notice.mark.language) == ("✓", "am")
    assert notice.mark.words == catalogue.interface("am").text("mark-verified")
    assert [phrase.text for phrase in notice.phrases] == [phrase.text for phrase in ours.phrases]
    bases = [basis for phrase in notice.phrases for basis in phrase.legal_basis]
    assert "VCCR 36(1)(b)" in {basis.label for basis in bases}
    assert all(basis.instrument.source and basis.instrument.year for basis in bases)
    assert json.loads(answer.content) == json.loads(notice.model_dump_json())


def test_phrases_by_filter(api: PageClient) -> None:
    def keys(query: str) -> list[str]:
        found = wire.PhraseList.model_validate_json(api.get(f"/api/v1/phrases?{query}").response.content)
        return [f"{phrase.language}:{phrase.key}:{phrase.status}" for phrase in found.items]

    assert all(key.startswith("am:detention-rights.") for key in keys("language=am&book=detention-rights"))
    assert all(key.endswith(":verified") for key in keys("status=verified&limit=200"))
    assert {key.split(":")[0] for key in keys("status=reviewed&limit=200")} == {"es"}
    assert keys("language=es&q=ABOGADO") == keys("language=es&q=%20abogado%20")
    assert "es:detention-rights.lawyer:reviewed" in keys("language=es&q=abogado")
    assert keys("q=no+such+words") == []


def test_phrases_page_by_page_are_all_phrases_once(api: PageClient, catalogue: Catalogue) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        answer = api.get(f"/api/v1/phrases?language=am&limit=40{cursor}").response
        page = wire.PhraseList.model_validate_json(answer.content)
        seen += [phrase.key for phrase in page.items]
        if page.next is None:
            break
        cursor = f"&cursor={page.next}"
    assert seen == [phrase.key for phrase in catalogue.phrases("am")]


def test_phrases_marks_a_draft_in_its_own_language(api: PageClient, catalogue: Catalogue) -> None:
    page = wire.PhraseList.model_validate_json(
        api.get("/api/v1/phrases?language=ur&book=asylum-procedure").response.content
    )
    texts = catalogue.interface("ur")
    assert {phrase.status for phrase in page.items} == {"draft"}
    assert {(phrase.mark.sign, phrase.mark.words) for phrase in page.items} == {("○", texts.text("mark-draft"))}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("language=fi", (404, "not_found")),
        ("book=no-such-book", (404, "not_found")),
        ("status=certain", (422, "malformed")),
        ("limit=0", (422, "malformed")),
        ("limit=201", (422, "malformed")),
        ("limit=many", (422, "malformed")),
        (f"q={'x' * 101}", (422, "malformed")),
        ("cursor=x", (400, "invalid_input")),
        ("cursor=-1.x", (400, "invalid_input")),
        ("cursor=50.000000000000", (410, "expired")),
    ],
)
def test_phrases_refuses(api: PageClient, query: str, expected: tuple[int, str]) -> None:
    assert _error(api.get(f"/api/v1/phrases?{query}")) == expected


def test_texts_are_sent_once(api: PageClient) -> None:
    for path in ("languages", "notices", "notices/detention-rights/am", "phrases", "phrases?q=lawyer", "coverage"):
        first = api.get(f"/api/v1/{path}").response
        assert first.headers["cache-control"] == "public, max-age=300"
        assert first.headers["content-type"] == "application/json"
        for held in (first.headers["etag"], f'"other", {first.headers["etag"].removeprefix("W/")}', "*"):
            again = api.ask("GET", f"/api/v1/{path}", if_none_match=held)
            assert (again.status, again.response.content) == (304, b"")
        assert api.ask("GET", f"/api/v1/{path}", if_none_match='"other"').status == 200


def test_coverage(api: PageClient, catalogue: Catalogue) -> None:
    found = wire.CoverageList.model_validate_json(api.get("/api/v1/coverage").response.content)
    assert len(found.items) == len(catalogue.coverage())
    row = next(row for row in found.items if (row.book, row.language) == ("detention-rights", "am"))
    assert row.by_status["verified"] == row.total - row.missing > 0  # type: ignore[index]


def test_what_is_not_there_is_an_error_of_the_api(api: PageClient) -> None:
    assert _error(api.get("/api/v1/no-such-thing")) == (404, "not_found")
    assert _error(api.get("/api/")) == (404, "not_found")
    assert _error(api.ask("POST", "/api/v1/phrases")) == (405, "method_not_allowed")


def test_encounters_need_a_token_that_may(api: PageClient, container: Container, world: World) -> None:
    for path in ("/api/v1/encounters", f"/api/v1/encounters/{CODE}", "/api/v1/me"):
        page = api.get(path)
        assert _error(page) == (401, "not_signed_in")
        assert page.response.headers["www-authenticate"] == "Bearer"
        assert _error(api.get(path, authorization="Bearer lbt_forged")) == (401, "not_signed_in")
    analyst = _token(container, world.host, Role.ANALYST)
    assert _error(api.get("/api/v1/encounters", **analyst)) == (403, "not_allowed")
    assert _error(api.ask("DELETE", f"/api/v1/encounters/{CODE}", **analyst)) == (403, "not_allowed")


def test_encounters_are_read_page_by_page_and_erased(
    api: PageClient, app: FastAPI, container: Container, world: World, clock: FrozenClock
) -> None:
    set_policy(container, world.site, SitePolicy(show_drafts=True))
    tablet: TabletClient = enrol(container, app, world.site)
    codes = [CODE, "gutih-lusab-babad", "babad-gutih-lusab"]
    for code in codes:
        tablet.sync(tablet.sender.seal(tablet.sender.acknowledgement(code)))
        clock.advance(timedelta(minutes=1))
    token = _token(container, world.host)
    first = api.get("/api/v1/encounters?limit=2", **token)
    page = wire.EncounterList.model_validate_json(first.response.content)
    assert first.response.headers["cache-control"] == "no-store"
    rest = wire.EncounterList.model_validate_json(
        api.get(f"/api/v1/encounters?limit=2&cursor={page.next}", **token).response.content
    )
    assert [found.code for found in [*page.items, *rest.items]] == codes[::-1]
    assert rest.next is None
    assert _error(api.get("/api/v1/encounters?cursor=W10", **token)) == (400, "invalid_input")
    assert _error(api.get(f"/api/v1/encounters?site_id={world.partner_site}", **token)) == (403, "not_allowed")
    one = wire.EncounterRead.model_validate_json(
        api.get(f"/api/v1/encounters/{CODE.upper()}", **token).response.content
    )
    assert (one.site_id, one.acknowledgements[0].answer) == (world.site, "understood")
    assert _error(api.get("/api/v1/encounters/hello", **token)) == (400, "invalid_input")
    # Another organisation's program is not told that the code exists.
    partner = _token(container, world.partner)
    assert _error(api.get(f"/api/v1/encounters/{CODE}", **partner)) == (404, "not_found")
    assert _error(api.ask("DELETE", f"/api/v1/encounters/{CODE}", **partner)) == (404, "not_found")
    assert api.ask("DELETE", f"/api/v1/encounters/{CODE}", **token).status == 204
    assert _error(api.get(f"/api/v1/encounters/{CODE}", **token)) == (404, "not_found")
    everywhere = wire.EncounterList.model_validate_json(
        api.get("/api/v1/encounters", **_token(container, None)).response.content
    )
    assert [found.code for found in everywhere.items] == codes[:0:-1]


def test_me(api: PageClient, container: Container, world: World) -> None:
    me = wire.MeRead.model_validate_json(api.get("/api/v1/me", **_token(container, world.partner)).response.content)
    assert (me.kind, me.role, me.organisation_id, me.everywhere) == (
        "token",
        Role.COORDINATOR,
        world.partner,
        False,
    )
    assert me.site_ids == [world.partner_site]
    assert Permission.READ_ENCOUNTERS in me.permissions
    assert Permission.MANAGE_STAFF not in me.permissions


def test_reference_shows_every_operation_and_schema(api: PageClient, app: FastAPI) -> None:
    page = api.get("/api/v1/docs")
    document = app.openapi()
    assert page.status == 200
    operations = [(method, path) for path, item in document["paths"].items() for method in item]
    assert len(operations) == 26
    for method, path in operations:
        assert f"<code>{method.upper()} {path}</code>" in page.text
    for name in document["components"]["schemas"]:
        assert f'id="schema-{name}"' in page.text
    ids = re.findall(r'\bid="([^"]+)"', page.response.text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page.response.text)) <= set(ids)
    assert "<script" not in page.response.text
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_guide_names_every_operation(app: FastAPI) -> None:
    guide = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    for path, item in app.openapi()["paths"].items():
        for method in item:
            assert f"`{method.upper()} {path}" in guide
