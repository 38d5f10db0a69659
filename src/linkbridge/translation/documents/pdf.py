"""PDF files: the same pages with their pictures and lines, and the translated words where the words were.

WeasyPrint sets the words, tagged for screen readers; pypdf lays what is left of each old page below them, as an
artifact.
"""

import io
import unicodedata
from collections.abc import Sequence
from html import escape

import pypdf
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
)

from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.languages import Language
from linkbridge.kernel.pdf import render_pdf
from linkbridge.translation.documents.pdf_text import FAULTS, Block, Page, open_pdf, read_pages
from linkbridge.translation.documents.texts import Taken, Texts
from linkbridge.translation.documents.values import Batch, NoticeLine, Progress, Translate

_STRIP = 11.0
"""Points of height that a line of the notice takes at the top of every page."""
_SMALLEST = 4.5
_LEADING = 1.22
_GAP = 2.0


def translate_pdf(content: bytes, texts: Texts, translate: Translate, on_progress: Progress, batch: Batch) -> bytes:
    """Return a PDF in the target language, with pages as large as before.

    Raises:
        InvalidInput: it is damaged or encrypted, or holds no text.
        TooLarge: see ``open_pdf``.
        Unavailable: this machine cannot make PDF files.
    """
    reader = open_pdf(content, texts.limits)
    pages = read_pages(content)
    for block in (block for page in pages for block in page.blocks):
        texts.want(block.text)
    texts.translate(translate, on_progress, batch)
    title = str((reader.metadata.title if reader.metadata else "") or "").strip() or "PDF"
    words = render_pdf(_html(pages, texts, title), base_url="document:", fetch=lambda _url: None)
    return _lay_below(words, reader, [_scale(page, texts.notice) for page in pages])


def _scale(page: Page, notice: Sequence[NoticeLine]) -> float:
    """How much smaller a page's content becomes, so that the notice has its room."""
    return (page.height - _strip(notice)) / page.height


def _strip(notice: Sequence[NoticeLine]) -> float:
    return _STRIP * len(notice) + _GAP if notice else 0.0


def _html(pages: Sequence[Page], texts: Texts, title: str) -> str:
    sheets = []
    sections = []
    for number, page in enumerate(pages):
        sheets.append(f"@page p{number} {{ size: {page.width:.2f}pt {page.height:.2f}pt; margin: 0 }}")
        sections.append(_section(page, number, texts))
    style = (
        "body { margin: 0; font-family: 'Noto Sans', 'Liberation Sans', sans-serif }"
        "section { position: relative; overflow: hidden; break-after: page } section:last-child { break-after: auto }"
        "p { position: absolute; margin: 0; overflow-wrap: anywhere }"
        f".notice {{ font-size: 7.5pt; line-height: {_STRIP}pt; background: #fff4d6; color: #3d2700; padding: 0 4pt;"
        "white-space: nowrap; overflow: hidden; box-sizing: border-box }"
    )
    target = texts.target
    return (
        f'<!doctype html><html lang="{target.tag}" dir="{target.direction}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{style}{''.join(sheets)}</style></head>"
        f"<body>{''.join(sections)}</body></html>"
    )


def _section(page: Page, number: int, texts: Texts) -> str:
    written = [
        f'<p class="notice" lang="{line.language.tag}" dir="{line.language.direction}" '
        f'style="top:{index * _STRIP:.1f}pt;left:0;width:{page.width:.2f}pt">{escape(line.text)}</p>'
        for index, line in enumerate(texts.notice)
    ]
    scale = _scale(page, texts.notice)
    written += [_paragraph(block, page, scale, texts) for block in page.blocks]
    # A hair less than the page: rounding must not begin another one.
    size = f"width:{page.width:.2f}pt;height:{page.height - 0.1:.2f}pt"
    return f'<section style="page:p{number};{size}">{"".join(written)}</section>'


def _paragraph(block: Block, page: Page, scale: float, texts: Texts) -> str:
    taken = texts.take(block.text)
    shown = f"{block.item} {taken.marked.strip()}".strip()
    height = _room_below(block, page)
    width = min(page.width - block.left, block.width * 1.03 + 1)
    if block.height < block.size * 2:
        width = max(width, _room_beside(block, page))
    size = _fitting_size(shown, block, width, height)
    indent = (1 - scale) * page.width / 2
    style = [
        f"left:{block.left * scale + indent:.2f}pt;top:{block.top * scale + _strip(texts.notice):.2f}pt",
        f"width:{width * scale:.2f}pt;font-size:{size * scale:.2f}pt;line-height:{_LEADING}",
        f"color:{'#000000;background:#ffffff' if block.is_over_picture else block.colour}",
    ]
    style += ["font-weight:bold"] * block.is_bold + ["font-style:italic"] * block.is_italic
    style += ["text-align:center"] * block.is_centred
    direction = _direction(taken, texts.target)
    return f'<p dir="{direction}" style="{";".join(style)}">{escape(shown)}</p>'


def _direction(taken: Taken, target: Language) -> str:
    return "auto" if taken.is_own else target.direction


def _room_below(block: Block, page: Page) -> float:
    """The height down to what stands below, or twice the block's own if there is nothing."""
    below = [
        other.top
        for other in page.blocks
        if other.top > block.top + block.height * 0.6
        and other.left < block.left + block.width
        and block.left < other.left + other.width
    ]
    return max(block.height, min([*below, block.top + 2 * block.height, page.height]) - block.top - _GAP)


def _room_beside(block: Block, page: Page) -> float:
    """The width up to what stands beside a single line, or to the margin that the page seems to have."""
    ends = [other.left + other.width for other in page.blocks]
    margin = max(page.width - min(other.left for other in page.blocks), *ends)
    beside = [
        other.left - _GAP * 2
        for other in page.blocks
        if other.left >= block.left + block.width
        and min(other.top + other.height, block.top + block.height) - max(other.top, block.top) > block.height * 0.3
    ]
    return min([*beside, margin]) - block.left


def _fitting_size(text: str, block: Block, width: float, height: float) -> float:
    """The largest size up to the block's own at which the text should fit. Widths of letters are estimated."""
    ems = sum(_advance(character) for character in text) * (1.08 if block.is_bold else 1.0)
    size = block.size / _LEADING * 1.08
    longest = max((sum(map(_advance, word)) for word in text.split()), default=0.0)
    while size > _SMALLEST:
        lines = -(-ems * size * 1.04 // max(width, 1.0))
        if lines * size * _LEADING <= height + size * 0.25 and longest * size <= width:
            break
        size *= 0.96
    return max(size, _SMALLEST)


def _advance(character: str) -> float:
    """About how wide a character is, in ems."""
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    category = unicodedata.category(character)
    if category in {"Mn", "Me", "Cf"}:
        return 0.0
    if "\u1200" <= character <= "\u139f":
        return 0.75
    if category == "Lu":
        return 0.68
    return 0.3 if character in " .,;:!'|ijlItfr()" else 0.56


def _lay_below(words: bytes, reader: pypdf.PdfReader, scales: Sequence[float]) -> bytes:
    """Return the pages of ``words`` with the pictures and lines of the old pages under them."""
    try:
        old = pypdf.PdfWriter(clone_from=reader)
        old.remove_text()
        new = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(words)))
        for page, below, scale in zip(new.pages, old.pages, scales, strict=True):
            _put_below(new, page, below, scale)
        target = io.BytesIO()
        new.write(target)
    except FAULTS as error:
        raise InvalidInput("the PDF is damaged and cannot be read", field="document") from error
    return target.getvalue()


def _put_below(writer: pypdf.PdfWriter, page: pypdf.PageObject, below: pypdf.PageObject, scale: float) -> None:
    contents = below.get_contents()
    if contents is None:
        return
    form = DecodedStreamObject()
    form.set_data(contents.get_data())
    box = below.cropbox
    form.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(FloatObject(each) for each in box),
            NameObject("/Matrix"): ArrayObject(FloatObject(each) for each in _upright(below)),
            NameObject("/Resources"): below.get("/Resources", DictionaryObject()).get_object().clone(writer),
        }
    )
    name = "/LinkBridgeOldPage"
    resources = _dictionary(page, "/Resources")
    _dictionary(resources, "/XObject")[NameObject(name)] = writer._add_object(form.flate_encode())  # noqa: SLF001
    indent = (1 - scale) * float(page.mediabox.width) / 2
    before = f"/Artifact BMC q {scale:.6f} 0 0 {scale:.6f} {indent:.4f} 0 cm {name} Do Q EMC\n".encode()
    own = page.get_contents()
    merged = DecodedStreamObject()
    merged.set_data(before + (own.get_data() if own is not None else b""))
    page[NameObject("/Contents")] = writer._add_object(merged.flate_encode())  # noqa: SLF001


def _dictionary(parent: DictionaryObject, key: str) -> DictionaryObject:
    """Return the dictionary at a key; it is made where there is none."""
    found = parent.get(key, DictionaryObject()).get_object()
    if not isinstance(found, DictionaryObject):
        found = DictionaryObject()
    if key not in parent:
        parent[NameObject(key)] = found
    return found


def _upright(page: pypdf.PageObject) -> tuple[float, ...]:
    """The matrix that turns a page as it says, and moves its corner to the origin."""
    left, bottom, right, top = (float(each) for each in page.cropbox)
    return {
        90: (0.0, -1.0, 1.0, 0.0, -bottom, right),
        180: (-1.0, 0.0, 0.0, -1.0, right, top),
        270: (0.0, 1.0, -1.0, 0.0, top, -left),
    }.get(page.rotation % 360, (1.0, 0.0, 0.0, 1.0, -left, -bottom))
