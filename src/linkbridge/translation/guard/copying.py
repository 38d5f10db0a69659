"""An engine that does not know a word, or the language, hands it through: the output is the source."""

from collections.abc import Iterator

from linkbridge.translation.guard.lexicon import words
from linkbridge.translation.guard.reading import Reading, stem
from linkbridge.translation.guard.signals import Signal
from linkbridge.translation.results import Reason

_LONGEST_ALLOWED_RUN = 3
_FEWEST_WORDS = 2
_MOST_WORDS = 300
_LONGER, _FEWEST_COPIED, _MOST_SHARED = 4, 3, 0.6
_HALF = 0.5
_ALIKE = frozenset({"es", "pt"})
"""Languages in which every other word is the same."""


def copying(source: Reading, output: Reading) -> Iterator[Signal]:
    """Yield a signal where words of the source's language stand in the output. Names and numbers may."""
    if source.tag == output.tag:
        return
    score = max(
        _whole(source, output), _untranslated(source, output), _longest_run(source, output), _share(source, output)
    )
    if score:
        yield Signal(Reason.COPIED, min(score, 1.0))


def _whole(source: Reading, output: Reading) -> float:
    """Score an output that is the source itself."""
    here, there = source.plain_words, output.plain_words
    small = [word.casefold() for word in here]
    if small != [word.casefold() for word in there] or not there:
        return 0.0
    if all(word[0].isupper() for word in here) and len(here) <= 4 and not source.text.isupper():
        return 0.0
    known, target = words(source.tag), words(output.tag)
    if len(small) >= _FEWEST_WORDS:
        return 0.95
    return 0.6 if known and target and small[0] in known.common - target.common else 0.0


def _untranslated(source: Reading, output: Reading) -> float:
    """Score the share of words that are common in the source's language, and unknown in the target's."""
    known, target = words(source.tag), words(output.tag)
    if known is None or target is None:
        return 0.0
    here = {word.casefold() for word in source.plain_words}
    there = [word.casefold() for word in output.plain_words]
    foreign = sum(
        1
        for word in there
        if word in known.common
        and word in here
        and word not in target.common
        and stem(word, output.tag) not in target.meanings
    )
    if not foreign:
        return 0.0
    share = foreign / len(there)
    # Where most words are translated, the rest may be the name of an organisation: a warning, and no more.
    most = 0.95 if share >= _HALF else 0.85
    return min(most, 0.3 * foreign * 0.6 + 1.6 * share) if foreign > 1 or share >= 0.25 else 0.0


def _share(source: Reading, output: Reading) -> float:
    """Score the share of longer words that are those of the source, between languages that do not share most words."""
    if {source.tag, output.tag} <= _ALIKE:
        return 0.0
    shouted = source.text.isupper()
    here = {word.casefold() for word in source.plain_words}
    there = [word for word in output.plain_words if len(word) >= _LONGER and (shouted or not word[0].isupper())]
    copied = sum(word.casefold() in here for word in there)
    if copied < _FEWEST_COPIED or copied / len(there) < _MOST_SHARED:
        return 0.0
    return 0.35 + 0.5 * copied / len(there)


def _longest_run(source: Reading, output: Reading) -> float:
    """Score the longest run of words, not all of them names, that both sides have in common."""
    here = [word.casefold() for word in source.plain_words[:_MOST_WORDS]]
    there = output.plain_words[:_MOST_WORDS]
    longest = 0
    before = [0] * (len(here) + 1)
    for start, word in enumerate(there):
        small = word.casefold()
        counts = not (word[0].isupper() and start > 0 and not word.isupper())
        row = [0] * (len(here) + 1)
        for place, other in enumerate(here):
            if other == small:
                row[place + 1] = before[place] + counts
        longest, before = max(longest, *row), row
    longest -= 2 if {source.tag, output.tag} <= _ALIKE else 0
    if longest <= _LONGEST_ALLOWED_RUN:
        return 0.0
    return min(0.95, 0.45 + 0.1 * (longest - _LONGEST_ALLOWED_RUN))
