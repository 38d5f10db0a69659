"""Puts packages together in the staging folder, from offers, files and folders, and has their engines look at them."""

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from linkbridge.kernel.clock import Clock
from linkbridge.kernel.errors import NotFound
from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.packages.disk import check_space, files_in, sha256_of, writing
from linkbridge.translation.packages.downloading import Downloader
from linkbridge.translation.packages.http import is_address, shown
from linkbridge.translation.packages.layouts import describe_firefox, is_bundle, package_root, recognise
from linkbridge.translation.packages.manifest import MANIFEST_NAME, Packed, parse_manifest
from linkbridge.translation.packages.names import safe_path
from linkbridge.translation.packages.records import RECORD_NAME, hash_files, read_record, verify_files, write_record
from linkbridge.translation.packages.store import Change, ModelStore
from linkbridge.translation.packages.unpacking import unpack, unpack_zstd
from linkbridge.translation.packages.values import Offer, OfferedFile, Packing, Record
from linkbridge.translation.ports import Model

NO_LICENCE = "not stated"
_MAX_MANIFEST_BYTES = 64 * 1_048_576


@dataclass(frozen=True, slots=True)
class Ready:
    """A package that is complete in the staging folder; ``model`` is what its engine makes of it there."""

    model: Model
    folder: Path
    record: Record


@dataclass(frozen=True, slots=True)
class _Origin:
    """What is known of a package before anybody looks into it."""

    source: str
    licence: str = ""
    published: bool = False
    name: str = ""
    description: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Assembler:
    """Makes packages ready to be installed or bundled."""

    store: ModelStore
    downloader: Downloader
    clock: Clock

    def from_offer(self, change: Change, offer: Offer) -> Ready:
        """Fetch what an index offers. Parts of it that are here already are not fetched again.

        Raises:
            BrokenPackage: what arrives is not what was promised, or no engine can read it.
            Unavailable: it cannot be fetched.
            StorageFull: it does not fit.
        """
        with writing():
            self.store.downloads.mkdir(parents=True, exist_ok=True)
            check_space(self.store.models, sum((file.size or 0) + (file.unpacked_size or 0) for file in offer.files))
            fetched = [(file, self.downloader.fetch(file)) for file in offer.files]
            room = change.room(secrets.token_hex(4))
            folder = room / "package"
            folder.mkdir()
            for file, path in fetched:
                _place(file, path, folder, move=path.parent == self.downloader.folder)
        if offer.files[0].packing is Packing.ARCHIVE:
            folder = package_root(folder)
        place = shown(offer.source) if is_address(offer.source) else offer.source
        origin = _Origin(place, offer.licence, offer.checked, offer.folder, dict(offer.description))
        ready = self._finish(room, folder, origin)
        if ready.model.engine != offer.engine or not set(offer.pairs) <= set(ready.model.pairs):
            raise BrokenPackage(f"the package is for {_named(ready.model)}, and not what its index promises")
        return ready

    def from_path(self, change: Change, path: Path, name: str = "", source: str = "") -> list[Ready]:
        """Read what somebody brought: the file or folder of a package, or a bundle of several.

        ``name`` is what a model of many languages shall be called; ``source`` is where it came from, else its name.

        Raises:
            NotFound: there is no such file or folder.
            BrokenPackage: it is damaged or unsafe, or no engine can read it.
            InvalidInput: it needs another name.
            StorageFull: it does not fit.
        """
        if not path.exists():
            raise NotFound(f"there is no {path}")
        with writing():
            room = change.room(secrets.token_hex(4))
            folder = room / "brought" / (path.name if path.is_dir() and path.name not in {"", ".."} else "package")
            folder.mkdir(parents=True)
            if path.is_dir():
                _copy(path, folder)
            else:
                unpack(path, folder)
            root = folder if is_bundle(folder) else package_root(folder)
            if is_bundle(root):
                return self._bundled(room, root)
        if root == folder and not path.is_dir():
            name = name or path.name.partition(".")[0]
        return [self._finish(room, root, _Origin(source or path.name, name=name))]

    def _bundled(self, room: Path, root: Path) -> list[Ready]:
        manifest = root / MANIFEST_NAME
        if manifest.stat().st_size > _MAX_MANIFEST_BYTES:
            raise BrokenPackage(f"{MANIFEST_NAME} is too large")
        ready = []
        for packed in parse_manifest(manifest.read_bytes()):
            folder = root / packed.place
            _refuse_damaged(packed, folder)
            one = self._finish(
                room, folder, _Origin(packed.source, packed.licence, packed.checksum_published, packed.folder)
            )
            if one.model.engine != packed.engine:
                raise BrokenPackage(f"{packed.place} in the bundle is for another engine")
            ready.append(one)
        return ready

    def _finish(self, room: Path, folder: Path, origin: _Origin) -> Ready:
        """Give a folder its name and record, and see that its engine can read it."""
        layout = recognise(folder, origin.name)
        with writing():
            brought = _brought_record(folder)
            if layout.engine == "firefox":
                describe_firefox(folder, origin.description or {})
            place = room / "ready" / layout.engine / layout.folder
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.exists():
                raise BrokenPackage(f"{layout.engine}/{layout.folder} is there twice")
            folder.rename(place)
        model = self.store.read(room / "ready", layout.engine, layout.folder)
        if model is None:
            raise BrokenPackage(f"the engine {layout.engine} cannot use this package; it is damaged or incomplete")
        with writing():
            record = Record(
                engine=layout.engine,
                version=model.version.partition("+")[0],
                licence=model.licence or origin.licence or (brought.licence if brought else "") or NO_LICENCE,
                source=brought.source if brought else origin.source,
                installed_at=self.clock.now().isoformat(timespec="seconds"),
                checksum_published=brought.checksum_published if brought else origin.published,
                files=hash_files(place),
            )
            write_record(place, record)
        return Ready(model, place, record)


def _place(file: OfferedFile, path: Path, folder: Path, *, move: bool) -> None:
    """Bring one fetched file into the package. What lies on somebody's disk is copied, what was downloaded is moved."""
    if file.packing is Packing.ARCHIVE:
        unpack(path, folder)
        return
    target = folder / safe_path(file.path)
    target.parent.mkdir(parents=True, exist_ok=True)
    if file.packing is Packing.ZSTD:
        unpack_zstd(path, target, file.unpacked_size)
        if file.unpacked_sha256 and sha256_of(target) != file.unpacked_sha256:
            raise BrokenPackage(f"{file.path} has another checksum than its index promises")
        return
    if move:
        path.rename(target)
    else:
        shutil.copyfile(path, target)


def _copy(source: Path, target: Path) -> None:
    """Copy a folder that somebody brought. It holds files alone."""
    files = files_in(source)
    if any(path.is_symlink() or not path.is_file() for path in files.values()):
        raise BrokenPackage(f"{source.name} holds a link or a device")
    check_space(target, sum(path.stat().st_size for path in files.values()))
    for name, path in files.items():
        place = target / safe_path(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def _brought_record(folder: Path) -> Record | None:
    """Return the record that a package brings, because it was installed elsewhere before; it must hold here, too."""
    record = read_record(folder)
    if record is not None:
        damaged = verify_files(folder, record.files)
        if damaged:
            raise BrokenPackage(f"{damaged[0].path} is {damaged[0].damage}, by the package's own {RECORD_NAME}")
        (folder / RECORD_NAME).unlink()
    return record


def _refuse_damaged(packed: Packed, folder: Path) -> None:
    if not folder.is_dir():
        raise BrokenPackage(f"{packed.place} is missing in the bundle")
    damaged = verify_files(folder, packed.files)
    if damaged:
        raise BrokenPackage(f"{packed.place}/{damaged[0].path} in the bundle is {damaged[0].damage}")


def _named(model: Model) -> str:
    return ", ".join(str(pair) for pair in model.pairs[:3])
