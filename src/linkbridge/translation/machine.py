"""Translates sentences by machine: over the best route, its words held to the glossary, everything checked.

A way that fails gives way to the next one. A sentence that the guard doubts is tried again in other ways. What is still
wrong is said, or not shown.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock

import structlog

from linkbridge.phrasebook.glossary import Domain
from linkbridge.translation.errors import EngineFailed, NoRoute, TranslationBusy, TranslationLate
from linkbridge.translation.guard import check, verdict
from linkbridge.translation.guard.canaries import canaries, judge_canaries
from linkbridge.translation.ports import LanguagePair, Model, Patience, Runner
from linkbridge.translation.protection import ProtectedOutput, Translate, translate_protected
from linkbridge.translation.repairs import REPAIRS
from linkbridge.translation.results import Finding, Leg, ProtectedSpan, Quality, Reason, Route, UsedTerm
from linkbridge.translation.routing import Router, RouteRule
from linkbridge.translation.shaping import Shaped, shape
from linkbridge.translation.terms import Terms

_WITH_ALTERNATIVES = frozenset({"argos", "ctranslate2", "libretranslate", "pseudo"})
"""The engines that have more than one answer."""
CANARY = "canary"
"""The client under whose name test sentences wait."""
_log = structlog.get_logger("linkbridge.translation")


@dataclass(frozen=True, slots=True)
class MachineText:
    """A sentence as the machine gave it, with what the guard found. ``spans`` lie in the sentence."""

    text: str
    route: Route
    quality: Quality
    reasons: tuple[Reason, ...]
    alternatives: tuple[str, ...] = ()
    spans: tuple[ProtectedSpan, ...] = ()
    terms: tuple[UsedTerm, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of the machine besides the words."""

    alternatives: int = 0
    domain: Domain | None = None


class Machine:
    """All models that are installed, as one machine."""

    def __init__(
        self,
        *,
        models: Callable[[], Sequence[Model]],
        rules: Callable[[], Sequence[RouteRule]],
        runner: Runner,
        terms: Terms,
    ) -> None:
        self._models = models
        self._rules = rules
        self._runner = runner
        self._terms = terms
        self._lock = Lock()
        self._made_of: tuple[Sequence[Model], Sequence[RouteRule]] = ((), ())
        self._router = Router(())
        self._by_id: Mapping[str, Model] = {}
        self._canaries: dict[Leg, tuple[Finding, ...]] = {}

    def router(self) -> Router:
        """Return the ways that the models and rules of this moment give."""
        models, rules = self._models(), self._rules()
        with self._lock:
            if self._made_of != (models, rules):
                self._router, self._by_id = Router(models, rules), {model.id: model for model in models}
                self._made_of = (models, rules)
            return self._router

    def translate(
        self, sentences: Sequence[str], pair: LanguagePair, patience: Patience, wish: Wish
    ) -> list[MachineText]:
        """Return the sentences in another language, in their order.

        Raises:
            NoRoute: nothing leads from one language to the other.
            EngineFailed: no way works now.
            TranslationBusy, TranslationLate, TranslationCancelled: see ``translation.errors``.
        """
        router = self.router()
        routes = router.routes(pair.source, pair.target)
        if not routes:
            raise NoRoute("no model translates this", source=pair.source, target=pair.target)
        failed = EngineFailed("no way works")
        shapes = [shape(sentence) for sentence in sentences]
        for route in routes:
            try:
                found = self._go(route, [one.text for one in shapes], patience, wish, rough=router.is_rough(route))
                return [_as_it_was(text, one) for text, one in zip(found, shapes, strict=True)]
            except EngineFailed as error:
                _log.warning("route_failed", route=str(route), engines=route.engines)
                failed = error
        raise failed

    def _go(
        self, route: Route, sentences: Sequence[str], patience: Patience, wish: Wish, *, rough: bool
    ) -> list[MachineText]:
        outputs, doubts = self._walk(route, sentences, patience, wish)
        general = [finding for leg in route.legs for finding in self._canary(leg, patience)]
        if rough:
            general.append(Finding(Reason.ROUGH, Quality.SUSPECT))
        found = [
            self._judge(route, source, output, mine, wish)
            for source, output, mine in zip(sentences, outputs, doubts, strict=True)
        ]
        # What is true of the way is true of every answer on it, the repaired ones too.
        return [_doubted(text, general) for text in self._repair(route, sentences, found, patience, wish)]

    def _walk(
        self, route: Route, sentences: Sequence[str], patience: Patience, wish: Wish
    ) -> tuple[list[ProtectedOutput], list[tuple[Finding, ...]]]:
        """Go all steps; return what came out, and what the guard found on the way where there are several."""
        texts: Sequence[str] = sentences
        doubts: list[tuple[Finding, ...]] = [()] * len(sentences)
        outputs: list[ProtectedOutput] = []
        for leg in route.legs:
            wanted = wish.alternatives if leg is route.legs[-1] else 0
            outputs = translate_protected(texts, _once_answered(partial(self._run, leg, patience, wanted)))
            if len(route.legs) > 1:
                doubts = [
                    (*doubt, *check(source, output.text, leg.pair.source, leg.pair.target))
                    for doubt, source, output in zip(doubts, texts, outputs, strict=True)
                ]
            texts = [output.text for output in outputs]
        return outputs, doubts

    def _run(self, leg: Leg, patience: Patience, alternatives: int, texts: Sequence[str]) -> list[tuple[str, ...]]:
        model = self._by_id.get(leg.model_id)
        if model is None:
            raise EngineFailed("this model was removed", model=leg.model_id)
        return self._runner.run(model, leg.pair, texts, patience, alternatives=alternatives)

    def _judge(
        self, route: Route, source: str, output: ProtectedOutput, doubts: Iterable[Finding], wish: Wish
    ) -> MachineText:
        here, there = route.pair.source, route.pair.target
        if not output.text.strip():
            return MachineText("", route, Quality.REFUSED, (Reason.ENGINE_FAILED,), spans=output.spans)
        worded = self._terms.apply(source, output.text, here, there, wish.domain)
        findings = [*check(source, worded.text, here, there), *worded.findings, *doubts]
        if output.lost:
            findings.append(Finding(Reason.PROTECTED, Quality.REFUSED))
        elif output.cut:
            findings.append(Finding(Reason.PROTECTED, Quality.SUSPECT))
        quality, reasons = verdict(findings)
        # No label goes with them: only those are given that would be shown by themselves.
        others = tuple(
            text
            for text in output.alternatives[: wish.alternatives]
            if verdict(check(source, text, here, there))[0] is not Quality.REFUSED
        )
        return MachineText(worded.text, route, quality, reasons, others, output.spans, worded.terms)

    def _repair(
        self, route: Route, sentences: Sequence[str], found: list[MachineText], patience: Patience, wish: Wish
    ) -> list[MachineText]:
        """Try again, in other ways, what the guard doubts, and take what it doubts less."""
        leg = route.legs[0]
        if len(route.legs) > 1:
            return found
        for repair in REPAIRS:
            if repair.alternatives and leg.engine not in _WITH_ALTERNATIVES:
                continue
            doubted = [i for i, text in enumerate(found) if repair.reasons.intersection(text.reasons)]
            run = partial(self._run, leg, patience, repair.alternatives)
            try:
                outputs = repair.again([sentences[i] for i in doubted], leg.pair, run) if doubted else []
            except EngineFailed:
                continue
            except (TranslationBusy, TranslationLate):
                break  # The first answers are there, with their doubts: better than none.
            for i, output in zip(doubted, outputs, strict=True):
                for text in (output.text, *output.alternatives):
                    judged = self._judge(route, sentences[i], replace(output, text=text, alternatives=()), (), wish)
                    if judged.quality.rank < found[i].quality.rank:
                        others = tuple(other for other in found[i].alternatives if other != judged.text)
                        found[i] = replace(judged, alternatives=others)
        return found

    def _canary(self, leg: Leg, patience: Patience) -> tuple[Finding, ...]:
        """Return what a model does wrong with its test sentences; they are tried once for each version."""
        sentences = canaries(leg.pair.source)
        known = self._canaries.get(leg)
        if known is None and sentences:
            aside = replace(patience, client=CANARY, on_progress=lambda _done: None)
            outputs = [answers[0] if answers else "" for answers in self._run(leg, aside, 0, sentences)]
            known = self._canaries[leg] = judge_canaries(outputs, leg.pair.source, leg.pair.target)
            if known:
                _log.warning("canary_failed", model=leg.model_id, pair=str(leg.pair))
        return known or ()

    def forget(self, model_ids: Collection[str]) -> None:
        """Try the test sentences of these models again, and unload them: they were replaced or removed."""
        self._canaries = {leg: known for leg, known in self._canaries.items() if leg.model_id not in model_ids}
        self._runner.forget(model_ids)


def _once_answered(run: Translate) -> Translate:
    """Return ``run``; once it has answered, its failure is that of the sentences which are tried again, not of all."""
    has_answered = False

    def again(texts: Sequence[str]) -> list[tuple[str, ...]]:
        nonlocal has_answered
        try:
            answers = run(texts)
        except EngineFailed:
            if not has_answered:
                raise
            return [()] * len(texts)
        has_answered = True
        return answers

    return again


def _as_it_was(text: MachineText, shaped: Shaped) -> MachineText:
    if not shaped.stopped:
        return text
    return replace(
        text, text=shaped.back(text.text), alternatives=tuple(shaped.back(other) for other in text.alternatives)
    )


def _doubted(text: MachineText, findings: Sequence[Finding]) -> MachineText:
    """Return a text with further doubts; one that is not there needs none."""
    if not findings or not text.text:
        return text
    quality, reasons = verdict([*(Finding(reason, text.quality) for reason in text.reasons), *findings])
    return replace(text, quality=quality, reasons=reasons)
