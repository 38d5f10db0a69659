"""A reviewer reads a phrase aloud in a real browser; the tablet speaks with it until the words change."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from linkbridge.accounts.first import OPERATOR
from linkbridge.accounts.permissions import Role
from linkbridge.phrasebook.overlay import Place, find_phrase
from linkbridge.phrasebook.workshop import state_of
from tests.e2e.conftest import SLOW, TABLET, OpenTablet, Tablet
from tests.e2e.test_staff import TOO_SMALL, sign_in
from tests.support.axe import violations
from tests.support.browser import NOTE_PLAYERS, Watch, find_chromium, launched, wait_until
from tests.support.server import Server
from tests.support.sounds import WEBM, encoded, speech

pytestmark = pytest.mark.browser
FIRST = Place("interpreters", "what-is", "ti")
ADDRESS = "/staff/voices/ti/interpreters"
MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""A microphone that beeps every second, and that a page may use without asking."""


@pytest.fixture
def studio(playwright: Playwright, server: Server, tmp_path: Path) -> Iterator[Browser]:
    """A browser with a microphone."""
    if find_chromium() is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with launched(playwright, tmp_path / "studio", server.authority, server.certificate, more=MICROPHONE) as browser:
        yield browser


OpenReviewer = Callable[..., Page]


@pytest.fixture
def open_reviewer(studio: Browser, own_server: Server, watch: Watch) -> Iterator[OpenReviewer]:
    """Opens a browser with a microphone in which the reviewer is signed in."""
    watch.host = f"localhost:{own_server.port}"
    opened: list[BrowserContext] = []

    def open_one(viewport: dict[str, int] = TABLET) -> Page:
        context = studio.new_context(viewport=viewport, locale="es-PA", base_url=own_server.url)  # type: ignore[arg-type]
        context.set_default_timeout(SLOW)
        watch.follow(context)
        opened.append(context)
        page = context.new_page()
        sign_in(page, own_server, Role.REVIEWER)
        return page

    yield open_one
    for context in opened:
        context.close()


def record(page: Page, seconds: float = 2.5) -> None:
    """Record what the microphone hears for so long, and wait until it is shown."""
    page.locator("[data-record]").click()
    expect(page.locator("[data-stop]")).to_be_focused()
    clock = page.locator("[data-clock]")
    wait_until(page, lambda: float(re.sub(r"[^\d.]", "", clock.inner_text()) or 0) >= seconds)
    page.locator("[data-stop]").click()
    expect(page.locator("[data-wave]")).to_be_visible()
    expect(page.locator("[data-level-text]")).to_contain_text("LUFS")


def wait_for(tablet: Tablet, expected: str | None) -> str:
    """Open the notice until its first phrase has a recording, or none; return the recording's address."""
    deadline = time.monotonic() + SLOW / 1000
    while True:
        page = tablet.go(f"/tablet/es/ti/{FIRST.book}")
        button = page.locator(f"#p-{FIRST.phrase} [data-audio]")
        kind = button.get_attribute("data-voice") if button.count() else None
        if kind == expected:
            return (button.get_attribute("data-audio") if kind else None) or ""
        assert time.monotonic() < deadline, f"the voice does not become {expected}"


def change_text(server: Server, place: Place, change: Callable[[str], str]) -> None:
    """Write a new wording, as the review page does."""
    container = server.container
    with container.sessions.transaction() as session:
        library = container.workshop.library(session)
        found = find_phrase(library, place)
        assert found is not None
        before = library.translations[place.book, place.tag][place.phrase]
        container.workshop.edit(session, place, change(before.text), base=state_of(before, found[1]), by=OPERATOR)


def test_reading_is_recorded_trimmed_saved_and_heard_until_the_words_change(
    open_reviewer: OpenReviewer, open_tablet: OpenTablet, own_server: Server
) -> None:
    tablet = open_tablet(on=own_server, base_url=own_server.url)
    tablet.context.add_init_script(NOTE_PLAYERS)
    assert wait_for(tablet, None) == ""
    expect(tablet.page.locator(".draft-note")).to_contain_text(_words(own_server, "no-voice"))

    page = open_reviewer()
    for path in ("/staff/voices", "/staff/voices?tag=ti&book=interpreters&kind=none"):
        page.goto(path)
        assert violations(page) == []
        assert page.evaluate(TOO_SMALL) == []
    page.locator(f'a[href="{ADDRESS}/{FIRST.phrase}"]').click()
    assert violations(page) == []
    assert page.evaluate(TOO_SMALL) == []
    record(page)
    assert violations(page) == []
    assert page.evaluate(TOO_SMALL) == []

    # The handles are moved with keys alone, and what lies outside is not kept.
    end = page.locator("[data-end]")
    whole = float(end.input_value())
    start = page.locator("[data-start]")
    start.focus()
    page.keyboard.press("Home")
    end.focus()
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
    assert float(end.input_value()) == pytest.approx(whole - 0.3, abs=0.02)
    assert float(start.input_value()) == 0
    page.locator("[data-listen]").click()
    page.locator("[data-listen]").click()

    page.locator("[data-save]").click()
    expect(page.locator("[name=agreed]")).to_be_focused()
    expect(page.locator("[data-status]")).to_have_class(re.compile("danger"))
    page.locator("[name=agreed]").check()
    page.locator("[data-save]").click()
    expect(page).to_have_url(re.compile(r"\?done=voice-saved$"))
    expect(page.locator(".recording")).to_have_count(1)
    assert violations(page) == []

    address = wait_for(tablet, "recorded")
    assert re.fullmatch(r"/audio/recorded/[0-9a-f]{32}", address)
    expect(tablet.page.locator(".draft-note")).to_contain_text(_words(own_server, "human-voice"))
    tablet.page.locator(f"#p-{FIRST.phrase} [data-audio]").click()
    tablet.page.wait_for_function("() => heardSeconds() > 0.2")
    assert address in tablet.page.evaluate("heardAddress()")
    assert violations(tablet.page) == []

    change_text(own_server, FIRST, lambda text: f"{text} {text}")
    assert wait_for(tablet, None) == ""
    page.reload()
    expect(page.locator(".voice-kind.silent")).to_be_visible()


def _words(server: Server, phrase: str) -> str:
    return server.container.catalogue.interface("ti").text(phrase)


def test_file_is_chosen_trimmed_and_removed_on_a_phone(
    open_reviewer: OpenReviewer, own_server: Server, tmp_path: Path
) -> None:
    page = open_reviewer({"width": 360, "height": 780})
    for address in ("/staff/voices", "/staff/voices?tag=ti", f"{ADDRESS}/{FIRST.phrase}"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    path = tmp_path / "reading.wav"
    path.write_bytes(encoded(speech(2.0, level=0.02, before=3.0, after=2.0)))
    page.set_input_files("[name=sound]", path)
    # The silence at both ends is outside the handles at once.
    expect(page.locator("[data-start]")).to_have_value(re.compile(r"^2\.8"))
    expect(page.locator("[data-end]")).to_have_value(re.compile(r"^5\.1"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("[name=agreed]").check()
    page.locator("[data-save]").click()
    expect(page).to_have_url(re.compile(r"\?done=voice-saved$"))
    expect(page.locator(".recording")).to_contain_text("2.")
    with own_server.container.sessions.reading() as session:
        voices = own_server.container.voices
        (reading,) = voices.coverage.of_phrase(session, FIRST, by=OPERATOR)
        assert reading.seconds == pytest.approx(2.3, abs=0.1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.locator(".recording summary").click()
    page.locator(".recording form button").click()
    expect(page).to_have_url(re.compile(r"\?done=voice-removed$"))
    expect(page.locator(".recording")).to_have_count(0)


def test_file_that_is_no_sound_is_refused_with_and_without_scripts(
    open_reviewer: OpenReviewer, studio: Browser, own_server: Server, tmp_path: Path, watch: Watch
) -> None:
    watch.allow("400")
    path = tmp_path / "reading.webm"
    path.write_bytes(WEBM)
    page = open_reviewer()
    page.goto(f"{ADDRESS}/{FIRST.phrase}")
    page.set_input_files("[name=sound]", path)
    expect(page.locator("[data-status]")).to_have_class(re.compile("danger"))

    plain = studio.new_context(
        base_url=own_server.url, java_script_enabled=False, storage_state=page.context.storage_state()
    ).new_page()
    plain.goto(f"{ADDRESS}/{FIRST.phrase}")
    plain.set_input_files("[name=sound]", path)
    plain.locator("[name=agreed]").check()
    plain.locator("[data-save]").click()
    expect(plain.locator("#problem-sound")).to_be_visible()
    path.write_bytes(encoded(speech(1.0)))
    plain.set_input_files("[name=sound]", path)
    plain.locator("[data-save]").click()
    expect(plain).to_have_url(re.compile(r"\?done=voice-saved$"))
    plain.context.close()


def test_microphone_that_is_refused_leaves_the_file(browser: Browser, own_server: Server, watch: Watch) -> None:
    watch.host = f"localhost:{own_server.port}"
    context = browser.new_context(base_url=own_server.url, permissions=[])
    watch.follow(context)
    page = context.new_page()
    sign_in(page, own_server, Role.REVIEWER)
    page.goto(f"{ADDRESS}/{FIRST.phrase}")
    page.locator("[data-record]").click()
    expect(page.locator("[data-status]")).to_have_class(re.compile("danger"))
    expect(page.locator("[data-record]")).to_be_enabled()
    expect(page.locator("[name=sound]")).to_be_enabled()
    context.close()
