"""Everything on a tablet can be done with a keyboard alone, and one always sees where one is."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenContext, Tablet
from tests.support.browser import NOTE_PLAYERS
from tests.support.server import PASSWORD

pytestmark = pytest.mark.browser
MOST_STEPS = 80
FOCUS = """(selector) => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== "none";
  return { there: at.matches(selector), seen, name: at.outerHTML.slice(0, 120), body: at === document.body };
}"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until ``selector`` has the focus; every stop on the way must be visible as such."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS, selector)
        assert focus["seen"] or focus["body"], f"nothing shows that the focus is on {focus['name']}"
        if focus["there"]:
            return
    raise AssertionError(f"{selector} cannot be reached with the Tab key")


def test_a_person_is_told_their_rights_with_the_keyboard_alone(tablet: Tablet) -> None:
    page = tablet.page
    page.add_init_script(NOTE_PLAYERS)
    tablet.go("/tablet/es/")
    tab_to(page, '[data-choose="am"]')
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/tablet/es/am$"))
    tab_to(page, 'a[href$="/am/detention-rights"]')
    page.keyboard.press("Enter")
    expect(page.locator(".phrase.current")).to_have_count(1)
    first = page.locator(".phrase.current .person-words").inner_text()

    tab_to(page, ".phrase.current [data-audio]")
    page.keyboard.press("Space")
    page.wait_for_function("() => heardSeconds() > 0.2")
    tab_to(page, '[data-action="next"]')
    page.keyboard.press("Enter")
    expect(page.locator(".phrase.current .person-words")).not_to_have_text(first)
    tab_to(page, '[data-action="turn"]')
    page.keyboard.press("Space")
    expect(page.locator("html")).to_have_attribute("data-turned", "yes")
    page.keyboard.press("Space")

    page.keyboard.press("Home")
    tab_to(page, '[data-answer="wants-interpreter"]')
    page.keyboard.press("Enter")
    dialog = page.locator("#interpreter-dialog")
    expect(dialog).to_be_visible()
    assert page.evaluate("document.querySelector('#interpreter-dialog').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.evaluate(FOCUS, '[data-answer="wants-interpreter"]')["there"], "the focus returns to where it was"

    tab_to(page, '[data-action="finish"]')
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/tablet/es/$"))
    tablet.wait_until_sent()
    assert [kept.answer for kept in tablet.acknowledgements] == ["wants-interpreter"]


def test_first_stop_leads_past_what_repeats(tablet: Tablet) -> None:
    page = tablet.go("/tablet/es/am/detention-rights")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS, ".skip") == {
        "there": True,
        "seen": True,
        "body": False,
        "name": page.evaluate("document.querySelector('.skip').outerHTML.slice(0, 120)"),
    }
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "person"


def test_staff_sign_in_and_enrol_a_tablet_with_the_keyboard_alone(open_context: OpenContext) -> None:
    page = open_context().new_page()
    page.goto("/staff/sign-in")
    tab_to(page, 'input[type="email"]')
    page.keyboard.type("administrator@demo.example")
    tab_to(page, 'input[type="password"]')
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/staff$"))
    tab_to(page, 'nav a[href="/staff/devices"]')
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/staff/devices$"))
    tab_to(page, 'a[href="/staff/devices/enrol"]')
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/staff/devices/enrol$"))
    tab_to(page, "#field-site_id, [name=site_id]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "[name=label]")
    page.keyboard.type("Keyboard")
    page.keyboard.press("Enter")
    expect(page.locator(".code-words")).to_be_visible()
