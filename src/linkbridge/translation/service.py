"""The way of a text to its translation: verified words first, then the machine, checked and labelled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from linkbridge.translation.ports import Patience
from linkbridge.translation.requests import TranslationRequest
from linkbridge.translation.results import Translation


@dataclass(frozen=True, slots=True)
class Guess:
    """A language that a text may be written in, and how sure that is, from 0 to 100."""

    tag: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Offer:
    """A language from which texts can be translated, and the languages into which they can."""

    tag: str
    targets: tuple[str, ...]


class Translator:
    """Translates texts of any length. Nothing of them is kept or logged."""

    def translate(self, request: TranslationRequest, patience: Patience) -> Translation:
        """Return the translation of one text.

        Raises:
            InvalidInput: the target or source language is unknown.
            NoRoute: nothing leads from one language to the other, and no phrase fits.
            TranslationBusy, TranslationLate, TranslationCancelled, EngineFailed: see ``translation.errors``.
        """
        return self.translate_many([request], patience)[0]

    def translate_many(
        self,
        requests: Sequence[TranslationRequest],
        patience: Patience,
        *,
        on_progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> list[Translation]:
        """Return the translations of several texts, in their order; ``on_progress`` hears how many sentences are done.

        Raises:
            as ``translate``; one text that fails fails them all.
        """
        raise NotImplementedError

    def identify(self, text: str) -> tuple[Guess, ...]:
        """Return the languages that the text may be written in, likeliest first; none if it has no words."""
        raise NotImplementedError

    def languages(self) -> tuple[Offer, ...]:
        """Return what can be translated by machine now, sorted by tag."""
        raise NotImplementedError

    def self_test(self) -> str | None:
        """Really translate a sentence with what is installed; return what is wrong, or ``None``."""
        raise NotImplementedError
