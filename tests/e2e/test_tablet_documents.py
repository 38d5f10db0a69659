"""The official translates documents on the tablet with the models of the installation, and nothing of them stays."""

import io
import re
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenTablet, Tablet
from tests.support.axe import violations
from tests.support.browser import Watch, wait_until
from tests.support.measures import low_contrast, overflow, small_targets

pytestmark = pytest.mark.browser
PAGE = "/tablet/en/documents?to=pt"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_DROP = """([name, text]) => {
  const files = new DataTransfer();
  files.items.add(new File([text], name));
  for (const kind of ["dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }));
  }
}"""


def open_page(tablet: Tablet, path: str = PAGE) -> Page:
    page = tablet.go(path)
    expect(page.locator("#target")).to_be_enabled()
    return page


def letter() -> bytes:
    document = docx.Document()
    document.add_heading("Your appointment")
    document.add_paragraph("The doctor sees you tomorrow. Please bring your children.")
    table = document.add_table(1, 1)
    table.cell(0, 0).text = "Wait in this room."
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def choose(page: Page, name: str, content: bytes) -> None:
    page.locator("[data-file]").set_input_files({"name": name, "mimeType": "", "buffer": content})
    expect(page.locator("[data-file-name]")).to_have_text(name)


def kept(tablet: Tablet) -> list[Path]:
    return list((tablet.server.data / "translated").glob("*"))


def faults(page: Page) -> list[str]:
    return violations(page) + overflow(page) + small_targets(page)


def test_word_document_is_translated_by_keyboard_and_taken_along(open_tablet: OpenTablet) -> None:
    tablet = open_tablet(viewport={"width": 390, "height": 844}, has_touch=True)
    page = open_page(tablet)
    assert (page.locator("#source").input_value(), page.locator("#target").input_value()) == ("en", "pt")
    assert faults(page) == []
    page.locator("[data-translate]").press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Choose a document first.")
    expect(page.locator("[data-file]")).to_be_focused()

    choose(page, "Letter to Ana.docx", letter())
    expect(page.get_by_role("alert")).to_be_hidden()
    page.locator("[data-file]").focus()
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-result]")).to_be_focused()
    expect(page.locator("[data-result-name]")).to_have_text("Letter to Ana.pt.docx")
    expect(page.locator("[data-texts]")).to_have_text("3")
    expect(page.locator("[data-result] .mark")).to_have_text("Machine translation, not official")
    expect(page.locator("[data-open]")).to_be_hidden()
    assert faults(page) == []
    assert len(kept(tablet)) == 1

    page.keyboard.press("Tab")
    with page.expect_response("**/documents/forget") as forgotten, page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "Letter to Ana.pt.docx"
    found = docx.Document(str(download.value.path()))
    words = [paragraph.text for paragraph in found.paragraphs] + [found.tables[0].cell(0, 0).text]
    [sentence] = [text for text in words if "médico" in text]
    assert "amanhã" in sentence
    assert any("Machine translation, not official." in text for text in words)
    assert "Espere" in words[-1] or "Aguarde" in words[-1]
    assert forgotten.value.status == 204
    assert kept(tablet) == []
    expect(page.locator("[data-result-news]")).to_contain_text("The server deletes its own copy.")
    with page.expect_download():
        page.locator("[data-save]").click()


def test_text_is_dropped_opened_and_cleared(tablet: Tablet) -> None:
    page = open_page(tablet)
    page.locator("[data-swap]").click()
    assert (page.locator("#source").input_value(), page.locator("#target").input_value()) == ("pt", "en")
    page.evaluate(_DROP, ["nota.txt", "O médico espera por você.\n\nTraga os seus filhos."])
    expect(page.locator("[data-file-name]")).to_have_text("nota.txt")
    page.locator("[data-translate]").click()
    expect(page.locator("[data-result-name]")).to_have_text("nota.en.txt")
    for scheme in ("dark", "contrast", "light"):
        page.evaluate("(scheme) => { document.documentElement.dataset.scheme = scheme; }", scheme)
        assert faults(page) == []
        assert low_contrast(page, ".documents :is(p, dt, dd, h1, h2)", 4.5 if scheme != "contrast" else 7.0) == []
    with tablet.context.expect_page() as opened:
        page.locator("[data-open] button").click()
    expect(opened.value.locator("body")).to_contain_text("doctor")
    opened.value.close()
    assert len(kept(tablet)) == 1
    tablet.do("finish")
    expect(page).to_have_url(re.compile(r"/tablet/en/$"))
    wait_until(page, lambda: kept(tablet) == [])  # the page that asked for it is gone, so its answer cannot be seen


def test_long_work_is_cancelled_and_what_goes_wrong_has_words(tablet: Tablet, watch: Watch) -> None:
    page = open_page(tablet)
    sentences = (f"The office number {number} opens at nine and closes at noon." for number in range(4_000))
    choose(page, "long.txt", "\n\n".join(sentences).encode())
    page.locator("[data-translate]").click()
    expect(page.locator("[data-progress]")).to_have_text(re.compile(r"^Translating: [1-9]\d* of 4,000 texts$"))
    page.keyboard.press("Enter")
    expect(page.locator("[data-news]")).to_have_text("Cancelled. Your document is still chosen.")
    expect(page.locator("[data-file-name]")).to_have_text("long.txt")
    assert kept(tablet) == []

    choose(page, "tool.exe", b"MZ\x90\x00")
    page.locator("[data-translate]").click()
    expect(page.get_by_role("alert")).to_contain_text(".txt .html .docx")
    assert faults(page) == []

    watch.allow("ERR_INTERNET_DISCONNECTED")
    tablet.context.set_offline(True)
    choose(page, "note.txt", b"Wait here.")
    page.locator("[data-translate]").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no connection")
    tablet.context.set_offline(False)
    page.locator("[data-translate]").click()
    expect(page.locator("[data-result]")).to_be_visible()
