"""A translation is about as long as its languages make it, and has about as many sentences."""

import math
import re
from collections.abc import Iterator

from linkbridge.translation.guard.lexicon import length_ratio
from linkbridge.translation.guard.reading import Reading
from linkbridge.translation.guard.signals import Signal
from linkbridge.translation.results import Reason

_SAME_FOR_ALL = 6
"""Characters added to both sides, so that a word is not held to what is true of texts."""

_SPREAD, _SPREAD_OF_SHORT = 0.33, 1.6
_ENDS = re.compile(r"[.!?…؟۔।።。！？:;)\]\"'»”’]\s*$")
_DANGLING = re.compile(
    r"\b(?:the|a|an|of|to|and|or|in|with|for|that|de|la|el|los|las|le|les|des|du|et|ou|y|o|e|os|as|um|uma|un|une|una"
    r"|que|com|con|avec|para|por|pour|em|en|à|do|da|dos|das|no|na|se|si|su|sua|seu|votre|mi|meu|não)\s*[,.…]*$|[,;(«\"“]\s*$",
    re.IGNORECASE,
)


def length(source: Reading, output: Reading) -> Iterator[Signal]:
    """Yield a signal where the output is far shorter or longer than its source lets expect, or breaks off."""
    here, there = len(source.text.strip()), len(output.text.strip())
    if not there:
        return
    expected = here * length_ratio(source.tag, output.tag)
    difference = math.log((there + _SAME_FOR_ALL) / (expected + _SAME_FOR_ALL))
    allowed = _SPREAD + _SPREAD_OF_SHORT / math.sqrt(expected + _SAME_FOR_ALL)
    score = min(1.0, 0.5 * abs(difference) / allowed)
    if difference < 0:
        score = min(1.0, score + _broken_off(source, output))
    yield Signal(Reason.LENGTH, score)


def _broken_off(source: Reading, output: Reading) -> float:
    """Return what the end of the output adds to the score of one that is short already."""
    if not _ENDS.search(source.text) or _ENDS.search(output.text):
        return 0.0
    return 0.45 if _DANGLING.search(output.text) and not _DANGLING.search(source.text) else 0.3


def sentences(source: Reading, output: Reading) -> Iterator[Signal]:
    """Yield a signal where sentences are missing, or came from nowhere."""
    here, there = len(source.sentences), len(output.sentences)
    if here == there or not output.words:
        return
    ratio = len(output.text) / max(1.0, len(source.text) * length_ratio(source.tag, output.tag))
    if there < here and ratio < 0.95:
        yield Signal(Reason.SENTENCES, min(0.9, 0.4 + 0.1 * (here - there) + max(0.0, 0.95 - ratio)))
    elif there > here and ratio > 0.95:
        yield Signal(Reason.SENTENCES, min(0.9, 0.35 + 0.1 * (there - here) + max(0.0, ratio - 1.1)))
