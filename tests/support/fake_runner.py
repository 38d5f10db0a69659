"""A runner without engines, and models without files, for tests of what stands around them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from linkbridge.kernel.errors import DomainError
from linkbridge.translation.ports import EngineCount, LanguagePair, Model, Patience, RunnerState


def model(engine: str, *directions: str, size_bytes: int = 0, bundled: bool = False) -> Model:
    """Return a model of an engine, such as ``model("argos", "es-en")``."""
    return Model(
        id="-".join((engine, *directions[:1])),
        engine=engine,
        version="1.9",
        location="/nowhere",
        pairs=tuple(LanguagePair(*direction.split(">" if ">" in direction else "-")) for direction in directions),
        licence="CC0-1.0",
        size_bytes=size_bytes,
        bundled=bundled,
    )


@dataclass
class FakeShelf:
    """A shelf with exactly these models, of which a test may give it others."""

    found: tuple[Model, ...] = ()

    def models(self) -> tuple[Model, ...]:
        return self.found


@dataclass
class FakeRunner:
    """Knows ``answers``, says other sentences back in capitals, or fails. ``asked`` are the models and directions."""

    answers: dict[str, str] = field(default_factory=lambda: {"I need a doctor.": "Preciso de um médico."})
    error: DomainError | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)
    now: RunnerState = field(default_factory=lambda: RunnerState(0, ()))
    counted: dict[str, EngineCount] = field(default_factory=dict)
    closed: int = 0
    on_state: Callable[[], None] = lambda: None

    def run(
        self,
        model: Model,
        pair: LanguagePair,
        sentences: Sequence[str],
        patience: Patience,  # noqa: ARG002 - the port's signature
        *,
        alternatives: int = 0,  # noqa: ARG002
    ) -> list[tuple[str, ...]]:
        self.asked.append((model.id, str(pair)))
        if self.error is not None:
            raise self.error
        return [(self.answers.get(sentence, sentence.upper()),) for sentence in sentences]

    def forget(self, model_ids: Collection[str]) -> None:
        """Nothing is loaded."""

    def state(self) -> RunnerState:
        self.on_state()
        return self.now

    def counts(self) -> Mapping[str, EngineCount]:
        return self.counted

    def close(self) -> None:
        self.closed += 1
