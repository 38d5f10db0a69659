import io
from typing import Any

import pypdf
import pytest

from linkbridge.kernel.errors import InvalidInput, TooLarge
from linkbridge.translation.documents.pdf_text import read_pages
from linkbridge.translation.documents.values import Limits, TranslatedText
from linkbridge.translation.results import Quality
from tests.unit.translation.documents.helpers import DATA, NOTICE, identity, needs_pango, run, upper, words

LETTER = (DATA / "letter.pdf").read_bytes()


def texts(content: bytes) -> list[str]:
    return [f"{block.item} {block.text}" for page in read_pages(content) for block in page.blocks]


def pdf(stream: str, *, rotate: int = 0, size: tuple[int, int] = (300, 200)) -> bytes:
    """Return a PDF of one page with these operators."""
    page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {size[0]} {size[1]}]/Rotate {rotate}/Contents 4 0 R"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"{page}/Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>>>",
        f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>",
    ]
    body = "%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF"
    return f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode()


@needs_pango
def test_pdf_in_capitals_has_each_text_once() -> None:
    done = run(LETTER, "letter.pdf", upper)
    written = " ".join(texts(done.content)).split()
    assert sorted(written) == sorted(" ".join(texts(LETTER)).upper().split())
    assert done.name == "letter.es.pdf"


@needs_pango
def test_pdf_keeps_page_sizes_pictures_and_lines() -> None:
    source = pdf("0 0 1 rg 10 10 50 50 re f BT /F1 12 Tf 20 150 Td (Hello there) Tj ET")
    page = pypdf.PdfReader(io.BytesIO(run(source, "a.pdf").content)).pages[0]
    assert [float(each) for each in page.mediabox] == [0, 0, 300, 200]
    resources: Any = page["/Resources"]
    old = resources["/XObject"]["/LinkBridgeOldPage"].get_object().get_data()
    assert b"re" in old
    assert b"Tj" not in old
    contents: Any = page.get_contents()
    assert contents.get_data().startswith(b"/Artifact BMC q ")
    assert "HELLO THERE" in page.extract_text()


@needs_pango
def test_pdf_says_language_and_notice_on_every_page() -> None:
    reader = pypdf.PdfReader(io.BytesIO(run(LETTER, "a.pdf", identity, "ar", notice=NOTICE).content))
    root: Any = reader.root_object
    assert root["/Lang"] == "ar"
    assert root["/MarkInfo"]["/Marked"]
    assert all(NOTICE[0].text in page.extract_text() for page in reader.pages)


@needs_pango
def test_pdf_marks_what_is_suspect_or_refused() -> None:
    source = pdf("BT /F1 12 Tf 20 150 Td (Good one) Tj 0 -60 Td (Bad one) Tj ET")
    table: dict[str, str | TranslatedText] = {"Good one": TranslatedText("Bueno", Quality.SUSPECT)}
    done = run(source, "a.pdf", words(table))
    written = " ".join(pypdf.PdfReader(io.BytesIO(done.content)).pages[0].extract_text().split())
    assert "⚠ Bueno" in written
    assert "⛔ Bad one" in written
    assert (done.units, done.suspect, done.refused) == (2, 1, 1)


@needs_pango
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_pdf_with_turned_pages_shows_them_upright(rotate: int) -> None:
    source = pdf("BT /F1 12 Tf 20 150 Td (Hello there) Tj ET", rotate=rotate)
    page = pypdf.PdfReader(io.BytesIO(run(source, "a.pdf").content)).pages[0]
    assert page.rotation == 0
    sides = (float(page.mediabox.width), float(page.mediabox.height))
    assert sides == ((200, 300) if rotate % 180 else (300, 200))


def test_pdf_blocks_have_their_look_and_place() -> None:
    source = pdf(
        "1 0 0 rg BT /F2 20 Tf 20 150 Td (Title) Tj ET 0 g BT /F1 10 Tf 20 100 Td (Words) Tj 0 -12 Td (go on) Tj ET"
    )
    title, body = read_pages(source)[0].blocks
    assert (title.text, title.is_bold, title.colour, round(title.left)) == ("Title", True, "#ff0000", 20)
    assert 25 < title.top < 50
    assert (body.text, body.is_bold, body.colour) == ("Words go on", False, "#000000")


def test_pdf_blocks_end_at_lines_and_marks_of_lists() -> None:
    table = "BT /F1 10 Tf 20 100 Td (upper) Tj 0 -12 Td (lower) Tj ET 10 98 100 0.5 re f"
    assert [block.text for block in read_pages(pdf(table))[0].blocks] == ["upper", "lower"]
    items = "BT /F1 10 Tf 20 100 Td (1. one) Tj 0 -12 Td (2. two) Tj ET"
    assert [(each.item, each.text) for each in read_pages(pdf(items))[0].blocks] == [("1.", "one"), ("2.", "two")]


def test_pdf_joins_a_word_divided_at_the_end_of_a_line() -> None:
    source = pdf("BT /F1 10 Tf 20 100 Td (a divi-) Tj 0 -12 Td (ded word) Tj ET")
    assert read_pages(source)[0].blocks[0].text == "a divided word"


def test_pdf_without_text_is_refused_as_scanned() -> None:
    with pytest.raises(InvalidInput, match="scanned"):
        run(pdf("0 0 10 10 re f"), "a.pdf")


def test_pdf_with_a_password_is_refused() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(LETTER))
    writer.encrypt("secret", algorithm="AES-256")
    target = io.BytesIO()
    writer.write(target)
    with pytest.raises(InvalidInput, match="encrypted"):
        run(target.getvalue(), "a.pdf")


def test_pdf_over_its_limits_is_refused() -> None:
    with pytest.raises(TooLarge, match="pages"):
        run(LETTER, "a.pdf", limits=Limits(pages=0))
    with pytest.raises(TooLarge, match="unpacked"):
        run(LETTER, "a.pdf", limits=Limits(unpacked=1_000))


def test_pdf_blocks_end_at_gaps_and_after_short_lines() -> None:
    loose = "BT /F1 10 Tf 20 150 Td (a line) Tj 0 -15 Td (goes on here) Tj 0 -24 Td (new one) Tj ET"
    assert [block.text for block in read_pages(pdf(loose))[0].blocks] == ["a line goes on here", "new one"]
    tight = "BT /F1 10 Tf 20 150 Td (A rather long line that) Tj 0 -12 Td (ends so.) Tj 0 -12 Td (Another one) Tj ET"
    assert [block.text for block in read_pages(pdf(tight))[0].blocks] == [
        "A rather long line that ends so.", "Another one",
    ]  # fmt: skip


def test_pdf_mark_of_a_list_that_stands_apart_is_no_text_of_the_line_above() -> None:
    source = pdf("BT /F1 10 Tf 20 150 Td (- one) Tj 0 -12 Td (-) Tj 40 0 Td (two) Tj ET")
    assert [(each.item, each.text) for each in read_pages(source)[0].blocks] == [("-", "one"), ("", "-"), ("", "two")]
