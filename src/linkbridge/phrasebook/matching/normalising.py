"""Makes texts comparable: case, accents, letter variants, punctuation, and spellings in Latin letters. Pure."""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

_ARABIC = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("ىیېۍئ", "ي"),
        **dict.fromkeys("ةۀەھہ", "ه"),
        "ؤ": "و",
        "ک": "ك",
        "گ": "ك",
        "ں": "ن",
        "ـ": "",
        "\u200c": " ",
        "\u200d": "",
    }
)
_MARKED_SCRIPTS = ("LATIN", "ARABIC", "CYRILLIC", "GREEK")
_APOSTROPHES = frozenset("'’ʻʼ`")
_REPEATED = re.compile(r"(.)\1{2,}")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\u3400-\u9fff\uf900-\ufaff]+")
_ETHIOPIC_TWINS = str.maketrans("ሐሑሒሓሔሕሖኀኁኂኃኄኅኆሠሡሢሣሤሥሦፀፁፂፃፄፅፆዐዑዒዓዔዕዖ", "ሀሁሂሃሄህሆሀሁሂሃሄህሆሰሱሲሳሴስሶጸጹጺጻጼጽጾአኡኢኣኤእኦ")
"""Amharic and Tigrinya write the same sounds with either of two rows of letters; people mix them."""
_SOUNDS = (
    ("kh", "k"), ("gh", "g"), ("ch", "c"), ("sh", "s"), ("th", "t"), ("dh", "d"), ("ph", "f"), ("bh", "b"),
    ("jh", "j"), ("zh", "j"), ("q", "k"), ("w", "v"), ("z", "j"), ("x", "ks"), ("y", "i"),
    ("2", "a"), ("3", "a"), ("5", "k"), ("7", "h"), ("8", "k"), ("9", "k"),
)  # fmt: skip
_VOWELS = re.compile(r"(?<=.)[aeiou]+")
_DOUBLED = re.compile(r"(.)\1+")


def plain(text: str) -> str:
    """Return the text in small letters, without accents, vowel marks and variants of letters.

    Vowel signs that are part of a word, as in Hindi or Bengali, stay.
    """
    text = unicodedata.normalize("NFKC", text).casefold().translate(_ARABIC).translate(_ETHIOPIC_TWINS)
    kept = []
    base = ""
    for character in unicodedata.normalize("NFD", text):
        if unicodedata.category(character) != "Mn":
            base = unicodedata.name(character, "")
            kept.append(character)
        elif not base.startswith(_MARKED_SCRIPTS):
            kept.append(character)
    return _REPEATED.sub(r"\1", unicodedata.normalize("NFC", "".join(kept)))


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, each as ``plain`` makes it; Chinese comes as one word a character.

    Letters, their vowel signs and digits make words; an apostrophe within one is left out.
    """
    kept = [
        "" if character in _APOSTROPHES else character if unicodedata.category(character)[0] in "LMN" else " "
        for character in plain(text)
    ]
    return tuple(part for word in "".join(kept).split() for part in _HAN.findall(word))


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """Return what is left of a word in any script once it is spelt in Latin letters and loses what spellings differ in.

    ``mujhe``, ``mujhay`` and ``मुझे`` become the same.
    """
    text = plain(anyascii(word)).lower()
    for written, heard in _SOUNDS:
        text = text.replace(written, heard)
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", re.sub(r"[^a-z]", "", text)))
