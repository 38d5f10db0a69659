"""Plain text: a paragraph at a time, whether it is one line or wrapped over several."""

import re
import textwrap
from dataclasses import dataclass

from linkbridge.translation.documents.decoding import decode, newline_of
from linkbridge.translation.documents.texts import Texts
from linkbridge.translation.documents.values import Batch, Progress, Translate

_WIDEST = 100
_NARROWEST = 45
_FULL = 0.7
_ITEM = re.compile(r"\s*(?:[-*•▪●◦‣·–—#>]+|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+")
_OWN_LINE = re.compile(r"\s|[-*•#>=|+_~]|\(?\w{1,3}[.):]\s|[^.!?]{1,40}:\s*$")
"""How a line begins that does not go on with the sentence of the line before."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines that are one text, and the line ends between them."""

    lines: tuple[str, ...]
    item: str = ""
    """The mark of an item of a list before the first line; it stays as it is."""

    @property
    def text(self) -> str:
        return " ".join(line.strip() for line in self.lines) if len(self.lines) > 1 else self.lines[0]


def translate_text(content: bytes, texts: Texts, translate: Translate, on_progress: Progress, batch: Batch) -> bytes:
    """Return a plain text in the target language, in UTF-8 and with the line ends it had.

    Raises:
        InvalidInput: it is no text.
    """
    source = decode(content)
    newline = newline_of(source.text)
    lines = source.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    width = max(map(len, lines))
    parts = _parts(lines, width)
    for part in parts:
        texts.want(part.text)
    texts.translate(translate, on_progress, batch)
    written = [line.text for line in texts.notice]
    if written:
        written.append("")
    for part in parts:
        written += _put(part, texts, width)
    return source.mark_in_utf8 + newline.join(written).encode()


def _parts(lines: list[str], width: int) -> list[_Part]:
    parts: list[_Part] = []
    is_wrapped = _NARROWEST <= width <= _WIDEST
    for index, line in enumerate(lines):
        before = lines[index - 1] if index else ""
        if is_wrapped and len(before) >= width * _FULL and line.strip() and not _OWN_LINE.match(line):
            parts[-1] = _Part((*parts[-1].lines, line), parts[-1].item)
        else:
            item = _ITEM.match(line)
            parts.append(_Part((line[item.end() :],), item[0]) if item else _Part((line,)))
    return parts


def _put(part: _Part, texts: Texts, width: int) -> list[str]:
    taken = texts.take(part.text)
    if len(part.lines) == 1:
        bare = taken.text.lstrip()
        space = taken.text[: len(taken.text) - len(bare)]
        return [part.item + space + (f"{taken.mark} {bare}" if taken.mark else bare)]
    if taken.is_own or taken.text == part.text:
        first = f"{taken.mark} {part.lines[0]}" if taken.mark else part.lines[0]
        return [part.item + first, *part.lines[1:]]
    # The first line is wrapped with as much room as its mark takes, whatever that is made of.
    room = "x" * len(part.item)
    wrapped = textwrap.wrap(room + taken.marked, width, break_long_words=False, break_on_hyphens=False)
    return [part.item + wrapped[0].removeprefix(room), *wrapped[1:]]
