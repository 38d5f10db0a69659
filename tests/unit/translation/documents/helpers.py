"""What the tests of documents share: translators whose words can be foreseen, and readers of what they wrote."""

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from lxml import etree

from linkbridge.kernel.languages import LANGUAGES
from linkbridge.kernel.pdf import pdf_available
from linkbridge.translation.documents.service import translate_document
from linkbridge.translation.documents.values import Limits, NoticeLine, TranslatedDocument, TranslatedText
from linkbridge.translation.results import Quality

needs_pango = pytest.mark.skipif(pdf_available() is not None, reason="Pango is missing")
DATA = Path(__file__).parent / "data"
NOTICE = (
    NoticeLine("Traducción automática, no oficial", LANGUAGES["es"]),
    NoticeLine("ترجمة آلية غير رسمية", LANGUAGES["ar"]),
)
Translate = Callable[[Sequence[str]], list[TranslatedText]]


def identity(texts: Sequence[str]) -> list[TranslatedText]:
    return [TranslatedText(text) for text in texts]


def upper(texts: Sequence[str]) -> list[TranslatedText]:
    return [TranslatedText(text.upper()) for text in texts]


def words(table: dict[str, str | TranslatedText]) -> Translate:
    """Translate by a table; what is not in it is refused."""

    def translate(texts: Sequence[str]) -> list[TranslatedText]:
        found = [table.get(text, TranslatedText("", Quality.REFUSED)) for text in texts]
        return [TranslatedText(each) if isinstance(each, str) else each for each in found]

    return translate


def run(
    content: bytes | str,
    name: str,
    translate: Translate = upper,
    target: str = "es",
    *,
    notice: tuple[NoticeLine, ...] = (),
    limits: Limits | None = None,
) -> TranslatedDocument:
    return translate_document(
        content.encode() if isinstance(content, str) else content,
        name=name,
        translate=translate,
        target=LANGUAGES[target],
        notice=notice,
        limits=limits or Limits(),
    )


def text_of(content: bytes | str, name: str, translate: Translate = upper, target: str = "es") -> str:
    return run(content, name, translate, target).content.decode()


def pack(parts: dict[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in parts.items():
            packed.writestr(name, body)
    return target.getvalue()


def part(content: bytes, name: str) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return etree.fromstring(packed.read(name))


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def docx(body: str, root: str = "document") -> bytes:
    """Return a Word document with this XML in its body."""
    document = (
        f'<w:{root} xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f"<w:body>{body}</w:body></w:{root}>"
    )
    return pack({"[Content_Types].xml": _TYPES, "_rels/.rels": _RELATIONS, "word/document.xml": document})


def docx_runs(content: bytes) -> list[list[tuple[str, str]]]:
    """Return for each paragraph its runs as (names of format, text)."""
    paragraphs = []
    for paragraph in part(content, "word/document.xml").iter(f"{W}p"):
        runs = []
        for run_ in paragraph.iter(f"{W}r"):
            names = [str(child.tag).removeprefix(W) for child in run_.iterfind(f"{W}rPr/*")]
            around = run_.getparent()
            if around is not None and around.tag != f"{W}p":
                names.append(str(around.tag).removeprefix(W))
            texts = [child.text or str(child.tag).removeprefix(W) for child in run_ if child.tag != f"{W}rPr"]
            runs.append((" ".join(names), "|".join(texts)))
        paragraphs.append(runs)
    return paragraphs


def odt(body: str, manifest: str = "") -> bytes:
    """Return an OpenDocument text with this XML in its body."""
    base = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{each}="{base}:{each}:1.0"' for each in ("office", "text", "style"))
    return pack(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {spaces}><office:body><office:text>{body}</office:text>"
            "</office:body></office:document-content>",
            "styles.xml": f"<office:document-styles {spaces}/>",
            "META-INF/manifest.xml": manifest,
        }
    )
