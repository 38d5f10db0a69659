"""Reads the index of Argos packages, through Argos Translate's own module of packages.

That module makes folders in the home of whoever imports it, which a service may not have: it is given others. Asked
for its packages without an index it calls itself until it dies: it is never asked without one.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from urllib.parse import urljoin

from linkbridge.kernel.tags import normal_tag
from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.packages.http import is_address
from linkbridge.translation.packages.names import is_code, is_version
from linkbridge.translation.packages.values import Offer, OfferedFile, Packing
from linkbridge.translation.ports import LanguagePair

_TEXTS = ("package_version", "from_code", "to_code", "from_name", "to_name", "type")
_FOLDERS = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "ARGOS_PACKAGES_DIR")


def read_argos_index(told: object, address: str) -> list[Offer]:
    """Return what an Argos index offers; entries that cannot be used are left out.

    Raises:
        BrokenPackage: it is no such index.
    """
    if not isinstance(told, list):
        raise BrokenPackage("this is no index of Argos packages")
    sound = [entry for entry in told if _is_sound(entry)]
    offers = []
    with _packages_of(sound) as found:
        for package in found:
            pair = _pair(package.from_code, package.to_code)
            links = tuple(place for link in package.links if (place := _place(link, address)))
            if pair is None or not links:
                continue
            file = OfferedFile(
                f"translate-{package.from_code}_{package.to_code}.argosmodel", links, packing=Packing.ARCHIVE
            )
            offers.append(Offer("argos", (pair,), package.package_version, "", address, (file,)))
    return offers


def _is_sound(entry: object) -> bool:
    if not isinstance(entry, dict) or entry.get("type", "translate") != "translate":
        return False
    links = entry.get("links")
    return (
        all(isinstance(entry.get(key, ""), str) for key in _TEXTS)
        and isinstance(links, list)
        and all(isinstance(link, str) for link in links)
        and all(isinstance(entry.get(key, []), list) for key in ("languages", "source_languages", "target_languages"))
        and is_code(entry.get("from_code"))
        and is_code(entry.get("to_code"))
        and is_version(entry.get("package_version"))
    )


@contextmanager
def _packages_of(entries: list[object]) -> Iterator[list[ModuleType]]:
    """Yield what the library makes of the entries of an index."""
    with tempfile.TemporaryDirectory(prefix="linkbridge-argos-") as name:
        index = Path(name, "index.json")
        index.write_text(json.dumps(entries), encoding="utf-8")
        with _own_folders(Path(name)):
            from argostranslate import package, settings  # noqa: PLC0415 - only now its folders are others

        usual = settings.local_package_index
        settings.local_package_index = index
        try:
            yield package.get_available_packages()
        finally:
            settings.local_package_index = usual


@contextmanager
def _own_folders(place: Path) -> Iterator[None]:
    kept = {name: os.environ.get(name) for name in _FOLDERS}
    os.environ.update({name: str(place / name.lower()) for name in _FOLDERS})
    try:
        yield
    finally:
        for name, value in kept.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _pair(source: str, target: str) -> LanguagePair | None:
    first, second = normal_tag(source), normal_tag(target)
    return LanguagePair(first, second) if first and second and first != second else None


def _place(link: str, address: str) -> str:
    """Return where a link leads. One without a scheme is beside the index; none names a file of this machine."""
    if is_address(link):
        return link if link.startswith(("https://", "http://")) else ""
    if is_address(address):
        joined = urljoin(address, link)
        return joined if joined.startswith(("https://", "http://")) else ""
    return str(Path(address).parent / link)
