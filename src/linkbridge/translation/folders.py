"""Reads the folders of installed models: what they say of themselves, and whether they are whole. Loads no model."""

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from linkbridge.translation.ports import Model

_log = structlog.get_logger("linkbridge.translation")
_MAX_DESCRIPTION_BYTES = 1_000_000
_SAMPLE_BYTES = 4_096


class DamagedModel(Exception):
    """A folder holds no usable model; the message is a fixed text that says why."""


def find_models(engine: str, folders: Iterable[Path], read: Callable[[Path], Model | None]) -> tuple[Model, ...]:
    """Return what ``read`` makes of each folder, sorted by id; ``None`` is none of this engine's.

    Damaged ones are left out and logged by their name. Where two have the same id, the newer version counts.
    """
    found: dict[str, Model] = {}
    for folder in folders:
        try:
            model = read(folder)
        except DamagedModel as error:
            _log.warning("model is damaged", engine=engine, model=folder.name, reason=str(error))
            continue
        except OSError as error:
            _log.warning("model cannot be read", engine=engine, model=folder.name, reason=type(error).__name__)
            continue
        if model is None:
            continue
        other = found.get(model.id)
        if other is None or version_order(model.version) > version_order(other.version):
            found[model.id] = model
    return tuple(found[key] for key in sorted(found))


def folders_in(place: Path) -> list[Path]:
    """Return the folders inside one, in order of their names. Hidden ones are being installed or removed."""
    try:
        return sorted(path for path in place.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError:
        return []


def read_description(path: Path) -> dict[str, object]:
    """Return the JSON object in a file.

    Raises:
        DamagedModel: it is missing, too large, or no such object.
    """
    try:
        if path.stat().st_size > _MAX_DESCRIPTION_BYTES:
            raise DamagedModel("its description is too large")
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise DamagedModel("its description cannot be read") from None
    if not isinstance(value, dict):
        raise DamagedModel("its description is no object")
    return value


def text_of(description: dict[str, object], key: str, default: str = "") -> str:
    """Return a text of a description, or ``default``.

    Raises:
        DamagedModel: it is not text; or it is missing, and ``default`` is empty.
    """
    value = description.get(key, default or None)
    if not isinstance(value, str) or not value:
        raise DamagedModel(f"its description lacks {key}")
    return value


def whole_file(folder: Path, *patterns: str) -> Path:
    """Return the one file that matches the first pattern that any does.

    Raises:
        DamagedModel: there is none, several, or it is empty.
    """
    for pattern in patterns:
        found = sorted(folder.glob(pattern))
        if len(found) > 1:
            raise DamagedModel(f"there is more than one {pattern}")
        if found:
            if not found[0].is_file() or found[0].stat().st_size == 0:
                raise DamagedModel(f"{pattern} is empty")
            return found[0]
    raise DamagedModel(f"{patterns[0]} is missing")


def size_of(folder: Path) -> int:
    """Return the size of all files in a folder, in bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def fingerprint(*files: Path) -> str:
    """Return eight characters that change when files do, from their sizes and samples: models are too large to read."""
    digest = hashlib.sha256()
    for path in files:
        size = path.stat().st_size
        digest.update(f"{path.name} {size} ".encode())
        with path.open("rb") as file:
            for place in (0, size // 3, 2 * size // 3, max(0, size - _SAMPLE_BYTES)):
                file.seek(place)
                digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()[:8]


def version_order(version: str) -> tuple[tuple[int, ...], str]:
    """Return what sorts versions: ``1.10`` comes after ``1.9``."""
    number = version.partition("+")[0]
    return tuple(int(part) for part in number.split(".") if part.isdecimal()), version
