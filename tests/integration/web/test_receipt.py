import io
import re
import unicodedata
from typing import Any

import pypdf
import pytest
import zxingcpp
from fastapi import FastAPI
from PIL import Image

from linkbridge.accounts.sites import SitePolicy
from linkbridge.container import Container
from linkbridge.kernel import pdf
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.web.receipts import _qr_code
from tests.integration.web.conftest import enrol, set_policy
from tests.support.accounts import World
from tests.support.pages import Page
from tests.support.tablet import TabletClient
from tests.support.texts import checked_catalogue, delivered_catalogue

CODE = "lusab-babad-gutih"
NOTICE = "detention-rights"


@pytest.fixture
def catalogue() -> Catalogue:
    return checked_catalogue()


@pytest.fixture(params=["sqlite"])
def database_url(database_url: str) -> str:  # nothing of a receipt is stored
    return database_url


def _receipt(tablet: TabletClient, tag: str, **changes: str) -> Page:
    own = {"csrf_token": tablet.csrf, "code": CODE, "notice": NOTICE, "language": tag, "form": "full"}
    return tablet.post("/tablet/es/receipt", {**own, **changes}, origin=tablet.base_url)


def _read(page: Page) -> pypdf.PdfReader:
    assert (page.status, page.response.headers["content-type"]) == (200, "application/pdf")
    assert page.response.headers["cache-control"] == "no-store"
    return pypdf.PdfReader(io.BytesIO(page.response.content))


def _text(reader: pypdf.PdfReader) -> str:
    return _plain("".join(page.extract_text() for page in reader.pages))


def _plain(text: str) -> str:
    """The letters alone: where lines and presentation forms break differs from program to program."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] in "LN").casefold()


def test_receipt_is_one_tagged_page_in_every_language(tablet: TabletClient, container: Container) -> None:
    for tag in container.catalogue.languages:
        reader = _read(_receipt(tablet, tag, answer="understood"))
        assert len(reader.pages) == 1, tag
        root: Any = reader.root_object
        assert root["/MarkInfo"]["/Marked"], tag
        assert root["/Lang"] == tag
        assert "/StructTreeRoot" in root
        width, height = (round(float(side)) for side in reader.pages[0].mediabox[2:])
        assert (width, height) == (595, 842)


def test_receipt_holds_both_languages_and_what_it_is_not(tablet: TabletClient, container: Container) -> None:
    reader = _read(_receipt(tablet, "fr", answer="understood"))
    text = _text(reader)
    french, spanish = (container.catalogue.notice(NOTICE, tag) for tag in ("fr", "es"))
    for notice in (french, spanish):
        for phrase in (notice.title, *notice.phrases):
            assert _plain(phrase.text) in text
    for tag in ("fr", "es"):
        assert _plain(container.catalogue.interface(tag).text("receipt-is-not")) in text
    assert _plain(container.catalogue.interface("fr").text("mark-draft")) in text
    assert _plain(CODE) in text
    assert reader.metadata is not None
    assert reader.metadata.title == french.title.text


@pytest.mark.parametrize("tag", ["am", "bn", "hi", "ur", "zh-Hans"])
def test_receipt_in_another_script_can_be_copied_as_text(tablet: TabletClient, container: Container, tag: str) -> None:
    text = _text(_read(_receipt(tablet, tag)))
    script = {"am": "ETHIOPIC", "bn": "BENGALI", "hi": "DEVANAGARI", "ur": "ARABIC", "zh-Hans": "CJK"}[tag]
    letters = [letter for letter in text if unicodedata.name(letter, "").startswith(script)]
    notice = container.catalogue.notice(NOTICE, tag)
    wanted = "".join(_plain(phrase.text) for phrase in notice.phrases)
    assert len(letters) >= 0.9 * len(wanted)
    assert _plain(container.catalogue.notice(NOTICE, "es").phrases[0].text) in text


def test_neutral_receipt_names_its_subject_nowhere(tablet: TabletClient, container: Container) -> None:
    page = _receipt(tablet, "fr", form="neutral")
    reader = _read(page)
    texts = container.catalogue.interface("fr")
    for tag in ("fr", "es"):
        title = container.catalogue.notice(NOTICE, tag).title.text
        assert _plain(title) not in _text(reader)
        assert title not in str(reader.metadata)
        assert title.encode() not in page.response.content
        assert title.encode("utf-16-be") not in page.response.content
    assert reader.metadata is not None
    assert reader.metadata.title == texts.text("receipt-neutral-title")
    assert 'filename="linkbridge.pdf"' in page.response.headers["content-disposition"]


def test_receipt_shows_the_answer_and_practice(tablet: TabletClient, container: Container) -> None:
    texts = container.catalogue.interface("fr")
    plain = _text(_read(_receipt(tablet, "fr")))
    assert _plain(texts.text("no-answer")) in plain
    assert _plain(texts.text("practice")) not in plain
    practice = _text(_read(_receipt(tablet, "fr", training="yes", answer="wants-interpreter")))
    assert _plain(texts.text("want-interpreter")) in practice
    assert _plain(texts.text("practice")) in practice


def test_receipt_leads_to_the_public_page_where_there_is_one(
    tablet: TabletClient, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses: list[str] = []

    def noted(address: str) -> str:
        addresses.append(address)
        return _qr_code(address)

    monkeypatch.setattr("linkbridge.web.receipts._qr_code", noted)
    verified = _text(_read(_receipt(tablet, "am")))
    _read(_receipt(tablet, "fr"))  # a draft: the public page would not be shown
    assert addresses == [f"{container.web.base_url}/n/{NOTICE}/am"]
    assert _plain(container.catalogue.interface("am").text("receipt-scan")) in verified


def test_qr_code_decodes() -> None:
    address = "https://linkbridge.example:8443/n/asylum-procedure/zh-Hans"
    path = re.search(r'class="qrline"[^>]* d="([^"]+)"', svg := _qr_code(address))
    size = re.search(r'width="(\d+)" height="(\d+)"', svg)
    assert path is not None
    assert size is not None
    image = _draw(path.group(1), int(size.group(1)) // 4)
    (found,) = zxingcpp.read_barcodes(image)
    assert found.text == address


def _draw(path: str, modules: int) -> Image.Image:
    """Draw the horizontal lines of which the code's path consists."""
    image = Image.new("L", (modules, modules), 255)
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([MmhH])([-\d. ]+)", path):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            for column in range(int(values[0])):
                image.putpixel((int(x) + column, int(y)), 0)
            x += values[0]
    return image.resize((modules * 8, modules * 8), Image.Resampling.NEAREST)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"csrf_token": ""}, 403),
        ({"csrf_token": "0" * 64}, 403),
        ({"code": "hello"}, 400),
        ({"notice": "no-such-notice"}, 404),
        ({"language": "fi"}, 404),
        ({"form": "secret"}, 422),
        ({"answer": "maybe"}, 422),
        ({"name": "somebody"}, 422),
    ],
)
def test_receipt_refuses(tablet: TabletClient, changes: dict[str, str], status: int) -> None:
    assert _receipt(tablet, "fr", **changes).status == status


def test_receipt_follows_the_sites_policy(container: Container, world: World, app: FastAPI) -> None:
    set_policy(container, world.site, SitePolicy("verified"))
    strict = enrol(container, app, world.site)
    assert _receipt(strict, "fr").status == 404
    assert _receipt(strict, "am").status == 200


def test_receipt_without_its_library_says_so(tablet: TabletClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "pdf_available", lambda: "Pango is missing")
    page = _receipt(tablet, "fr")
    assert (page.status, "<code>unavailable</code>" in page.text) == (503, True)


def test_receipt_never_leaves_the_delivered_texts() -> None:
    # The neutral title exists in every language that a tablet offers.
    for tag in delivered_catalogue().languages:
        assert delivered_catalogue().interface(tag).tag_of("receipt-neutral-title") == tag
