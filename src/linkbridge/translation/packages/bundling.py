"""Makes one file of several packages, for a site without a network. The same packages give the same bytes."""

import shutil
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from linkbridge.kernel.errors import Conflict, InvalidInput
from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.packages.assembling import NO_LICENCE, Assembler
from linkbridge.translation.packages.disk import check_space, files_in, settle, settle_folder, sha256_of, writing
from linkbridge.translation.packages.layouts import recognise
from linkbridge.translation.packages.manifest import MANIFEST_NAME, Packed, write_manifest
from linkbridge.translation.packages.records import RECORD_NAME, hash_files, verify_files
from linkbridge.translation.packages.store import ModelStore
from linkbridge.translation.packages.values import Installed, Offer, Record
from linkbridge.translation.ports import Model

_LICENCES_NAME = "LICENCES.txt"
_MIDNIGHT = (1980, 1, 1, 0, 0, 0)
_LARGE_FILE = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Bundle:
    """A file that was written. ``sha256`` is what its receiver can compare."""

    path: Path
    size: int
    sha256: str
    packages: tuple[Packed, ...]


@dataclass(frozen=True, slots=True)
class Bundler:
    """Writes bundles of installed packages, and of others that are fetched for it and not installed here."""

    store: ModelStore
    assembler: Assembler

    def write(
        self, installed: Sequence[Installed], offers: Sequence[Offer], output: Path, *, overwrite: bool = False
    ) -> Bundle:
        """Write a bundle.

        Raises:
            InvalidInput: there is nothing to pack, or nowhere to write it.
            Conflict: the file exists and ``overwrite`` is false, or another command changes the models.
            BrokenPackage: an installed package is damaged, or a fetched one is not what was promised.
            Unavailable: a package cannot be fetched.
            StorageFull: it does not fit.
        """
        _check_output(output, overwrite=overwrite)
        if not installed and not offers:
            raise InvalidInput(
                "there is nothing to pack: what comes with LinkBridge is everywhere already", field="pairs"
            )
        with self.store.changing() as change:
            folders = [(Path(have.model.location), have.model, have.record) for have in installed]
            for offer in offers:
                ready = self.assembler.from_offer(change, offer)
                folders.append((ready.folder, ready.model, ready.record))
            packed = [(_pack(*one), one[0]) for one in folders]
            with writing():
                _write(packed, output)
        for file in (file for offer in offers for file in offer.files):
            self.assembler.downloader.forget(file)
        return Bundle(output, output.stat().st_size, sha256_of(output), tuple(package for package, _ in packed))


def _check_output(output: Path, *, overwrite: bool) -> None:
    if output.is_dir() or not output.parent.is_dir():
        raise InvalidInput(f"{output} is a folder, or its folder is not there", field="output")
    if output.exists() and not overwrite:
        raise Conflict(f"{output} exists already")


def _pack(folder: Path, model: Model, record: Record | None) -> Packed:
    if record is not None:
        damaged = verify_files(folder, record.files)
        if damaged:
            raise BrokenPackage(f"{damaged[0].path} of {model.id} is {damaged[0].damage}; install it again first")
    layout = recognise(folder)
    return Packed(
        engine=layout.engine,
        folder=layout.folder,
        pairs=model.pairs,
        version=model.version.partition("+")[0],
        licence=(record.licence if record else model.licence) or NO_LICENCE,
        source=record.source if record else "",
        checksum_published=record is not None and record.checksum_published,
        files=record.files if record else hash_files(folder),
    )


def _write(packed: Sequence[tuple[Packed, Path]], output: Path) -> None:
    packed = sorted(packed, key=lambda one: one[0].place)
    check_space(output.parent, sum(file.size for package, _ in packed for file in package.files.values()))
    draft = output.with_name(f".{output.name}.part")
    try:
        with draft.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as bundle:
                packages = [package for package, _ in packed]
                bundle.writestr(_entry(MANIFEST_NAME), write_manifest(packages))
                bundle.writestr(_entry(_LICENCES_NAME), _licences(packages).encode())
                for package, folder in packed:
                    _add(bundle, package, folder)
            file.flush()
            settle(file.fileno())
        draft.replace(output)
        settle_folder(output.parent)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _add(bundle: zipfile.ZipFile, package: Packed, folder: Path) -> None:
    for name, path in files_in(folder).items():
        if name == RECORD_NAME:
            continue
        entry = _entry(f"{package.place}/{name}")
        entry.file_size = path.stat().st_size
        with path.open("rb") as source, bundle.open(entry, "w", force_zip64=entry.file_size > _LARGE_FILE) as target:
            shutil.copyfileobj(source, target, 1_048_576)


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _MIDNIGHT)
    info.create_system = 3
    info.external_attr = 0o100644 << 16
    return info


def _licences(packages: Sequence[Packed]) -> str:
    lines = ["The licences of these models, as their indexes and packages state them.", ""]
    for package in packages:
        pairs = ", ".join(str(pair) for pair in package.pairs)
        lines += [
            f"{package.place} {package.version}: {package.licence}",
            f"  {pairs}",
            f"  from: {package.source}",
            "",
        ]
    return "\n".join(lines)
