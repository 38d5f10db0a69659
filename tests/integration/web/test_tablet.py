from datetime import timedelta

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlmodel import select

from linkbridge.accounts.sites import SitePolicy
from linkbridge.container import Container
from linkbridge.encounters.models import Acknowledgement
from linkbridge.kernel.clock import FrozenClock
from tests.integration.web.conftest import enrol, set_policy
from tests.support.accounts import SETUP, World, counted_queries
from tests.support.pages import PageClient
from tests.support.tablet import TabletClient

PAGES = (
    "/tablet/es/",
    "/tablet/es/other",
    "/tablet/es/settings",
    "/tablet/es/am",
    "/tablet/es/am/detention-rights",
    "/tablet/pt/ur/asylum-procedure",
    "/tablet/nl/nl/interpreters",
    "/tablet/offline/es.json",
)


def _stored(container: Container) -> list[str]:
    with container.sessions.reading() as session:
        return sorted(session.exec(select(Acknowledgement.id)).all())


def test_every_page_for_the_enrolled_and_for_nobody_else(
    tablet: TabletClient, browser: PageClient, app: FastAPI
) -> None:
    for path in PAGES[:-1]:
        page = tablet.get(path)
        assert (page.status, page.response.headers["cache-control"]) == (200, "private, no-cache")
    assert tablet.get(PAGES[-1]).status in {200, 202}
    forged = PageClient(app)
    forged.cookies.set("lb_device", "forged", domain="testserver")
    for client in (browser, forged):
        for path in PAGES:
            page = client.get(path)
            assert (page.status, "not_signed_in" in page.text) == (401, True)
    assert browser.get("/tablet").path == "/tablet"
    assert tablet.get("/tablet").path == "/tablet/es/"


def test_page_stops_when_the_tablet_is_revoked_or_its_site_closed(
    tablet: TabletClient, container: Container, world: World, app: FastAPI, clock: FrozenClock
) -> None:
    other = enrol(container, app, world.other_site)
    assert other.get("/tablet/es/").status == tablet.get("/tablet/es/").status == 200
    with container.sessions.transaction() as session:
        for device in container.devices.list(session, by=SETUP):
            if device.site.id == world.site:
                container.devices.revoke(session, device.id, by=SETUP)
        container.accounts.directory.set_site_open(session, world.other_site, is_open=False, by=SETUP)
    clock.advance(timedelta(seconds=2))
    assert tablet.get("/tablet/es/").status == other.get("/tablet/es/").status == 401
    assert tablet.sync(tablet.sender.seal(tablet.sender.acknowledgement())).status == 401


@pytest.mark.parametrize(
    "path", ["/tablet/es/xx", "/tablet/es/am/no-such-notice", "/tablet/es/fi/detention-rights", "/tablet/es/../../etc"]
)
def test_unknown_language_or_notice_is_not_found_in_the_officials_language(tablet: TabletClient, path: str) -> None:
    page = tablet.ask("GET", path)
    assert page.status == 404
    assert '<html lang="es"' in page.text or "etc" in path
    assert "not_found" in page.text


def test_unknown_official_language_is_not_found(tablet: TabletClient) -> None:
    assert tablet.ask("GET", "/tablet/xx/am").status == 404


def test_service_worker_and_web_manifest(browser: PageClient) -> None:
    worker = browser.get("/tablet/sw.js").response
    assert (worker.status_code, worker.headers["cache-control"]) == (200, "no-cache")
    assert worker.headers["content-type"].startswith("text/javascript")
    manifest = browser.get("/tablet/app.webmanifest").response
    assert manifest.headers["content-type"] == "application/manifest+json"
    body = manifest.json()
    assert (body["start_url"], body["scope"], body["display"]) == ("/tablet/", "/tablet/", "standalone")
    for icon in body["icons"]:
        assert browser.get(icon["src"]).response.headers["content-type"] == icon["type"]


def test_page_is_sent_once(tablet: TabletClient) -> None:
    first = tablet.get("/tablet/es/am/detention-rights").response
    again = tablet.ask("GET", "/tablet/es/am/detention-rights", if_none_match=first.headers["etag"])
    assert (again.status, again.response.content) == (304, b"")
    assert again.response.headers["content-security-policy"].startswith("default-src 'none'")


def test_notice_is_read_without_a_query(tablet: TabletClient, container: Container) -> None:
    tablet.get("/tablet/es/am/detention-rights")
    with counted_queries(container.sessions) as sent:
        assert tablet.get("/tablet/es/am/asylum-procedure").status == 200
    assert sent == []


def test_site_that_requires_readers_shows_no_draft_and_says_so(
    container: Container, world: World, app: FastAPI, clock: FrozenClock
) -> None:
    tablet = enrol(container, app, world.site)
    page = tablet.get("/tablet/es/am")
    texts = container.catalogue.interface("am")
    assert page.status == 200
    assert texts.text("no-notices") in page.text
    assert "/tablet/es/am/detention-rights" not in page.text
    assert tablet.get("/tablet/es/am/detention-rights").status == 404
    rules = {"interpreters": "verified"}
    set_policy(container, world.site, SitePolicy(show_drafts=True, notice_rules=rules))
    clock.advance(timedelta(seconds=2))
    page = tablet.get("/tablet/es/am")
    assert "/tablet/es/am/detention-rights" in page.text
    assert "/tablet/es/am/interpreters" not in page.text
    assert texts.text("mark-draft") in page.text


def test_sync_records_each_event_once(tablet: TabletClient, container: Container) -> None:
    events = [tablet.sender.seal(tablet.sender.acknowledgement()) for _ in range(3)]
    first = tablet.sync(*events)
    assert first.status == 200
    assert first.response.json() == {
        "results": [{"id": event_id, "outcome": "stored", "code": "", "interpreter": ""} for event_id, _ in events]
    }
    again = tablet.sync(*events).response.json()["results"]
    assert [result["outcome"] for result in again] == ["duplicate"] * 3
    assert _stored(container) == sorted(event_id for event_id, _ in events)


def test_sync_says_that_no_interpreter_service_is_connected(tablet: TabletClient) -> None:
    event = tablet.sender.acknowledgement(answer="wants-interpreter", notice=None)
    result = tablet.sync(tablet.sender.seal(event)).response.json()["results"][0]
    assert (result["outcome"], result["interpreter"]) == ("stored", "not-configured")


def test_sync_refuses_what_is_forged(tablet: TabletClient, container: Container) -> None:
    body = tablet.sync_body(tablet.sender.seal(tablet.sender.acknowledgement()))
    for headers in (
        {"x_csrf_token": ""},
        {"x_csrf_token": "0" * 64},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
    ):
        page = tablet.post_sync(body, **headers)
        assert (page.status, page.response.json()["error"]["code"]) == (403, "forged_request")
    stranger = TabletClient(tablet.app)
    stranger.sender = tablet.sender
    stranger.cookies.set("lb_device", "forged", domain="testserver")
    stranger.cookies.set("lb_device_csrf", tablet.csrf, domain="testserver")
    assert stranger.post_sync(body).status == 401
    assert _stored(container) == []


def test_sync_refuses_what_is_malformed(tablet: TabletClient, container: Container) -> None:
    good = [tablet.sender.seal(tablet.sender.acknowledgement()) for _ in range(101)]
    for body in (
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"null",
        tablet.sync_body(*good),
        tablet.sync_body(good[0], sent_at="yesterday"),
        tablet.sync_body(good[0], sent_at="2026-11-24T12:00:00"),
        tablet.sync_body(("not-an-id", good[0][1])),
        tablet.sync_body(good[0], more=1),
    ):
        page = tablet.post_sync(body)
        assert (page.status in {400, 422}, page.response.json()["error"]["code"]) == (True, "malformed")
    assert tablet.sync(*good[:100]).status == 200
    assert len(_stored(container)) == 100


def test_sync_refuses_deep_nesting(tablet: TabletClient) -> None:
    page = tablet.post_sync(b'{"sent_at":' + b"[" * 100_000)
    assert page.status in {400, 422}


def test_sync_refuses_ten_megabytes(tablet: TabletClient, container: Container) -> None:
    page = tablet.post_sync(b"x" * 10_000_000)
    assert (page.status, page.response.json()["error"]["code"]) == (413, "too_large")
    assert page.response.headers["x-content-type-options"] == "nosniff"
    assert _stored(container) == []


def test_form_of_ten_megabytes_is_refused(tablet: TabletClient) -> None:
    page = tablet.post("/tablet/es/receipt", {"code": "x" * 10_000_000})
    assert page.status == 413


def test_sync_keeps_neighbours_of_a_refused_event(tablet: TabletClient, container: Container) -> None:
    good = tablet.sender.seal(tablet.sender.acknowledgement())
    bad = ("0" * 32, good[1])
    results = tablet.sync(bad, good).response.json()["results"]
    assert [(result["outcome"], result["code"]) for result in results] == [("refused", "invalid_input"), ("stored", "")]
    assert _stored(container) == [good[0]]


def test_sync_on_a_full_disk_loses_nothing(tablet: TabletClient, container: Container) -> None:
    if not container.sessions.is_sqlite:
        return  # PostgreSQL has no switch for a full disk
    engine = container.sessions.engine
    with engine.connect() as connection:
        pages = connection.scalar(sa.text("PRAGMA page_count")) + 10
    limit = [pages]
    engine.dispose()
    sa.event.listen(engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count={limit[0]}"))
    shown = [f"phrase-{number}-{'x' * 50}" for number in range(100)]
    events = [tablet.sender.seal(tablet.sender.acknowledgement(shown=shown)) for _ in range(20)]
    full = tablet.sync(*events)
    assert (full.status, full.response.json()["error"]["code"]) == (507, "storage_full")
    assert _stored(container) == []
    engine.dispose()
    limit[0] = 1_000_000
    assert [result["outcome"] for result in tablet.sync(*events).response.json()["results"]] == ["stored"] * 20


def test_sync_needs_as_many_queries_for_each_event(tablet: TabletClient, container: Container) -> None:
    def queries(count: int) -> int:
        events = [tablet.sender.seal(tablet.sender.acknowledgement()) for _ in range(count)]
        with counted_queries(container.sessions) as sent:
            assert tablet.sync(*events).status == 200
        return len(sent)

    one, three = queries(1), queries(3)
    assert three - one == 2 * (one - 1)


def test_sync_error_for_a_browser_is_a_page(tablet: TabletClient) -> None:
    page = tablet.post_sync(tablet.sync_body(), accept="text/html", x_csrf_token="")
    assert (page.status, page.response.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert "<code>forged_request</code>" in page.text
