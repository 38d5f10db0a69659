import io
import unicodedata
from typing import Any

import pytest
from pypdf import PdfReader

from linkbridge.kernel import pdf
from linkbridge.kernel.errors import Unavailable
from linkbridge.kernel.pdf import PdfSupport, pdf_available, render_pdf

pytestmark = pytest.mark.skipif(pdf_available() is not None, reason=pdf_available() or "")

WORDS = {
    "am": ("Noto Sans Ethiopic", "የመጠየቅ መብት አለዎት"),
    "ar": ("Noto Sans Arabic", "لديك الحق"),
    "ur": ("Noto Nastaliq Urdu", "قانون"),
    "bn": ("Noto Sans Bengali", "আপনার অধিকার"),
    "hi": ("Noto Sans Devanagari", "आपको अधिकार है"),
    "zh-Hans": ("Noto Sans CJK SC", "您有权"),
    "es": ("Noto Sans", "Tiene derecho a un intérprete"),
}


def nothing(_url: str) -> bytes | None:
    return None


def page(body: str, *, lang: str = "es", title: str = "Aviso", head: str = "") -> str:
    return f'<!doctype html><html lang="{lang}"><head><title>{title}</title>{head}</head><body>{body}</body></html>'


def read(document: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(document))


@pytest.mark.parametrize(("tag", "family", "words"), [(tag, *rest) for tag, rest in WORDS.items()])
def test_text_is_shaped_with_the_font_of_its_script(tag: str, family: str, words: str) -> None:
    direction = "rtl" if tag in {"ar", "ur"} else "ltr"
    html = page(f'<p dir="{direction}" style="font-family: {family}">{words}</p>', lang=tag)
    document = read(render_pdf(html, base_url="https://localhost/", fetch=nothing))
    resources: Any = document.pages[0]["/Resources"]
    fonts = {str(font.get_object()["/BaseFont"]) for font in resources["/Font"].values()}
    assert any(family.replace(" ", "-") in font or family.replace(" ", "") in font for font in fonts), fonts
    found = unicodedata.normalize("NFKC", document.pages[0].extract_text())
    # Extraction guesses spaces from distances.
    assert found.replace(" ", "").strip() == unicodedata.normalize("NFKC", words).replace(" ", "")


def test_file_is_tagged_and_carries_title_and_language() -> None:
    html = page('<h1>Derechos</h1><p lang="am">ገባኝ</p><img src="a.svg" alt="Un juez">')
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    document = read(render_pdf(html, base_url="https://localhost/", fetch=lambda _: svg))
    root: Any = document.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "es"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.metadata is not None
    assert document.metadata.title == "Aviso"
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    kinds = _tags(root["/StructTreeRoot"])
    assert {"/H1", "/P", "/Figure"} <= set(kinds)


def _tags(element: Any) -> list[str]:
    node = element.get_object() if hasattr(element, "get_object") else element
    found: list[str] = []
    if isinstance(node, dict):
        if "/S" in node:
            found.append(str(node["/S"]))
        if "/K" in node:
            found.extend(_tags(node["/K"]))
    elif isinstance(node, list):
        for child in node:
            found.extend(_tags(child))
    return found


def test_every_address_is_asked_of_fetch_alone() -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes | None:
        asked.append(url)
        return b"p { color: red }" if url.endswith(".css") else None

    html = page(
        '<p>x</p><img src="/a.png" alt="a"><img src="http://192.0.2.1/b.png" alt="b">'
        '<img src="file:///etc/passwd" alt="c">'
        '<img src="data:image/png;base64,AAAA" alt="d"><object data="ftp://192.0.2.1/e"></object>',
        head='<link rel="stylesheet" href="style.css"><style>@import url("//192.0.2.1/f.css");'
        '@font-face { font-family: F; src: url("https://192.0.2.1/g.woff2") } p { font-family: F }</style>',
    )
    document = render_pdf(html, base_url="https://localhost/n/", fetch=fetch)
    assert read(document).pages[0].extract_text().strip().startswith("x")
    assert set(asked) == {
        "https://localhost/n/style.css",
        "https://localhost/a.png",
        "http://192.0.2.1/b.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "ftp://192.0.2.1/e",
        "https://192.0.2.1/f.css",
        "https://192.0.2.1/g.woff2",
    }


@pytest.mark.parametrize("html", [page("x", title=""), "<title>x</title><p>y"])
def test_html_without_title_or_language_is_refused(html: str) -> None:
    with pytest.raises(ValueError, match="needs <title> and <html lang>"):
        render_pdf(html, base_url="https://localhost/", fetch=nothing)


def test_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "pdf_available", lambda: "Pango is missing: apt-get install …")
    with pytest.raises(Unavailable) as caught:
        render_pdf(page("x"), base_url="https://localhost/", fetch=nothing)
    assert caught.value.params == {"component": "pango"}
    assert not PdfSupport().is_available
