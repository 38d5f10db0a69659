"""What is translated: short, mixed and long texts, no two alike, the same for every system."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scripts.make_fixture_model import corpus

SEED = 11
WORDS_OF_SENTENCE = {"short": (3, 8), "long": (8, 14)}
SENTENCES_OF_LONG = 10
SENTENCES_OF_PARAGRAPH = 5


class Kind(StrEnum):
    """How long the texts of a measurement are."""

    SHORT = "short"
    """One sentence of three to eight words, as in a conversation."""
    MIXED = "mixed"
    """Six in ten are short, three have three sentences, one has eight."""
    LONG = "long"
    """Ten sentences of eight to fourteen words, in two paragraphs."""


@dataclass(frozen=True, slots=True)
class Work:
    """A text to translate, and what it means in the target language where that is known."""

    source: str
    target: str
    text: str
    reference: str = ""


def nonsense(words: Sequence[str], *, source: str, target: str, kind: Kind, seed: int) -> Iterator[Work]:
    """Yield texts without end, made of these words at random: for the model of real size."""
    rng = random.Random(SEED + seed)

    def sentence(length: str) -> str:
        chosen = rng.choices(words, k=rng.randint(*WORDS_OF_SENTENCE[length]))
        return " ".join(chosen).capitalize() + "."

    while True:
        if kind is Kind.SHORT:
            text = sentence("short")
        elif kind is Kind.MIXED:
            count = rng.choices((1, 3, 8), weights=(6, 3, 1))[0]
            text = " ".join(sentence("short" if count == 1 else "long") for _ in range(count))
        else:
            text = _paragraphs([sentence("long") for _ in range(SENTENCES_OF_LONG)])
        yield Work(source, target, text)


def known(*, source: str, target: str, kind: Kind, seed: int) -> Iterator[Work]:
    """Yield texts of the sentences that the fixture models were trained on, each once before any comes twice."""
    rng = random.Random(SEED + seed)
    rows = corpus()
    rng.shuffle(rows)
    endless = itertools.cycle(rows)
    while True:
        if kind is Kind.SHORT:
            chosen = [next(endless)]
        elif kind is Kind.MIXED:
            chosen = list(itertools.islice(endless, rng.choices((1, 3, 8), weights=(6, 3, 1))[0]))
        else:
            chosen = list(itertools.islice(endless, SENTENCES_OF_LONG))
        join = _paragraphs if kind is Kind.LONG else " ".join
        yield Work(source, target, join([row[source] for row in chosen]), join([row[target] for row in chosen]))


def _paragraphs(sentences: Sequence[str]) -> str:
    starts = range(0, len(sentences), SENTENCES_OF_PARAGRAPH)
    return "\n".join(" ".join(sentences[start : start + SENTENCES_OF_PARAGRAPH]) for start in starts)
