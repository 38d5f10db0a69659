"""Packages on their way from indexes, sticks and mirrors into the folder of models, and out of it."""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.errors import Conflict, InvalidInput, NotFound, StorageFull, Unavailable
from linkbridge.translation.engines import ENGINES
from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.packages import disk, sources
from linkbridge.translation.packages.disk import files_in
from linkbridge.translation.packages.http import Web
from linkbridge.translation.packages.installing import Installer
from linkbridge.translation.packages.records import RECORD_NAME
from linkbridge.translation.packages.shelf import ModelShelf
from linkbridge.translation.packages.sources import ATTACHMENTS, load_catalogue, load_index
from linkbridge.translation.packages.values import Damage, DamagedFile, Offer
from linkbridge.translation.ports import Places
from tests.support.fixture_models import MODELS
from tests.support.package_server import PackageServer, started_server
from tests.support.packages import (
    argos_files,
    argos_package,
    firefox_files,
    firefox_records,
    make_installer,
    multilingual_files,
    write_files,
    zipped,
)


@pytest.fixture
def server() -> Iterator[PackageServer]:
    with started_server() as running:
        yield running


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def installer(models: Path, clock: FrozenClock) -> Installer:
    return make_installer(models, clock)


def stick(folder: Path, content: bytes, name: str = "package.argosmodel") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def argos_offer(server: PackageServer, content: bytes, **changed: object) -> Offer:
    server.serve("/files/es_en.argosmodel", content)
    entry = {
        "package_version": "1.0",
        "from_code": "es",
        "to_code": "en",
        "links": ["files/es_en.argosmodel"],
        **changed,
    }
    server.serve("/index.json", json.dumps([entry]).encode())
    [offer] = load_index(f"{server.address}/index.json", Web())
    return offer


def firefox_offer(server: PackageServer, files: dict[str, bytes], **fields: object) -> Offer:
    records = "/v1/buckets/main/collections/translations-models/records"
    server.serve(records, json.dumps({"data": firefox_records("main/", files, **fields)}).encode())
    base = {"capabilities": {"attachments": {"base_url": f"{server.address}/attachments/"}}}
    server.serve("/v1/", json.dumps(base).encode())
    for name, content in files.items():
        server.serve(f"/attachments/main/{name}", content)
    [offer] = load_index(f"{server.address}{records}", Web())
    return offer


def ids(installer: Installer) -> list[str]:
    return [have.model.id for have in installer.store.installed() if not have.model.bundled]


def left_over(models: Path) -> list[Path]:
    return [*(models / ".staging").glob("*"), *(models / ".downloads").glob("*")]


def test_argos_package_from_an_index(server: PackageServer, installer: Installer, models: Path) -> None:
    have = installer.install_offer(argos_offer(server, argos_package()))
    assert have.model.id == "argos-es-en"
    folder = models / "argos" / "translate-es_en"
    assert have.model.location == str(folder)
    record = json.loads((folder / RECORD_NAME).read_bytes())
    assert (record["engine"], record["version"], record["licence"]) == ("argos", "1.0", "not stated")
    assert (record["source"], record["checksum_published"]) == (f"{server.address}/index.json", False)
    assert record["installed_at"] == "2026-11-24T12:00:00+00:00"
    assert {name: file["sha256"] for name, file in record["files"].items()} == {
        name: hashlib.sha256(content).hexdigest() for name, content in argos_files().items()
    }
    assert left_over(models) == []


def test_firefox_model_from_remote_settings(server: PackageServer, installer: Installer, models: Path) -> None:
    have = installer.install_offer(firefox_offer(server, firefox_files()))
    folder = models / "firefox" / "so-en"
    assert (have.model.id, have.model.licence, have.model.location) == ("firefox-so-en", "MPL-2.0", str(folder))
    assert have.record is not None
    assert have.record.checksum_published
    assert sorted(files_in(folder)) == sorted([*firefox_files(), "metadata.json", RECORD_NAME])
    assert json.loads((folder / "metadata.json").read_bytes())["version"] == "1.0"


def test_firefox_model_in_compressed_files(server: PackageServer, installer: Installer, models: Path) -> None:
    plain = firefox_files()
    records = []
    for name, content in plain.items():
        packed = zstandard.compress(content)
        server.serve(f"/main/{name}.zst", packed)
        [record] = firefox_records("main/", {f"{name}.zst": packed})
        checksum = hashlib.sha256(content).hexdigest()
        records.append({**record, "name": name, "decompressedSize": len(content), "decompressedHash": checksum})
    server.serve("/records.json", json.dumps({"data": records}).encode())
    [offer] = load_index(f"{server.address}/records.json", Web())
    installer.install_offer(offer)
    assert {name: (models / "firefox" / "so-en" / name).read_bytes() for name in plain} == plain


def test_firefox_files_with_a_wrong_checksum_install_nothing(
    server: PackageServer, installer: Installer, models: Path
) -> None:
    offer = firefox_offer(server, firefox_files(filling=b"weights"))
    server.serve("/attachments/main/model.soen.intgemm.alphas.bin", b"WEIGHTS")
    with pytest.raises(BrokenPackage, match=r"model\.soen\.intgemm\.alphas\.bin has another checksum"):
        installer.install_offer(offer)
    assert ids(installer) == []
    assert left_over(models) == []


def test_a_package_for_another_direction_than_promised_is_refused(
    server: PackageServer, installer: Installer, models: Path
) -> None:
    with pytest.raises(BrokenPackage, match="is for fr-en, and not what its index promises"):
        installer.install_offer(argos_offer(server, argos_package("fr", "en")))
    assert ids(installer) == []
    assert left_over(models) == []


def test_an_interrupted_install_goes_on(server: PackageServer, installer: Installer, models: Path) -> None:
    content = argos_package(filling=bytes(range(256)) * 2000)
    offer = argos_offer(server, content)
    served = server.serve("/files/es_en.argosmodel", content, broken_at=[2_000] + [0] * 8)
    with pytest.raises(Unavailable, match="the same command goes on from there"):
        installer.install_offer(offer)
    assert (ids(installer), list((models / ".staging").glob("*"))) == ([], [])
    served.broken_at.clear()
    installer.install_offer(offer)
    assert server.ranges_of("/files/es_en.argosmodel")[-1] == "bytes=2000-"
    assert ids(installer) == ["argos-es-en"]


def test_without_a_network_the_address_and_the_way_out_are_named() -> None:
    places = [
        "http://127.0.0.1:9/v1/buckets/main/collections/translations-models/records",
        "http://127.0.0.1:9/index.json",
    ]
    with pytest.raises(Unavailable, match="cannot be reached: Connection refused") as told:
        load_catalogue(places, Web())
    assert places[0] in told.value.message
    assert "docs/models.md" in told.value.message


def test_one_index_that_fails_leaves_the_other(server: PackageServer) -> None:
    argos_offer(server, argos_package())
    catalogue = load_catalogue(["/nowhere/index.json", "", f"{server.address}/index.json"], Web())
    assert [offer.engine for offer in catalogue.offers] == ["argos"]
    assert [type(failure) for failure in catalogue.failures] == [NotFound]


def test_an_index_that_is_named_twice_is_asked_once(server: PackageServer) -> None:
    argos_offer(server, argos_package())
    server.asked.clear()
    assert len(load_catalogue([f"{server.address}/index.json"] * 2, Web()).offers) == 1
    assert server.ranges_of("/index.json") == [""]


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[" * 100_000, b"<html>", b'{"data": 5}', b'{"kind": "linkbridge-bundle"}']
)
def test_an_index_that_is_none_is_told(server: PackageServer, content: bytes) -> None:
    server.serve("/index.json", content)
    with pytest.raises((BrokenPackage, InvalidInput)):
        load_index(f"{server.address}/index.json", Web())


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_argos_package_from_a_stick(tmp_path: Path, installer: Installer, kind: str) -> None:
    path = stick(tmp_path, argos_package()) if kind == "file" else write_files(tmp_path / "stick", argos_files())
    [have] = installer.install_path(path)
    assert (have.model.id, have.record and have.record.source) == ("argos-es-en", path.name)


@pytest.mark.parametrize("kind", ["zip", "folder", "folder called ready"])
def test_firefox_model_from_a_stick_gets_its_languages_from_its_files(
    tmp_path: Path, installer: Installer, models: Path, kind: str
) -> None:
    if kind == "zip":
        path = stick(tmp_path, zipped({f"soen/{name}": one for name, one in firefox_files().items()}), "model.zip")
    else:
        path = write_files(tmp_path / ("ready" if kind.endswith("ready") else "stick"), firefox_files())
    [have] = installer.install_path(path)
    assert (have.model.id, have.model.location) == ("firefox-so-en", str(models / "firefox" / "so-en"))


def test_model_of_many_languages_is_called_as_its_file_folder_or_as_asked(tmp_path: Path, installer: Installer) -> None:
    folder = write_files(tmp_path / "madlad", multilingual_files())
    flat = stick(tmp_path, zipped(multilingual_files()), "flat.zip")
    nested = stick(tmp_path, zipped({f"deep/{name}": one for name, one in multilingual_files().items()}), "x.zip")
    for path, name in ((folder, ""), (flat, ""), (nested, ""), (folder, "other")):
        installer.install_path(path, name)
    assert ids(installer) == ["ctranslate2-deep", "ctranslate2-flat", "ctranslate2-madlad", "ctranslate2-other"]
    with pytest.raises(InvalidInput, match="letters, digits"):
        installer.install_path(folder, "../evil")


def test_package_at_an_address(server: PackageServer, installer: Installer) -> None:
    server.serve("/es_en.argosmodel", argos_package())
    [have] = installer.install_address(f"{server.address}/es_en.argosmodel")
    assert have.record is not None
    assert have.record.source == f"{server.address}/es_en.argosmodel"


def test_a_folder_with_a_link_is_refused(tmp_path: Path, installer: Installer) -> None:
    folder = write_files(tmp_path / "stick", argos_files())
    (folder / "secret").symlink_to("/etc/passwd")
    with pytest.raises(BrokenPackage, match="holds a link or a device"):
        installer.install_path(folder)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"metadata.json": b"{}"}, "does not say its languages"),
        ({"metadata.json": b"["}, "is damaged"),
        ({"metadata.json": b'{"from_code": "../x", "to_code": "en"}'}, "does not say its languages"),
        ({"metadata.json": b'{"from_code": "xxxxxxxx", "to_code": "en"}'}, "cannot use this package"),
        ({"model/model.bin": b"short"}, "cannot use this package"),
        ({"sentencepiece.model": b""}, "cannot use this package"),
    ],
)
def test_a_package_that_its_engine_cannot_use_is_refused(
    tmp_path: Path, installer: Installer, models: Path, changed: dict[str, bytes], words: str
) -> None:
    with pytest.raises(BrokenPackage, match=words):
        installer.install_path(stick(tmp_path, zipped({**argos_files(), **changed})))
    assert ids(installer) == []
    assert left_over(models) == []


def test_what_is_no_package_is_told(tmp_path: Path, installer: Installer) -> None:
    with pytest.raises(BrokenPackage, match="this is no package"):
        installer.install_path(stick(tmp_path, zipped({"a/hello.txt": b"hello", "b": b""})))
    with pytest.raises(BrokenPackage, match=r"no linkbridge\.json"):
        installer.install_path(stick(tmp_path, zipped({"m/model.bin": b"1"})))
    with pytest.raises(NotFound, match="there is no"):
        installer.install_path(tmp_path / "nothing")


def test_installing_again_replaces_and_an_older_version_counts_too(
    tmp_path: Path, installer: Installer, models: Path
) -> None:
    write_files(models / "argos" / "translate-es_en-1_9", argos_files(version="1.9"))
    for version in ("1.5", "1.2"):
        installer.install_path(stick(tmp_path, argos_package(version=version)))
        [have] = [have for have in installer.store.installed() if have.model.engine == "argos"]
        assert have.model.version.startswith(f"{version}+")
    assert [path.name for path in (models / "argos").iterdir()] == ["translate-es_en"]


def test_a_package_that_does_not_fit_is_refused_before_it_is_fetched(
    server: PackageServer, installer: Installer, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = firefox_offer(server, firefox_files())
    monkeypatch.setattr(disk, "_SPARE_BYTES", 10**18)
    with pytest.raises(StorageFull, match="nothing was changed"):
        installer.install_offer(offer)
    assert not any(path.startswith("/attachments") for _, path, _ in server.asked)


def test_two_commands_do_not_change_the_folder_at_once(tmp_path: Path, installer: Installer) -> None:
    with installer.store.changing(), pytest.raises(Conflict, match="another command installs"):
        installer.install_path(stick(tmp_path, argos_package()))
    installer.install_path(stick(tmp_path, argos_package()))


def test_parts_of_downloads_that_nobody_asks_for_are_swept(installer: Installer, models: Path) -> None:
    old, new = models / ".downloads" / "old.part", models / ".downloads" / "new.part"
    write_files(models, {".downloads/old.part": b"1", ".downloads/new.part": b"2", ".generation-left": b"3"})
    os.utime(old, (time.time() - 31 * 86_400,) * 2)
    with installer.store.changing():
        pass
    assert (old.exists(), new.exists(), (models / ".generation-left").exists()) == (False, True, False)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, clock: FrozenClock) -> None:
    (tmp_path / "models").write_bytes(b"a file")
    with pytest.raises(Unavailable, match="cannot be used: File exists"):
        make_installer(tmp_path / "models", clock).install_path(stick(tmp_path, argos_package()))


def test_removing_is_whole_and_what_comes_with_linkbridge_stays(
    tmp_path: Path, installer: Installer, models: Path
) -> None:
    [have] = installer.install_path(stick(tmp_path, argos_package()))
    bundled = next(one for one in installer.store.installed() if one.model.bundled)
    with pytest.raises(Conflict, match="comes with LinkBridge"):
        installer.remove([have, bundled])
    assert ids(installer) == ["argos-es-en"]
    installer.remove([have])
    assert list((models / "argos").iterdir()) == []
    assert left_over(models) == []


def test_verify_names_each_file_that_is_damaged_or_missing(tmp_path: Path, installer: Installer, models: Path) -> None:
    installer.install_path(stick(tmp_path, argos_package()))
    [sound] = installer.verify()
    assert (sound.name, sound.is_sound, sound.recorded) == ("argos/translate-es_en", True, True)
    folder = models / "argos" / "translate-es_en"
    (folder / "README.md").unlink()
    (folder / "model" / "config.json").write_bytes(b"[]")
    (folder / "extra").write_bytes(b"?")
    [found] = installer.verify({"argos-es-en"})
    assert found.damaged == (
        DamagedFile("README.md", Damage.MISSING),
        DamagedFile("extra", Damage.UNKNOWN),
        DamagedFile("model/config.json", Damage.CHANGED),
    )
    assert installer.verify({"argos-fr-en"}) == []


def test_verify_tells_of_a_package_put_there_by_hand_and_of_one_that_no_engine_can_use(
    installer: Installer, models: Path
) -> None:
    write_files(models / "argos" / "translate-es_en", argos_files())
    write_files(models / "firefox" / "so-en", {"vocab.soen.spm": b"1"})
    write_files(models / "ctranslate2" / "x", {RECORD_NAME: b"{}"})
    found = {one.name: one for one in installer.verify()}
    assert (found["argos/translate-es_en"].is_sound, found["argos/translate-es_en"].recorded) == (True, False)
    assert "its engine cannot use it" in found["firefox/so-en"].problem
    assert "cannot be read" in found["ctranslate2/x"].problem


def test_a_package_copied_from_another_installation_keeps_its_record_and_must_match_it(
    tmp_path: Path, clock: FrozenClock, server: PackageServer, installer: Installer, models: Path
) -> None:
    installer.install_offer(firefox_offer(server, firefox_files()))
    copied = models / "firefox" / "so-en"
    elsewhere = make_installer(tmp_path / "elsewhere", clock)
    [have] = elsewhere.install_path(copied)
    assert have.record is not None
    assert "collections/translations-models" in have.record.source
    (copied / "vocab.soen.spm").write_bytes(b"changed")
    with pytest.raises(BrokenPackage, match=r"vocab\.soen\.spm is changed, by the package's own"):
        elsewhere.install_path(copied)


def test_a_running_server_notices(tmp_path: Path, installer: Installer, models: Path) -> None:
    gone: list[frozenset[str]] = []
    ticks = iter(range(0, 1000, 2))
    shelf = ModelShelf([ENGINES["argos"]], Places(models), on_change=gone.append, monotonic=lambda: float(next(ticks)))
    assert shelf.models() == ()
    installer.install_path(stick(tmp_path, argos_package()))
    assert [model.id for model in shelf.models()] == ["argos-es-en"]
    installer.install_path(stick(tmp_path, argos_package(version="1.1")))
    assert shelf.models()[0].version.startswith("1.1+")
    installer.remove([installer.find("argos-es-en", None)])
    assert shelf.models() == ()
    assert gone == [frozenset({"argos-es-en"})] * 2


def test_argos_translate_itself_reads_what_is_installed(models: Path, installer: Installer, tmp_path: Path) -> None:
    installer.install_path(MODELS / "translate-es_en.argosmodel")
    installer.install_path(MODELS / "translate-en_fr.argosmodel")
    code = (
        "from argostranslate import package\n"
        "for one in sorted(package.get_installed_packages(), key=lambda one: one.from_code):\n"
        "    print(one.from_code, one.to_code, one.package_version, one.tokenizer.encode('Hola')[:1] != [])\n"
    )
    environment = {"ARGOS_PACKAGES_DIR": str(models / "argos"), "HOME": str(tmp_path)}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines() == ["en fr 0.1 True", "es en 0.1 True"]


def test_an_installation_that_fails_at_the_last_step_brings_the_old_model_back(
    tmp_path: Path, installer: Installer, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installer.install_path(stick(tmp_path, argos_package(version="1.0")))
    usual = Path.rename

    def rename(path: Path, target: Path) -> Path:
        if target == models / "argos" / "translate-es_en" and "ready" in path.parts:
            raise OSError(5, "Input/output error", str(path))
        return usual(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(Unavailable, match="Input/output error"):
        installer.install_path(stick(tmp_path, argos_package(version="2.0")))
    [have] = [have for have in installer.store.installed() if have.model.engine == "argos"]
    assert have.model.version.startswith("1.0+")
    assert installer.verify()[0].is_sound


def test_mozillas_files_are_where_their_server_says_or_where_mozilla_keeps_them(
    server: PackageServer, tmp_path: Path
) -> None:
    records = json.dumps({"data": firefox_records("main/", firefox_files())}).encode()
    path = "/v1/buckets/main/collections/translations-models/records"
    server.serve(path, records)

    def bases(place: str) -> set[str]:
        [offer] = load_index(place, Web())
        return {address.partition("/main/")[0] for file in offer.files for address in file.addresses}

    assert bases(server.address + path) == {ATTACHMENTS}
    for told, base in (
        (f"{server.address}/files/", f"{server.address}/files"),
        ("https://cdn.example.org/", "https://cdn.example.org"),
        ("http://cdn.example.org/", ATTACHMENTS),
        ("file:///etc/", ATTACHMENTS),
        (5, ATTACHMENTS),
    ):
        server.serve("/v1/", json.dumps({"capabilities": {"attachments": {"base_url": told}}}).encode())
        assert bases(server.address + path) == {base}
    (tmp_path / "records.json").write_bytes(records)
    assert bases(str(tmp_path / "records.json")) == {str(tmp_path), ATTACHMENTS}


def test_a_copy_of_mozillas_index_with_its_files_beside_it_needs_no_network(
    tmp_path: Path, installer: Installer
) -> None:
    write_files(tmp_path / "stick" / "main", firefox_files())
    records = json.dumps({"data": firefox_records("main/", firefox_files())})
    (tmp_path / "stick" / "records.json").write_text(records)
    [offer] = load_index(str(tmp_path / "stick" / "records.json"), Web())
    have = installer.install_offer(offer)
    assert have.model.id == "firefox-so-en"
    assert sorted(path.name for path in (tmp_path / "stick" / "main").iterdir()) == sorted(firefox_files())


def test_an_index_that_is_too_large_is_not_read(
    server: PackageServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_MAX_INDEX_BYTES", 10)
    server.serve("/index.json", b"[" + b" " * 10 + b"]")
    (tmp_path / "index.json").write_bytes(b"[" + b" " * 10 + b"]")
    for place in (f"{server.address}/index.json", str(tmp_path / "index.json")):
        with pytest.raises(InvalidInput, match="larger than"):
            load_index(place, Web())


@pytest.mark.parametrize(
    "change",
    [
        {"files": 5},
        {"files": {"README.md": 5}},
        {"files": {"README.md": {"size": -1, "sha256": "0" * 64}}},
        {"files": {"README.md": {"size": 1, "sha256": "0"}}},
        {"files": {"../README.md": {"size": 1, "sha256": "0" * 64}}},
    ],
)
def test_a_record_that_cannot_be_believed_is_told(
    tmp_path: Path, installer: Installer, models: Path, change: dict[str, object]
) -> None:
    installer.install_path(stick(tmp_path, argos_package()))
    path = models / "argos" / "translate-es_en" / RECORD_NAME
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **change}))
    [found] = installer.verify()
    assert not found.is_sound
    assert found.problem
    assert ids(installer) == ["argos-es-en"]
