"""The shelf of a running server: it looks anew when the folder was changed, and says whose memory to free."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from linkbridge.translation.packages.shelf import ModelShelf
from linkbridge.translation.packages.store import mark_changed
from linkbridge.translation.ports import EngineOptions, Lane, LanguagePair, LoadedModel, Model, Places

ES_EN = Model("b-es-en", "b", "1", "/models/b", (LanguagePair("es", "en"),))
EN_FR = Model("a-en-fr", "a", "1", "/models/a", (LanguagePair("en", "fr"),))


@dataclass
class Finder:
    """An engine that finds what a test puts there."""

    models: list[Model]
    looked: int = 0
    name: str = "finder"
    lane: Lane = Lane.THREAD
    batch_size: int = 1

    def find(self, places: Places) -> tuple[Model, ...]:  # noqa: ARG002 - the port's signature
        self.looked += 1
        return tuple(self.models)

    def load(self, model: Model, options: EngineOptions) -> LoadedModel:
        raise NotImplementedError


@dataclass
class Ticks:
    now: float = 100.0
    changed: list[frozenset[str]] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now


def make(folder: Path, *finders: Finder) -> tuple[ModelShelf, Ticks]:
    ticks = Ticks()
    return ModelShelf(finders, Places(folder), on_change=ticks.changed.append, monotonic=ticks), ticks


def test_models_of_all_engines_are_sorted_and_looked_for_once(tmp_path: Path) -> None:
    first, second = Finder([ES_EN]), Finder([EN_FR])
    shelf, ticks = make(tmp_path, first, second)
    assert shelf.models() == (EN_FR, ES_EN)
    ticks.now += 60
    assert shelf.models() == (EN_FR, ES_EN)
    assert (first.looked, second.looked, ticks.changed) == (1, 1, [])


def test_a_change_is_noticed_within_two_seconds(tmp_path: Path) -> None:
    finder = Finder([ES_EN, EN_FR])
    shelf, ticks = make(tmp_path, finder)
    shelf.models()
    finder.models = [ES_EN]
    mark_changed(tmp_path)
    ticks.now += 1.9
    assert shelf.models() == (EN_FR, ES_EN)
    ticks.now += 0.1
    assert shelf.models() == (ES_EN,)
    assert ticks.changed == [frozenset({"a-en-fr"})]


def test_another_version_or_place_is_a_change_and_a_new_model_is_none(tmp_path: Path) -> None:
    finder = Finder([ES_EN, EN_FR])
    shelf, ticks = make(tmp_path, finder)
    shelf.models()
    finder.models = [replace(ES_EN, version="2"), replace(EN_FR, location="/else"), replace(EN_FR, id="c")]
    mark_changed(tmp_path)
    ticks.now += 2
    assert [model.id for model in shelf.models()] == ["a-en-fr", "b-es-en", "c"]
    assert ticks.changed == [frozenset({"b-es-en", "a-en-fr"})]


def test_refresh_looks_at_once(tmp_path: Path) -> None:
    finder = Finder([ES_EN])
    shelf, ticks = make(tmp_path, finder)
    shelf.models()
    finder.models = []
    assert shelf.refresh() == ()
    assert ticks.changed == [frozenset({"b-es-en"})]


def test_a_folder_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    shelf, _ = make(tmp_path / "nowhere", Finder([]))
    assert shelf.models() == ()
