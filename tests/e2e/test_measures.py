"""What can be measured of a good page: targets, contrast, stillness, weight, and no sideways scrolling."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenContext, OpenTablet, Tablet
from tests.support.browser import Watch
from tests.support.measures import WATCH_SHIFTS, Transfer, low_contrast, overflow, shifts, small_targets

pytestmark = pytest.mark.browser
NOTICE = "detention-rights"
SIZES = {"phone": (360, 640), "tablet": (1280, 800), "portrait": (800, 1280)}
MOST_BYTES = 60 * 1024
TABLET_PAGES = (
    "/tablet/es/",
    "/tablet/es/other",
    "/tablet/es/ur/country",
    "/tablet/es/settings",
    *(f"/tablet/es/{tag}{rest}" for tag in ("am", "ar", "ur", "fr") for rest in ("", f"/{NOTICE}")),
)
PUBLIC_PAGES = ("/", *(f"/{page}" for tag in ("am", "ar", "ur", "fr") for page in (f"l/{tag}", f"n/{NOTICE}/{tag}")))


def settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("() => document.fonts.ready.then(() => null)")


@pytest.mark.parametrize("size", SIZES)
def test_targets_are_large_and_nothing_scrolls_sideways_on_tablet_pages(open_tablet: OpenTablet, size: str) -> None:
    width, height = SIZES[size]
    tablet = open_tablet(viewport={"width": width, "height": height}, has_touch=True)
    page = tablet.page
    found: list[str] = []
    for path in TABLET_PAGES:
        tablet.go(path)
        settle(page)
        found += [f"{path} {problem}" for problem in small_targets(page) + overflow(page)]
    tablet.go(f"/tablet/es/am/{NOTICE}")
    tablet.do("mode")
    tablet.answer("not-understood")
    for dialog in ("interpreter", "copy"):
        tablet.do(dialog)
        expect(page.locator(f"#{dialog}-dialog")).to_be_visible()
        found += [f"{dialog} {problem}" for problem in small_targets(page) + overflow(page)]
        page.keyboard.press("Escape")
    assert found == []


@pytest.mark.parametrize("size", SIZES)
def test_targets_are_large_and_nothing_scrolls_sideways_on_public_pages(open_context: OpenContext, size: str) -> None:
    width, height = SIZES[size]
    page = open_context(viewport={"width": width, "height": height}, has_touch=True).new_page()
    found: list[str] = []
    for path in PUBLIC_PAGES:
        page.goto(path)
        settle(page)
        found += [f"{path} {problem}" for problem in small_targets(page) + overflow(page)]
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark", "contrast"])
def test_texts_of_a_notice_have_a_contrast_of_seven(tablet: Tablet, scheme: str) -> None:
    page = tablet.page
    page.add_init_script(f"localStorage.setItem('linkbridge.scheme', '{scheme}')")
    tablet.go(f"/tablet/es/am/{NOTICE}")
    texts = "#person :is(p, h1 span, li, .mark, .answer, .progress), .official :is(p, span, .button)"
    assert low_contrast(page, texts) == []
    tablet.answer("understood")
    assert low_contrast(page, texts) == []


@pytest.mark.parametrize("size", ["tablet", "portrait"])
@pytest.mark.parametrize("tag", ["am", "ur"])
def test_nothing_moves_on_load_step_turn_and_answer(open_tablet: OpenTablet, size: str, tag: str) -> None:
    width, height = SIZES[size]
    tablet = open_tablet(viewport={"width": width, "height": height})
    page = tablet.page
    page.add_init_script(WATCH_SHIFTS)
    tablet.go(f"/tablet/es/{tag}/{NOTICE}")
    settle(page)
    buttons = '.answer, [data-action="next"], [data-action="previous"], [data-action="turn"], [data-action="finish"]'
    places = "(all) => all.map((one) => JSON.stringify(one.getBoundingClientRect()))"
    before = page.locator(buttons).evaluate_all(places)
    for _ in range(page.locator(".phrase").count() - 1):
        tablet.do("next")
        assert page.locator(buttons).evaluate_all(places) == before
    for answer in ("understood", "not-understood"):
        tablet.answer(answer)
        expect(page.locator(".toast.on")).to_be_visible()
        assert page.locator(buttons).evaluate_all(places) == before
    tablet.do("turn")
    tablet.do("turn")
    assert page.locator(buttons).evaluate_all(places) == before
    assert shifts(page) == []


def test_way_on_and_interpreter_stay_in_their_place_on_a_phone(open_tablet: OpenTablet) -> None:
    width, height = SIZES["phone"]
    tablet = open_tablet(viewport={"width": width, "height": height})
    page = tablet.page
    page.add_init_script(WATCH_SHIFTS)
    tablet.go(f"/tablet/es/ur/{NOTICE}")
    settle(page)
    assert shifts(page) == []
    places = "(all) => all.map((one) => JSON.stringify(one.getBoundingClientRect()))"
    before = page.locator(".fixed-place button").evaluate_all(places)
    assert len(before) == 3
    for _ in range(page.locator(".phrase").count() - 1):
        tablet.do("next")
        expect(page.locator(".phrase.current .person-words")).to_be_in_viewport()
        assert page.locator(".fixed-place button").evaluate_all(places) == before
    tablet.answer("understood")
    assert page.locator(".fixed-place button").evaluate_all(places) == before
    assert shifts(page, after_input=False) == []


def test_nothing_moves_when_languages_appear_with_recent_ones_first(tablet: Tablet) -> None:
    page = tablet.page
    page.add_init_script(WATCH_SHIFTS)
    page.add_init_script("localStorage.setItem('linkbridge.recent', JSON.stringify(['ti', 'so']))")
    tablet.go("/tablet/es/")
    settle(page)
    assert shifts(page) == []


@pytest.mark.parametrize("path", [f"/n/{NOTICE}/am", "/", "/l/ar"])
def test_nothing_moves_when_public_pages_appear(open_context: OpenContext, path: str) -> None:
    page = open_context().new_page()
    page.add_init_script(WATCH_SHIFTS)
    page.goto(path)
    settle(page)
    assert shifts(page) == []


@pytest.mark.parametrize("tag", ["am", "ur", "zh-Hans"])
def test_notice_page_is_light(tablet: Tablet, tag: str) -> None:
    transfer = Transfer(tablet.context, tablet.page)
    tablet.go(f"/tablet/es/{tag}/{NOTICE}")
    settle(tablet.page)
    assert any("tablet.js" in name for name in transfer.bytes)
    assert transfer.total(without=("/audio/", "/fonts/")) <= MOST_BYTES, transfer.bytes


def test_steps_and_turns_ask_nothing_of_the_server(tablet: Tablet, watch: Watch) -> None:
    page = tablet.go(f"/tablet/es/am/{NOTICE}")
    settle(page)
    before = len(watch.requests)
    for _ in range(page.locator(".phrase").count() - 1):
        tablet.do("next")
    for action in ("previous", "turn", "mode", "larger", "contrast"):
        tablet.do(action)
    settle(page)
    assert watch.since(before) == []
