"""Finds the ways from one language to another: directly, or through others that are named. Pure.

Each step has a cost; the cheapest way is the best. What an administrator decided for a pair goes before any cost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from types import MappingProxyType

from linkbridge.translation.ports import LanguagePair, Model
from linkbridge.translation.results import Leg, Route, StandIn

ENGINE_COST: Mapping[str, float] = MappingProxyType(
    {"firefox": 1.0, "argos": 1.2, "ctranslate2": 1.4, "libretranslate": 1.6, "apertium": 3.0, "pseudo": 20.0}
)
"""What a step with an engine costs. Measured: the Firefox models beat Argos on the same text by about three BLEU."""
PAIR_COST: Mapping[tuple[str, str], float] = MappingProxyType(
    {("apertium", "es-en"): 6.0, ("apertium", "en-es"): 6.0, ("apertium", "es-pt"): 2.0, ("apertium", "pt-es"): 2.0}
)
"""Where an engine is much better or worse in one direction than in others, as measured."""
UNKNOWN_ENGINE_COST = 2.0
STEP_COST = 0.8
"""What a further step loses, beside the cost of its engine."""
STAND_IN_COST = 0.3
MOST_STEPS = 3
ROUGH_COST = 4.0
"""From here on a way is called rough: its words serve to get an idea, no more."""
SIMPLE_ENGINES = frozenset({"apertium"})
"""Engines that go by rules and word lists: quick, and a fallback."""
PIVOTS = ("en", "es", "pt", "fr", "ru", "ar")
"""The languages through which a way may lead when no administrator named one, best first."""

STAND_INS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "prs": ("fa-AF", "fa"),
        "fa": ("prs",),
        "zh-Hans": ("zh", "zh-CN"),
        "zh-Hant": ("zh-TW",),
        "zh": ("zh-Hans",),
        "pt": ("pt-BR", "pt-PT"),
        "pt-BR": ("pt",),
        "pt-PT": ("pt",),
        "es": ("es-419",),
        "es-419": ("es",),
        "ms": ("id",),
        "nb": ("no",),
        "no": ("nb",),
        "tl": ("fil",),
        "fil": ("tl",),
    }
)
"""Which language may stand in for which. Only where a reader of one understands the other; it is always said."""


@dataclass(frozen=True, slots=True)
class RouteRule:
    """What an administrator decided for a pair: an engine, languages to go through, or that no machine translates it.

    ``pivots`` of ``None`` leaves the way open; empty means directly. ``engine`` empty leaves the engine open.
    """

    pair: LanguagePair
    engine: str = ""
    pivots: tuple[str, ...] | None = None
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class _Step:
    leg: Leg
    cost: float
    bundled: bool


class Router:
    """The ways that a set of models gives. It never changes; other models make another one."""

    def __init__(self, models: Iterable[Model], rules: Iterable[RouteRule] = ()) -> None:
        self._rules = {rule.pair: rule for rule in rules}
        self._steps: dict[LanguagePair, list[_Step]] = {}
        for model in models:
            for pair in model.pairs:
                leg = Leg(pair, model.engine, model.id, model.version)
                self._steps.setdefault(pair, []).append(_Step(leg, step_cost(model, pair), model.bundled))
        for steps in self._steps.values():
            steps.sort(key=lambda step: (step.cost, step.bundled, _newest_first(step.leg), step.leg.model_id))
        self._known: dict[LanguagePair, tuple[Route, ...]] = {}
        self._sources = frozenset(pair.source for pair in self._steps)
        self._targets = frozenset(pair.target for pair in self._steps)

    @property
    def sources(self) -> frozenset[str]:
        """The languages from which some model translates."""
        return self._sources

    @property
    def targets(self) -> frozenset[str]:
        """The languages into which some model translates."""
        return self._targets

    def routes(self, source: str, target: str) -> tuple[Route, ...]:
        """Return the ways from one language to another, best first; none if there is none, or it was ruled out."""
        pair = LanguagePair(source, target)
        known = self._known.get(pair)
        if known is None:
            known = tuple(self._find(pair))
            # Callers may name thousands of languages to which nothing leads: those are not remembered.
            if known or (source in self._sources and target in self._targets):
                self._known[pair] = known
        return known

    def is_rough(self, route: Route) -> bool:
        """Whether the way is so long, or an engine on it so simple, that its words only give an idea."""
        return self._cost(route) >= ROUGH_COST or not SIMPLE_ENGINES.isdisjoint(route.engines)

    def _find(self, pair: LanguagePair) -> list[Route]:
        rule = self._rules.get(pair)
        if is_same_language(pair.source, pair.target) or (rule is not None and rule.disabled):
            return []
        found: dict[tuple[tuple[str, ...], str], Route] = {}
        for source, target in product(_spellings(pair.source), _spellings(pair.target)):
            used = tuple(
                StandIn(wanted, used)
                for wanted, used in ((pair.source, source), (pair.target, target))
                if wanted != used
            )
            for languages in self._ways(source, target, rule):
                for legs in self._fill(languages, rule):
                    route = Route(pair, legs, used)
                    found.setdefault((languages, legs[0].engine), route)
        return sorted(
            found.values(),
            key=lambda route: (self._preference(route, rule), self.is_rough(route), self._cost(route), str(route)),
        )

    def _ways(self, source: str, target: str, rule: RouteRule | None) -> Iterable[tuple[str, ...]]:
        """Yield the sequences of languages worth trying. An administrator's own comes alone."""
        if rule is not None and rule.pivots is not None:
            yield (source, *rule.pivots, target)
            return
        yield (source, target)
        pivots = [pivot for pivot in PIVOTS if pivot not in {source, target}]
        for pivot in pivots:
            yield (source, pivot, target)
        for first, second in product(pivots, pivots):
            if first != second:
                yield (source, first, second, target)

    def _fill(self, languages: Sequence[str], rule: RouteRule | None) -> Iterable[tuple[Leg, ...]]:
        """Yield the legs of a way: with the best model of each step, and with each engine wherever it has one."""
        steps = [self._steps.get(LanguagePair(a, b)) for a, b in pairwise(languages)]
        if not all(steps):
            return
        full = [step for step in steps if step]
        engines = {step.leg.engine for options in full for step in options}
        wanted = [rule.engine] if rule is not None and rule.engine in engines else []
        for engine in (*wanted, "", *sorted(engines)):
            chosen = [next((step for step in options if step.leg.engine == engine), options[0]) for options in full]
            yield tuple(step.leg for step in chosen)

    def _preference(self, route: Route, rule: RouteRule | None) -> int:
        return 0 if rule is None or not rule.engine or rule.engine in route.engines else 1

    def _cost(self, route: Route) -> float:
        steps = sum(_cost_of(leg.engine, leg.pair) for leg in route.legs)
        return steps + STEP_COST * (len(route.legs) - 1) + STAND_IN_COST * len(route.stand_ins)


def step_cost(model: Model, pair: LanguagePair) -> float:
    """Return what a step with this model costs."""
    return _cost_of(model.engine, pair)


def _cost_of(engine: str, pair: LanguagePair) -> float:
    return PAIR_COST.get((engine, str(pair)), ENGINE_COST.get(engine, UNKNOWN_ENGINE_COST))


def _newest_first(leg: Leg) -> tuple[int, ...]:
    digits = "".join(character if character.isdigit() else " " for character in leg.model_version)
    return tuple(-int(part) for part in digits.split())


def is_same_language(one: str, other: str) -> bool:
    """Whether both are one language in one script, such as Portuguese of Brazil and of anywhere."""
    return one in _spellings(other) and one.partition("-")[0] == other.partition("-")[0]


def _spellings(tag: str) -> tuple[str, ...]:
    """Return the language itself, then those that may stand in for it, nearest first."""
    general, *subtags = tag.split("-")
    others = STAND_INS.get(tag, ())
    # A region is a way of writing the same language; a script is not.
    if subtags and general not in others and len(subtags[0]) != len("Hant"):
        others = (*others, general)
    return (tag, *others)
