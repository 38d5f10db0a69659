"""What the public indexes offer, and what in them is not believed."""

import os
from pathlib import Path
from typing import Any

import pytest

from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.packages.index_argos import read_argos_index
from linkbridge.translation.packages.index_firefox import read_firefox_index
from linkbridge.translation.packages.values import Offer, Packing
from linkbridge.translation.ports import LanguagePair
from tests.support.packages import firefox_files, firefox_records

ADDRESS = "https://example.org/argos/index.json"
BASE = "https://cdn.example.org"
SO_EN = LanguagePair("so", "en")


def entry(**changed: Any) -> dict[str, Any]:
    return {
        "package_version": "1.9",
        "argos_version": "1.9.0",
        "from_code": "es",
        "from_name": "Spanish",
        "to_code": "en",
        "to_name": "English",
        "links": ["https://example.org/translate-es_en-1_9.argosmodel"],
        **changed,
    }


def test_argos_entry_is_an_offer() -> None:
    [offer] = read_argos_index([entry()], ADDRESS)
    assert (offer.engine, offer.pairs, offer.version, offer.licence) == (
        "argos",
        (LanguagePair("es", "en"),),
        "1.9",
        "",
    )
    assert (offer.size, offer.checked, offer.source) == (None, False, ADDRESS)
    [file] = offer.files
    assert (file.addresses, file.packing) == (("https://example.org/translate-es_en-1_9.argosmodel",), Packing.ARCHIVE)


def test_argos_codes_become_our_tags() -> None:
    offers = read_argos_index([entry(from_code="zt"), entry(from_code="pb")], ADDRESS)
    assert [offer.pairs[0].source for offer in offers] == ["zh-Hant", "pt-BR"]


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "sbd"},
        {"from_code": "../../etc"},
        {"from_code": 7},
        {"to_code": "es"},
        {"to_code": "xxxxxxxx"},
        {"package_version": "../1"},
        {"package_version": None},
        {"links": "https://example.org/x"},
        {"links": []},
        {"links": ["ipfs://x", "file:///etc/passwd", "ftp://example.org/x"]},
        {"languages": 5},
    ],
)
def test_argos_entry_that_cannot_be_used_is_left_out(changed: dict[str, Any]) -> None:
    offers = read_argos_index([entry(**changed), "nonsense", entry(from_code="fr")], ADDRESS)
    assert [offer.pairs[0].source for offer in offers] == ["fr"]


def test_argos_link_without_scheme_is_beside_its_index() -> None:
    [remote] = read_argos_index([entry(links=["files/es_en.argosmodel"])], ADDRESS)
    [local] = read_argos_index([entry(links=["es_en.argosmodel"])], "/media/usb/index.json")
    assert remote.files[0].addresses == ("https://example.org/argos/files/es_en.argosmodel",)
    assert local.files[0].addresses == ("/media/usb/es_en.argosmodel",)


@pytest.mark.parametrize("told", [{}, None, 5])
def test_argos_index_that_is_none_is_refused(told: object) -> None:
    with pytest.raises(BrokenPackage, match="no index of Argos"):
        read_argos_index(told, ADDRESS)


def test_argos_library_leaves_home_and_environment_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    before = dict(os.environ)
    assert read_argos_index([], ADDRESS) == []
    assert dict(os.environ) == before
    assert list(tmp_path.iterdir()) == []


def offers_of(records: list[dict[str, object]]) -> list[Offer]:
    return read_firefox_index({"data": records}, "records", [BASE])


def test_firefox_files_of_one_version_are_an_offer() -> None:
    files = firefox_files()
    [offer] = offers_of(firefox_records("main/", files))
    assert (offer.engine, offer.pairs, offer.version, offer.licence) == ("firefox", (SO_EN,), "1.0", "MPL-2.0")
    assert (offer.size, offer.checked) == (sum(map(len, files.values())), True)
    assert {file.path: file.addresses[0] for file in offer.files} == {name: f"{BASE}/main/{name}" for name in files}
    assert dict(offer.description)["from_code"] == "so"


def test_firefox_records_of_the_second_collection_are_read() -> None:
    records = firefox_records("main/", firefox_files(), sourceLanguage="so", targetLanguage="en", architecture="base")
    for record in records:
        del record["fromLang"], record["toLang"]
        attachment = record["attachment"]
        assert isinstance(attachment, dict)
        attachment["location"] += ".zst"
        record |= {"decompressedSize": 9, "decompressedHash": "0" * 64}
    [offer] = offers_of([record | {"decompressedSize": 9, "decompressedHash": "0" * 64} for record in records])
    assert (offer.pairs, offer.architecture) == ((SO_EN,), "base")
    assert {(file.packing, file.unpacked_size, file.unpacked_sha256) for file in offer.files} == {
        (Packing.ZSTD, 9, "0" * 64)
    }


def test_firefox_changeset_is_read_like_records() -> None:
    records = firefox_records("main/", firefox_files())
    [offer] = read_firefox_index({"changes": records, "timestamp": 1}, "changeset", [BASE])
    assert offer.pairs == (SO_EN,)


def test_firefox_two_vocabularies_are_an_offer() -> None:
    files = {**firefox_files(), "srcvocab.soen.spm": b"1", "trgvocab.soen.spm": b"2"}
    del files["vocab.soen.spm"]
    [offer] = offers_of(firefox_records("main/", files))
    assert sorted(file.path.partition(".")[0] for file in offer.files) == ["lex", "model", "srcvocab", "trgvocab"]


def test_firefox_shortlist_is_the_one_that_firefox_uses() -> None:
    files = {**firefox_files(), "lex.soen.s2t.bin": b"another"}
    [offer] = offers_of(firefox_records("main/", files))
    assert [file.path for file in offer.files if file.path.startswith("lex")] == ["lex.50.50.soen.s2t.bin"]


@pytest.mark.parametrize("lost", ["model.soen.intgemm.alphas.bin", "lex.50.50.soen.s2t.bin", "vocab.soen.spm"])
def test_firefox_model_that_lacks_a_file_is_no_offer(lost: str) -> None:
    files = {name: content for name, content in firefox_files().items() if name != lost}
    assert offers_of(firefox_records("main/", files)) == []


def test_firefox_files_of_different_versions_are_not_mixed() -> None:
    records = firefox_records("main/", firefox_files())
    records[0]["version"] = "2.0"
    assert offers_of(records) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"version": "2.0a1"},
        {"version": "../../2"},
        {"version": "4.0"},
        {"filter_expression": "env.channel == 'nightly'"},
        {"fileType": "qualityModel"},
        {"fileType": ["model"]},
        {"variant": "test"},
        {"fromLang": "../so"},
        {"fromLang": "en"},
        {"fromLang": None},
        {"name": "../../model.soen.bin"},
        {"name": "metadata.json"},
        {"name": ".model.bin"},
        {"attachment": None},
        {"architecture": 5},
    ],
)
def test_firefox_record_that_is_not_released_or_not_sound_is_left_out(fields: dict[str, object]) -> None:
    assert offers_of(firefox_records("main/", firefox_files(), **fields)) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"location": "../secret"},
        {"location": "/etc/passwd"},
        {"location": "https://evil.example/x"},
        {"location": "a/../../b"},
        {"location": 5},
        {"size": -1},
        {"size": "5"},
        {"hash": "abc"},
        {"hash": None},
    ],
)
def test_firefox_attachment_that_is_not_sound_is_left_out(changed: dict[str, object]) -> None:
    records = firefox_records("main/", firefox_files())
    attachment = records[0]["attachment"]
    assert isinstance(attachment, dict)
    records[0]["attachment"] = {**attachment, **changed}
    assert offers_of(records) == []


@pytest.mark.parametrize("told", [[], {"data": 5}, None])
def test_firefox_records_that_are_none_are_refused(told: object) -> None:
    with pytest.raises(BrokenPackage, match="no records of Firefox"):
        read_firefox_index(told, "records", [BASE])
