"""Cuts a clean text into sentences, and puts their translations into its layout.

Lines come first: their ends, indentation, bullets and numbering are layout and stay as they are. Then sentences, by
the rules of the language. What is longer than a model can be trusted with is cut at a clause or between words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sentencex

from linkbridge.translation.pieces import cut

LONGEST = 400
"""Characters in one unit. The longest of 600 sentences of news has 315."""

_LAYOUT = re.compile(
    r"[ \n\t]*(?:(?:[-*+•●○◦▪▫■□☐☑☒✓✔►▶➢·‣–—>]|\#{1,6}|\(?\d{1,3}\)|(?:\d{1,3}\.)+|[a-zA-Z]\)|\([a-zA-Z]\)"
    r"|\(?[ivx]{1,5}\))[ \t]+|\d{1,3}、|（\d{1,3}）)*(?P<words>[^\n\t]*)"
)
_STOPS_INSIDE = re.compile(r"(?:(?<=[።፧፨])|(?<=፡፡))(?=\S)(?![\"'»”’)\]።፧፡])|(?<=፡፡)(?=\s)")
_STOPS_WITHOUT_SPACE = re.compile(r"[。！？｡．…།॥।።፧؟۔!?][\"'”’»」』)）\]]*\Z")
_ABBREVIATIONS = {
    "en": "mr mrs ms dr st prof vs e.g i.e cf gov sgt lt capt col gen rev approx",
    "es": "st sr sra srta dr dra d ud uds av avda c prof lic ing ej p.ej",
    "fr": "st m mm mme mlle dr pr me av bd cf ste",
    "nl": "dhr mevr mw mr dr drs prof ing ir bijv d.w.z t.a.v",
    "pt": "st sr sra srs sras srta dr dra drs exmo exma prof profa av r ex p.ex",
    "ru": "г гг ул д кв рис им проф др ред обл р",
    "tr": "dr av prof doç sn md bkz cad sok mah örn",
    "ar": "د أ م",
    "uz": "dr prof t.r",
    "vi": "ts ths gs pgs tp",
}
"""Words before a full stop that ends no sentence. The library's own lists miss these, or mistake them at a start."""
_NUMBERED = (
    "no nos art arts para paras sec fig vol núm n nº al p pp pág págs ap apdo tel tél nr blz bv lid "
    "ст стр п пп см тел ص ج"
)
"""Words that a full stop follows where a number comes next: "art. 5"."""
_BEFORE_NUMBERS = frozenset(_NUMBERED.split())
_BEFORE_SMALL_LETTERS = frozenset({"jr", "jun", "sr", "etc", "inc", "ltd", "co", "al"})
"""Words that a full stop follows where a sentence goes on: it ends there only if a capital comes next."""
_ABBREVIATED = {tag: frozenset(words.split()) for tag, words in _ABBREVIATIONS.items()}
_LAST_WORD = re.compile(r"(?:\A|(?<=[\s(«“\"'/]))([\w.]{1,6}?[ºª°]?)\.\s*\Z")
_LAST = 100
"""So many characters before an end are looked at: a line may be long, and have many that are none."""
_TAGS = re.compile("[\U00100000-\U0010fffd]+")
_TAGS_BEFORE_SPACE = re.compile("[\U00100000-\U0010fffd]+(?=\\s)")
_CODES = {"zh-Hans": "zh", "zh-Hant": "zh", "prs": "fa"}
_CLOSED = "。！？；：，、…」』”）》"


class Kind(StrEnum):
    """What a piece of a text is."""

    WORDS = "words"
    """To be translated."""
    GAP = "gap"
    """What stands between two sentences of a paragraph: a space, or nothing in Chinese."""
    LAYOUT = "layout"
    """Line ends, indentation, bullets and numbering. They stay."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that begins at ``start``. All pieces in their order are the whole text."""

    text: str
    start: int
    kind: Kind

    @property
    def end(self) -> int:
        """Where it ends, in characters of the text."""
        return self.start + len(self.text)


def split(text: str, tag: str) -> tuple[Piece, ...]:
    """Return the pieces of a clean text of the language ``tag``. Their texts, put together, are the text."""
    pieces: list[Piece] = []
    for line in _LAYOUT.finditer(text):
        words = line["words"].strip()
        start = text.index(words, line.start("words"))
        end = start + len(words)
        _add(pieces, Kind.LAYOUT, text[line.start() : start], line.start())
        pieces += _paragraph(words, start, tag)
        _add(pieces, Kind.LAYOUT, text[end : line.end()], end)
    return tuple(_merged(pieces))


def sentences(pieces: Sequence[Piece]) -> list[str]:
    """Return the texts that are to be translated."""
    return [piece.text for piece in pieces if piece.kind is Kind.WORDS]


def join(pieces: Sequence[Piece], translations: Sequence[str], target: str) -> str:
    """Return the translations of the pieces that have words, in the layout of the others.

    Between two sentences stands what stood there, but no space after a full stop of Chinese, and one wherever the
    source needed none and the target does.

    Raises:
        ValueError: there are not as many translations as pieces with words.
    """
    new = iter(translations)
    parts: list[str] = []
    last, gap = "", None
    for piece in pieces:
        if piece.kind is Kind.GAP:
            gap = piece.text
            continue
        text = next(new, None) if piece.kind is Kind.WORDS else piece.text
        if text is None:
            raise ValueError("a sentence has no translation")
        if gap is not None and text:
            parts.append(_gap(gap, last, target) if last else "")
        gap = None
        parts.append(text)
        last = text or last if piece.kind is Kind.WORDS else ""
    if next(new, None) is not None:
        raise ValueError("there are more translations than sentences")
    return "".join(parts)


def _gap(gap: str, before: str, target: str) -> str:
    if target.partition("-")[0] == "zh":
        return "" if before[-1] in _CLOSED else gap
    return gap or " "


def _add(pieces: list[Piece], kind: Kind, text: str, start: int) -> None:
    if text:
        pieces.append(Piece(text, start, kind))


def _merged(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Put layout that follows on layout together."""
    waiting: Piece | None = None
    for piece in pieces:
        if piece.kind is not Kind.LAYOUT:
            if waiting is not None:
                yield waiting
            waiting = None
            yield piece
        elif waiting is None:
            waiting = piece
        else:
            waiting = Piece(waiting.text + piece.text, waiting.start, Kind.LAYOUT)
    if waiting is not None:
        yield waiting


def _paragraph(line: str, start: int, tag: str) -> Iterator[Piece]:
    place = gap = 0
    for number, sentence in enumerate(_sentences(line, tag)):
        bare = sentence.strip()
        first = place + len(sentence) - len(sentence.lstrip())
        if number:
            yield Piece(line[gap:first], start + gap, Kind.GAP)
        yield from _units(bare, start + first)
        gap = first + len(bare)
        place += len(sentence)


def _units(sentence: str, start: int) -> Iterator[Piece]:
    """Cut what is too long. Two pieces without a gap between them are parts of one word."""
    place = 0
    for number, part in enumerate(cut(sentence, LONGEST, len)):
        here = sentence.index(part.text, place)
        if number and not part.glued:
            yield Piece(sentence[place:here], start + place, Kind.GAP)
        yield Piece(part.text, start + here, Kind.WORDS)
        place = here + len(part.text)


def _sentences(line: str, tag: str) -> list[str]:
    """Return the sentences of a line, each with the spaces that follow it; none is only spaces."""
    if not line:
        return []
    base = tag.partition("-")[0]
    abbreviated = _ABBREVIATED.get(base, frozenset())
    found: list[str] = []
    for part in sentencex.segment(_CODES.get(tag, base or "en"), line):
        for sentence in _STOPS_INSIDE.split(part):
            tags = _TAGS_BEFORE_SPACE.match(sentence)
            after = sentence
            if tags and found:
                found[-1] += tags[0]
                after = sentence[tags.end() :]
            if found and (not after.strip() or not _ends(found[-1], after, abbreviated)):
                found[-1] += after
            else:
                found.append(after)
    return found


def _ends(before: str, after: str, abbreviated: frozenset[str]) -> bool:
    """Whether a sentence really ends where the library cut."""
    before = _TAGS.sub("", before[-_LAST:])
    if not before[-1:].isspace() and not after[0].isspace():
        return _STOPS_WITHOUT_SPACE.search(before) is not None
    word = _LAST_WORD.search(before)
    if word is None:
        return True
    bare, following = word[1].casefold().rstrip("ºª°"), after.lstrip()[:1]
    return not (
        bare in abbreviated
        or (bare in _BEFORE_NUMBERS and following.isdigit())
        or (bare in _BEFORE_SMALL_LETTERS and following.islower())
        or (len(bare) == 1 and word[1].isupper() and following.isupper())
    )
