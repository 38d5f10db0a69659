"""The cable is out: the tablet goes on, keeps what people answer unreadable, and reports each answer once."""

import json
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import SLOW, OpenTablet, Tablet
from tests.support.browser import NOTE_PLAYERS, Watch, stored_offline
from tests.support.server import Server
from tests.support.texts import few_languages

pytestmark = pytest.mark.browser
NOTICE = "first-contact"
PREPARING = 120_000
"""Milliseconds that all voices of one notice in every language may take where none is cached yet."""
LOST = ("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "ERR_FAILED", "Failed to load resource")


def prepared(open_tablet: OpenTablet, server: Server) -> Tablet:
    """Open a tablet of the small site and wait until it says that it needs no connection."""
    tablet = open_tablet(on=server, site=server.small_site, service_workers="allow")
    tablet.page.add_init_script(NOTE_PLAYERS)
    tablet.go("/tablet/es/settings")
    wait_until_ready(tablet.page)
    return tablet


def wait_until_ready(page: Page) -> None:
    expect(page.locator("[data-readiness]").first).to_have_attribute("data-ready", "yes", timeout=PREPARING)


def hear_step_and_answer(tablet: Tablet, tag: str, answer: str) -> None:
    page = tablet.go(f"/tablet/es/{tag}/{NOTICE}")
    page.locator(".phrase.current [data-audio]").click()
    page.wait_for_function("() => heardSeconds() > 0.2")
    assert f"/audio/{tag}/" in page.evaluate("heardAddress()")
    tablet.do("next")
    tablet.answer(answer)


def test_answers_without_a_connection_arrive_exactly_once(
    open_tablet: OpenTablet, light_server: Server, watch: Watch
) -> None:
    watch.allow(*LOST)
    watch.host = f"localhost:{light_server.port}"
    tablet = prepared(open_tablet, light_server)
    page = tablet.page
    expect(page.locator("[data-readiness]").first).to_contain_text("2026")

    tablet.context.set_offline(True)
    tablet.go("/tablet/es/")
    expect(page.locator("[data-offline-note]")).to_be_visible()
    page.get_by_role("link", name="አማርኛ").click()
    expect(page.locator("html")).to_have_attribute("lang", "am")
    hear_step_and_answer(tablet, "am", "understood")
    tablet.answer("wants-interpreter")
    page.locator("#interpreter-dialog").get_by_role("button").click()
    tablet.do("finish")
    expect(page).to_have_url(re.compile(r"/tablet/es/$"))
    hear_step_and_answer(tablet, "ar", "not-understood")
    expect(page.locator("[data-queue]")).to_be_visible()
    waiting = stored_offline(page)
    assert len(waiting) == 4
    assert {frozenset(item) for item in waiting} == {frozenset({"id", "store", "envelope"})}
    readable = json.dumps(waiting)
    assert not [word for word in (NOTICE, "understood", "interpreter", '"am"') if word in readable]
    assert tablet.acknowledgements == []

    tablet.context.set_offline(False)
    tablet.wait_until_sent()
    page.reload()
    tablet.wait_until_sent()
    assert [(kept.language, kept.answer) for kept in tablet.acknowledgements] == [
        ("am", "understood"),
        ("am", "wants-interpreter"),
        ("ar", "not-understood"),
    ]
    first, second = tablet.encounters
    assert (first.language, second.language) == ("am", "ar")
    assert first.finished_at is not None


def test_server_that_is_killed_while_it_answers_records_once(
    open_tablet: OpenTablet, own_server: Server, watch: Watch
) -> None:
    watch.allow(*LOST)
    watch.host = f"localhost:{own_server.port}"
    tablet = prepared(open_tablet, own_server)
    page = tablet.page
    tablet.go(f"/tablet/es/so/{NOTICE}")
    arrived = []

    def deliver_but_lose_the_reply(route: Route) -> None:
        route.fetch()
        arrived.append(route.request.url)
        own_server.kill()
        route.abort("connectionreset")

    page.route("**/tablet/sync", deliver_but_lose_the_reply, times=1)
    tablet.answer("understood")
    expect(page.locator("[data-queue]")).to_be_visible()
    assert len(stored_offline(page)) == 1
    page.reload()
    expect(page.locator('[data-answer="understood"]')).to_have_attribute("aria-pressed", "true")
    own_server.start()
    page.reload()
    tablet.wait_until_sent()
    assert len(arrived) == 1
    assert [kept.answer for kept in own_server.acknowledgements(tablet.id)] == ["understood"]


def test_tablet_that_is_reloaded_while_it_prepares_still_says_when_it_is_ready(
    open_tablet: OpenTablet, server: Server
) -> None:
    tablet = open_tablet(site=server.small_site, service_workers="allow")
    tablet.go("/tablet/es/settings")
    for _ in range(3):
        tablet.page.reload()
    wait_until_ready(tablet.page)


@pytest.mark.parametrize("part", ["page", "file"])
def test_tablet_is_not_ready_while_anything_is_not_what_the_server_signed(
    open_tablet: OpenTablet, light_server: Server, part: str, watch: Watch
) -> None:
    watch.allow(*LOST)
    watch.host = f"localhost:{light_server.port}"
    tablet = open_tablet(on=light_server, site=light_server.small_site, service_workers="allow")
    changed = f"**/tablet/es/am/{NOTICE}" if part == "page" else "**/css/tablet.css"

    def tamper(route: Route) -> None:
        reply = route.fetch()
        route.fulfill(response=reply, body=reply.body() + b" ")

    tablet.context.route(changed, tamper)
    tablet.go("/tablet/es/settings")
    note = tablet.page.locator("[data-readiness]").first
    expect(note).to_have_text(re.compile("^Interrumpido"), timeout=PREPARING)
    expect(note).to_have_attribute("data-ready", "no")
    tablet.context.unroute(changed)
    tablet.do("prepare")
    wait_until_ready(tablet.page)


def test_list_that_the_server_did_not_sign_is_refused(open_tablet: OpenTablet, server: Server) -> None:
    tablet = open_tablet(site=server.small_site, service_workers="allow")

    def forge(route: Route) -> None:
        reply = route.fetch()
        body = reply.json()
        if "entries" in body:
            body["content_date"] = "2030-01-01"
        route.fulfill(response=reply, json=body)

    tablet.context.route("**/tablet/offline/es.json", forge)
    tablet.go("/tablet/es/settings")
    note = tablet.page.locator("[data-readiness]").first
    expect(note).to_have_text(re.compile("no está firmada"), timeout=PREPARING)
    expect(note).to_have_attribute("data-ready", "no")


def test_tablet_with_an_old_copy_shows_the_new_texts_after_the_next_sync(
    open_tablet: OpenTablet, own_server: Server, tmp_path: Path, watch: Watch
) -> None:
    watch.allow(*LOST)
    watch.host = f"localhost:{own_server.port}"
    tablet = prepared(open_tablet, own_server)
    page = tablet.page
    old = words(tablet)
    [before] = copies(page)
    own_server.kill()
    assert words(tablet) == old, "the old copy still answers"

    books = few_languages(tmp_path / "phrasebooks")
    book = books / NOTICE / "am.po"
    text = book.read_text(encoding="utf-8")
    assert old in text
    book.write_text(text.replace(old, f"{old} ።"), encoding="utf-8")
    own_server.phrasebooks = books
    own_server.start()
    new = f"{old} ።"
    wait_for_words(tablet, new)
    wait_for_copy_after(page, before)
    own_server.kill()
    assert words(tablet) == new, "without a connection the new copy answers, and no other is left"


def copies(page: Page) -> list[str]:
    """Return the names of the copies of pages that the tablet keeps."""
    names: list[str] = page.evaluate("() => caches.keys()")
    return [name for name in names if "pages" in name]


def wait_for_copy_after(page: Page, before: str) -> None:
    """Wait until the tablet keeps one whole copy, and that is not ``before``."""
    deadline = time.monotonic() + PREPARING / 1000
    while before in (found := copies(page)) or len(found) != 1:
        assert time.monotonic() < deadline, f"the tablet keeps {found}"
        page.wait_for_timeout(50)


def wait_for_words(tablet: Tablet, wanted: str) -> None:
    """Open the page until it shows ``wanted``: a server that has just started may take longer than the tablet waits."""
    deadline = time.monotonic() + SLOW / 1000
    while (found := words(tablet)) != wanted:
        assert time.monotonic() < deadline, f"the page still shows {found}"


def words(tablet: Tablet) -> str:
    page = tablet.go(f"/tablet/es/am/{NOTICE}")
    return page.locator(".phrase.current .person-words").inner_text()


def test_tablet_can_be_installed_and_starts_without_a_connection(
    open_tablet: OpenTablet, light_server: Server, watch: Watch
) -> None:
    watch.allow(*LOST)
    watch.host = f"localhost:{light_server.port}"
    tablet = prepared(open_tablet, light_server)
    tablet.go("/tablet/es/")
    session = tablet.context.new_cdp_session(tablet.page)
    found = session.send("Page.getAppManifest")
    assert found["errors"] == []
    manifest = json.loads(found["data"])
    # A test's browser forgets everything at its end, as a private window does; nothing else may be missing.
    hindrances = [error["errorId"] for error in session.send("Page.getInstallabilityErrors")["installabilityErrors"]]
    assert hindrances == ["in-incognito"]
    tablet.context.set_offline(True)
    tablet.go(manifest["start_url"])
    expect(tablet.page).to_have_url(re.compile(r"/tablet/es/$"))
    expect(tablet.page.locator(".tile")).not_to_have_count(0)
