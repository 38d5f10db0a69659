"""Official and person write to each other: phrases first, then the machine, checked and labelled; nothing stays."""

import io
import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from pypdf import PdfReader
from sqlmodel import col, select

from linkbridge.encounters.models import Consent, Encounter, Transcript
from tests.e2e.conftest import OpenTablet, Tablet
from tests.support.axe import violations
from tests.support.browser import NOTE_PLAYERS, Watch, stored_offline
from tests.support.measures import low_contrast, overflow, small_targets

pytestmark = pytest.mark.browser
PAGE = "/tablet/en/pt/conversation"
QUESTION = "Where did you sleep last night?"
ANSWER = "Dormi na rua com os meus dois filhos."
LABEL = {"mark": "machine", "quality": "ok", "reasons": [], "route": ""}


def open_page(tablet: Tablet, path: str = PAGE) -> Page:
    page = tablet.go(path)
    page.wait_for_load_state("networkidle")
    return page


def say(page: Page, text: str) -> None:
    page.locator("#official-text").fill(text)
    page.locator("#official-text").press("Enter")


def answer(page: Page, text: str) -> None:
    page.locator("#person-text").fill(text)
    page.locator("[data-send]").click()


def turn_to(page: Page, side: str) -> None:
    page.locator(f'[data-turn-to="{side}"]').click()
    expect(page.locator("body")).to_have_attribute("data-turn", side)


def answering(page: Page, **found: Any) -> list[dict[str, Any]]:
    """Let the server answer every text with a translation made up here; return what it is asked."""
    asked: list[dict[str, Any]] = []

    def fulfil(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or "{}"))
        route.fulfill(json={"text": "…", **LABEL, **found})

    page.route("**/translate", fulfil)
    return asked


def bubble(page: Page, number: int) -> Locator:
    return page.locator(".bubble").nth(number)


def remembered(page: Page) -> str:
    """Return everything that the browser keeps of the page beyond its memory."""
    kept: str = page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])")
    return kept + json.dumps(stored_offline(page))


def test_keyboard_alone_leads_through_a_conversation(tablet: Tablet) -> None:
    page = open_page(tablet)
    box = page.locator("#official-text")
    box.focus()
    page.keyboard.type("ask lawyer", delay=0)
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("You can ask for a lawyer.")
    expect(options.first).to_contain_text("draft")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(bubble(page, 0).locator(".translation")).to_have_text("Você pode pedir um advogado.")
    expect(bubble(page, 0).locator(".mark")).to_contain_text("Written by a machine.")
    expect(bubble(page, 0).locator(".mark")).to_contain_text("Texto escrito por uma máquina.")

    page.keyboard.press("Enter")
    expect(page.locator("body")).to_have_attribute("data-turn", "person")
    expect(page.locator("#asked")).to_have_text("Você pode pedir um advogado.")
    size = page.locator("#asked").evaluate("(words) => parseFloat(getComputedStyle(words).fontSize)")
    assert 28 <= size <= 44
    expect(page.locator("#official-text")).to_be_hidden()
    expect(page.locator(".bubble").first).to_be_hidden()
    expect(page.locator(".fixed-place .interpreter")).to_be_visible()

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_have_attribute("data-turn", "official")
    expect(bubble(page, 1).locator(".original")).to_have_text("Sim")
    expect(bubble(page, 1).locator(".translation")).to_have_text("Yes")
    expect(bubble(page, 1)).to_be_focused()


def test_machine_translates_both_ways_and_checks_itself(tablet: Tablet) -> None:
    page = open_page(tablet)
    say(page, QUESTION)
    expect(bubble(page, 0).locator(".translation")).to_have_attribute("lang", "pt")
    expect(bubble(page, 0).locator(".mark")).to_have_attribute("data-sign", "⚠")
    bubble(page, 0).locator('[data-tool="check"]').click()
    expect(bubble(page, 0).locator(".back bdi")).to_contain_text("sleep")
    turn_to(page, "person")
    expect(page.locator("#person-text")).to_have_attribute("lang", "pt")
    answer(page, ANSWER)
    expect(bubble(page, 1).locator(".original")).to_have_text(ANSWER)
    expect(bubble(page, 1).locator(".translation")).to_contain_text("children")
    assert "filhos" not in remembered(page)
    assert "sleep" not in remembered(page)

    bubble(page, 0).locator('[data-tool="take-back"]').click()
    expect(page.locator(".bubble")).to_have_count(1)
    expect(page.locator("#official-text")).to_have_value(QUESTION)
    tablet.do("finish")
    expect(page).to_have_url(re.compile(r"/tablet/en/$"))
    page.go_back()
    assert "filhos" not in page.content()


def test_free_text_and_phrases_are_spoken(tablet: Tablet) -> None:
    page = tablet.page
    page.add_init_script(NOTE_PLAYERS)
    open_page(tablet)
    answering(page, text="Espere aqui, por favor.")
    say(page, "Please wait here.")
    bubble(page, 0).locator('[data-tool="listen"]').click()
    page.wait_for_function("() => heardSeconds() > 0.2")
    assert page.evaluate("heardAddress()").startswith("blob:")


def test_pair_without_a_machine_has_phrases_closed_answers_and_interpreters(tablet: Tablet, watch: Watch) -> None:
    page = open_page(tablet, "/tablet/es/ar/conversation")
    expect(page.locator("[data-no-machine]")).to_be_visible()
    expect(page.locator("[data-translate]")).to_be_disabled()
    page.locator("#official-text").fill("abogado")
    page.get_by_role("option").first.click()
    turn_to(page, "person")
    expect(page.locator("#asked")).to_have_attribute("dir", "rtl")
    expect(page.locator("#person-text")).to_have_attribute("dir", "rtl")
    left, right = (page.locator(f'[data-closed="{place}"]').bounding_box() for place in (1, 0))
    assert left is not None
    assert right is not None
    assert left["x"] < right["x"]
    assert violations(page) == []
    answer(page, "أريد أن أتكلم مع أخي")
    expect(page.locator("[data-held-mark]")).to_have_attribute("data-sign", "⛔")
    assert violations(page) == []
    page.locator("[data-held-send]").click()
    expect(bubble(page, 1).locator(".original")).to_have_text("أريد أن أتكلم مع أخي")
    expect(bubble(page, 1).locator(".translation")).to_be_hidden()
    expect(bubble(page, 1).locator(".why li")).to_have_count(1)
    turn_to(page, "person")
    for digit in "5", "5":
        page.locator(f'[data-digit="{digit}"]').click()
    page.locator("[data-send]").click()
    expect(bubble(page, 2).locator(".original")).to_have_text("55")
    assert watch.since(0)


def test_suspect_text_says_why_on_both_sides_and_offers_an_interpreter(tablet: Tablet) -> None:
    page = open_page(tablet)
    answering(
        page, text="Você chegou no dia 7?", quality="suspect", reasons=["numbers"], route="English → X → Portuguese"
    )
    say(page, "Did you arrive on day 17?")
    expect(bubble(page, 0).locator(".why")).to_contain_text("A number is missing or was changed.")
    expect(bubble(page, 0).locator(".why")).to_contain_text("English → X → Portuguese")
    expect(bubble(page, 0).locator(".mark")).to_contain_text("Esta tradução pode estar errada.")
    assert violations(page) == []
    bubble(page, 0).locator('[data-action="interpreter"]').click()
    expect(page.locator("#interpreter-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    turn_to(page, "person")
    expect(page.locator("[data-asked-mark]")).to_contain_text("Esta tradução pode estar errada.")
    answer(page, "Não, no dia 17.")
    expect(page.locator("[data-meant-words]")).to_be_visible()
    expect(page.locator("#asked")).to_be_hidden()
    page.locator("[data-held-change]").click()
    expect(page.locator("#person-text")).to_have_value("Não, no dia 17.")


def test_waiting_is_said_at_once_and_can_be_cancelled(tablet: Tablet) -> None:
    page = open_page(tablet)
    page.route("**/translate", lambda _route: None)
    say(page, QUESTION)
    expect(page.locator("[data-status]")).to_have_text("Translating …", timeout=500)
    page.locator("[data-translate]").click()
    expect(page.locator("[data-status]")).to_contain_text("Cancelled.")
    expect(page.locator("#official-text")).to_have_value(QUESTION)
    turn_to(page, "person")
    answer(page, ANSWER)
    page.locator("[data-stop]").click()
    expect(page.locator("[data-waiting]")).to_be_hidden()
    expect(page.locator("#person-text")).to_have_value(ANSWER)


def test_what_goes_wrong_is_said_and_leaves_the_text_in_the_box(tablet: Tablet, watch: Watch) -> None:
    watch.allow("Failed to load resource")
    page = open_page(tablet)
    refused = {"text": "", **LABEL, "mark": "refused", "quality": "refused", "reasons": ["repetition"]}
    wrong: list[tuple[Callable[[Route], None], str]] = [
        (lambda route: route.fulfill(json=refused), "It repeats itself."),
        (lambda route: route.abort(), "no connection"),
        (lambda route: route.fulfill(status=503, json={"error": {"code": "translation_busy"}}), "The server is busy"),
        (lambda route: route.fulfill(status=502, body="<html>"), "Something went wrong"),
    ]
    for fail, words in wrong:
        page.route("**/translate", fail)
        say(page, QUESTION)
        expect(page.locator("[data-problem]")).to_contain_text(words)
        expect(page.locator("[data-problem]").get_by_role("button")).to_be_visible()
        expect(page.locator("#official-text")).to_have_value(QUESTION)
        page.unroute("**/translate")
    expect(page.locator(".bubble")).to_have_count(0)
    assert violations(page) == []


def test_leaving_asks_first_and_an_idle_tablet_clears_itself(tablet: Tablet) -> None:
    page = tablet.page
    page.clock.install()
    open_page(tablet)
    answering(page, text="Onde?")
    say(page, QUESTION)
    expect(page.locator(".bubble")).to_have_count(1)
    page.locator("a[data-nav]").first.click()
    expect(page.locator("#leave-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#person-text").evaluate("(box) => { box.value = 'meus filhos'; }")
    page.clock.fast_forward("01:00:00")
    expect(page).to_have_url(re.compile(r"/tablet/en/$"))
    assert "Onde?" not in page.content()
    assert "filhos" not in remembered(page)


@pytest.mark.parametrize("size", [(360, 740), (1280, 800)])
def test_every_state_has_large_targets_and_nothing_sideways(open_tablet: OpenTablet, size: tuple[int, int]) -> None:
    tablet = open_tablet(viewport={"width": size[0], "height": size[1]}, has_touch=True)
    page = open_page(tablet)
    answering(page, text="Você chegou no dia 17?", quality="suspect", reasons=["numbers", "negation"])
    found: list[str] = []

    def look() -> None:
        found.extend(small_targets(page) + overflow(page))

    look()
    page.locator("[data-browse]").click()
    look()
    page.keyboard.press("Escape")
    say(page, "Did you arrive on 17 May?")
    expect(page.locator(".bubble")).to_have_count(1)
    look()
    turn_to(page, "person")
    look()
    answer(page, ANSWER)
    expect(page.locator("[data-meant]")).to_be_visible()
    look()
    assert found == []
    assert low_contrast(page, "#person :is(p, h2, .mark, .answer)") == []
    assert violations(page) == []


def test_paper_holds_both_languages_and_says_what_it_is_not(tablet: Tablet) -> None:
    page = open_page(tablet)
    answering(page, text="Onde você dormiu?")
    for _ in range(3):
        say(page, QUESTION)
    expect(page.locator(".bubble")).to_have_count(3)
    paper = PdfReader(io.BytesIO(page.pdf(format="A4")))
    assert len(paper.pages) == 1
    text = unicodedata.normalize("NFKC", re.sub(r"\s+", " ", paper.pages[0].extract_text()))
    for words in (QUESTION, "Onde você dormiu?", "not an official translation", "Este papel não é uma assinatura"):
        assert words in text


def test_conversation_is_kept_only_where_both_agree(tablet: Tablet) -> None:
    page = open_page(tablet)
    answering(page, text="Onde você dormiu?")
    say(page, QUESTION)
    for given in ("no", "yes"):
        page.locator("[data-keep]").click()
        page.locator("[data-keep-ask]").click()
        expect(page.locator("[data-consent]")).to_contain_text("Podemos guardar")
        page.locator(f'[data-consent-given="{given}"]').click()
        expect(page.locator("body")).to_have_attribute("data-turn", "official")
        assert "dormiu" not in remembered(page)
        tablet.wait_until_sent()
        assert _kept(tablet) == {"no": ([False], 0), "yes": ([False, True], 1)}[given]


def _kept(tablet: Tablet) -> tuple[list[bool], int]:
    with tablet.server.container.sessions.reading() as session:
        mine = select(Encounter.id).where(Encounter.device_id == tablet.id)
        consents = session.exec(select(Consent.given).where(col(Consent.encounter_id).in_(mine))).all()
        kept = session.exec(select(Transcript.id).where(col(Transcript.encounter_id).in_(mine))).all()
    return sorted(consents), len(kept)


def test_waiting_conversations_are_sent_in_smaller_parts_where_they_are_too_large_at_once(
    tablet: Tablet, watch: Watch
) -> None:
    watch.allow("Failed to load resource")
    page = open_page(tablet)
    answering(page, text="Onde você dormiu?")
    say(page, QUESTION)
    page.route("**/tablet/sync", lambda route: route.abort())
    for _ in range(3):
        page.locator("[data-keep]").click()
        page.locator("[data-keep-ask]").click()
        page.locator('[data-consent-given="yes"]').click()
        expect(page.locator("body")).to_have_attribute("data-turn", "official")
    sizes: list[int] = []

    def limited(route: Route) -> None:
        sizes.append(len(json.loads(route.request.post_data or "{}")["events"]))
        if sizes[-1] > 1:
            route.fulfill(status=413, json={})
        else:
            route.continue_()

    page.unroute("**/tablet/sync")
    page.route("**/tablet/sync", limited)
    page.evaluate("() => window.dispatchEvent(new Event('online'))")
    tablet.wait_until_sent()
    assert sizes == [3, 2, 1, 1, 1]
    assert _kept(tablet) == ([True, True, True], 1)
