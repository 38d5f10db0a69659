"""Bundles for sites without a network, and the same files as a mirror."""

import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.errors import Conflict, InvalidInput
from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.packages.bundling import Bundler
from linkbridge.translation.packages.disk import files_in
from linkbridge.translation.packages.http import Web
from linkbridge.translation.packages.installing import Installer
from linkbridge.translation.packages.manifest import MANIFEST_NAME
from linkbridge.translation.packages.records import RECORD_NAME
from linkbridge.translation.packages.sources import load_index
from tests.support.package_server import PackageServer, started_server
from tests.support.packages import argos_package, firefox_files, make_installer, multilingual_files, write_files, zipped


@pytest.fixture
def server() -> Iterator[PackageServer]:
    with started_server() as running:
        yield running


@pytest.fixture
def installer(tmp_path: Path, clock: FrozenClock) -> Installer:
    """A site with a network, and three models."""
    made = make_installer(tmp_path / "here", clock)
    (tmp_path / "es_en.argosmodel").write_bytes(argos_package())
    made.install_path(tmp_path / "es_en.argosmodel")
    made.install_path(write_files(tmp_path / "soen", firefox_files()))
    made.install_path(write_files(tmp_path / "madlad", multilingual_files()))
    return made


@pytest.fixture
def elsewhere(tmp_path: Path, clock: FrozenClock) -> Installer:
    """A site without one."""
    return make_installer(tmp_path / "elsewhere", clock)


def own(installer: Installer) -> list[Any]:
    return [have for have in installer.store.installed() if not have.model.bundled]


def write(installer: Installer, output: Path, **options: Any) -> Path:
    Bundler(installer.store, installer.assembler).write(own(installer), [], output, **options)
    return output


def contents(installer: Installer) -> dict[str, bytes]:
    files = files_in(installer.store.models)
    return {
        name: path.read_bytes() for name, path in files.items() if not name.startswith(".") and RECORD_NAME not in name
    }


def test_a_bundle_brings_everything_to_another_site(tmp_path: Path, installer: Installer, elsewhere: Installer) -> None:
    installed = elsewhere.install_path(write(installer, tmp_path / "models.zip"))
    assert [have.model.id for have in installed] == ["argos-es-en", "ctranslate2-madlad", "firefox-so-en"]
    assert contents(elsewhere) == contents(installer)
    licences = {have.model.id: have.record.licence for have in own(elsewhere) if have.record}
    assert licences == {"argos-es-en": "not stated", "ctranslate2-madlad": "Apache-2.0", "firefox-so-en": "MPL-2.0"}
    assert all(found.is_sound and found.recorded for found in elsewhere.verify())


def test_the_same_models_give_the_same_bytes(tmp_path: Path, installer: Installer, elsewhere: Installer) -> None:
    first = write(installer, tmp_path / "first.zip")
    elsewhere.install_path(first)
    assert write(elsewhere, tmp_path / "second.zip").read_bytes() == first.read_bytes()


def test_a_bundle_says_what_is_in_it(tmp_path: Path, installer: Installer) -> None:
    with zipfile.ZipFile(write(installer, tmp_path / "models.zip")) as archive:
        infos = archive.infolist()
        licences = archive.read("LICENCES.txt").decode()
    assert [info.filename for info in infos][:2] == [MANIFEST_NAME, "LICENCES.txt"]
    assert {(info.date_time, info.compress_type) for info in infos} == {((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED)}
    assert {stat.S_IMODE(info.external_attr >> 16) for info in infos} == {0o644}
    assert not any(RECORD_NAME in info.filename for info in infos)
    assert "ctranslate2/madlad 1: Apache-2.0" in licences
    assert "firefox/so-en 0: MPL-2.0" in licences


def test_models_that_are_not_installed_are_fetched_for_a_bundle_alone(
    tmp_path: Path, server: PackageServer, elsewhere: Installer, clock: FrozenClock
) -> None:
    server.serve("/es_en.argosmodel", argos_package())
    entry = {"package_version": "1.0", "from_code": "es", "to_code": "en", "links": ["es_en.argosmodel"]}
    server.serve("/index.json", json.dumps([entry]).encode())
    offers = load_index(f"{server.address}/index.json", Web())
    made = Bundler(elsewhere.store, elsewhere.assembler).write([], offers, tmp_path / "models.zip")
    assert [package.place for package in made.packages] == ["argos/translate-es_en"]
    assert (own(elsewhere), list(elsewhere.store.downloads.iterdir())) == ([], [])
    [have] = make_installer(tmp_path / "third", clock).install_path(tmp_path / "models.zip")
    assert have.record is not None
    assert have.record.source == f"{server.address}/index.json"


@pytest.mark.parametrize("kind", ["server", "folder"])
def test_an_unpacked_bundle_is_a_mirror(
    tmp_path: Path, installer: Installer, elsewhere: Installer, server: PackageServer, kind: str
) -> None:
    bundle = write(installer, tmp_path / "models.zip")
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "mirror")
    for name, path in files_in(tmp_path / "mirror").items():
        server.serve(f"/models/{name}", path.read_bytes())
    offers = load_index(f"{server.address}/models/" if kind == "server" else str(tmp_path / "mirror"), Web())
    assert [(offer.engine, offer.checked) for offer in offers] == [
        ("argos", True),
        ("ctranslate2", True),
        ("firefox", True),
    ]
    for offer in offers:
        elsewhere.install_offer(offer)
    assert contents(elsewhere) == contents(installer)


def test_an_unpacked_bundle_is_installed_as_a_folder(
    tmp_path: Path, installer: Installer, elsewhere: Installer
) -> None:
    with zipfile.ZipFile(write(installer, tmp_path / "models.zip")) as archive:
        archive.extractall(tmp_path / "stick")
    assert len(elsewhere.install_path(tmp_path / "stick")) == 3
    assert contents(elsewhere) == contents(installer)


def changed(bundle: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(bundle) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    bundle.write_bytes(zipped(files))
    return bundle


def manifest(files: dict[str, bytes], change: Callable[[dict[str, Any]], None]) -> None:
    told = json.loads(files[MANIFEST_NAME])
    change(told)
    files[MANIFEST_NAME] = json.dumps(told).encode()


def first(told: dict[str, Any]) -> dict[str, Any]:
    package: dict[str, Any] = told["packages"][0]
    return package


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda files: files.update({"argos/translate-es_en/README.md": b"?"}), r"README\.md in the bundle is changed"),
        (lambda files: files.pop("argos/translate-es_en/README.md"), r"README\.md in the bundle is missing"),
        (lambda files: files.update({"argos/translate-es_en/x": b"?"}), "x in the bundle is unknown"),
        (lambda files: files.update({MANIFEST_NAME: b"{"}), "is damaged"),
        (lambda files: files.update({MANIFEST_NAME: b"{}"}), "no list of a bundle"),
        (lambda files: manifest(files, lambda told: told.update(packages=5)), "is damaged"),
        (lambda files: manifest(files, lambda told: first(told).update(engine="pseudo")), "is damaged"),
        (lambda files: manifest(files, lambda told: first(told).update(folder="../x")), "is damaged"),
        (lambda files: manifest(files, lambda told: first(told).update(files={})), "is damaged"),
        (lambda files: manifest(files, lambda told: first(told).update(licence="a\nb")), "is damaged"),
        (lambda files: manifest(files, lambda told: first(told).update(pairs=[["es"]])), "is damaged"),
        (lambda files: manifest(files, lambda told: first(told).update(folder="other")), "is missing in the bundle"),
        (
            lambda files: manifest(
                files, lambda told: first(told)["files"].update({"../x": {"size": 1, "sha256": "0" * 64}})
            ),
            "not allowed",
        ),
        (lambda files: manifest(files, lambda told: told["packages"].append(first(told))), "names a package twice"),
    ],
)
def test_a_bundle_that_was_changed_installs_nothing(
    tmp_path: Path, installer: Installer, elsewhere: Installer, change: Callable[[dict[str, bytes]], None], words: str
) -> None:
    bundle = changed(write(installer, tmp_path / "models.zip"), change)
    with pytest.raises(BrokenPackage, match=words):
        elsewhere.install_path(bundle)
    assert own(elsewhere) == []


def test_a_bundle_of_a_newer_version_is_told(tmp_path: Path, installer: Installer, elsewhere: Installer) -> None:
    bundle = write(installer, tmp_path / "models.zip")
    changed(bundle, lambda files: manifest(files, lambda told: told.update(format=2)))
    with pytest.raises(InvalidInput, match="newer version of LinkBridge"):
        elsewhere.install_path(bundle)


def test_a_damaged_model_is_not_packed(tmp_path: Path, installer: Installer) -> None:
    (tmp_path / "here/argos/translate-es_en/README.md").write_bytes(b"?")
    with pytest.raises(BrokenPackage, match=r"README\.md of argos-es-en is changed"):
        write(installer, tmp_path / "models.zip")
    assert not list(tmp_path.glob("*.zip*"))


def test_a_file_is_overwritten_only_when_asked(tmp_path: Path, installer: Installer) -> None:
    output = tmp_path / "models.zip"
    output.write_bytes(b"mine")
    with pytest.raises(Conflict, match="exists already"):
        write(installer, output)
    assert output.read_bytes() == b"mine"
    assert zipfile.is_zipfile(write(installer, output, overwrite=True))


def test_a_bundle_needs_a_place_and_something_to_pack(
    tmp_path: Path, installer: Installer, elsewhere: Installer
) -> None:
    for output in (tmp_path, tmp_path / "nowhere" / "models.zip"):
        with pytest.raises(InvalidInput, match="folder"):
            write(installer, output)
    with pytest.raises(InvalidInput, match="nothing to pack"):
        write(elsewhere, tmp_path / "models.zip")
