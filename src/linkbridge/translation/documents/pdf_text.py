"""The blocks of text on the pages of a PDF (pdfminer.six), within limits that pypdf keeps."""

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pypdf
from pdfminer.high_level import extract_pages
from pdfminer.layout import LAParams, LTChar, LTContainer, LTCurve, LTImage, LTItem, LTPage, LTTextBox, LTTextLine
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException
from pypdf.errors import PyPdfError
from pypdf.generic import StreamObject

from linkbridge.kernel.errors import InvalidInput, TooLarge
from linkbridge.translation.documents.values import Limits

FAULTS = (PDFException, PSException, PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError,
           AssertionError, NotImplementedError, RecursionError, ZeroDivisionError)  # fmt: skip
"""What the two libraries raise on files that are not as they should be."""
_ITEM = re.compile(r"[•▪●◦‣·–—-](?:\s+|$)|\(?(?:\d{1,3}|[a-zA-Z])[.)]\s+")
for _name in ("pdfminer", "pypdf"):
    # What they log of a faulty file may hold its words.
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)
_LAYOUT = LAParams(boxes_flow=None, all_texts=True, line_margin=0.9)
_ENDS = (".", ":", "!", "?", "؟", "።", "।", "。")
_GAP = 1.25
"""How many times as far apart two paragraphs are as the lines of one."""
_WIDEST = 1.58
"""How many times their height the lines of one paragraph are apart at most."""
_MOST_DRAWN = 2_000
"""How many lines and pictures of a page are looked at; a map may have any number."""
_LEAST_RULE = 5.0
_SHORT = 0.2
"""How much of a line's room stays empty at the end of a paragraph."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of text that belong together. Lengths are in points, from the top left corner of the page as shown.

    ``item`` is the mark of an item of a list, which stands before the text.
    """

    text: str
    left: float
    top: float
    width: float
    height: float
    size: float
    colour: str = "#000000"
    is_bold: bool = False
    is_italic: bool = False
    is_centred: bool = False
    is_over_picture: bool = False
    item: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is shown, turned as it says."""

    width: float
    height: float
    blocks: tuple[Block, ...]


def open_pdf(content: bytes, limits: Limits) -> pypdf.PdfReader:
    """Return a PDF, all of whose parts that hold text or structure unpack within the limits.

    Raises:
        InvalidInput: it is damaged or encrypted.
        TooLarge: it has too many pages, or unpacks to too much.
    """
    left = limits.unpacked
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InvalidInput("the document is encrypted", field="document", problem="encrypted")
        if len(reader.pages) > limits.pages:
            raise TooLarge("the document has too many pages", limit=limits.pages)
        for generation in reader.xref.values():
            for number in generation:
                found = reader.get_object(number) if number else None
                if isinstance(found, StreamObject) and found.get("/Subtype") != "/Image":
                    left -= len(found.get_data())
                    if left < 0:
                        raise TooLarge("the document is too large when unpacked", limit=limits.unpacked)
    except FAULTS as error:
        raise _damaged() from error
    return reader


def read_pages(content: bytes) -> list[Page]:
    """Return the pages with their blocks of text in the order of reading, column by column as they were written.

    Raises:
        InvalidInput: it is damaged, or holds no text.
    """
    try:
        pages = [_page(layout) for layout in extract_pages(io.BytesIO(content), laparams=_LAYOUT)]
    except FAULTS as error:
        raise _damaged() from error
    if not any(page.blocks for page in pages):
        raise InvalidInput(
            "the PDF holds no text: it is probably scanned, and only its pictures could be shown",
            field="document",
            problem="scanned",
        )
    return pages


def _damaged() -> InvalidInput:
    return InvalidInput("the PDF is damaged and cannot be read", field="document")


def _page(layout: LTPage) -> Page:
    pictures = [item for item in _inside(layout) if isinstance(item, LTImage)][:_MOST_DRAWN]
    rules = [item for item in _inside(layout) if isinstance(item, LTCurve) and item.width > _LEAST_RULE][:_MOST_DRAWN]
    boxes = [item for item in _inside(layout) if isinstance(item, LTTextBox)]
    blocks = [block for box in boxes for block in _blocks(box, layout, pictures, rules)]
    return Page(layout.width, layout.height, tuple(blocks))


def _inside(container: LTContainer[Any]) -> Iterator[LTItem]:
    for item in container:
        yield item
        if isinstance(item, LTContainer) and not isinstance(item, LTTextBox):
            yield from _inside(item)


def _blocks(box: LTTextBox, layout: LTPage, pictures: list[LTImage], rules: list[LTCurve]) -> Iterator[Block]:
    """Return a block for each paragraph of a box."""
    found = [item for item in box if isinstance(item, LTTextLine) and item.get_text().strip()]
    steps = [above.y0 - below.y0 for above, below in pairwise(found)]
    usual = min((step for step in steps if step > 0), default=0.0)
    lines: list[LTTextLine] = []
    for line in found:
        if lines and _begins(line, lines[-1], box, usual, rules):
            yield _block(lines, layout, pictures)
            lines = []
        lines.append(line)
    if lines:
        yield _block(lines, layout, pictures)


def _begins(line: LTTextLine, before: LTTextLine, box: LTTextBox, step: float, rules: list[LTCurve]) -> bool:
    """Whether a line begins a paragraph.

    It does where size or weight of the letters change, below a drawn line such as that of a table, at the mark of an
    item of a list, below a gap, and after a sentence that ends well before the margin.
    """
    return (
        _looks(line) != _looks(before)
        or _ITEM.match(_mend(line.get_text()).strip()) is not None
        or before.y0 - line.y0 > min(step * _GAP, before.height * _WIDEST)
        or (before.get_text().rstrip().endswith(_ENDS) and before.x1 < box.x1 - box.width * _SHORT)
        or any(_is_between(rule, before, line) for rule in rules)
    )


def _letters(line: LTTextLine) -> list[LTChar]:
    return [item for item in line if isinstance(item, LTChar) and item.get_text().strip()]


def _looks(line: LTTextLine) -> tuple[object, ...]:
    letters = _letters(line)
    if not letters:
        return ()
    return Counter((round(letter.size), *_weight(letter.fontname)) for letter in letters).most_common(1)[0][0]


def _is_between(rule: LTCurve, above: LTTextLine, below: LTTextLine) -> bool:
    """Whether an edge of what is drawn separates two lines."""
    if rule.x1 < below.x0 or below.x1 < rule.x0:
        return False
    upper, lower = (above.y0 + above.y1) / 2, (below.y0 + below.y1) / 2
    return lower < rule.y0 < upper or lower < rule.y1 < upper


def _mend(text: str) -> str:
    """Replace the marks of lists that stand at no place of Unicode (Symbol, Wingdings)."""
    return "".join("•" if "\ue000" <= character <= "\uf8ff" else character for character in text)


def _weight(font: str) -> tuple[bool, bool]:
    lowered = font.lower()
    is_bold = any(word in lowered for word in ("bold", "black", "heavy", "semibold"))
    return is_bold, "italic" in lowered or "oblique" in lowered


def _block(lines: list[LTTextLine], layout: LTPage, pictures: list[LTImage]) -> Block:
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    bottom, top = min(line.y0 for line in lines), max(line.y1 for line in lines)
    letters = [letter for line in lines for letter in _letters(line)]
    usual = Counter((letter.fontname, letter.size, _colour(letter.graphicstate.ncolor)) for letter in letters)
    font, size, colour = usual.most_common(1)[0][0] if usual else ("", 10.0, "#000000")
    is_bold, is_italic = _weight(font)
    middle = (left + right) / 2
    text = _join(lines)
    item = _ITEM.match(text) if len(text) > 1 else None
    return Block(
        text=text[item.end() :] if item else text,
        item=item[0].strip() if item else "",
        left=left - layout.x0,
        top=layout.y1 - top,
        width=right - left,
        height=top - bottom,
        size=size,
        colour=colour,
        is_bold=is_bold,
        is_italic=is_italic,
        is_centred=len(lines) > 1
        and len({round(line.x0) for line in lines}) > 1
        and all(abs((line.x0 + line.x1) / 2 - middle) < 1 for line in lines),
        is_over_picture=any(
            picture.x0 < right and left < picture.x1 and picture.y0 < top and bottom < picture.y1
            for picture in pictures
        ),
    )


def _join(lines: list[LTTextLine]) -> str:
    """Join lines to one text; a word divided at the end of a line becomes whole."""
    text = ""
    for line in lines:
        words = " ".join(_mend(line.get_text()).split())
        if text.endswith(("-", "\u00ad", "\u2010")) and text[-2:-1].isalpha() and words[:1].islower():
            text = text[:-1] + words
        else:
            text = f"{text} {words}" if text else words
    return text.replace("\u00ad", "")


def _colour(value: object) -> str:
    """Return a colour of CSS for a colour of gray, RGB or CMYK; black for any other."""
    parts = value if isinstance(value, (tuple, list)) else (value,)
    if not all(isinstance(part, (int, float)) for part in parts):
        return "#000000"
    levels = [min(1.0, max(0.0, float(part))) for part in parts]
    if len(levels) == 1:
        levels *= 3
    elif len(levels) == 4:
        levels = [(1 - level) * (1 - levels[3]) for level in levels[:3]]
    if len(levels) != 3:
        return "#000000"
    return "#" + "".join(f"{round(level * 255):02x}" for level in levels)
