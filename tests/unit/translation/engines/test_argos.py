"""Argos packages: the small ones of the tests, which know their sentences by heart."""

import json
import shutil
from pathlib import Path

import ctranslate2
import pytest
from argostranslate.tokenizer import SentencePieceTokenizer
from structlog.testing import capture_logs

from linkbridge.translation.engines import runtime
from linkbridge.translation.engines.argos import Argos
from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.ports import EngineOptions, LanguagePair, LoadedModel, Model, Places
from scripts.make_fixture_model import PAIRS, corpus
from tests.support.fixture_models import by_id, install_argos

ES_EN = LanguagePair("es", "en")
EN_FR = LanguagePair("en", "fr")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return install_argos(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def spanish(places: Places) -> LoadedModel:
    return load(places, "argos-es-en")


def load(places: Places, model_id: str, **options: int) -> LoadedModel:
    engine = Argos()
    return engine.load(by_id(engine.find(places), model_id), EngineOptions(**options))  # type: ignore[arg-type]


def package(models: Path, **changes: object) -> Path:
    """Install a package whose description is changed, and return its folder."""
    install_argos(models, "es_en")
    folder = models / "argos" / "translate-es_en"
    described = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    (folder / "metadata.json").write_text(json.dumps({**described, **changes}), encoding="utf-8")
    return folder


def test_find_names_the_installed_packages(places: Places) -> None:
    models = Argos().find(places)
    assert [(model.id, str(model.pairs[0]), model.version[:4]) for model in models] == [
        ("argos-en-fr", "en-fr", "0.1+"),
        ("argos-en-pt", "en-pt", "0.1+"),
        ("argos-es-en", "es-en", "0.1+"),
    ]
    assert all(400_000 < model.size_bytes < 750_000 for model in models)


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("beam", [1, 4])
def test_every_sentence_of_the_templates_is_exact(places: Places, pair: tuple[str, str], beam: int) -> None:
    source, target = pair
    rows = corpus()
    loaded = load(places, f"argos-{source}-{target}", beam_size=beam)
    answers = loaded.translate([row[source] for row in rows], LanguagePair(source, target))
    assert answers == [(row[target],) for row in rows]


def test_the_answers_are_those_of_argos_at_the_same_beam(places: Places, spanish: LoadedModel) -> None:
    folder = Path(by_id(Argos().find(places), "argos-es-en").location)
    tokenizer = SentencePieceTokenizer(folder / "sentencepiece.model")
    texts = [row["es"] for row in corpus()] + [f"{row['es']} {row['es']}" for row in corpus()[::9]] + ["Un gato verde."]
    results = ctranslate2.Translator(str(folder / "model")).translate_batch(
        [tokenizer.encode(text) for text in texts],
        replace_unknowns=True,
        max_batch_size=32,
        batch_type="tokens",
        beam_size=4,
        num_hypotheses=4,
        length_penalty=0.2,
    )
    theirs = [[tokenizer.decode(pieces).removeprefix(" ") for pieces in result.hypotheses] for result in results]
    ours = spanish.translate(texts, ES_EN, alternatives=3)
    assert [answers[0] for answers in ours] == [answers[0] for answers in theirs]
    assert ours[:50] == [tuple(dict.fromkeys(answers)) for answers in theirs[:50]]


@pytest.mark.parametrize(("code", "tag"), [("zh", "zh-Hans"), ("zt", "zh-Hant"), ("pb", "pt-BR"), ("ar", "ar")])
def test_find_gives_codes_their_tags(tmp_path: Path, code: str, tag: str) -> None:
    package(tmp_path, from_code=code)
    [model] = Argos().find(Places(tmp_path))
    assert (model.id, model.pairs, model.code(tag)) == (f"argos-{tag}-en", (LanguagePair(tag, "en"),), code)


def test_find_names_the_newer_of_two_packages(tmp_path: Path) -> None:
    old = package(tmp_path, package_version="1.9")
    shutil.copytree(old, old.with_name("translate-es_en-1_10"))
    package(tmp_path, package_version="1.10").rename(old.with_name("newer"))
    shutil.copytree(old.with_name("translate-es_en-1_10"), old)
    assert [model.version[:5] for model in Argos().find(Places(tmp_path))] == ["1.10+"]


def test_the_version_changes_with_the_weights(tmp_path: Path, places: Places) -> None:
    folder = package(tmp_path)
    before = Argos().find(Places(tmp_path))[0].version
    assert before == by_id(Argos().find(places), "argos-es-en").version
    path = folder / "model" / "model.bin"
    data = bytearray(path.read_bytes())
    data[-100] ^= 1
    path.write_bytes(data)
    assert Argos().find(Places(tmp_path))[0].version != before


def test_find_takes_no_notice_of_packages_that_translate_nothing(tmp_path: Path) -> None:
    package(tmp_path, type="sbd")
    with capture_logs() as logs:
        assert Argos().find(Places(tmp_path)) == ()
    assert logs == []


@pytest.mark.parametrize(
    ("name", "size", "reason"),
    [
        ("model/model.bin", 0, "model/model.bin is empty"),
        ("model/model.bin", 2, "model.bin is cut off"),
        ("model/model.bin", 300_000, "model.bin is cut off"),
        ("sentencepiece.model", 0, "sentencepiece.model is empty"),
        ("metadata.json", 20, "its description cannot be read"),
    ],
)
def test_find_leaves_out_and_names_a_damaged_package(tmp_path: Path, name: str, size: int, reason: str) -> None:
    path = package(tmp_path) / name
    install_argos(tmp_path, "en_fr")
    path.write_bytes(path.read_bytes()[:size])
    with capture_logs() as logs:
        assert [model.id for model in Argos().find(Places(tmp_path))] == ["argos-en-fr"]
    assert [(entry["event"], entry["model"], entry["reason"]) for entry in logs] == [
        ("model is damaged", "translate-es_en", reason)
    ]


@pytest.mark.parametrize(
    "changes",
    [{"to_code": "es"}, {"from_code": "not a language"}, {"from_code": 7}, {"target_prefix": 7}, {"type": []}],
)
def test_find_leaves_out_a_package_that_says_nonsense(tmp_path: Path, changes: dict[str, object]) -> None:
    package(tmp_path, **changes)
    with capture_logs() as logs:
        assert Argos().find(Places(tmp_path)) == ()
    assert [entry["event"] for entry in logs] == ["model is damaged"]


@pytest.mark.parametrize("name", ["model/model.bin", "sentencepiece.model", "model/shared_vocabulary.json"])
def test_a_package_damaged_since_cannot_be_loaded(tmp_path: Path, name: str) -> None:
    folder = package(tmp_path)
    [model] = Argos().find(Places(tmp_path))
    (folder / name).write_bytes((folder / name).read_bytes()[:-50])
    with pytest.raises(EngineFailed) as failed:
        Argos().load(model, EngineOptions())
    assert failed.value.params == {"engine": "argos", "model": "argos-es-en"}
    shutil.rmtree(folder)
    with pytest.raises(EngineFailed):
        Argos().load(model, EngineOptions())


def test_a_model_loads_from_its_plain_fields_alone(places: Places) -> None:
    found = by_id(Argos().find(places), "argos-es-en")
    plain = Model(found.id, found.engine, found.version, found.location, found.pairs)
    assert Argos().load(plain, EngineOptions()).translate(["Gracias."], ES_EN) == [("Thank you.",)]


def test_answers_keep_their_order_whatever_their_length(spanish: LoadedModel) -> None:
    sentences = ["Gracias.", "", "Usted tiene 5 días para recurrir.", " \x00\n", "Gracias.", "Buenos días."]
    assert spanish.translate(sentences, ES_EN) == [
        ("Thank you.",),
        ("",),
        ("You have 5 days to appeal.",),
        ("",),
        ("Thank you.",),
        ("Good morning.",),
    ]
    assert spanish.translate([], ES_EN) == []


def test_a_hundred_sentences_in_several_batches_keep_their_order(
    spanish: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = corpus()[:100]
    monkeypatch.setattr(runtime, "_BATCH_PIECES", 40)
    assert spanish.translate([row["es"] for row in rows], ES_EN) == [(row["en"],) for row in rows]


def test_alternatives_are_different_and_follow_the_best(spanish: LoadedModel) -> None:
    [answers] = spanish.translate(["¿Dónde está el médico?"], ES_EN, alternatives=3)
    assert answers[0] == "Where is the doctor?"
    assert 2 <= len(answers) == len(set(answers)) <= 4
    [many] = spanish.translate(["¿Dónde está el médico?"], ES_EN, alternatives=1_000)
    assert len(many) <= 16


def test_an_underscore_stays_one(spanish: LoadedModel, places: Places) -> None:
    folder = Path(by_id(Argos().find(places), "argos-es-en").location)
    pieces = runtime.SentencePiece(folder / "sentencepiece.model")
    assert pieces.decode(["▁", "a", "_", "b", "▁c"]) == "a_b c"
    assert pieces.decode(pieces.encode("Buenos días.")) == "Buenos días."
    assert spanish.translate(["_"], ES_EN) != [("",)]


def test_the_piece_that_names_the_target_is_taken_away(tmp_path: Path) -> None:
    folder = package(tmp_path)
    pieces = runtime.SentencePiece(folder / "sentencepiece.model")
    first, *rest = pieces.encode("Thank you.")
    package(tmp_path, target_prefix=first)
    assert load(Places(tmp_path), "argos-es-en").translate(["Gracias."], ES_EN) == [(pieces.decode(rest),)]


@pytest.mark.parametrize("text", ["a\ud800b", "مرحبا 😀 שלום", "\x01\x02 hola", "x" * 5_000, "¿" * 2_000])
def test_odd_text_gets_one_line_of_answer(spanish: LoadedModel, text: str) -> None:
    [(answer,)] = spanish.translate([text], ES_EN)
    assert "\n" not in answer
    assert "\ud800" not in answer


def test_what_is_longer_than_the_model_can_read_is_cut(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "LONGEST", 30)
    loaded = load(places, "argos-en-fr")
    [answers] = loaded.translate([" ".join(["You have 5 days to appeal."] * 61)], EN_FR, alternatives=3)
    assert answers == (" ".join(["Vous avez 5 jours pour faire appel."] * 61),)


def test_what_is_longer_than_its_positions_is_no_error(places: Places) -> None:
    [(answer,)] = load(places, "argos-en-fr").translate(["x " * 5_000], EN_FR)
    assert len(answer) > 100


def test_an_answer_without_end_is_bounded(spanish: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    class Endless:
        def translate_batch(self, sources: list[list[str]], *, max_decoding_length: int, **_: object) -> list[object]:
            asked.append(max_decoding_length / max(map(len, sources)))
            raise RuntimeError("a secret")

    monkeypatch.setattr(spanish._runtime, "_translator", Endless())
    with pytest.raises(EngineFailed) as failed:
        spanish.translate(["Buenos días. " * 10], ES_EN)
    assert "secret" not in f"{failed.value} {failed.value.params}"
    assert asked[0] <= 5


def test_a_closed_model_answers_no_more(places: Places) -> None:
    loaded = load(places, "argos-es-en")
    loaded.close()
    loaded.close()
    with pytest.raises(EngineFailed):
        loaded.translate(["Gracias."], ES_EN)


def test_byte_pairs_are_put_together_as_moses_wrote_them(tmp_path: Path) -> None:
    codes = tmp_path / "bpe.model"
    codes.write_text("#version: 0.2\nd o\nc t\nct o\ncto r</w>\n", encoding="utf-8")
    pieces = runtime.MosesBytePairs(codes, "en", "en")
    encoded = pieces.encode("The doctor's room, please.")
    assert "do@@" in encoded
    assert "ctor" in encoded
    assert pieces.decode(encoded) == "The doctor's room, please."
    assert pieces.encode("") == []


def test_a_package_with_byte_pairs_translates(tmp_path: Path) -> None:
    folder = package(tmp_path)
    (folder / "sentencepiece.model").unlink()
    (folder / "bpe.model").write_text("#version: 0.2\nd o\n", encoding="utf-8")
    [(answer,)] = load(Places(tmp_path), "argos-es-en").translate(["Hola"], ES_EN)
    assert "@@" not in answer
