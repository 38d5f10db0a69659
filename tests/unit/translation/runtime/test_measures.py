import pytest

from linkbridge.translation.ports import Model
from linkbridge.translation.runtime.measures import EngineCount, Measures, ModelCount

MODEL = Model("m", "told", "1", "", (), size_bytes=100_000_000)
KEY = ("m", "1")


def test_speed_follows_what_was_measured() -> None:
    measures = Measures()
    measures.translated(MODEL, ["x" * 84], 100, 0.1)
    assert measures.seconds(KEY, 1000) == pytest.approx(1.0)
    assert measures.budget(KEY, 0.25) == 250
    measures.translated(MODEL, ["x" * 84], 100, 0.6)
    assert measures.seconds(KEY, 1000) == pytest.approx(2.0)


def test_model_that_takes_no_time_has_a_budget_all_the_same() -> None:
    measures = Measures()
    measures.translated(MODEL, ["x"], 17, 0.0)
    assert measures.budget(KEY, 0.25) > 1_000_000


def test_memory_and_loading_are_estimated_from_the_size_until_they_are_measured() -> None:
    measures = Measures()
    assert measures.memory(MODEL, KEY) == 150_000_000
    assert measures.load_seconds(MODEL, KEY) == pytest.approx(1.1)
    measures.loaded(MODEL, KEY, 0.3, 90_000_000)
    measures.grown(KEY, 95_000_000)
    measures.grown(KEY, 91_000_000)
    assert (measures.memory(MODEL, KEY), measures.load_seconds(MODEL, KEY)) == (95_000_000, 0.3)


def test_counts_are_kept_by_engine_and_by_model() -> None:
    measures = Measures()
    measures.loaded(MODEL, KEY, 0.3, 1)
    measures.translated(MODEL, ["ab", "c"], 35, 0.5)
    measures.done(MODEL, 2, 1)
    copies = measures.copies()
    measures.done(MODEL, 1, 0)
    assert copies == {"told": EngineCount(2, 3, 1, 0.5, loads=1, failures=1)}
    assert measures.model("m") == ModelCount(3, 1)
