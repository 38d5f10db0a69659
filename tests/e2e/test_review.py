"""One text goes from draft to verified with two readers; its source changes, and the tablet drops the badge."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from linkbridge.accounts.first import OPERATOR
from linkbridge.accounts.sites import SitePolicy
from tests.e2e.conftest import SLOW, OpenContext, OpenTablet, Tablet
from tests.e2e.test_offline import LOST, PREPARING, wait_until_ready
from tests.support.browser import Watch
from tests.support.server import PASSWORD, Server

pytestmark = pytest.mark.browser
NOTICE = "data-protection"
"""The shortest notice: all of its texts are approved, so that its badge says so."""
PAGE = f"/tablet/es/am/{NOTICE}"


@pytest.fixture
def own_server(own_server: Server) -> Server:
    """A server of its own whose small site shows the shortest notice alone."""
    rules = {name: "verified" for name in own_server.container.catalogue.notice_ids if name != NOTICE}
    policy = SitePolicy(show_drafts=True, notice_rules=rules)
    with own_server.container.sessions.transaction() as session:
        own_server.container.accounts.directory.set_policy(session, own_server.small_site, policy, by=OPERATOR)
    return own_server


def signed_in(open_context: OpenContext, server: Server, name: str) -> Page:
    page = open_context(base_url=server.url).new_page()
    page.goto("/staff/sign-in")
    page.fill("[name=email]", f"{name}@demo.example")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/staff$"))
    return page


def approve_all(page: Page, phrases: list[str]) -> None:
    """Approve every text of the notice with the key that approves and leads on."""
    page.goto(f"/staff/review/am/{NOTICE}/{phrases[0]}")
    for phrase, following in zip(phrases, [*phrases[1:], phrases[-1]], strict=True):
        expect(page).to_have_url(re.compile(rf"/{phrase}(\?|$)"))
        expect(page.locator('[data-key="a"]')).to_be_enabled()
        page.keyboard.press("a")
        expect(page).to_have_url(re.compile(rf"/{following}\?done=text-approved$"))


def wait_for_mark(tablet: Tablet, mark: str) -> None:
    """Open the notice until it carries the mark: another process may be two seconds behind."""
    deadline = time.monotonic() + SLOW / 1000
    while tablet.go(PAGE).locator(f".mark.{mark}").count() == 0:
        assert time.monotonic() < deadline, f"the notice does not become {mark}"


def test_draft_is_verified_by_two_and_loses_its_badge_when_its_source_changes(
    open_context: OpenContext, open_tablet: OpenTablet, own_server: Server, watch: Watch
) -> None:
    watch.allow(*LOST)
    watch.host = f"localhost:{own_server.port}"
    phrases = [phrase.id for phrase in own_server.container.catalogue.phrases("am", NOTICE)]
    tablet = open_tablet(on=own_server, site=own_server.small_site, service_workers="allow")
    tablet.go("/tablet/es/settings")
    wait_until_ready(tablet.page)
    wait_for_mark(tablet, "draft")

    first, second = (signed_in(open_context, own_server, name) for name in ("reviewer", "reviewer2"))
    approve_all(first, phrases)
    wait_for_mark(tablet, "reviewed")
    approve_all(second, phrases)
    wait_for_mark(tablet, "verified")
    wait_for_mark_without_connection(tablet, "verified")

    first.goto(f"/staff/review/en/{NOTICE}/{phrases[1]}")
    expect(first.locator(".banner", has_text=re.compile("1 "))).to_be_visible()
    first.keyboard.press("e")
    first.locator("[data-text]").fill("We note a few things, to show that you could learn your rights.")
    expect(first.locator('[data-key="a"]')).to_be_disabled()
    first.locator('[value="edit"]').click()
    expect(first).to_have_url(re.compile("done=text-saved$"))
    wait_for_mark(tablet, "outdated")
    wait_for_mark_without_connection(tablet, "outdated")

    second.goto(f"/staff/review/am/{NOTICE}/{phrases[1]}")
    expect(second.locator("del").first).to_be_visible()
    second.keyboard.press("a")
    expect(second).to_have_url(re.compile("done=text-approved$"))


def wait_for_mark_without_connection(tablet: Tablet, mark: str) -> None:
    """Let the tablet fetch the newest texts until the kept page carries the mark; it goes on with a connection."""
    deadline = time.monotonic() + PREPARING / 1000
    while True:
        tablet.go("/tablet/es/settings")
        tablet.page.wait_for_timeout(200)
        tablet.context.set_offline(True)
        kept = tablet.go(PAGE).locator(f".mark.{mark}").count()
        tablet.context.set_offline(False)
        if kept:
            return
        assert time.monotonic() < deadline, f"the kept notice does not become {mark}"
