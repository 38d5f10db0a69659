"""One server and one browser for a run; a fresh context, and a tablet of its own, for each test."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from linkbridge.accounts.devices import EnrolledDevice
from linkbridge.encounters.models import Acknowledgement, Encounter
from linkbridge.web.csrf import CsrfSigner
from tests.support.browser import Watch, find_chromium, launched, stored_offline
from tests.support.server import Server
from tests.support.texts import few_languages

TABLET = {"width": 1280, "height": 800}
SLOW = 15_000
"""Milliseconds that a page may need on a busy machine before a test gives up."""


@pytest.fixture(scope="session")
def cache_folder(pytestconfig: pytest.Config) -> Path:
    return pytestconfig.cache.mkdir("linkbridge-e2e")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"))
    server.use_cache(cache_folder)
    server.seed()
    server.start()
    yield server
    server.close()


@pytest.fixture(scope="session")
def few_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return few_languages(tmp_path_factory.mktemp("few") / "phrasebooks")


@pytest.fixture(scope="session")
def light_server(
    tmp_path_factory: pytest.TempPathFactory, cache_folder: Path, few_books: Path, server: Server
) -> Iterator[Server]:
    """A server of a few languages, for tablets that keep everything they could show."""
    light = Server(tmp_path_factory.mktemp("light"), like=server, phrasebooks=few_books)
    light.use_cache(cache_folder)
    light.seed()
    light.start()
    yield light
    light.close()


@pytest.fixture
def own_server(tmp_path: Path, cache_folder: Path, few_books: Path, server: Server) -> Iterator[Server]:
    """A server of a few languages that a test may kill, start again, and change texts, voices and sites of."""
    own = Server(tmp_path / "server", like=server, phrasebooks=few_books)
    own.use_cache(cache_folder)
    own.seed()
    own.start()
    yield own
    own.close()


@pytest.fixture(scope="session")
def playwright(server: Server) -> Iterator[Playwright]:
    expect.set_options(timeout=SLOW)
    # Requests that a test forwards itself are made by Playwright's own program, which trusts this variable.
    os.environ["NODE_EXTRA_CA_CERTS"] = str(server.authority)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if find_chromium() is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    folder = tmp_path_factory.mktemp("browser")
    with launched(playwright, folder, server.authority, server.certificate) as browser:
        yield browser


@pytest.fixture
def watch(server: Server) -> Iterator[Watch]:
    watch = Watch(f"localhost:{server.port}")
    yield watch
    assert watch.unexpected == []


@dataclass
class Tablet:
    """An enrolled tablet: its context and page, and what the server stored of it."""

    server: Server
    context: BrowserContext
    page: Page
    device: EnrolledDevice

    @property
    def id(self) -> str:
        return self.device.device.id

    def go(self, path: str) -> Page:
        self.page.goto(f"{self.server.url}{path}")
        return self.page

    def do(self, action: str) -> None:
        """Press the button of an action of the tablet."""
        self.page.locator(f'[data-action="{action}"]:visible').first.click()

    def answer(self, answer: str) -> None:
        """Give an answer, and wait until the page has kept it."""
        button = self.page.locator(f'[data-answer="{answer}"]')
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")

    def wait_until_sent(self) -> None:
        """Wait until nothing waits on the tablet any more."""
        deadline = time.monotonic() + SLOW / 1000
        while stored_offline(self.page):
            assert time.monotonic() < deadline, "answers still wait on the tablet"
            self.page.wait_for_timeout(50)

    @property
    def acknowledgements(self) -> list[Acknowledgement]:
        return self.server.acknowledgements(self.id)

    @property
    def encounters(self) -> list[Encounter]:
        return self.server.encounters(self.id)


OpenContext = Callable[..., BrowserContext]
OpenTablet = Callable[..., Tablet]


@pytest.fixture
def open_context(browser: Browser, server: Server, watch: Watch) -> Iterator[OpenContext]:
    """Opens contexts that are watched, in Spanish unless told otherwise."""
    opened: list[BrowserContext] = []

    def open_one(**options: Any) -> BrowserContext:
        options = {"viewport": TABLET, "locale": "es-PA", "base_url": server.url, "reduced_motion": "reduce", **options}
        context = browser.new_context(**options)
        context.set_default_timeout(SLOW)
        watch.follow(context)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def open_tablet(open_context: OpenContext, server: Server) -> OpenTablet:
    """Opens a browser that is a tablet of a site of a server: of the run's demonstration unless told otherwise."""

    def open_one(
        *, on: Server = server, site: str | None = None, service_workers: str = "block", **options: Any
    ) -> Tablet:
        context = open_context(service_workers=service_workers, **options)
        device = on.enrol(site or on.demo_site)
        become(context, on, device.token)
        return Tablet(on, context, context.new_page(), device)

    return open_one


def become(context: BrowserContext, server: Server, token: str) -> None:
    """Give a browser the cookies of an enrolled tablet."""
    csrf = CsrfSigner(server.container.cookie_secret).token_for(token)
    context.add_cookies(
        [
            {
                "name": "__Host-lb_device",
                "value": token,
                "url": server.url,
                "secure": True,
                "httpOnly": True,
                "sameSite": "Strict",
            },
            {"name": "lb_device_csrf", "value": csrf, "url": server.url, "secure": True, "sameSite": "Strict"},
        ]
    )


@pytest.fixture
def tablet(open_tablet: OpenTablet) -> Tablet:
    """A tablet of the demonstration's site without a service worker, for stories that need none."""
    return open_tablet()
