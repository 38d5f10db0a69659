"""What is counted of translation. Labels are names of engines and kinds of results: no language, no text, no caller."""

import threading
from collections.abc import Iterable
from dataclasses import replace

from prometheus_client import Counter, Gauge

from linkbridge.translation.ports import EngineCount, Runner
from linkbridge.translation.results import Translation

SENTENCES = Counter("linkbridge_translation_sentences", "Sentences that an engine translated", ["engine"])
BATCHES = Counter("linkbridge_translation_batches", "Batches that an engine translated", ["engine"])
SECONDS = Counter("linkbridge_translation_seconds", "Seconds in which an engine translated", ["engine"])
LOADS = Counter("linkbridge_translation_loads", "Models that were loaded", ["engine"])
FAILURES = Counter("linkbridge_translation_failures", "What went wrong in an engine", ["engine", "kind"])
WAITING = Gauge(
    "linkbridge_translation_waiting_sentences", "Sentences that wait for an engine", multiprocess_mode="livesum"
)
MODELS = Gauge("linkbridge_translation_models", "Models in memory", multiprocess_mode="livesum")
MEMORY = Gauge(
    "linkbridge_translation_models_bytes", "Memory that the models in memory take", multiprocess_mode="livesum"
)
RESULTS = Counter("linkbridge_translations", "Texts that callers got translated", ["source", "quality"])


class RunnerMetrics:
    """Carries what a runner counted into the metrics of this process."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._lock = threading.Lock()
        self._told: dict[str, EngineCount] = {}

    def update(self) -> None:
        """Add what is new since the last time. Any thread may call."""
        with self._lock:
            state = self._runner.state()
            WAITING.set(state.waiting)
            MODELS.set(len(state.models))
            MEMORY.set(sum(model.memory_bytes for model in state.models))
            for engine, now in self._runner.counts().items():
                _add(engine, now, self._told.get(engine, EngineCount()))
                self._told[engine] = replace(now)

    def clear(self) -> None:
        """Say that nothing waits and no model is in memory: this process ends."""
        for gauge in (WAITING, MODELS, MEMORY):
            gauge.set(0)


def count_results(translations: Iterable[Translation]) -> None:
    """Count texts that a caller got, by where their words come from and how far they may be trusted."""
    for translation in translations:
        RESULTS.labels(translation.source.value, translation.quality.value).inc()


def _add(engine: str, now: EngineCount, told: EngineCount) -> None:
    SENTENCES.labels(engine).inc(now.sentences - told.sentences)
    BATCHES.labels(engine).inc(now.batches - told.batches)
    SECONDS.labels(engine).inc(now.seconds - told.seconds)
    LOADS.labels(engine).inc(now.loads - told.loads)
    FAILURES.labels(engine, "sentence").inc(now.failures - told.failures)
    FAILURES.labels(engine, "crash").inc(now.crashes - told.crashes)
    FAILURES.labels(engine, "stall").inc(now.stalls - told.stalls)
