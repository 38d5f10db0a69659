"""What the pages of translation show: models, ways and a sentence that was tried, as frozen values."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from babel.numbers import format_decimal
from babel.units import format_unit

from linkbridge.kernel.languages import LANGUAGES, babel_locale, find_language, language_name_in
from linkbridge.phrasebook.interface import InterfaceTexts
from linkbridge.translation.ports import LanguagePair, Model, ModelState
from linkbridge.translation.results import Leg, Quality, Reason, Route, Segment, TextSource, Translation
from linkbridge.translation.routing import Router, RouteRule

SHOWN_PAIRS = 4
"""A model with more directions than this is shown by their number."""
_MEBIBYTE = 1024 * 1024
_MARKS = {
    TextSource.VERIFIED: ("verified", "✓"),
    TextSource.REVIEWED: ("reviewed", "✓"),
    TextSource.REVIEWED_MEMORY: ("reviewed", "✓"),
    TextSource.DRAFT: ("draft", "○"),
    TextSource.MEMORY: ("machine", "⚠"),
    TextSource.MACHINE: ("machine", "⚠"),
}


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language to choose, by its name in the official's language."""

    tag: str
    name: str


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model that is installed: its directions by name (none if there are many), and what it does in memory now."""

    model: Model
    pairs: tuple[str, ...]
    languages: int
    size: str
    state: ModelState | None
    memory: str


@dataclass(frozen=True, slots=True)
class StandInNames:
    """A language that stands in for another one, by their names."""

    wanted: str
    used: str


@dataclass(frozen=True, slots=True)
class WayRow:
    """A way from one language to another. The one that is used stands first; the others wait in case it fails."""

    names: str
    legs: tuple[Leg, ...]
    engines: tuple[str, ...]
    stand_ins: tuple[StandInNames, ...]
    is_direct: bool
    is_rough: bool


@dataclass(frozen=True, slots=True)
class RuleRow:
    """What was decided for a pair. ``through`` is ``None`` where the way is open, and empty where it must be direct."""

    rule: RouteRule
    source: str
    target: str
    through: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Mark:
    """How far words may be trusted: a sign, a name for styles, and the words that tablets show."""

    sign: str
    style: str
    words: str


@dataclass(frozen=True, slots=True)
class TriedSentence:
    """A sentence of what was tried."""

    original: str
    text: str
    mark: Mark | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """A text that was tried, with everything that its label says. ``mark`` is absent where nothing was translated."""

    translation: Translation
    source: str
    target: str
    direction: str
    mark: Mark | None
    way: WayRow | None
    sentences: tuple[TriedSentence, ...]
    milliseconds: int


class TranslationViews:
    """Builds the views in one official's language."""

    def __init__(self, ui: str, texts: InterfaceTexts) -> None:
        self._ui = ui
        self._texts = texts
        self._locale = babel_locale(ui)
        self._names: dict[str, str] = {}

    def name(self, tag: str) -> str:
        """Return the name of a language."""
        if tag not in self._names:
            self._names[tag] = language_name_in(tag, self._ui)
        return self._names[tag]

    def choices(self, tags: Iterable[str]) -> tuple[LanguageChoice, ...]:
        """Return our own languages and ``tags``, sorted by name."""
        found = [LanguageChoice(tag, self.name(tag)) for tag in {*LANGUAGES, *tags}]
        return tuple(sorted(found, key=lambda choice: (_bare(choice.name), choice.tag)))

    def size(self, count: int) -> str:
        """Return a number of bytes in megabytes."""
        mebibytes = count / _MEBIBYTE
        number = format_decimal(mebibytes, "#,##0.#" if mebibytes < 10 else "#,##0", locale=self._locale)
        return str(format_unit(number, "megabyte", "short", locale=self._locale))

    def models(self, models: Sequence[Model], states: Iterable[ModelState]) -> tuple[ModelRow, ...]:
        """Return the models, each with what it does in memory now."""
        in_memory = {state.model_id: state for state in states}
        return tuple(self._model(model, in_memory.get(model.id)) for model in models)

    def ways(self, routes: Iterable[Route], router: Router) -> tuple[WayRow, ...]:
        """Return ways in their order."""
        return tuple(self._way(route, is_rough=router.is_rough(route)) for route in routes)

    def rule(self, rule: RouteRule) -> RuleRow:
        """Return what was decided for a pair."""
        through = None if rule.pivots is None else tuple(self.name(tag) for tag in rule.pivots)
        return RuleRow(rule, self.name(rule.pair.source), self.name(rule.pair.target), through)

    def tried(self, text: str, translation: Translation, router: Router, milliseconds: int) -> Tried:
        """Return a translation with its label; ``text`` is what was translated."""
        pair, route = translation.pair, translation.route
        language = find_language(pair.target)
        return Tried(
            translation=translation,
            source=self.name(pair.source),
            target=self.name(pair.target),
            direction=language.direction if language else "auto",
            mark=self._mark(translation.source, translation.quality),
            way=self._way(route, is_rough=router.is_rough(route)) if route else None,
            sentences=tuple(self._sentence(text, segment) for segment in translation.segments),
            milliseconds=milliseconds,
        )

    def _model(self, model: Model, state: ModelState | None) -> ModelRow:
        shown = model.pairs if len(model.pairs) <= SHOWN_PAIRS else ()
        return ModelRow(
            model=model,
            pairs=tuple(self._pair(pair) for pair in shown),
            languages=len({tag for pair in model.pairs for tag in (pair.source, pair.target)}),
            size=self.size(model.size_bytes) if model.size_bytes else "",
            state=state,
            memory=self.size(state.memory_bytes) if state and state.memory_bytes else "",
        )

    def _pair(self, pair: LanguagePair) -> str:
        return f"{self.name(pair.source)} → {self.name(pair.target)}"

    def _way(self, route: Route, *, is_rough: bool) -> WayRow:
        return WayRow(
            names=" → ".join(self.name(tag) for tag in (route.pair.source, *route.pivots, route.pair.target)),
            legs=route.legs,
            engines=route.engines,
            stand_ins=tuple(StandInNames(self.name(each.wanted), self.name(each.used)) for each in route.stand_ins),
            is_direct=not route.pivots,
            is_rough=is_rough,
        )

    def _mark(self, source: TextSource, quality: Quality) -> Mark | None:
        if quality is Quality.REFUSED:
            name, sign = "refused", "⛔"
        elif quality is Quality.SUSPECT:
            name, sign = "suspect", "⚠"
        elif source in _MARKS:
            name, sign = _MARKS[source]
        else:
            return None
        return Mark(sign, name, self._texts.text(f"mark-{name}"))

    def _sentence(self, text: str, segment: Segment) -> TriedSentence:
        return TriedSentence(
            text[segment.start : segment.end],
            segment.text,
            self._mark(segment.source, segment.quality),
            segment.reasons,
        )


def _bare(name: str) -> str:
    """Return a name as it is sorted: without accents, in small letters."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
