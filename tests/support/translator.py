"""A translator for the tests of doors: quick, certain, and as wrong as a test wants it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from linkbridge.kernel.errors import DomainError
from linkbridge.translation.errors import NoRoute
from linkbridge.translation.identification import Guess
from linkbridge.translation.ports import LanguagePair, Patience
from linkbridge.translation.requests import TranslationRequest
from linkbridge.translation.results import Leg, Quality, Reason, Route, TextSource, Translation
from linkbridge.translation.service import Offer

OFFERS = (Offer("en", ("fr", "pt")), Offer("es", ("en", "fr", "pt")), Offer("pt-BR", ("en",)))


@dataclass(eq=False)
class FakeTranslator:
    """Puts the target before the text. ``asked`` is all it was asked; ``before`` is called before it answers."""

    asked: list[TranslationRequest] = field(default_factory=list)
    patience: Patience | None = None
    problem: str | None = None
    tests: int = 0
    error: DomainError | None = None
    before: Callable[[Patience], None] = lambda _patience: None

    def translate_many(self, requests: Sequence[TranslationRequest], patience: Patience) -> list[Translation]:
        self.asked += requests
        self.patience = patience
        self.before(patience)
        if self.error is not None:
            raise self.error
        return [self._translated(request) for request in requests]

    def _translated(self, request: TranslationRequest) -> Translation:
        source = request.source or ("es" if "é" in request.text else "en")
        targets = {offer.tag: offer.targets for offer in OFFERS}.get(source, ())
        if request.target not in targets:
            raise NoRoute("nothing leads there", source=source, target=request.target)
        pair = LanguagePair(source, request.target)
        refused = "refuse" in request.text
        text = f"{request.target}: {request.text}"
        return Translation(
            text="" if refused else text,
            pair=pair,
            source=TextSource.MACHINE,
            quality=Quality.REFUSED if refused else Quality.OK,
            reasons=(Reason.NUMBERS,) if refused else (),
            route=Route(pair, (Leg(pair, "fake", "fake-1", "7"),)),
            alternatives=(text, *(f"{text} {number}" for number in range(request.alternatives)))
            if request.alternatives
            else (),
            source_given=request.source is not None,
            confidence=100.0 if request.source else 91.26,
        )

    def identify(self, text: str) -> tuple[Guess, ...]:
        return (Guess("es", 91.26), Guess("pt", 8.0)) if text.strip("!? ") else ()

    def languages(self) -> tuple[Offer, ...]:
        return OFFERS

    def self_test(self) -> str | None:
        self.tests += 1
        if self.error is not None:
            raise self.error
        return self.problem
