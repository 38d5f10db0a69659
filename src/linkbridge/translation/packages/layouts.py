"""Tells what a folder holds, and gives it the name and the description under which its engine finds it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from linkbridge.kernel.errors import InvalidInput
from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.folders import DamagedModel, read_description
from linkbridge.translation.packages.disk import write_file
from linkbridge.translation.packages.manifest import MANIFEST_NAME
from linkbridge.translation.packages.names import is_code, is_folder

_FIREFOX_NAME = re.compile(r"model\.([a-z]{2})([a-z]{2})\..+\.bin")
_MULTILINGUAL = "linkbridge.json"


@dataclass(frozen=True, slots=True)
class Layout:
    """What a folder holds: for which engine, and the name of the folder there."""

    engine: str
    folder: str


def package_root(folder: Path) -> Path:
    """Return the folder that holds the package: this one, or the only one in it."""
    inside = [path for path in folder.iterdir() if not path.name.startswith((".", "__MACOSX"))]
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def is_bundle(folder: Path) -> bool:
    """Tell whether a folder is an unpacked bundle."""
    return (folder / MANIFEST_NAME).is_file()


def recognise(folder: Path, name: str = "") -> Layout:
    """Return what a folder holds. ``name`` is what a model of many languages is called, else as its folder.

    Raises:
        BrokenPackage: it is none of the known packages, or does not say its languages.
        InvalidInput: it cannot be called so.
    """
    if any(folder.glob("model.*.bin")):
        source, target = _firefox_codes(folder)
        return Layout("firefox", f"{source}-{target}")
    if (folder / "model.bin").is_file():
        if not (folder / _MULTILINGUAL).is_file():
            raise BrokenPackage(
                f"the model has no {_MULTILINGUAL}, which says its languages; docs/models.md has examples"
            )
        name = name or folder.name
        if not is_folder(name):
            raise InvalidInput("a model's name has letters, digits, points and hyphens only", field="name")
        return Layout("ctranslate2", name)
    if (folder / "metadata.json").is_file():
        source, target = _codes(_description(folder))
        return Layout("argos", f"translate-{source}_{target}")
    raise BrokenPackage("this is no package of Argos, no model of Firefox or CTranslate2, and no bundle")


def describe_firefox(folder: Path, description: Mapping[str, str]) -> None:
    """Write the description of a Firefox model that brings none."""
    if (folder / "metadata.json").exists():
        return
    if not description:
        source, target = _firefox_codes(folder)
        description = {"from_code": source, "to_code": target, "version": "0", "licence": "MPL-2.0"}
    write_file(folder / "metadata.json", json.dumps(dict(description), indent=1, sort_keys=True).encode())


def _description(folder: Path) -> dict[str, object]:
    try:
        return read_description(folder / "metadata.json")
    except DamagedModel as error:
        raise BrokenPackage(f"the package is damaged: {error}") from error


def _codes(described: Mapping[str, object]) -> tuple[str, str]:
    source, target = described.get("from_code"), described.get("to_code")
    if not is_code(source) or not is_code(target):
        raise BrokenPackage("the package does not say its languages in from_code and to_code")
    return str(source), str(target)


def _firefox_codes(folder: Path) -> tuple[str, str]:
    """Return the languages of a Firefox model: as it says, or as the names of its files say."""
    if (folder / "metadata.json").is_file():
        return _codes(_description(folder))
    named = next((found for path in folder.glob("model.*.bin") if (found := _FIREFOX_NAME.fullmatch(path.name))), None)
    if named is None:
        raise BrokenPackage("the model does not say its languages; add a metadata.json as docs/models.md describes")
    return named[1], named[2]
