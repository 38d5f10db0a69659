"""Mozilla's models: two come with the program, others are installed beside them."""

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from linkbridge.translation.engines import firefox
from linkbridge.translation.engines.firefox import Firefox
from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.ports import EngineOptions, LanguagePair, LoadedModel, Model, Places
from tests.support.fixture_models import by_id

EN_PT = LanguagePair("en", "pt")
PT_EN = LanguagePair("pt", "en")
NOWHERE = Places(Path("/nonexistent"))


@pytest.fixture(scope="module")
def english() -> Iterator[LoadedModel]:
    loaded = load("firefox-en-pt-bundled")
    yield loaded
    loaded.close()  # by the thread that loaded it, not by whichever collects garbage next


def load(model_id: str, places: Places = NOWHERE) -> LoadedModel:
    engine = Firefox()
    return engine.load(by_id(engine.find(places), model_id), EngineOptions())


def install(models: Path, **changes: object) -> Path:
    """Install the bundled English-Portuguese model as a downloaded one is."""
    bundled = Path(by_id(Firefox().find(NOWHERE), "firefox-en-pt-bundled").location)
    folder = models / "firefox" / "en-pt"
    folder.mkdir(parents=True)
    for pattern in ("model.*.bin", "vocab.*.spm", "lex.*.bin"):
        for path in bundled.glob(pattern):
            shutil.copy(path, folder)
    described = {"from_code": "en", "to_code": "pt", "version": "2.1", "architecture": "tiny", **changes}
    (folder / "metadata.json").write_text(json.dumps(described), encoding="utf-8")
    return folder


def test_find_names_the_two_bundled_models() -> None:
    models = Firefox().find(NOWHERE)
    assert [(model.id, model.version, model.pairs, model.licence, model.bundled) for model in models] == [
        ("firefox-en-pt-bundled", "1693087644", (EN_PT,), "MPL-2.0", True),
        ("firefox-pt-en-bundled", "1693087646", (PT_EN,), "MPL-2.0", True),
    ]
    assert all(20_000_000 < model.size_bytes < 25_000_000 for model in models)


def test_find_names_nothing_where_the_bundled_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firefox, "find_spec", lambda _name: None)
    with capture_logs() as logs:
        assert Firefox().find(NOWHERE) == ()
    assert [entry["event"] for entry in logs] == ["bundled models are missing"]


def test_find_lists_an_installed_model_beside_the_bundled_one(tmp_path: Path) -> None:
    install(tmp_path)
    model = by_id(Firefox().find(Places(tmp_path)), "firefox-en-pt")
    assert model.version.startswith("2.1+")
    assert (model.pairs, model.licence, model.bundled) == ((EN_PT,), "MPL-2.0", False)
    assert len(Firefox().find(Places(tmp_path))) == 3


def test_an_installed_model_translates(tmp_path: Path) -> None:
    install(tmp_path)
    loaded = load("firefox-en-pt", Places(tmp_path))
    assert loaded.translate(["Good morning."], EN_PT) == [("Bom dia.",)]


def test_a_model_with_two_vocabularies_translates(tmp_path: Path) -> None:
    folder = install(tmp_path)
    vocabulary = next(folder.glob("vocab.*.spm"))
    shutil.copy(vocabulary, folder / "srcvocab.enpt.spm")
    vocabulary.rename(folder / "trgvocab.enpt.spm")
    assert load("firefox-en-pt", Places(tmp_path)).translate(["Good morning."], EN_PT) == [("Bom dia.",)]


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("model.*.bin", "model.*.bin is missing"),
        ("lex.*.bin", "lex.*.bin is missing"),
        ("vocab.*.spm", "vocab.*.spm is missing"),
        ("metadata.json", "its description cannot be read"),
    ],
)
def test_find_leaves_out_a_model_that_lacks_a_file(tmp_path: Path, pattern: str, reason: str) -> None:
    next(install(tmp_path).glob(pattern)).unlink()
    with capture_logs() as logs:
        assert len(Firefox().find(Places(tmp_path))) == 2
    assert logs == [
        {"event": "model is damaged", "log_level": "warning", "engine": "firefox", "model": "en-pt", "reason": reason}
    ]


@pytest.mark.parametrize("change", [{"from_code": "?"}, {"to_code": "en"}, {"version": 2}, {"from_code": None}])
def test_find_leaves_out_a_model_that_says_nonsense(tmp_path: Path, change: dict[str, object]) -> None:
    install(tmp_path, **change)
    with capture_logs() as logs:
        assert len(Firefox().find(Places(tmp_path))) == 2
    assert [entry["event"] for entry in logs] == ["model is damaged"]


def test_find_takes_no_notice_of_what_is_being_installed(tmp_path: Path) -> None:
    folder = install(tmp_path)
    folder.rename(folder.parent / ".en-pt.part")
    with capture_logs() as logs:
        assert len(Firefox().find(Places(tmp_path))) == 2
    assert logs == []


@pytest.mark.parametrize("pattern", ["model.*.bin", "vocab.*.spm", "lex.*.bin"])
@pytest.mark.parametrize("size", [10, 5_000])
def test_a_damaged_file_cannot_be_loaded(tmp_path: Path, pattern: str, size: int) -> None:
    path = next(install(tmp_path).glob(pattern))
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(EngineFailed) as failed:
        load("firefox-en-pt", Places(tmp_path))
    assert failed.value.params == {"engine": "firefox", "model": "firefox-en-pt"}


def test_a_model_loads_from_its_plain_fields_alone(tmp_path: Path) -> None:
    found = by_id(Firefox().find(NOWHERE), "firefox-pt-en-bundled")
    plain = Model(found.id, found.engine, found.version, found.location, found.pairs)
    assert Firefox().load(plain, EngineOptions()).translate(["Bom dia."], PT_EN) == [("Good morning.",)]
    with pytest.raises(EngineFailed):
        Firefox().load(Model("gone", "firefox", "1", str(tmp_path), (EN_PT,)), EngineOptions())


def test_answers_keep_their_order_and_number(english: LoadedModel) -> None:
    sentences = ["Good morning.", "", "Where is the hospital?", "\x00\n", "Good morning."]
    assert english.translate(sentences, EN_PT, alternatives=3) == [
        ("Bom dia.",),
        ("",),
        ("Onde está o hospital?",),
        ("",),
        ("Bom dia.",),
    ]


@pytest.mark.parametrize("text", ["a\ud800b", "مرحبا 😀 שלום", "\x01\x02 hi", "x" * 300, "1" * 300])
def test_odd_text_gets_some_answer(english: LoadedModel, text: str) -> None:
    [(answer,)] = english.translate([text], EN_PT)
    assert answer
    assert "\n" not in answer


def test_a_very_long_sentence_is_translated_to_its_end(english: LoadedModel) -> None:
    sentences = [f"The train to the city number {number} leaves in the morning." for number in range(10, 50)]
    [(answer,)] = english.translate([" ".join(sentences)], EN_PT)
    assert [number for number in range(10, 50) if str(number) not in answer] == []


def test_a_long_sentence_without_points_is_translated_to_its_end(english: LoadedModel) -> None:
    words = " and ".join(f"{number} apples" for number in range(100, 200))
    [(answer,)] = english.translate([words], EN_PT)
    assert len([number for number in range(100, 200) if str(number) in answer]) >= 98


def test_a_panic_of_the_library_is_an_ordinary_failure(english: LoadedModel) -> None:
    raised: list[BaseException] = []

    def ask() -> None:
        try:
            english.translate(["a secret"], EN_PT)
        except BaseException as error:  # noqa: BLE001 - whatever comes is looked at
            raised.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert [type(error) for error in raised] == [EngineFailed]
    assert "secret" not in str(raised[0])


def test_a_closed_model_answers_no_more() -> None:
    loaded = load("firefox-en-pt-bundled")
    loaded.close()
    loaded.close()
    with pytest.raises(EngineFailed):
        loaded.translate(["Good morning."], EN_PT)
