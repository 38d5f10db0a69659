"""Cuts what is too long for a model at the best places, and puts the translations together again. Nothing is lost.

Models learn from single sentences. On several at once they get slow (their work grows with the square of the length)
and start to leave out and to invent, so a text beyond a measured size is halved until each piece is small enough:
where a sentence ends, else at a clause, else between words, else anywhere.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_BOUNDARIES = (
    re.compile(r"[.!?…؟።၊။][\"'”’»)\]]*(\s+)|[。！？।॥۔](\s*)"),
    re.compile(r"[,;:،؛፣፤](\s+)|(?<!\s)(\s+)[-–—(«“]|[，；：、](\s*)"),
    re.compile(r"(\s+)"),
)
_MOST_MARKS = 32
"""No letter of any language has so many marks: a heap of them is cut anywhere."""
_WITHOUT_SPACES = frozenset({"zh", "ja", "th", "lo", "km", "my", "bo"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text. ``glued`` says that a word was cut before it: no space belongs there."""

    text: str
    glued: bool = False


def plain(text: str) -> str:
    """Return a text as engines can take it: one line, without control characters, lone surrogates or outer spaces."""
    return _UNWANTED.sub(" ", _SURROGATES.sub("\ufffd", text)).strip()


def cut(text: str, limit: int, count: Callable[[str], int]) -> list[Piece]:
    """Return the parts of a text, none longer than ``limit`` as ``count`` measures it, or than one character."""
    pieces: list[Piece] = []
    waiting = [Piece(text)]
    while waiting:
        piece = waiting.pop()
        if len(piece.text) < 2 or count(piece.text) <= limit:
            pieces.append(piece)
            continue
        start, end = _middle(piece.text)
        is_word = start == end and not _is_wide(piece.text[start - 1])
        waiting.append(Piece(piece.text[end:], glued=is_word))
        waiting.append(Piece(piece.text[:start], piece.glued))
    return pieces


def join(pieces: Sequence[Piece], translations: Sequence[str], target: str) -> str:
    """Return the translations of the parts as one text in the target language."""
    space = "" if target.partition("-")[0] in _WITHOUT_SPACES else " "
    joined = ""
    for piece, translation in zip(pieces, translations, strict=True):
        joined += translation if piece.glued or not joined or not translation else space + translation
    return joined


def _middle(text: str) -> tuple[int, int]:
    """Return the place nearest to the middle at which a text is best cut: where one part ends, the next begins."""
    middle, margin = len(text) / 2, max(1, len(text) // 4)
    for boundary in _BOUNDARIES:
        spans = (m.span(m.lastindex or 0) for m in boundary.finditer(text, int(middle - margin), int(middle + margin)))
        found = [span for span in spans if span[0] > 0 and span[1] < len(text)]
        if found:
            return min(found, key=lambda span: abs((span[0] + span[1]) / 2 - middle))
    place = len(text) // 2
    last = min(len(text) - 1, place + _MOST_MARKS)
    while place < last and unicodedata.combining(text[place]):
        place += 1
    return place, place


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
