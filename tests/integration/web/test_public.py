import gzip
import re
from pathlib import Path

import pytest
from fastapi import FastAPI

from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.settings import Settings
from linkbridge.web.assets import asset_url, pictogram_url
from linkbridge.web.middleware import CONTENT_SECURITY_POLICY
from tests.integration.web.conftest import sign_in
from tests.support.accounts import World, counted_queries
from tests.support.pages import PageClient
from tests.support.tablet import TabletClient

MOST_BYTES = 60 * 1024
_INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE)
_SOURCE = re.compile(r"<(?:script|img|link|audio|source|iframe)\b[^>]*?(?:src|href)=\"([^\"]+)\"")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", database_url=database_url, public_status="draft")


def _pages(tablet: TabletClient, staff: PageClient, browser: PageClient) -> list[tuple[PageClient, str]]:
    return [
        *((browser, path) for path in ("/", "/l/ur", "/n/detention-rights/am", "/api/v1/docs", "/enrol", "/tablet")),
        *((browser, path) for path in ("/staff/sign-in", "/staff/first", "/staff/password", "/no-such-page")),
        *((tablet, path) for path in ("/tablet/es/", "/tablet/es/other", "/tablet/es/settings", "/tablet/es/ar")),
        *((tablet, path) for path in ("/tablet/fr/zh-Hans/asylum-procedure", "/tablet/es/am/detention-rights")),
        *((staff, path) for path in ("/staff", "/staff/encounters", "/staff/coverage", "/staff/sites", "/staff/audit")),
        *((staff, path) for path in ("/staff/people", "/staff/devices", "/staff/tokens", "/staff/account")),
    ]


def test_no_page_has_anything_inline_or_from_elsewhere(
    tablet: TabletClient, administrator: PageClient, browser: PageClient
) -> None:
    for client, path in _pages(tablet, administrator, browser):
        page = client.get(path)
        assert page.status in {200, 404}, path
        assert page.response.headers["content-security-policy"] == CONTENT_SECURITY_POLICY, path
        assert "'unsafe-inline'" not in CONTENT_SECURITY_POLICY
        assert page.response.headers["x-content-type-options"] == "nosniff"
        assert _INLINE.findall(page.response.text) == [], path
        for source in _SOURCE.findall(page.response.text):
            assert source.startswith("/"), f"{path} loads {source}"


def test_every_address_that_a_page_loads_exists(tablet: TabletClient, browser: PageClient) -> None:
    for client, path in ((browser, "/n/interpreters/bn"), (tablet, "/tablet/es/am/first-contact")):
        for source in set(_SOURCE.findall(client.get(path).response.text)):
            if not source.startswith("/audio/"):
                assert client.get(source).status == 200, source


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        (asset_url("img/icon.svg"), "default-src 'none'; sandbox"),
        (asset_url("css/base.css"), "default-src 'none'; sandbox"),
        (pictogram_url("1F310"), "default-src 'none'; sandbox"),
        (asset_url("js/tablet.js"), CONTENT_SECURITY_POLICY),
        ("/tablet/sw.js", CONTENT_SECURITY_POLICY),  # a worker fetches what its own policy lets it
    ],
)
def test_parts_of_pages_carry_the_policy_that_they_need(browser: PageClient, path: str, policy: str) -> None:
    page = browser.get(path)
    assert page.status == 200
    assert page.response.headers["content-security-policy"] == policy
    assert page.response.headers["x-content-type-options"] == "nosniff"
    assert page.response.headers["cross-origin-resource-policy"] == "same-origin"


def test_crash_is_a_page_with_the_same_headers(container: Container, app: FastAPI) -> None:
    @app.get("/crash")
    def crash() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):  # the server's own log gets it too
        PageClient(app).get("/crash")
    page = PageClient(app, raises=False).get("/crash")
    assert page.status == 500
    assert page.response.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "ZeroDivisionError" not in page.text
    assert container.web.demo is False


def test_public_pages_can_be_read_without_a_script(browser: PageClient, container: Container) -> None:
    for path in ("/", "/l/am", "/n/detention-rights/am"):
        # The one script only applies the display's chosen colours.
        scripts = re.findall(r'<script[^>]*src="([^"]+)"', browser.get(path).response.text)
        assert [script.rsplit("/", 1)[-1] for script in scripts] in ([], ["appear.js"])
    page = browser.get("/n/detention-rights/am")
    notice = container.catalogue.notice("detention-rights", "am")
    for phrase in (notice.title, *notice.phrases):
        assert phrase.text in page.text
    texts = container.catalogue.interface("am")
    assert texts.text("mark-draft") in page.text
    assert texts.text("not-a-signature") in page.text
    assert '<html lang="am" dir="ltr">' in page.text
    assert '<html lang="ur" dir="rtl">' in browser.get("/n/detention-rights/ur").text


def test_public_pages_are_in_every_language_of_the_notice(browser: PageClient, container: Container) -> None:
    for notice_id in container.catalogue.notice_ids:
        for tag in container.catalogue.languages_of(notice_id):
            assert browser.get(f"/n/{notice_id}/{tag}").status == 200


@pytest.mark.parametrize("path", ["/l/xx", "/n/no-such-notice/es", "/n/detention-rights/fi", "/n/detention-rights/ES"])
def test_what_is_unknown_is_not_found(browser: PageClient, path: str) -> None:
    page = browser.get(path, accept_language="fr-CA,en;q=0.5")
    assert page.status == 404
    assert '<html lang="fr"' in page.text


def test_public_pages_need_no_query(browser: PageClient, container: Container) -> None:
    with counted_queries(container.sessions) as sent:
        for path in ("/", "/l/es", "/n/interpreters/es", "/api/v1/phrases"):
            assert browser.get(path).status == 200
    assert sent == []


def _compressed(client: PageClient, path: str) -> int:
    response = client.get(path, accept_encoding="gzip").response
    encoded = response.headers.get("content-encoding") == "gzip"
    length = int(response.headers["content-length"])
    # Never larger than what we compress ourselves: the figure is that of the wire.
    return length if encoded else max(length, len(gzip.compress(response.content)))


def test_notice_page_is_small(tablet: TabletClient, browser: PageClient) -> None:
    for client, path in ((tablet, "/tablet/es/am/detention-rights"), (browser, "/n/detention-rights/am")):
        text = client.get(path).response.text
        sheets = re.findall(r'<link rel="stylesheet" href="(/static/[^"]+)"', text)
        scripts = re.findall(r'<script[^>]* src="([^"]+)"', text)
        todo, modules = list(scripts), set(scripts)
        while todo:
            script = todo.pop()
            body = client.get(script).response.text
            for name in re.findall(r'from "\./([\w-]+\.js)"|import\("\./([\w-]+\.js)"\)', body):
                found = f"{script.rsplit('/', 1)[0]}/{name[0] or name[1]}"
                if found not in modules:
                    modules.add(found)
                    todo.append(found)
        total = sum(_compressed(client, address) for address in [path, *sheets, *modules])
        assert total <= MOST_BYTES, f"{path}: {total} bytes"


def test_staff_pages_of_one_and_of_three_rows_need_as_many_queries(
    world: World, app: FastAPI, tablet: TabletClient
) -> None:
    client = sign_in(world, app, Role.OFFICIAL)

    def queries(path: str) -> int:
        client.get(path)
        with counted_queries(world.sessions) as sent:
            assert client.get(path).status == 200
        return len(sent)

    tablet.sync(tablet.sender.seal(tablet.sender.acknowledgement()))
    one = queries("/staff/encounters")
    tablet.sync(*(tablet.sender.seal(tablet.sender.acknowledgement()) for _ in range(2)))
    assert queries("/staff/encounters") == one
