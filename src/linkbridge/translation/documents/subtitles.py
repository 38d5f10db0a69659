"""Subtitles in SubRip's format (pysubs2): the times stay, the lines are balanced anew."""

import re
import textwrap

import pysubs2

from linkbridge.kernel.errors import InvalidInput
from linkbridge.translation.documents.decoding import decode
from linkbridge.translation.documents.inline import Piece, Placed, arrange, hints
from linkbridge.translation.documents.texts import Texts
from linkbridge.translation.documents.values import Batch, Progress, Translate

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|\{\\[^{}]{0,200}\}")
_SPEAKER = re.compile(r"\s*[-–—]\s*")
_LINE = 42
"""Characters that fit a line, as broadcasters count."""
_NOTICE_MILLISECONDS = 5_000
_RTL_START, _RTL_END = "\u202b", "\u202c"


def translate_srt(content: bytes, texts: Texts, translate: Translate, on_progress: Progress, batch: Batch) -> bytes:
    """Return subtitles in the target language, in UTF-8; the notice is the first of them.

    Raises:
        InvalidInput: there are none in it.
    """
    # What follows the last cue is taken for the number of a next one, and would be cut off if it were a number.
    text = decode(content).text.replace("\r\n", "\n").replace("\r", "\n").rstrip() + "\n\n0\n"
    try:
        cues = pysubs2.SSAFile.from_string(text, format_="srt", keep_html_tags=True)
    except (pysubs2.exceptions.Pysubs2Error, ValueError) as error:
        raise InvalidInput("the subtitles cannot be read", field="document") from error
    if not len(cues):
        raise InvalidInput("there are no subtitles in the document", field="document")
    speeches = [_speeches(cue.text.replace("\\N", "\n")) for cue in cues]
    for speech in (speech for cue in speeches for speech in cue):
        pieces = _pieces(speech)
        texts.want("".join(piece.text for piece in pieces))
        for hint in hints(pieces):
            texts.want(hint)
    texts.translate(translate, on_progress, batch)
    for cue, parts in zip(cues, speeches, strict=True):
        cue.text = _directed("\n".join(_put(part, texts) for part in parts), texts).replace("\n", "\\N")
    _add_notice(cues, texts)
    return cues.to_string("srt", keep_ssa_tags=True).encode()


def _speeches(text: str) -> list[str]:
    """Return what is said in a cue: by one person, or line by line when each begins with a dash."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) > 1 and all(_SPEAKER.match(_TAG.sub("", line)) for line in lines):
        return lines
    return [" ".join(lines)]


def _pieces(speech: str) -> list[Piece]:
    """Return texts with the tags that are open around them as their style, and what stays whole."""
    pieces = []
    opened: list[str] = []
    place = 0
    for match in (*_TAG.finditer(speech), None):
        text = speech[place : match.start() if match else None]
        if text:
            pieces.append(Piece(text, "".join(opened)))
        if match is None:
            break
        place = match.end()
        tag = match[0]
        if tag.startswith("{"):
            pieces.append(Piece("", tag, is_atom=True))
        elif not tag.startswith("</"):
            opened.append(tag)
        elif opened:
            opened.pop()
    return pieces


def _put(speech: str, texts: Texts) -> str:
    pieces = _pieces(speech)
    whole = "".join(piece.text for piece in pieces)
    taken = texts.take(whole)
    if taken.is_own:
        return f"{taken.mark} {speech}" if taken.mark else speech
    lines = _balance(taken.text)
    breaks = {sum(map(len, lines[:index])) + index - 1 for index in range(1, len(lines))}
    written = _write(pieces, arrange(pieces, " ".join(lines), texts.hint), breaks)
    dash = _SPEAKER.match(whole)
    if dash and not _SPEAKER.match(taken.text):
        written = f"- {written}"
    return f"{taken.mark} {written}" if taken.mark else written


def _balance(text: str) -> list[str]:
    """Return lines of about the same length, as few as they can be."""
    text = " ".join(text.split())
    count = -(-len(text) // _LINE)
    for width in range(max(1, len(text) // max(1, count)), _LINE):
        lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
        if len(lines) <= count:
            return lines
    return textwrap.wrap(text, _LINE, break_long_words=False, break_on_hyphens=False) or [text]


def _write(pieces: list[Piece], placed: list[Placed], breaks: set[int]) -> str:
    """Return the text with its tags, and with line ends in place of the spaces at ``breaks``."""
    written = ""
    offset = 0
    for part in placed:
        piece = pieces[part.piece]
        if piece.is_atom:
            written += piece.style
            continue
        text = "".join("\n" if offset + index in breaks else character for index, character in enumerate(part.text))
        offset += len(part.text)
        names = re.findall(r"<([a-zA-Z]+)", piece.style)
        written += piece.style + text + "".join(f"</{name}>" for name in reversed(names))
    return written


def _directed(text: str, texts: Texts) -> str:
    """Return lines that players show from right to left where that is how they are read."""
    if texts.target.direction == "ltr":
        return text
    return "\n".join(f"{_RTL_START}{line}{_RTL_END}" for line in text.split("\n"))


def _add_notice(cues: pysubs2.SSAFile, texts: Texts) -> None:
    lines = [line.text for line in texts.notice]
    if lines:
        cues.insert(0, pysubs2.SSAEvent(start=0, end=_NOTICE_MILLISECONDS, text="\\N".join(lines)))
