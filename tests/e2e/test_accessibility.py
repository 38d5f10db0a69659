"""axe-core finds nothing on any page: officials' in Spanish, the person's in Spanish, Arabic and Amharic."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenContext, OpenTablet, Tablet
from tests.support.axe import violations
from tests.support.browser import Watch
from tests.support.server import Server

pytestmark = pytest.mark.browser
NOTICE = "detention-rights"
PERSONS = ("es", "ar", "am")


def check(page: Page, path: str) -> list[str]:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return violations(page)


@pytest.mark.parametrize("tag", PERSONS)
def test_public_pages(open_context: OpenContext, tag: str) -> None:
    page = open_context().new_page()
    assert check(page, f"/l/{tag}") == []
    assert check(page, f"/n/{NOTICE}/{tag}") == []


def test_public_start(open_context: OpenContext) -> None:
    page = open_context().new_page()
    assert check(page, "/") == []


def test_pages_for_nobody_in_particular(open_context: OpenContext, watch: Watch) -> None:
    watch.allow("404", "401")
    page = open_context().new_page()
    for path in ("/no-such-page", "/n/no-such-notice/es", "/tablet", "/enrol", "/staff/sign-in"):
        assert check(page, path) == []


def test_tablet_pages_of_the_official(tablet: Tablet) -> None:
    for path in ("/tablet/es/", "/tablet/es/other", "/tablet/es/settings", "/tablet/es/documents"):
        assert check(tablet.page, path) == []


@pytest.mark.parametrize("tag", PERSONS)
def test_tablet_pages_of_the_person(tablet: Tablet, tag: str) -> None:
    page = tablet.page
    assert check(page, f"/tablet/es/{tag}") == []
    assert check(page, f"/tablet/es/{tag}/country") == []
    assert check(page, f"/tablet/es/{tag}/{NOTICE}") == []
    tablet.do("mode")
    assert violations(page) == []
    tablet.answer("not-understood")
    assert violations(page) == []
    tablet.do("copy")
    expect(page.locator("#copy-dialog")).to_be_visible()
    assert violations(page) == []
    tablet.do("close-dialog")
    tablet.do("interpreter")
    expect(page.locator("#interpreter-dialog")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark", "contrast"])
def test_notice_in_every_scheme(tablet: Tablet, scheme: str) -> None:
    page = tablet.page
    page.add_init_script(f"localStorage.setItem('linkbridge.scheme', '{scheme}')")
    assert check(page, f"/tablet/es/ar/{NOTICE}") == []
    tablet.answer("understood")
    assert violations(page) == []


def test_site_that_may_show_nothing(open_tablet: OpenTablet, server: Server) -> None:
    tablet = open_tablet(site=server.strict_site)
    assert check(tablet.page, "/tablet/es/ar") == []
