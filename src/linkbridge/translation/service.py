"""The way of a text to its translation: verified words first, then the machine, checked and labelled.

Clean, known as a whole, cut into sentences, known one by one; the rest goes to the machine, all texts of a call
together. Nothing of a text is kept or logged.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from linkbridge.kernel.errors import DomainError
from linkbridge.translation.drafting import Draft, Part, combined
from linkbridge.translation.errors import NoRoute
from linkbridge.translation.identification import Guess, identify
from linkbridge.translation.known import KnownTexts
from linkbridge.translation.machine import Machine, Wish
from linkbridge.translation.markup import plain_text, read_fragment
from linkbridge.translation.ports import LanguagePair, Patience
from linkbridge.translation.requests import TranslationRequest
from linkbridge.translation.results import REFUSED_MARK, Reason, Translation

OnProgress = Callable[[int, int], None]
TEST_SECONDS = 10.0
_TEST_TEXT = "I need a doctor."
_TEST_PAIRS = (("en", "pt"), ("pt", "en"), ("es", "en"), ("en", "es"), ("en", "fr"))


@dataclass(frozen=True, slots=True)
class Offer:
    """A language from which texts can be translated, and the languages into which they can."""

    tag: str
    targets: tuple[str, ...]


def _silent(_done: int, _total: int) -> None:
    """Tell nobody how far it is."""


class Translator:
    """Translates texts of any length."""

    def __init__(self, known: KnownTexts, machine: Machine) -> None:
        self._known = known
        self._machine = machine

    def translate(self, request: TranslationRequest, patience: Patience) -> Translation:
        """Return the translation of one text.

        Raises:
            InvalidInput: the target or source language is unknown.
            NoRoute: nothing leads from one language to the other, and no phrase fits.
            TranslationBusy, TranslationLate, TranslationCancelled, EngineFailed: see ``translation.errors``.
        """
        return self.translate_many([request], patience)[0]

    def translate_many(
        self, requests: Sequence[TranslationRequest], patience: Patience, *, on_progress: OnProgress = _silent
    ) -> list[Translation]:
        """Return the translations of several texts, in their order; ``on_progress`` hears how many sentences are done.

        Raises:
            as ``translate``; one text that fails fails them all.
        """
        patience = patience.begun(monotonic())
        if any(request.html for request in requests):
            return [self._translate_either(request, patience, on_progress) for request in requests]
        drafts = [Draft.open(request) for request in requests]
        self._fill_known([draft for draft in drafts if draft.request.use_phrases])
        self._fill_by_machine(drafts, patience, on_progress)
        return [draft.close() for draft in drafts]

    def identify(self, text: str) -> tuple[Guess, ...]:
        """Return the languages that the text may be written in, likeliest first; none if it has no words."""
        return identify(text)

    def languages(self) -> tuple[Offer, ...]:
        """Return what can be translated by machine now, sorted by tag."""
        router = self._machine.router()
        offers = [
            Offer(source, tuple(target for target in sorted(router.targets) if router.routes(source, target)))
            for source in sorted(router.sources)
        ]
        return tuple(offer for offer in offers if offer.targets)

    def can_translate(self, source: str, target: str) -> bool:
        """Whether the machine can translate from one language into the other now."""
        return bool(self._machine.router().routes(source, target))

    def self_test(self) -> str | None:
        """Really translate a sentence with what is installed; return what is wrong, in fixed words, or ``None``."""
        router = self._machine.router()
        pair = next((pair for pair in _TEST_PAIRS if router.routes(*pair)), None)
        if pair is None:
            offers = self.languages()
            if not offers:
                return "no translation model is installed"
            pair = (offers[0].tag, offers[0].targets[0])
        request = TranslationRequest(_TEST_TEXT, *pair, use_phrases=False)
        try:
            translation = self.translate(request, Patience(client="self-test", seconds=TEST_SECONDS))
        except DomainError as error:
            return f"it does not translate: {error.code}"
        return None if translation.text.strip() else "it answers with nothing"

    def _fill_known(self, drafts: Sequence[Draft]) -> None:
        """Take whole texts, then sentences, from the phrasebooks and the memory."""
        for draft in drafts:
            whole = self._known.find([draft.text], draft.source, draft.target) if draft.is_open else {}
            if draft.text in whole:
                draft.take_whole(whole[draft.text])
        pairs = {(part.language, draft.target) for draft in drafts for part in draft.open_parts()}
        for source, target in sorted(pairs):
            parts = [
                part
                for draft in drafts
                if draft.target == target
                for part in draft.open_parts()
                if part.language == source
            ]
            found = self._known.find({part.text for part in parts}, source, target)
            for part in parts:
                if part.text in found:
                    part.take_known(found[part.text])

    def _fill_by_machine(self, drafts: Sequence[Draft], patience: Patience, on_progress: OnProgress) -> None:
        groups: dict[tuple[LanguagePair, Wish], list[Part]] = {}
        for draft in drafts:
            wish = Wish(draft.request.alternatives, draft.request.domain)
            for part in draft.open_parts():
                groups.setdefault((LanguagePair(part.language, draft.target), wish), []).append(part)
        count = _Count(sum(len(parts) for parts in groups.values()), on_progress)
        for (pair, wish), parts in groups.items():
            counted = replace(patience, on_progress=count.add)
            try:
                outputs = self._machine.translate([part.text for part in parts], pair, counted, wish)
            except NoRoute:
                for part in parts:
                    part.refuse(Reason.NO_ROUTE)
                continue
            for part, output in zip(parts, outputs, strict=True):
                part.take_machine(output)
        for draft in drafts:
            draft.refuse_without_route()

    def _translate_either(
        self, request: TranslationRequest, patience: Patience, on_progress: OnProgress
    ) -> Translation:
        """Translate a text, or a fragment of HTML line by line; its label is that of all its lines together.

        Parts of lines that stand in tags are translated once more by themselves, only to find their words again.
        """
        if not request.html:
            return self.translate_many([request], patience, on_progress=on_progress)[0]
        guesses = identify(plain_text(request.text)) if request.source is None else ()
        source = guesses[0].tag if guesses else request.source
        fragment = read_fragment(request.text)
        texts, parts = fragment.texts, fragment.parts
        asked = [replace(request, text=text, source=source, html=False) for text in (*texts, *parts)]
        made = self.translate_many(asked, patience, on_progress=on_progress)
        lines, found = made[: len(texts)], made[len(texts) :]
        answers = [
            (line.text or f"{REFUSED_MARK} {text}", *line.alternatives) for line, text in zip(lines, texts, strict=True)
        ]
        hints = {part: (one.text, *one.alternatives) for part, one in zip(parts, found, strict=True) if one.text}
        best, *others = fragment.fill(answers, hints)
        whole = Draft.open(replace(request, text="", source=source)).close()
        confidence = guesses[0].confidence if guesses else whole.confidence
        label = replace(whole, source_given=request.source is not None, confidence=confidence)
        return combined(best, tuple(others), lines, label)


class _Count:
    """Adds up what is done, and never tells more than there is: sentences that are tried again count once."""

    def __init__(self, total: int, tell: OnProgress) -> None:
        self._total = total
        self._tell = tell
        self._done = 0
        if total:
            tell(0, total)

    def add(self, more: int) -> None:
        """Count ``more`` sentences."""
        self._done = min(self._total, self._done + more)
        self._tell(self._done, self._total)
