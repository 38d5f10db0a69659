"""Where the bold words, links and notes of a paragraph go in its translation. Pure.

A paragraph is translated as a whole. Its formatted parts are translated once more by themselves, and looked for in
the translation. What is found keeps its format. A link that is not found goes to the words at the same share of the
text; any other format gives way to that of most of the paragraph, since emphasis on a wrong word would mislead.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from linkbridge.translation.placing import MOST_PARTS, find_words, words, words_at_share


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph with one format, or something that stands between its words (``is_atom``).

    The ``text`` of an atom is what it shows, such as a page number: it is translated with the paragraph, and what is
    found of it gives way to the atom.
    """

    text: str
    style: str = ""
    is_link: bool = False
    is_atom: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A part of the translation: its text, and which piece of the source gives it its format."""

    piece: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Span:
    piece: int
    text: str
    start: int
    is_link: bool = False
    is_atom: bool = False


@dataclass(frozen=True, slots=True)
class _Range:
    start: int
    end: int
    piece: int
    is_atom: bool = False


def hints(pieces: Sequence[Piece]) -> list[str]:
    """Return the parts of a paragraph whose own translations help to find them again."""
    return [span.text for span in _spans(pieces, _dominant(pieces))]


def arrange(pieces: Sequence[Piece], translated: str, hint: Callable[[str], str]) -> list[Placed]:
    """Return the translation cut into parts, each with the piece whose format or atom it has.

    The texts of all parts that are no atoms, joined, are the translation, less what atoms show themselves. Every atom
    without a text of its own is there once, in the order of the source.
    """
    dominant = _dominant(pieces)
    source = "".join(piece.text for piece in pieces)
    if dominant is None:
        return [Placed(index) for index, _ in enumerate(pieces)]
    if translated == source:
        return [Placed(index, piece.text) for index, piece in enumerate(pieces)]
    ranges: list[_Range] = []
    spans = [*_shown_atoms(pieces), *_spans(pieces, dominant)]
    spans.sort(key=lambda span: (not span.is_atom, not span.is_link, -len(span.text)))
    for span in spans[:MOST_PARTS]:
        expected = round(span.start * len(translated) / max(1, len(source)))
        taken = [(item.start, item.end) for item in ranges]
        own_hints = [] if span.is_atom else [hint(span.text)]
        found = find_words(translated, own_hints, span.text, expected, taken, is_whole=not span.is_atom)
        if found is None and span.is_link:
            part = (span.start, span.start + len(span.text))
            found = words_at_share(translated, part, len(source), len(span.text.split()), taken)
        if found is not None:
            ranges.append(_Range(*found, span.piece, span.is_atom))
    ranges.sort(key=lambda item: item.start)
    points = _points(pieces, source, translated, ranges)
    return list(_cut(translated, ranges, points, dominant))


def _dominant(pieces: Sequence[Piece]) -> int | None:
    """The first piece of the format that most characters have; that of a link only if there is nothing else."""
    counts: dict[str, int] = {}
    first: dict[str, int] = {}
    links: set[str] = set()
    for index, piece in enumerate(pieces):
        if not piece.is_atom and piece.text:
            counts[piece.style] = counts.get(piece.style, 0) + sum(map(str.isalnum, piece.text))
            first.setdefault(piece.style, index)
            links.update({piece.style} if piece.is_link else ())
    own = {style: count for style, count in counts.items() if count and style not in links} or counts
    return first[max(own, key=lambda style: own[style])] if own else None


def _spans(pieces: Sequence[Piece], dominant: int | None) -> list[_Span]:
    if dominant is None:
        return []
    spans = []
    offset = 0
    for (style, is_atom), group in groupby(enumerate(pieces), key=lambda entry: (entry[1].style, entry[1].is_atom)):
        members = list(group)
        text = "".join(piece.text for _, piece in members)
        if not is_atom and style != pieces[dominant].style and text.strip():
            start = offset + len(text) - len(text.lstrip())
            spans.append(_Span(members[0][0], text.strip(), start, is_link=members[0][1].is_link))
        offset += len(text)
    return spans


def _shown_atoms(pieces: Sequence[Piece]) -> list[_Span]:
    spans = []
    offset = 0
    for index, piece in enumerate(pieces):
        if piece.is_atom and piece.text.strip():
            spans.append(_Span(index, piece.text.strip(), offset, is_atom=True))
        offset += len(piece.text)
    return spans


def _points(pieces: Sequence[Piece], source: str, text: str, ranges: Sequence[_Range]) -> list[tuple[int, int]]:
    """Return (place, piece) of each atom that shows no text: at the edges, beside what it stood beside, or by share."""
    points = []
    offset = least = 0
    starts, ends = _edges(text)
    first, last = len(source) - len(source.lstrip()), len(source.rstrip())
    by_piece = {item.piece: item for item in ranges}
    for index, piece in enumerate(pieces):
        if piece.is_atom and not piece.text.strip():
            before, after = by_piece.get(index - 1), by_piece.get(index + 1)
            if offset <= first:
                place = 0
            elif offset >= last:
                place = len(text)
            elif before is not None:
                place = before.end
            elif after is not None:
                place = after.start
            else:
                edges = starts if source[offset - 1].isspace() else ends
                place = _nearest(edges, round(offset * len(text) / len(source)))
            least = max(least, place)
            points.append((least, index))
        offset += len(piece.text)
    return points


def _edges(text: str) -> tuple[list[int], list[int]]:
    places = words(text)
    return [start for start, _ in places], [end for _, end in places]


def _nearest(edges: Sequence[int], place: int) -> int:
    index = bisect_left(edges, place)
    return min(edges[max(0, index - 1) : index + 1], key=lambda edge: abs(edge - place), default=place)


def _cut(text: str, ranges: Sequence[_Range], points: Sequence[tuple[int, int]], dominant: int) -> Iterator[Placed]:
    edges = {0, len(text)}
    edges.update(place for place, _ in points)
    edges.update(edge for item in ranges for edge in (item.start, item.end))
    waiting = list(points)
    for start, end in pairwise(sorted(edges)):
        while waiting and waiting[0][0] <= start:
            yield Placed(waiting.pop(0)[1])
        inside = next((item for item in ranges if item.start <= start < item.end), None)
        if inside is None:
            yield Placed(dominant, text[start:end])
        elif not inside.is_atom:
            yield Placed(inside.piece, text[start:end])
        elif start == inside.start:
            yield Placed(inside.piece)
    for _, index in waiting:
        yield Placed(index)
