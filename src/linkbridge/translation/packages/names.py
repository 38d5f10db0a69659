"""Which names a package may use for its files: none leads out of its folder, or means another file elsewhere. Pure."""

import re
from pathlib import PurePosixPath

from linkbridge.translation.errors import BrokenPackage

_PART = re.compile(r"(?!\.{1,2}\Z)(?!-)[A-Za-z0-9_.+@=-]{1,120}\Z")
_CODE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,3}\Z")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,40}\Z")
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_DEEPEST = 8


def safe_path(name: str) -> PurePosixPath:
    """Return a file's name inside its package, once it can lead nowhere else.

    Raises:
        BrokenPackage: it could.
    """
    parts = name.split("/")
    if len(parts) > _DEEPEST or not all(_PART.match(part) for part in parts):
        raise BrokenPackage("the package holds a file whose name is not allowed")
    return PurePosixPath(*parts)


def is_file_name(name: object) -> bool:
    """Tell whether this names a file of a package, without folders."""
    return isinstance(name, str) and _PART.match(name) is not None and not name.startswith(".")


def is_code(code: object) -> bool:
    """Tell whether this may be an engine's name of a language, and so part of a folder's name."""
    return isinstance(code, str) and _CODE.match(code) is not None


def is_version(version: object) -> bool:
    """Tell whether this may be a version."""
    return isinstance(version, str) and _VERSION.match(version) is not None


def is_folder(name: object) -> bool:
    """Tell whether this may be the name of a model's folder."""
    return isinstance(name, str) and _FOLDER.match(name) is not None
