"""The list of a bundle: ``linkbridge-bundle.json``, which names every file of its packages with size and checksum.

A bundle is a zip file with this list and, for each package, a folder ``<engine>/<folder>``. Unpacked on a server or a
USB stick, the same files are a mirror.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.tags import normal_tag
from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.packages.http import is_address
from linkbridge.translation.packages.names import is_folder, is_version
from linkbridge.translation.packages.records import files_as_json, files_from_json
from linkbridge.translation.packages.values import INSTALLABLE, KeptFile, Offer, OfferedFile
from linkbridge.translation.ports import LanguagePair

MANIFEST_NAME = "linkbridge-bundle.json"
_KIND = "linkbridge-bundle"
_FORMAT = 1
_MOST_TEXT = 300


@dataclass(frozen=True, slots=True)
class Packed:
    """A package in a bundle. ``source`` is where it was first had from; ``checksum_published`` as in its record."""

    engine: str
    folder: str
    pairs: tuple[LanguagePair, ...]
    version: str
    licence: str
    source: str
    checksum_published: bool
    files: dict[str, KeptFile]

    @property
    def place(self) -> str:
        """Its folder in the bundle."""
        return f"{self.engine}/{self.folder}"


def is_manifest(told: object) -> bool:
    """Tell whether this is the list of a bundle."""
    return isinstance(told, dict) and told.get("kind") == _KIND


def write_manifest(packages: list[Packed]) -> bytes:
    """Return the list of a bundle. The same packages give the same bytes."""
    entries = [
        {
            "engine": package.engine,
            "folder": package.folder,
            "pairs": [[pair.source, pair.target] for pair in package.pairs],
            "version": package.version,
            "licence": package.licence,
            "source": package.source,
            "checksum_published": package.checksum_published,
            "files": files_as_json(package.files),
        }
        for package in sorted(packages, key=lambda package: package.place)
    ]
    content = {"kind": _KIND, "format": _FORMAT, "packages": entries}
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True).encode()


def read_manifest(told: object) -> list[Packed]:
    """Return the packages that a bundle lists.

    Raises:
        BrokenPackage: it is no such list, or names what is not allowed.
        InvalidInput: a newer version of LinkBridge wrote it.
    """
    if not isinstance(told, dict) or not is_manifest(told):
        raise BrokenPackage(f"{MANIFEST_NAME} is missing, or no list of a bundle")
    if told.get("format") != _FORMAT:
        raise InvalidInput("the bundle was written by a newer version of LinkBridge", field="bundle")
    try:
        packages = [_packed(entry) for entry in told["packages"]]
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenPackage(f"{MANIFEST_NAME} is damaged") from error
    if len({package.place.lower() for package in packages}) < len(packages):
        raise BrokenPackage(f"{MANIFEST_NAME} names a package twice")
    return packages


def parse_manifest(content: bytes) -> list[Packed]:
    """Return the packages that a bundle lists, from the file itself. Raises as ``read_manifest``."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BrokenPackage(f"{MANIFEST_NAME} is damaged") from error
    return read_manifest(told)


def mirror_offers(packages: list[Packed], address: str) -> list[Offer]:
    """Return what a mirror offers whose list is at an address or in a folder of this machine."""
    base = address.rpartition("/")[0] if is_address(address) else str(Path(address).parent)
    return [
        Offer(
            engine=package.engine,
            pairs=package.pairs,
            version=package.version,
            licence=package.licence,
            source=address,
            folder=package.folder,
            files=tuple(
                OfferedFile(name, (f"{base}/{package.place}/{name}",), file.size, file.sha256)
                for name, file in sorted(package.files.items())
            ),
        )
        for package in packages
    ]


def _packed(entry: dict[str, object]) -> Packed:
    engine, folder, version = entry["engine"], entry["folder"], entry["version"]
    if engine not in INSTALLABLE or not is_folder(folder) or not is_version(version):
        raise ValueError("engine, folder or version")
    files = files_from_json(entry["files"])
    if not files:
        raise ValueError("no files")
    return Packed(
        engine=str(engine),
        folder=str(folder),
        pairs=_pairs(entry["pairs"]),
        version=str(version),
        licence=_text(entry["licence"]),
        source=_text(entry["source"]),
        checksum_published=entry["checksum_published"] is True,
        files=files,
    )


def _pairs(told: object) -> tuple[LanguagePair, ...]:
    if not isinstance(told, list) or not told:
        raise ValueError("pairs")
    pairs = tuple(LanguagePair(source, target) for source, target in told)
    if not all(normal_tag(pair.source) == pair.source and normal_tag(pair.target) == pair.target for pair in pairs):
        raise ValueError("languages")
    return pairs


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _MOST_TEXT or not value.isprintable():
        raise ValueError("text")
    return value
