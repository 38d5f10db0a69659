"""Reads a text once for all checks: its words, sentences and letters."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

_WORD = re.compile(
    r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u064b-\u0652\u0900-\u0dff\u200c\u200d])*"
    r"(?:['’ʼʻ](?=[^\W\d_]))?"
)
_LONGEST_ABBREVIATION = 12
_PLAIN_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’\u0300-\u036f\u0900-\u0dff])*")
_NOT_WORDS = re.compile(r"\{[^{}]*\}|(?<!\S)[^\s@]+@\S+|\b[a-z]+://\S+|www\.\S+|<[^<>]*>")
_HAN = re.compile("[\u3400-\u9fff]+")
_SENTENCE_END = re.compile(
    r"(?<=[^\W\d_][^\W\d_])[.!?](?=[A-ZÀ-ÖØ-Þ][a-zà-ÿ])"
    r"|[.!?…؟۔።፧]+[\"'»”’)\]]*\s+(?=\S)|[。！？।]+[”』」]*\s*(?=\S)|\n+(?=\S)"
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|dra|sr|sra|st|no|nº|art|av|vs|etc|ee|uu|aa|jr|gen|gral|gov|gob|sen|lt|col|inc|ltd|co"
    r"|corp|fig|approx|aprox|núm|pág|pp|km|hr|hrs|min|max|prof|m|mme|p|a\.m|p\.m|u\.s|e\.g|i\.e)|\b[A-Za-zА-Я]"
    r"|\b\d{1,2})\.\s+$",
    re.IGNORECASE,
)
_SHORTEST_STEM = 3


@dataclass(frozen=True)
class Reading:
    """A text with what the checks ask of it, each worked out at its first use, and kept no longer than the text."""

    text: str
    tag: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words in small letters; in Chinese each pair of neighbouring characters."""
        small = unicodedata.normalize("NFC", self.text).casefold()
        if self.tag.startswith("zh"):
            runs = _HAN.findall(small)
            return tuple(run[at : at + 2] for run in runs for at in range(max(len(run) - 1, 1)))
        return tuple(_WORD.findall(small))

    @cached_property
    def small(self) -> str:
        """The text in small letters, with straight apostrophes."""
        return unicodedata.normalize("NFC", self.text).casefold().replace("’", "'")

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """The words without what changes at their ends, in their order."""
        return tuple(stem(word, self.tag) for word in self.words)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The sentences, as far as punctuation tells."""
        found: list[str] = []
        start = 0
        for match in _SENTENCE_END.finditer(self.text):
            piece = self.text[max(start, match.end() - _LONGEST_ABBREVIATION) : match.end()]
            goes_on = self.text[match.end() : match.end() + 1].islower() and "\n" not in match.group()
            if not goes_on and _ABBREVIATED.search(piece) is None:
                found.append(self.text[start : match.end()].strip())
                start = match.end()
        found.append(self.text[start:].strip())
        return tuple(sentence for sentence in found if any(character.isalnum() for character in sentence))

    @cached_property
    def parts(self) -> tuple["Reading", ...]:
        """The sentences, each read by itself."""
        return tuple(Reading(sentence, self.tag) for sentence in self.sentences)

    @cached_property
    def plain_words(self) -> tuple[str, ...]:
        """The words as they are written, without addresses and placeholders; Chinese in runs."""
        return tuple(_PLAIN_WORD.findall(_NOT_WORDS.sub(" ", self.text)))


_ARABIC_LETTERS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ـ": "", "\u200c": "", "ى": "ي"})
_ARABIC_MARKS = re.compile("[\u064b-\u0652]")
_ARABIC_PREFIXES = ("وال", "بال", "فال", "كال", "لل", "ال")
_ENGLISH_ENDINGS = ("ing", "ies", "ed", "es", "s")
_ARABIC_SCRIPT = frozenset({"ar", "fa", "prs", "ur", "ps", "ckb"})
_ACCENTS_ASIDE = frozenset({"en", "es", "fr", "pt"})


def stem(word: str, tag: str) -> str:
    """Return the beginning of a word that its forms share, so that forms of one word are found as the same."""
    if tag.startswith("zh"):
        return word
    if tag in _ARABIC_SCRIPT:
        return _arabic_stem(word, tag)
    if tag in {"am", "ti"}:
        return word[:4]
    if tag == "en" and len(word) > 4:
        ending = next((each for each in _ENGLISH_ENDINGS if word.endswith(each)), "")
        word = word[: len(word) - len(ending)] if len(word) - len(ending) >= _SHORTEST_STEM else word
    elif tag in _ACCENTS_ASIDE and len(word) > 4:
        word = word.removesuffix("s")
    return (without_accents(word) if tag in _ACCENTS_ASIDE else word)[:6]


def _arabic_stem(word: str, tag: str) -> str:
    word = _ARABIC_MARKS.sub("", word).translate(_ARABIC_LETTERS)
    if tag == "ar":
        prefix = next((each for each in _ARABIC_PREFIXES if word.startswith(each)), "")
        word = word[len(prefix) :] if len(word) - len(prefix) >= _SHORTEST_STEM else word
    return word[:5]


def without_accents(word: str) -> str:
    """Return a word without accents."""
    if word.isascii():
        return word
    return "".join(each for each in unicodedata.normalize("NFD", word) if not unicodedata.combining(each))
