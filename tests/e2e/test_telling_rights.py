"""The main story: a person chooses Amharic, sees and hears their rights, answers, and takes a copy along."""

import io
import re
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Route, expect
from pypdf import PdfReader

from linkbridge.kernel.ids import parse_encounter_code
from tests.e2e.conftest import OpenTablet, Tablet
from tests.support.browser import NOTE_PLAYERS, Watch
from tests.support.server import Server

pytestmark = pytest.mark.browser
NOTICE = "detention-rights"


def test_telling_rights_from_the_language_to_the_end(tablet: Tablet) -> None:
    page = tablet.page
    page.add_init_script(NOTE_PLAYERS)
    tablet.go("/tablet/")
    expect(page).to_have_url(re.compile(r"/tablet/es/$"))

    page.get_by_role("link", name="አማርኛ").click()
    expect(page.locator("html")).to_have_attribute("lang", "am")
    page.locator(f'a[href$="/am/{NOTICE}"]').click()
    expect(page.locator(".phrase.current")).to_have_count(1)
    first = page.locator(".phrase.current .person-words").inner_text()
    assert re.search(r"[\u1200-\u137f]", first), "the person's words are in Ethiopic letters"
    assert page.locator(".mark.draft").inner_text().strip(), "a draft says that it is one"

    page.locator(".phrase.current [data-audio]").click()
    expect(page.locator(".phrase.current .speak")).to_have_class(re.compile("playing"))
    page.wait_for_function("() => heardSeconds() > 0.3")
    assert "/audio/am/" in page.evaluate("heardAddress()")

    tablet.do("next")
    second = page.locator(".phrase.current .person-words").inner_text()
    assert second != first
    assert page.locator(".official-current p:visible").count() == 1
    tablet.do("previous")
    assert page.locator(".phrase.current .person-words").inner_text() == first

    tablet.answer("understood")
    expect(page.locator(".toast.on")).to_be_visible()
    expect(page.locator('[data-note="understood"]')).to_be_visible()
    tablet.wait_until_sent()

    [kept] = tablet.acknowledgements
    assert (kept.answer, kept.notice, kept.language) == ("understood", NOTICE, "am")
    assert (kept.notice_status, kept.counts_as_told) == ("draft", False)
    assert len(kept.phrases_shown) == 2
    [encounter] = tablet.encounters
    assert (encounter.language, encounter.official_language, encounter.is_training) == ("am", "es", False)

    tablet.do("finish")
    expect(page).to_have_url(re.compile(r"/tablet/es/$"))
    expect(page.locator(".toast.on")).to_be_visible()
    tablet.wait_until_sent()
    [ended] = tablet.encounters
    assert ended.finished_at is not None


@pytest.mark.parametrize("answer", ["understood", "not-understood"])
def test_answer_is_noted_and_shown_again_after_a_reload(tablet: Tablet, answer: str) -> None:
    page = tablet.go(f"/tablet/es/ar/{NOTICE}")
    tablet.answer(answer)
    expect(page.locator(".toast.on")).to_be_visible()
    tablet.wait_until_sent()
    page.reload()
    expect(page.locator(f'[data-answer="{answer}"]')).to_have_attribute("aria-pressed", "true")
    assert [kept.answer for kept in tablet.acknowledgements] == [answer]


def test_second_thought_is_a_second_answer_of_the_same_encounter(tablet: Tablet) -> None:
    page = tablet.go(f"/tablet/es/fr/{NOTICE}")
    tablet.answer("understood")
    tablet.answer("not-understood")
    expect(page.locator('[data-answer="understood"]')).to_have_attribute("aria-pressed", "false")
    tablet.wait_until_sent()
    assert [kept.answer for kept in tablet.acknowledgements] == ["understood", "not-understood"]
    assert len({kept.encounter_id for kept in tablet.acknowledgements}) == 1


def test_listening_to_all_goes_through_the_phrases_and_notes_them(tablet: Tablet) -> None:
    page = tablet.page
    page.add_init_script(NOTE_PLAYERS)
    # The voice is made to end at once: what is tested is the order, not patience.
    page.add_init_script(
        "HTMLMediaElement.prototype.play = function () {"
        "  setTimeout(() => this.onended?.(), 5); return Promise.resolve(); };"
    )
    tablet.go(f"/tablet/es/am/{NOTICE}")
    total = page.locator(".phrase").count()
    tablet.do("listen-all")
    expect(page.locator(".phrase").last).to_have_class(re.compile("current"))
    expect(page.locator('[data-action="listen-all"]')).to_have_attribute("aria-pressed", "false")
    tablet.answer("understood")
    tablet.wait_until_sent()
    expect(page.locator(".toast.on")).to_be_visible()
    [kept] = tablet.acknowledgements
    assert len(kept.phrases_played) == total
    assert kept.phrases_played == kept.phrases_shown


def test_voice_that_cannot_be_had_is_said_and_not_noted_as_played(tablet: Tablet, watch: Watch) -> None:
    watch.allow("404", "Failed to load resource")
    page = tablet.page
    page.route("**/audio/**", lambda route: route.fulfill(status=404))
    tablet.go(f"/tablet/es/am/{NOTICE}")
    page.locator(".phrase.current [data-audio]").click()
    expect(page.locator(".toast.on.problem")).to_be_visible()
    expect(page.locator(".playing")).to_have_count(0)
    tablet.answer("understood")
    tablet.wait_until_sent()
    expect(page.locator('[data-answer="understood"]')).to_have_attribute("aria-pressed", "true")
    [kept] = tablet.acknowledgements
    assert kept.phrases_played == []


def test_language_without_a_voice_says_so_before_anyone_waits_for_it(tablet: Tablet) -> None:
    page = tablet.go(f"/tablet/es/ti/{NOTICE}")
    assert page.locator(".phrase [data-audio]").count() == 0
    assert page.locator('[data-action="listen-all"]').count() == 0
    assert page.locator(".draft-note").inner_text().strip()


def test_turning_sizing_contrast_and_one_or_all_need_no_server(tablet: Tablet, watch: Watch) -> None:
    page = tablet.go(f"/tablet/es/am/{NOTICE}")
    page.wait_for_load_state("networkidle")
    before = len(watch.requests)
    html = page.locator("html")

    tablet.do("turn")
    expect(html).to_have_attribute("data-turned", "yes")
    assert (
        page.locator("#person").evaluate("(half) => getComputedStyle(half).transform") == "matrix(-1, 0, 0, -1, 0, 0)"
    )
    assert page.locator(".official").evaluate("(half) => getComputedStyle(half).transform") == "none"
    tablet.do("turn")

    words = page.locator(".phrase.current .person-words")
    normal = words.evaluate("(words) => parseFloat(getComputedStyle(words).fontSize)")
    tablet.do("larger")
    assert words.evaluate("(words) => parseFloat(getComputedStyle(words).fontSize)") == normal + 4
    for _ in range(12):
        tablet.do("larger")
    assert words.evaluate("(words) => parseFloat(getComputedStyle(words).fontSize)") == 64
    for _ in range(20):
        tablet.do("smaller")
    assert words.evaluate("(words) => parseFloat(getComputedStyle(words).fontSize)") == 20

    tablet.do("contrast")
    expect(html).to_have_attribute("data-scheme", "contrast")
    assert words.evaluate("(words) => getComputedStyle(words).color") == "rgb(0, 0, 0)"
    tablet.do("contrast")

    tablet.do("mode")
    total = page.locator(".phrase").count()
    assert page.locator(".phrase:visible").count() == total
    expect(page.locator('[data-action="next"]')).to_be_disabled()
    tablet.do("mode")
    assert page.locator(".phrase:visible").count() == 1
    for _ in range(total - 1):
        tablet.do("next")
    expect(page.locator('[data-action="next"]')).to_be_disabled()
    page.wait_for_load_state("networkidle")
    pictograms = [url for url in watch.since(before) if "/pictogram/" not in url and "/fonts/" not in url]
    assert pictograms == []


def test_all_phrases_count_as_shown_when_scrolled_into_view(tablet: Tablet) -> None:
    page = tablet.go(f"/tablet/es/en/{NOTICE}")
    tablet.do("mode")
    total = page.locator(".phrase").count()
    for index in range(total):
        page.locator(".phrase").nth(index).scroll_into_view_if_needed()
        page.wait_for_function(
            "(phrase) => JSON.parse(sessionStorage['linkbridge.encounter'])"
            ".seen['detention-rights'].shown.includes(phrase)",
            arg=page.locator(".phrase").nth(index).get_attribute("data-phrase"),
        )


def receipt(tablet: Tablet, form: str) -> PdfReader:
    page = tablet.page
    tablet.do("copy")
    papers: list[APIResponse] = []

    def send_and_keep(route: Route) -> None:
        papers.append(route.fetch())
        route.fulfill(response=papers[-1])

    tablet.context.route("**/receipt", send_and_keep)
    with tablet.context.expect_page():
        page.locator(f'#copy-dialog button[value="{form}"]').click()
    expect(page.locator("#copy-dialog")).to_be_hidden()
    while not papers:
        page.wait_for_timeout(50)
    [paper] = papers
    assert paper.status == 200
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.headers["cache-control"] == "no-store"
    return PdfReader(io.BytesIO(paper.body()))


def test_receipt_holds_both_languages_the_code_and_what_it_is_not(tablet: Tablet) -> None:
    page = tablet.go(f"/tablet/es/fr/{NOTICE}")
    tablet.answer("understood")
    title = page.locator(".notice-title").inner_text().strip()
    code = page.evaluate("JSON.parse(sessionStorage['linkbridge.encounter']).code")
    assert parse_encounter_code(code) == code

    paper = receipt(tablet, "full")
    words = re.sub(r"\s+", " ", "".join(leaf.extract_text() for leaf in paper.pages))
    assert len(paper.pages) == 1
    assert code in words
    assert title in words
    assert paper.metadata is not None
    assert paper.metadata.title == title
    root: Any = paper.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr"


def test_neutral_receipt_does_not_carry_the_title(tablet: Tablet) -> None:
    page = tablet.go(f"/tablet/es/fr/{NOTICE}")
    title = page.locator(".notice-title").inner_text().strip()
    paper = receipt(tablet, "neutral")
    words = re.sub(r"\s+", " ", "".join(leaf.extract_text() for leaf in paper.pages))
    assert title not in words
    assert paper.metadata is not None
    assert paper.metadata.title != title


def test_printed_page_shows_every_phrase_in_both_languages_and_no_buttons(tablet: Tablet) -> None:
    page = tablet.go(f"/tablet/es/fr/{NOTICE}")
    page.emulate_media(media="print")
    total = page.locator(".phrase").count()
    assert page.locator(".phrase:visible").count() == total
    assert page.locator(".phrase .official-words:visible").count() == total
    assert page.locator("button:visible").count() == 0
    paper = PdfReader(io.BytesIO(page.pdf(format="A4")))
    words = re.sub(r"\s+", " ", "".join(leaf.extract_text() for leaf in paper.pages))
    last = page.locator(".phrase .person-words").last.inner_text()
    assert re.sub(r"\s+", " ", last)[:30] in words


def test_finishing_leaves_nothing_of_the_person(tablet: Tablet) -> None:
    page = tablet.go("/tablet/es/")
    page.get_by_role("link", name="العربية").click()
    page.locator(f'a[href$="/ar/{NOTICE}"]').click()
    tablet.answer("understood")
    tablet.do("turn")
    tablet.wait_until_sent()
    tablet.do("finish")
    expect(page).to_have_url(re.compile(r"/tablet/es/$"))
    expect(page.locator(".toast.on")).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage)") == []
    left = page.evaluate("JSON.stringify(localStorage)")
    assert NOTICE not in left
    assert "understood" not in left
    page.go_back()
    assert page.url == "about:blank", "the person's pages took no place in the history"


def test_two_persons_one_after_the_other_are_two_encounters(tablet: Tablet) -> None:
    page = tablet.page
    for tag in ("am", "so"):
        tablet.go(f"/tablet/es/{tag}/{NOTICE}")
        tablet.answer("understood")
        tablet.do("finish")
        expect(page).to_have_url(re.compile(r"/tablet/es/$"))
    tablet.wait_until_sent()
    assert sorted(encounter.language or "" for encounter in tablet.encounters) == ["am", "so"]
    assert len({encounter.code for encounter in tablet.encounters}) == 2


def test_wish_for_an_interpreter_shows_the_number_of_the_site(open_tablet: OpenTablet, server: Server) -> None:
    tablet = open_tablet(site=server.small_site)
    page = tablet.go("/tablet/es/am/first-contact")
    tablet.answer("wants-interpreter")
    dialog = page.locator("#interpreter-dialog")
    expect(dialog).to_be_visible()
    assert "555 0101" in dialog.locator('[lang="am"]').inner_text()
    assert "555 0101" in dialog.locator('[lang="es"]').inner_text()
    dialog.get_by_role("button").click()
    expect(dialog).to_be_hidden()
    tablet.wait_until_sent()
    assert [(kept.answer, kept.notice) for kept in tablet.acknowledgements] == [("wants-interpreter", "first-contact")]


def test_interpreter_can_be_asked_for_before_any_language_is_chosen(open_tablet: OpenTablet, server: Server) -> None:
    tablet = open_tablet(site=server.site_without_number)
    page = tablet.go("/tablet/es/")
    tablet.do("interpreter")
    dialog = page.locator("#interpreter-dialog")
    expect(dialog).to_be_visible()
    assert not re.search(r"\d{3}", dialog.inner_text()), "there is no number to show"
    tablet.wait_until_sent()
    assert [(kept.answer, kept.notice, kept.language) for kept in tablet.acknowledgements] == [
        ("wants-interpreter", "", "")
    ]


def test_training_is_marked_on_every_page_and_stored_as_training(tablet: Tablet) -> None:
    page = tablet.go("/tablet/es/settings")
    assert page.locator(".ribbon.practice:visible").count() == 0
    tablet.do("training")
    for path in ("/tablet/es/settings", "/tablet/es/", "/tablet/es/other", "/tablet/es/am", f"/tablet/es/am/{NOTICE}"):
        tablet.go(path)
        expect(page.locator(".ribbon.practice")).to_be_visible()
    tablet.answer("understood")
    tablet.wait_until_sent()
    assert [encounter.is_training for encounter in tablet.encounters] == [True]
    assert len(tablet.acknowledgements) == 1
