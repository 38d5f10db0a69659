"""Folders of models of many languages: the small one of the tests is told its languages as M2M-100 is."""

import itertools
import json
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from linkbridge.translation.engines.multilingual import Multilingual, _Description
from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.ports import EngineOptions, LanguagePair, LoadedModel, Places
from scripts.make_fixture_model import corpus
from tests.support.fixture_models import install_multilingual

ES_FR = LanguagePair("es", "fr")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return install_multilingual(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def loaded(places: Places) -> LoadedModel:
    return load(places)


def load(places: Places) -> LoadedModel:
    [model] = Multilingual().find(places)
    return Multilingual().load(model, EngineOptions(beam_size=1))


def folder(models: Path, **changes: object) -> Path:
    """Install the model with another description, and return its folder."""
    install_multilingual(models)
    place = models / "ctranslate2" / "four-languages"
    described = json.loads((place / "linkbridge.json").read_text(encoding="utf-8"))
    (place / "linkbridge.json").write_text(json.dumps({**described, **changes}), encoding="utf-8")
    return place


def test_find_names_every_direction(places: Places) -> None:
    [model] = Multilingual().find(places)
    assert (model.id, model.licence, model.version[:4]) == ("ctranslate2-four-languages", "Apache-2.0", "0.1+")
    assert len(model.pairs) == 12
    assert model.code("fr") == "__fr__"


@pytest.mark.parametrize("pair", [LanguagePair(*tags) for tags in itertools.permutations(("en", "es", "fr", "pt"), 2)])
def test_every_sentence_is_exact_in_every_direction(loaded: LoadedModel, pair: LanguagePair) -> None:
    rows = corpus()
    sources: dict[str, set[str]] = {}
    for row in rows:
        sources.setdefault(row[pair.source], set()).add(row[pair.target])
    answers = loaded.translate(list(sources), pair)
    wrong = [text for text, answer in zip(sources, answers, strict=True) if answer[0] not in sources[text]]
    assert wrong == []


def test_directions_can_be_named(tmp_path: Path) -> None:
    folder(tmp_path, pairs=["fr-en", "en-fr"])
    [model] = Multilingual().find(Places(tmp_path))
    assert [str(pair) for pair in model.pairs] == ["en-fr", "fr-en"]


def test_languages_are_told_as_the_model_wants_it(tmp_path: Path) -> None:
    madlad = folder(
        tmp_path, languages={"fr": "<2fr>", "ti": "<2ti>"}, source=["{target}", "{text}", "</s>"], target=[]
    )
    frame = _Description.of(madlad).frame(LanguagePair("fr", "ti"))
    assert (frame.before, frame.after, frame.prefix) == (("<2ti>",), ("</s>",), ())
    nllb = folder(tmp_path, languages={"fr": "fra_Latn", "ti": "tir_Ethi"})
    frame = _Description.of(nllb).frame(LanguagePair("fr", "ti"))
    assert (frame.before, frame.after, frame.prefix) == (("fra_Latn",), ("</s>",), ("tir_Ethi",))


@pytest.mark.parametrize(
    "changes",
    [
        {"languages": {"en": "__en__"}},
        {"languages": {"en": "__en__", "nonsense!": "x"}},
        {"languages": {"en": "__en__", "zh": "x"}},
        {"languages": {"en": "__en__", "fr": ""}},
        {"source": ["{source}"]},
        {"source": ["{text}", "{text}"]},
        {"target": ["{text}"]},
        {"target": []},
        {"target": "{target}"},
        {"pairs": ["en-ti"]},
        {"licence": ""},
        {"version": None},
        {"length_penalty": "long"},
    ],
)
def test_find_leaves_out_a_model_that_says_nonsense(tmp_path: Path, changes: dict[str, object]) -> None:
    folder(tmp_path, **changes)
    with capture_logs() as logs:
        assert Multilingual().find(Places(tmp_path)) == ()
    assert [(entry["event"], entry["model"]) for entry in logs] == [("model is damaged", "four-languages")]


@pytest.mark.parametrize("name", ["model.bin", "sentencepiece.model", "linkbridge.json"])
def test_find_leaves_out_a_model_that_lacks_a_file(tmp_path: Path, name: str) -> None:
    (folder(tmp_path) / name).unlink()
    with capture_logs() as logs:
        assert Multilingual().find(Places(tmp_path)) == ()
    assert [entry["model"] for entry in logs] == ["four-languages"]


def test_find_leaves_out_a_model_whose_name_would_spoil_an_id(tmp_path: Path) -> None:
    place = folder(tmp_path)
    place.rename(place.with_name("four languages"))
    with capture_logs() as logs:
        assert Multilingual().find(Places(tmp_path)) == ()
    assert len(logs) == 1


@pytest.mark.parametrize("languages", [{"en": "__en__", "ti": "__ti__"}, {"en": "__en__", "fr": "no such piece"}])
def test_a_language_whose_piece_is_unknown_stops_the_loading(tmp_path: Path, languages: dict[str, str]) -> None:
    folder(tmp_path, languages=languages)
    with pytest.raises(EngineFailed) as failed:
        load(Places(tmp_path))
    assert failed.value.params == {"engine": "ctranslate2", "model": "ctranslate2-four-languages"}


def test_a_damaged_vocabulary_stops_the_loading(tmp_path: Path) -> None:
    (folder(tmp_path) / "shared_vocabulary.json").write_text("[", encoding="utf-8")
    with pytest.raises(EngineFailed):
        load(Places(tmp_path))


def test_two_sentencepiece_models_may_stand_for_source_and_target(tmp_path: Path) -> None:
    place = folder(tmp_path)
    pieces = (place / "sentencepiece.model").read_bytes()
    (place / "sentencepiece.model").unlink()
    (place / "source.spm").write_bytes(pieces)
    (place / "target.spm").write_bytes(pieces)
    assert load(Places(tmp_path)).translate(["Gracias."], ES_FR) == [("Merci.",)]


def test_answers_keep_their_order_and_have_alternatives(loaded: LoadedModel) -> None:
    answers = loaded.translate(["Gracias.", "", "Buenos días."], ES_FR, alternatives=2)
    assert [answer[0] for answer in answers] == ["Merci.", "", "Bonjour."]
    assert all(len(set(answer)) == len(answer) <= 3 for answer in answers)
    assert not any("__" in text for answer in answers for text in answer)


@pytest.mark.parametrize("text", ["a\ud800b", "مرحبا 😀", "\x01", "x" * 3_000, "__fr__"])
def test_odd_text_is_no_error(loaded: LoadedModel, text: str) -> None:
    [(answer,)] = loaded.translate([text], ES_FR)
    assert "\n" not in answer


def test_a_direction_that_the_model_lacks_fails_clearly(loaded: LoadedModel) -> None:
    with pytest.raises(EngineFailed) as failed:
        loaded.translate(["a secret"], LanguagePair("en", "ti"))
    assert failed.value.params == {"model": "ctranslate2-four-languages", "pair": "en-ti"}


def test_a_closed_model_answers_no_more(places: Places) -> None:
    loaded = load(places)
    loaded.close()
    with pytest.raises(EngineFailed):
        loaded.translate(["Gracias."], ES_FR)
