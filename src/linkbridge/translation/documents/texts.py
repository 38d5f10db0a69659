"""The texts of one document: gathered first, translated in batches, each different one once."""

import unicodedata
from dataclasses import dataclass, field

from linkbridge.kernel.errors import TooLarge
from linkbridge.kernel.languages import Language
from linkbridge.translation.documents.values import (
    REFUSED_MARK,
    SUSPECT_MARK,
    Batch,
    Limits,
    NoticeLine,
    Progress,
    Translate,
    TranslatedText,
)
from linkbridge.translation.results import Quality


def has_words(text: str) -> bool:
    """Whether there is anything to translate: a letter of any script."""
    return any(unicodedata.category(character)[0] == "L" for character in text)


@dataclass(frozen=True, slots=True)
class Taken:
    """What stands in the document for a text. ``is_own`` means that the text itself stayed, behind a mark."""

    text: str
    mark: str = ""
    is_own: bool = False

    @property
    def marked(self) -> str:
        """The text with its mark before it."""
        return f"{self.mark} {self.text}" if self.mark else self.text


@dataclass(slots=True)
class Texts:
    """Asks for translations: ``want`` every text, ``translate`` once, then ``take`` each at its place."""

    target: Language
    notice: tuple[NoticeLine, ...]
    limits: Limits
    units: int = 0
    suspect: int = 0
    refused: int = 0
    _wanted: dict[str, None] = field(default_factory=dict)
    _answers: dict[str, TranslatedText] = field(default_factory=dict)
    _characters: int = 0

    def want(self, text: str) -> None:
        """Ask for the translation of a text, without the white space around it.

        Raises:
            TooLarge: the document holds more text than is allowed.
        """
        text = text.strip()
        if text in self._wanted or not has_words(text):
            return
        self._wanted[text] = None
        self._characters += len(text)
        if self._characters > self.limits.characters:
            raise TooLarge("the document holds too much text", limit=self.limits.characters)

    def translate(self, translate: Translate, on_progress: Progress, batch: Batch) -> None:
        """Translate all that is wanted and not yet there."""
        waiting = [text for text in self._wanted if text not in self._answers]
        done = 0
        on_progress(done, len(waiting))
        while done < len(waiting):
            some = _next_batch(waiting, done, batch)
            self._answers.update(zip(some, translate(some), strict=True))
            done += len(some)
            on_progress(done, len(waiting))

    def hint(self, text: str) -> str:
        """Return the bare translation of a part of a text, by which the part is found again; empty without one."""
        answer = self._answers.get(text.strip())
        return answer.text if answer is not None and answer.quality is not Quality.REFUSED else ""

    def take(self, text: str) -> Taken:
        """Return what stands for a text, and count it. The white space around it stays."""
        bare = text.strip()
        answer = self._answers.get(bare)
        if answer is None:
            return Taken(text, is_own=True)
        self.units += 1
        if answer.quality is Quality.REFUSED or not answer.text.strip():
            self.refused += 1
            return Taken(text, REFUSED_MARK, is_own=True)
        start = text.index(bare)
        shown = text[:start] + answer.text.strip() + text[start + len(bare) :]
        if answer.quality is Quality.SUSPECT:
            self.suspect += 1
            return Taken(shown, SUSPECT_MARK)
        return Taken(shown)

    def refuse(self, taken: Taken) -> None:
        """Count a text as refused that was taken, and cannot be used where it belongs."""
        self.suspect -= taken.mark == SUSPECT_MARK
        self.refused += 1


def _next_batch(waiting: list[str], start: int, batch: Batch) -> list[str]:
    end = start
    characters = 0
    while end < len(waiting) and end - start < batch.texts and (end == start or characters < batch.characters):
        characters += len(waiting[end])
        end += 1
    return waiting[start:end]
