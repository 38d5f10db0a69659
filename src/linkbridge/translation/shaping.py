"""Gives a sentence the form in which engines were taught: not shouted, and with a full stop. Pure.

Measured with the bundled models: "WHERE IS MY SON?" became "Onde é meu SON?", and "Help me" a word that does not exist;
"Where is my son?" and "Help me." come out right.
"""

import re
from dataclasses import dataclass

from linkbridge.translation.protection import find_spans

_FEWEST_LETTERS = 4
_LONGEST_ACRONYM = 5
_FEWEST_WORDS, _MOST_WORDS = 2, 12
_WORD = re.compile(r"[^\W\d_]+")
_STOPS = (".", "。", "।", "።", "۔")


@dataclass(frozen=True, slots=True)
class Shaped:
    """A sentence for the engine; ``stopped`` says that a full stop was put behind it.

    But for that stop its length is that of the source: places in it are places there.
    """

    text: str
    stopped: bool = False

    def back(self, translation: str) -> str:
        """Return a translation without the full stop that the source did not have."""
        bare = translation.rstrip()
        if not self.stopped or not bare.endswith(_STOPS) or bare.endswith(".."):
            return translation
        return bare[:-1].rstrip()


def shape(sentence: str) -> Shaped:
    """Return the form for the engine. What must not change in a sentence keeps its capitals."""
    text = _calm(sentence) if _is_shouted(sentence) else sentence
    words = len(sentence.split())
    if sentence[-1:].isalnum() and sentence[-1:].isascii() and _FEWEST_WORDS <= words <= _MOST_WORDS:
        return Shaped(f"{text}.", stopped=True)
    return Shaped(text)


def _is_shouted(sentence: str) -> bool:
    letters = [character for character in sentence if character.isalpha()]
    if len(letters) < _FEWEST_LETTERS or not all(map(str.isupper, letters)):
        return False
    words = _WORD.findall(sentence)
    return len(words) > 1 or len(words[0]) > _LONGEST_ACRONYM


def _calm(sentence: str) -> str:
    kept = {place for span in find_spans(sentence) for place in range(span.start, span.end)}
    small = [
        character if place in kept or len(character.lower()) != 1 else character.lower()
        for place, character in enumerate(sentence)
    ]
    first = next((place for place, character in enumerate(small) if character.isalpha()), None)
    if first is not None:
        small[first] = sentence[first]
    return re.sub(r"\bi\b(?!\.)", "I", "".join(small))
