"""Puts marks in the place of what must not change, and that back in the place of the marks. Pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from linkbridge.translation.results import ProtectedSpan

SHAPES = ("X{}X", "P0{}", "XQ{}")
"""Marks that both bundled models copied in each of 20 sentences, the one that disturbs the words least first.

``#1``, ``[1]``, ``{1}``, ``<1>``, ``@1``, ``①`` and addresses are changed or lost; numbers and ``_1_`` survive, but
change the words around them.
"""


@dataclass(frozen=True, slots=True)
class Slot:
    """A mark and what it stands for. On a padded side, a space was put between it and its neighbour."""

    span: ProtectedSpan
    mark: str
    padded_left: bool = False
    padded_right: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence for the engine. ``left`` are spans that it still holds as they are."""

    text: str
    slots: tuple[Slot, ...]
    left: tuple[ProtectedSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Restored:
    """A translation with everything in its place again, and the kinds of what is not there exactly once."""

    text: str
    lost: tuple[str, ...]


def mark(text: str, spans: Sequence[ProtectedSpan], shape: str, *, keep: Collection[str] = ()) -> Marked:
    """Return ``text`` with a mark for each of its spans, except for the kinds to ``keep`` as they are."""
    slots: list[Slot] = []
    folded = text.casefold()
    number = place = 0
    made = ""
    for span in spans:
        made += text[place : span.start]
        place = span.end
        if span.kind in keep:
            made += span.text
            continue
        number += 1
        while shape.format(number).casefold() in folded:
            number += 1
        padded_left = _touches(made[-1:])
        if padded_left:
            made += " "
        made += shape.format(number)
        padded_right = _touches(text[place : place + 1])
        if padded_right:
            made += " "
        slots.append(Slot(span, shape.format(number), padded_left, padded_right))
    return Marked(made + text[place:], tuple(slots), tuple(span for span in spans if span.kind in keep))


def restore(output: str, marked: Marked) -> Restored:
    """Return a translation with the spans in the place of their marks."""
    lost = [span.kind for span in marked.left if not _holds(output, span, marked.left)]
    slots = {slot.mark: slot for slot in marked.slots}
    if not slots:
        return Restored(output, tuple(lost))
    names = "|".join(map(re.escape, slots))
    parts: list[str] = []
    order: list[Slot] = []
    place = 0
    for found in re.finditer(f"(?<![A-Za-z0-9_])(?:{names})(?![A-Za-z0-9_])", output):
        slot = slots[found[0]]
        before = output[place : found.start()]
        parts.append(before.removesuffix(" ") if slot.padded_left else before)
        parts.append(slot.span.text)
        place = found.end() + (slot.padded_right and output[found.end() : found.end() + 1] == " ")
        order.append(slot)
    parts.append(output[place:])
    lost += [slot.span.kind for slot in marked.slots if order.count(slot) != 1]
    return Restored("".join(parts), tuple(dict.fromkeys(lost)))


def _touches(neighbour: str) -> bool:
    """Whether a mark beside this character would be read as a part of its word. In Chinese, nothing is."""
    return (
        bool(neighbour)
        and not neighbour.isspace()
        and (neighbour.isalnum() or neighbour == "_" or neighbour > "\ud7ff")
        and not "\u2e80" <= neighbour <= "\ua4cf"
    )


def _holds(output: str, span: ProtectedSpan, among: Sequence[ProtectedSpan]) -> bool:
    """Whether a translation holds a span as often as its source."""
    pattern = rf"(?<![A-Za-z0-9]){re.escape(span.text)}(?![A-Za-z0-9])"
    return len(re.findall(pattern, output)) >= sum(other.text == span.text for other in among)
