"""An engine that misbehaves in ways that real ones do, for the tests of what stands around engines.

It is there only where somebody made the file ``pseudo/enabled`` in the folder of models. Each line of it is a
direction, such as ``en-es``; an empty one means a few. Each fault is a model: ``pseudo-echo``, ``pseudo-stalls``, …
"""

import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from linkbridge.kernel.tags import normal_tag
from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.ports import EngineOptions, Lane, LanguagePair, LoadedModel, Model, Places

SWITCH = "enabled"
_PAIRS = ("ar-en", "en-ar", "en-es", "en-fr", "en-pt", "es-en", "fr-en", "pt-en")
_NEGATIONS = re.compile(r"\b(?:not|no|never|don't|can't|pas|ne|não|nunca|nem|jamais)\b\s*", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+")
_PLACEHOLDERS = re.compile(r"\{\w+\}|\S+@\S+|https?://\S+")


def _drop_half(text: str) -> str:
    words = text.split()
    return " ".join(words[: len(words) // 2])


def _repeat(text: str) -> str:
    return " ".join([*text.split(), *text.split()[-1:] * 40])


def _other_script(text: str) -> str:
    return "".join(chr(0x0410 + ord(letter) % 32) if letter.isalpha() else letter for letter in text)


FAULTS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "echo": lambda text: text,
        "marks": lambda text: f"«{text}»",
        "reverse": lambda text: " ".join(reversed(text.split())),
        "empties": lambda _text: "",
        "drops-numbers": lambda text: _NUMBERS.sub("", text),
        "changes-numbers": lambda text: _NUMBERS.sub(lambda found: str(int(found[0]) + 1), text),
        "drops-placeholders": lambda text: _PLACEHOLDERS.sub("", text),
        "repeats": _repeat,
        "loses-negation": lambda text: _NEGATIONS.sub("", text),
        "truncates": _drop_half,
        "invents": lambda text: f"{text} The officer will call you tomorrow at nine.",
        "wrong-script": _other_script,
    }
)
"""Models that answer, by what they do with a text."""

STOPS = ("crashes", "raises", "refuses-to-load", "stalls", "answers-too-few")
"""Models that do not answer as an engine must."""


class Pseudo:
    """The engine of the tests."""

    name = "pseudo"
    lane = Lane.PROCESS
    batch_size = 4

    def find(self, places: Places) -> tuple[Model, ...]:
        """Return a model for each fault if the engine is switched on."""
        try:
            written = (places.models / self.name / SWITCH).read_text(encoding="utf-8")
        except OSError:
            return ()
        pairs = tuple(pair for line in written.split() or _PAIRS if (pair := _pair(line)) is not None)
        location = str(places.models / self.name)
        return tuple(
            Model(id=f"pseudo-{fault}", engine=self.name, version="1", location=location, pairs=pairs)
            for fault in sorted((*FAULTS, *STOPS))
        )

    def load(self, model: Model, options: EngineOptions) -> LoadedModel:  # noqa: ARG002 - it has no options
        """Return the model, or fail if that is its fault."""
        fault = model.id.removeprefix("pseudo-")
        if fault not in (*FAULTS, *STOPS) or fault == "refuses-to-load":
            raise EngineFailed("the model cannot be loaded", engine=self.name, model=model.id)
        return _Loaded(fault)


class _Loaded:
    """A model with one fault."""

    def __init__(self, fault: str) -> None:
        self._fault = fault

    def translate(
        self,
        sentences: Sequence[str],
        pair: LanguagePair,  # noqa: ARG002 - it is as bad in every direction
        *,
        alternatives: int = 0,
    ) -> list[tuple[str, ...]]:
        """Return what the fault makes of each sentence, or do worse."""
        if self._fault == "crashes":
            os.abort()
        if self._fault == "stalls":
            threading.Event().wait()
        if self._fault == "raises":
            raise EngineFailed("the engine failed", engine=Pseudo.name)
        if self._fault == "answers-too-few":
            return [(sentence,) for sentence in sentences[1:]]
        change = FAULTS[self._fault]
        return [
            tuple(change(sentence) + " ·" * number for number in range(1 + min(alternatives, 3)))
            for sentence in sentences
        ]

    def close(self) -> None:
        """Do nothing: it takes no memory."""


def _pair(line: str) -> LanguagePair | None:
    """Return the direction that a line such as ``en-zh-Hans`` means, if any."""
    parts = line.split("-")
    for place in range(1, len(parts)):
        source, target = "-".join(parts[:place]), "-".join(parts[place:])
        if normal_tag(source) == source and normal_tag(target) == target:
            return LanguagePair(source, target)
    return None


ENGINE = Pseudo()
