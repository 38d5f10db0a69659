"""Staff in a real browser: signing in, and a tablet that becomes one by scanning what an administrator shows."""

import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from linkbridge.accounts.permissions import Role
from tests.e2e.conftest import OpenContext
from tests.support.axe import violations
from tests.support.browser import Watch
from tests.support.server import PASSWORD, Server

pytestmark = pytest.mark.browser
PATHS = (
    "/staff",
    "/staff/account",
    "/staff/sites",
    "/staff/sites/new",
    "/staff/people",
    "/staff/devices",
    "/staff/devices/enrol",
    "/staff/organisations",
    "/staff/organisations/new",
    "/staff/tokens",
    "/staff/tokens/new",
    "/staff/jurisdictions",
    "/staff/jurisdictions/PY",
    "/staff/translation",
    "/staff/translation/ways?source=en&target=pt",
    "/staff/translation/try",
    "/staff/audit?verify=true",
    "/staff/retention",
)
TOO_SMALL = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
  .filter((element) => element.checkVisibility() && !element.matches(".skip"))
  .map((element) => [(element.closest("label") ?? element).getBoundingClientRect(), element.outerHTML.slice(0, 100)])
  .filter(([box]) => box.height < 47.5 || box.width < 24)
  .map(([box, html]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""


def sign_in(page: Page, server: Server, role: Role) -> None:
    page.goto("/staff/sign-in")
    page.fill("[name=email]", server.emails[role])
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/staff$"))


@pytest.fixture
def page(open_context: OpenContext, server: Server) -> Page:
    """The browser of an administrator."""
    page = open_context().new_page()
    sign_in(page, server, Role.ADMINISTRATOR)
    return page


def test_pages_of_staff_are_accessible_in_spanish_and_large_enough_to_touch(page: Page, server: Server) -> None:
    paths = (*PATHS, f"/staff/sites/{server.demo_site}", f"/staff/sites/{server.demo_site}/policy")
    for path in paths:
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", "es")
        assert violations(page) == []
        assert page.evaluate(TOO_SMALL) == []


def test_pages_of_staff_fit_a_phone(open_context: OpenContext, server: Server) -> None:
    page = open_context(viewport={"width": 360, "height": 780}).new_page()
    sign_in(page, server, Role.ADMINISTRATOR)
    for path in (*PATHS, f"/staff/sites/{server.demo_site}/policy"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_pages_of_a_reviewer_are_accessible_and_fit_a_phone(open_context: OpenContext, server: Server) -> None:
    page = open_context().new_page()
    sign_in(page, server, Role.REVIEWER)
    for path in ("/staff/review?tag=ar", "/staff/review/ur/children/title", "/staff/review/en/children/title"):
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(path)
        assert violations(page) == []
        assert page.evaluate(TOO_SMALL) == []
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_wrong_form_says_so_where_the_focus_goes(page: Page, watch: Watch) -> None:
    watch.allow("400")
    page.goto("/staff/sites/new")
    page.locator("main form .primary").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert violations(page) == []
    page.locator(".error-summary a").first.click()
    expect(page.locator("[name=name]")).to_be_focused()


def test_tablet_is_enrolled_by_scanning_and_the_code_stays_in_the_browser(
    page: Page, open_context: OpenContext, server: Server
) -> None:
    page.goto("/staff/devices/enrol")
    page.select_option("[name=site_id]", server.small_site)
    page.fill("[name=label]", "Mesa 7")
    page.locator("main form .primary").click()
    picture = Image.open(io.BytesIO(page.locator(".qr-frame").screenshot()))
    address = zxingcpp.read_barcodes(picture)[0].text
    code = page.locator(".code-words").inner_text()
    assert address == f"{server.url}/enrol#{code}"
    assert violations(page) == []

    tablet = open_context().new_page()
    sent: list[str] = []
    tablet.on("request", lambda request: sent.append(request.url))
    tablet.goto(address)
    expect(tablet).to_have_url(f"{server.url}/enrol")
    expect(tablet.locator("[name=code]")).to_be_hidden()
    assert violations(tablet) == []
    tablet.locator("main button").click()
    expect(tablet).to_have_url(re.compile(r"/tablet/es/$"))
    assert not any(code in url for url in sent)
    cookies = {cookie["name"]: cookie for cookie in tablet.context.cookies()}
    assert cookies["__Host-lb_device"]["httpOnly"] is True
    assert cookies["lb_device_csrf"]["httpOnly"] is False

    page.goto("/staff/devices")
    expect(page.locator("tbody")).to_contain_text("Mesa 7")


def test_code_can_be_typed_without_scripts(open_context: OpenContext, server: Server, page: Page) -> None:
    page.goto("/staff/devices/enrol")
    page.select_option("[name=site_id]", server.small_site)
    page.fill("[name=label]", "Mesa 8")
    page.locator("main form .primary").click()
    code = page.locator(".code-words").inner_text()
    tablet = open_context(java_script_enabled=False).new_page()
    tablet.goto("/enrol")
    tablet.fill("[name=code]", code.replace("-", " ").upper())
    tablet.locator("main button").click()
    expect(tablet).to_have_url(re.compile(r"/tablet/es/$"))
