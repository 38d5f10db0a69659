"""What must arrive unchanged: placeholders, marks of the protection, addresses, links, markup and emoji."""

import re
from collections import Counter
from collections.abc import Iterator

from linkbridge.translation.guard.reading import Reading
from linkbridge.translation.guard.signals import Signal
from linkbridge.translation.results import Reason

_PLACEHOLDER = re.compile(
    r"\{\{?[^{}\n]{0,60}\}\}?|%\([^)\n]{1,40}\)[sd]|%[sd]\b|\$\{[^}\n]{1,40}\}|<[^<>\n]{1,60}>|[⟦⟪\[]\s*\d+\s*[\]⟧⟫]|[\ue000-\uf8ff]+"
    r"|\b__\w+__\b"
)
_PROTECTED = re.compile(
    r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b(?:https?://|www\.)[^\s<>\"')]*[\w/]"
    r"|[\U0001f300-\U0001faff\u2600-\u27bf]"
)
_LOST, _ADDED, _MOVED = 0.95, 0.9, 0.7


def tokens(source: Reading, output: Reading) -> Iterator[Signal]:
    """Yield what happened to placeholders and to protected text."""
    for reason, pattern in ((Reason.PLACEHOLDERS, _PLACEHOLDER), (Reason.PROTECTED, _PROTECTED)):
        here, there = Counter(pattern.findall(source.text)), Counter(pattern.findall(output.text))
        if here - there:
            yield Signal(reason, _LOST)
        elif there - here:
            yield Signal(reason, _ADDED)
    yield from _swapped(source, output)


def _swapped(source: Reading, output: Reading) -> Iterator[Signal]:
    """Yield a signal where placeholders arrived in another order although what stands between them did not move.

    Languages order words differently, so another order alone proves nothing. Placeholders change their places within
    a phrase such as "from {a} to {b}" in no language that puts its words in the order of the source's.
    """
    here, there = _PLACEHOLDER.findall(source.text), _PLACEHOLDER.findall(output.text)
    if len(here) < 2 or len(set(here)) < 2 or here == there or Counter(here) != Counter(there):
        return
    if source.tag in _SAME_ORDER and output.tag in _SAME_ORDER:
        yield Signal(Reason.PLACEHOLDERS, _MOVED)


_SAME_ORDER = frozenset(
    {"en", "es", "pt", "fr", "nl", "ht", "ru", "zh-Hans", "vi", "ar", "sw", "ha", "yo", "ln", "wo", "ff"}
)
