"""Makes any string a text that engines and people can read, and remembers where each character was. Pure."""

import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

REPLACEMENT = "\ufffd"
_NEW_LINES = "\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"
_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = "\u00ad\u034f\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
_ODD = re.compile(
    "(?P<flag>\U0001f3f4[\U000e0020-\U000e007f]+)"
    f"|(?P<line>\r\n|[{_NEW_LINES.replace(chr(10), '')}])"
    f"|(?P<space>[{_SPACES}])"
    "|(?P<surrogate>[\ud800-\udfff])"
    f"|(?P<gone>[\x00-\x08\x0e-\x1f\x7f-\x9f{_BIDI}{_INVISIBLE}]+)"
)
_NEW = {"line": "\n", "space": " ", "surrogate": REPLACEMENT, "gone": ""}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text that is clean, and the way back to the one that was given."""

    text: str
    _places: Sequence[int] | None = field(default=None, repr=False)

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span of the clean text lies in the text that was given, in characters."""
        if self._places is None:
            return start, end
        first, last = (self._places[min(max(place, 0), len(self.text))] for place in (start, end))
        return first, max(first, last)


def clean(text: str) -> Cleaned:
    r"""Return the text in normal form C, of visible characters, plain spaces, tabs and ``\n`` alone.

    Control characters, marks of direction, soft hyphens and other invisible ones vanish; joiners stay, for Persian and
    emoji need them. Every kind of line end becomes ``\\n``, every kind of space a plain one. Half a surrogate pair
    becomes U+FFFD. Never raises.
    """
    if _ODD.search(text) is None and unicodedata.is_normalized("NFC", text):
        return Cleaned(text)
    parts: list[str] = []
    places = array("L")
    for part, where in _composed(_replaced(text)):
        parts.append(part)
        places.extend(where)
    places.append(len(text))
    return Cleaned("".join(parts), places)


def _replaced(text: str) -> tuple[str, Sequence[int]]:
    """Return the text without what does not belong there, and the place of each character in the original."""
    parts: list[str] = []
    places = array("L")
    position = 0
    for odd in _ODD.finditer(text):
        kind = odd.lastgroup or "gone"
        new = odd[0] if kind == "flag" else _NEW[kind]
        parts += (text[position : odd.start()], new)
        places.extend(range(position, odd.start()))
        places.extend(range(odd.start(), odd.start() + len(new)))
        position = odd.end()
    parts.append(text[position:])
    places.extend(range(position, len(text)))
    return "".join(parts), places


def _composed(replaced: tuple[str, Sequence[int]]) -> Iterator[tuple[str, Sequence[int]]]:
    """Compose letters and their marks, cluster by cluster where a word needs it."""
    text, places = replaced
    for word in re.finditer(r"\s+|\S+", text):
        start, end = word.span()
        if unicodedata.is_normalized("NFC", word[0]):
            yield word[0], places[start:end]
            continue
        first = start
        for place in range(start + 1, end + 1):
            if place < end and _joins(text[place]):
                continue
            cluster = unicodedata.normalize("NFC", text[first:place])
            yield cluster, [places[min(first + index, place - 1)] for index in range(len(cluster))]
            first = place


def _joins(character: str) -> bool:
    """Whether a character may become one with those before it: a mark, or a later letter of a Korean syllable."""
    return unicodedata.category(character)[0] == "M" or "\u1160" <= character <= "\u11ff"
