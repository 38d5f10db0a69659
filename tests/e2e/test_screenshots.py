"""Takes the pictures that people look at before a release: `make screenshots` writes them into ``screenshots/``.

Five scripts on the tablet and the telephone, each state of a notice, the printed copy, the public pages and those of
staff, and one sheet with every language. Nothing is compared: whether a page is good enough, a person decides.
"""

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from linkbridge.accounts.permissions import Role
from tests.e2e.conftest import OpenContext, OpenTablet, Tablet
from tests.e2e.test_staff import sign_in
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.screenshots]
FOLDER = Path(__file__).parents[2] / "screenshots"
NOTICE = "detention-rights"
SCRIPTS = ("am", "ar", "bn", "ur", "zh-Hans")
PHONE = {"width": 360, "height": 740}
README_PICTURES = {"languages": "tablet/languages", "notice-am": "tablet/notice-am", "copy-ar": "print/copy-ar"}
README_FOLDER = Path(__file__).parents[2] / "docs" / "images"
STAFF_PAGES = (
    "",
    "/sites",
    "/people",
    "/devices",
    "/encounters",
    "/coverage",
    "/translation",
    "/audit?verify=true",
    "/retention",
)
SHEET_COLUMNS = 4
SHEET_WIDTH = 520
"""Pixels of one page on the sheet of all languages."""


def take(page: Page, name: str, *, full: bool = False) -> Path:
    page.wait_for_load_state("networkidle")
    page.evaluate("() => document.fonts.ready.then(() => null)")
    path = FOLDER / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=full)
    return path


@pytest.mark.parametrize("tag", SCRIPTS)
def test_tablet(tablet: Tablet, tag: str) -> None:
    page = tablet.go("/tablet/es/")
    if tag == SCRIPTS[0]:
        take(page, "tablet/languages")
        take(tablet.go("/tablet/es/other"), "tablet/language-missing")
        take(tablet.go("/tablet/es/settings"), "tablet/settings")
    take(tablet.go(f"/tablet/es/{tag}"), f"tablet/notices-{tag}")
    take(tablet.go(f"/tablet/es/{tag}/country"), f"tablet/country-{tag}")
    tablet.go(f"/tablet/es/{tag}/{NOTICE}")
    take(page, f"tablet/notice-{tag}")
    tablet.do("mode")
    take(page, f"tablet/notice-all-{tag}")
    tablet.do("mode")
    tablet.do("turn")
    tablet.answer("not-understood")
    take(page, f"tablet/turned-{tag}")
    tablet.do("turn")
    tablet.do("interpreter")
    expect(page.locator("#interpreter-dialog")).to_be_visible()
    take(page, f"tablet/interpreter-{tag}")


@pytest.mark.parametrize("scheme", ["dark", "contrast"])
def test_tablet_at_night_and_in_sunlight(tablet: Tablet, scheme: str) -> None:
    tablet.page.add_init_script(f"localStorage.setItem('linkbridge.scheme', '{scheme}')")
    take(tablet.go("/tablet/es/"), f"tablet/languages-{scheme}")
    take(tablet.go(f"/tablet/es/am/{NOTICE}"), f"tablet/notice-am-{scheme}")


@pytest.mark.parametrize(("ui", "tag", "words"), [("en", "pt", "lawyer"), ("es", "ar", "abogado")])
@pytest.mark.parametrize("place", ["tablet", "phone"])
def test_conversation(open_tablet: OpenTablet, ui: str, tag: str, words: str, place: str) -> None:
    tablet = open_tablet(viewport=PHONE, has_touch=True) if place == "phone" else open_tablet()
    page = tablet.go(f"/tablet/{ui}/{tag}/conversation")
    page.locator("#official-text").fill(words)
    take(page, f"{place}/conversation-phrases-{tag}")
    page.get_by_role("option").first.click()
    if tag == "pt":
        page.locator("#official-text").fill("Where did you sleep last night?")
        page.locator("#official-text").press("Enter")
        page.locator('[data-tool="check"]').click()
        expect(page.locator(".back bdi")).to_be_visible()
    take(page, f"{place}/conversation-said-{tag}")
    page.locator('[data-turn-to="person"]').click()
    take(page, f"{place}/conversation-person-{tag}")
    page.locator("#person-text").fill(
        {"pt": "Dormi na rua com os meus dois filhos.", "ar": "أريد أن أتكلم مع أخي"}[tag]
    )
    page.locator("[data-send]").click()
    if tag == "ar":
        take(page, f"{place}/conversation-held-{tag}")
        page.locator("[data-held-send]").click()
    expect(page.locator("body")).to_have_attribute("data-turn", "official")
    take(page, f"{place}/conversation-answered-{tag}")


@pytest.mark.parametrize("tag", SCRIPTS)
def test_phone(open_tablet: OpenTablet, tag: str) -> None:
    tablet = open_tablet(viewport=PHONE, has_touch=True, device_scale_factor=2)
    take(tablet.go(f"/tablet/es/{tag}"), f"phone/notices-{tag}")
    take(tablet.go(f"/tablet/es/{tag}/{NOTICE}"), f"phone/notice-{tag}")


@pytest.mark.parametrize("tag", SCRIPTS)
def test_public_pages(open_context: OpenContext, tag: str) -> None:
    page = open_context().new_page()
    for name, path in (("start", "/"), (f"notices-{tag}", f"/l/{tag}"), (f"notice-{tag}", f"/n/{NOTICE}/{tag}")):
        page.goto(path)
        take(page, f"public/{name}", full=True)


def test_staff_pages(open_context: OpenContext, server: Server) -> None:
    page = open_context().new_page()
    page.goto("/staff/sign-in")
    take(page, "staff/sign-in")
    sign_in(page, server, Role.ADMINISTRATOR)
    for path in (*STAFF_PAGES, f"/sites/{server.demo_site}", f"/sites/{server.demo_site}/policy"):
        page.goto(f"/staff{path}")
        name = re.sub(r"\W+", "-", path.partition("?")[0].replace(server.demo_site, "one")).strip("-") or "home"
        take(page, f"staff/{name}", full=True)


@pytest.mark.parametrize("tag", SCRIPTS)
def test_printed_copy(tablet: Tablet, tag: str, tmp_path: Path) -> None:
    program = shutil.which("pdftoppm")
    if program is None:
        pytest.skip("pdftoppm is not installed: apt-get install poppler-utils")
    page = tablet.go(f"/tablet/es/{tag}/{NOTICE}")
    tablet.answer("understood")
    tablet.do("copy")
    papers: list[bytes] = []
    tablet.context.route("**/receipt", lambda route: papers.append(route.fetch().body()) or route.abort())  # type: ignore[func-returns-value]
    with tablet.context.expect_page():
        page.locator('#copy-dialog button[value="full"]').click()
    while not papers:
        page.wait_for_timeout(50)
    pdf = tmp_path / "copy.pdf"
    pdf.write_bytes(papers[0])
    target = FOLDER / "print" / f"copy-{tag}"
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([program, "-png", "-r", "80", "-singlefile", str(pdf), str(target)], check=True)


def test_sheet_of_all_languages(tablet: Tablet, server: Server) -> None:
    pages = []
    for tag in server.container.catalogue.languages:
        page = tablet.go(f"/tablet/en/{tag}/{NOTICE}")
        tablet.do("mode")
        page.wait_for_load_state("networkidle")
        page.evaluate("() => document.fonts.ready.then(() => null)")
        picture = Image.open(io.BytesIO(page.locator("#person").screenshot())).convert("RGB")
        pages.append(picture.resize((SHEET_WIDTH, picture.height * SHEET_WIDTH // picture.width)))
        tablet.do("mode")
    height = max(picture.height for picture in pages)
    rows = -(-len(pages) // SHEET_COLUMNS)
    sheet = Image.new("RGB", (SHEET_WIDTH * SHEET_COLUMNS, height * rows), "grey")
    for index, picture in enumerate(pages):
        sheet.paste(picture, (index % SHEET_COLUMNS * SHEET_WIDTH, index // SHEET_COLUMNS * height))
    FOLDER.mkdir(parents=True, exist_ok=True)
    sheet.save(FOLDER / "languages.png")


def test_pictures_of_the_readme() -> None:
    """Runs last, and makes the README's pictures, small, of those just taken."""
    README_FOLDER.mkdir(parents=True, exist_ok=True)
    for name, source in README_PICTURES.items():
        picture = Image.open(FOLDER / f"{source}.png").convert("RGB")
        picture.thumbnail((1000, 1000))
        picture.quantize(128).save(README_FOLDER / f"{name}.png", optimize=True)
