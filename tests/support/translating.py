"""A translator of real parts around an engine that a test writes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from linkbridge.phrasebook.glossary import Glossary
from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.guard.canaries import canaries
from linkbridge.translation.known import Known, KnownTexts
from linkbridge.translation.machine import CANARY, Machine
from linkbridge.translation.ports import EngineCount, LanguagePair, Model, Patience, RunnerState
from linkbridge.translation.routing import RouteRule
from linkbridge.translation.service import Translator
from linkbridge.translation.terms import Terms

Engine = Callable[[str, LanguagePair], str | tuple[str, ...]]


@dataclass
class FakeRunner:
    """Answers with ``engine``, and notes what it was asked. A model in ``broken`` fails.

    To test sentences it gives those of the target language, which say the same.
    """

    engine: Engine
    asked: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    passes_its_test: bool = True
    forgotten: list[frozenset[str]] = field(default_factory=list)
    waited: list[Patience] = field(default_factory=list)

    def run(
        self, model: Model, pair: LanguagePair, sentences: Sequence[str], patience: Patience, *, alternatives: int = 0
    ) -> list[tuple[str, ...]]:
        self.waited.append(patience)
        if model.id in self.broken:
            raise EngineFailed("broken", model=model.id)
        if patience.client == CANARY and self.passes_its_test:
            known = canaries(pair.target)
            return [known[index : index + 1] for index in range(len(sentences))]
        if patience.client != CANARY:
            self.asked.append((model.id, str(pair), tuple(sentences)))
        patience.on_progress(len(sentences))
        answers = [self.engine(sentence, pair) for sentence in sentences]
        return [(answer,) if isinstance(answer, str) else answer[: 1 + alternatives] for answer in answers]

    def forget(self, model_ids: Collection[str]) -> None:
        self.forgotten.append(frozenset(model_ids))

    def state(self) -> RunnerState:
        return RunnerState(0, ())

    def counts(self) -> Mapping[str, EngineCount]:
        return {}

    def close(self) -> None:
        """Nothing runs."""


@dataclass
class FakeKnown:
    """Knows what a test says, by text and target."""

    texts: Mapping[tuple[str, str], Known] = field(default_factory=dict)

    def find(self, texts: Collection[str], _source: str, target: str) -> Mapping[str, Known]:
        return {text: self.texts[text, target] for text in texts if (text, target) in self.texts}


def model(engine: str, *pairs: str, model_id: str = "") -> Model:
    """Return a model of these directions, such as ``en>pt``."""
    directions = tuple(LanguagePair(*pair.split(">")) for pair in pairs)
    return Model(model_id or f"{engine}-{pairs[0]}", engine, "1", "/nowhere", directions)


def translator(
    runner: FakeRunner,
    models: Sequence[Model],
    known: FakeKnown | None = None,
    *,
    rules: Sequence[RouteRule] = (),
    glossary: Glossary | None = None,
) -> Translator:
    """Return a translator of these models."""
    found: KnownTexts = known or FakeKnown()  # type: ignore[assignment]
    machine = Machine(
        models=lambda: tuple(models),
        rules=lambda: tuple(rules),
        runner=runner,
        terms=Terms(glossary or Glossary()),
    )
    return Translator(found, machine)
