"""``linkbridge-package.json``: what is known of an installed package, and whether its files are still the same."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeGuard

from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.packages.disk import files_in, sha256_of, write_file
from linkbridge.translation.packages.names import safe_path
from linkbridge.translation.packages.values import Damage, DamagedFile, KeptFile, Record

RECORD_NAME = "linkbridge-package.json"
_FORMAT = 1
_MAX_BYTES = 16 * 1_048_576


def hash_files(folder: Path) -> dict[str, KeptFile]:
    """Return size and checksum of every file in a folder, but the record itself."""
    return {
        name: KeptFile(path.stat().st_size, sha256_of(path))
        for name, path in files_in(folder).items()
        if name != RECORD_NAME
    }


def write_record(folder: Path, record: Record) -> None:
    """Write the record of a package into its folder."""
    content = {
        "format": _FORMAT,
        "engine": record.engine,
        "version": record.version,
        "licence": record.licence,
        "source": record.source,
        "installed_at": record.installed_at,
        "checksum_published": record.checksum_published,
        "size": record.size,
        "files": files_as_json(record.files),
    }
    write_file(folder / RECORD_NAME, json.dumps(content, indent=1, ensure_ascii=False).encode())


def read_record(folder: Path) -> Record | None:
    """Return the record of a package, or ``None`` if it has none: somebody put it there by hand.

    Raises:
        BrokenPackage: it has one that cannot be read.
    """
    path = folder / RECORD_NAME
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise BrokenPackage(f"{RECORD_NAME} of {folder.name} is too large")
        told = json.loads(path.read_bytes())
        return Record(
            engine=str(told["engine"]),
            version=str(told["version"]),
            licence=str(told["licence"]),
            source=str(told["source"]),
            installed_at=str(told["installed_at"]),
            checksum_published=told["checksum_published"] is True,
            files=files_from_json(told["files"]),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BrokenPackage(f"{RECORD_NAME} of {folder.name} cannot be read; install the package again") from error


def verify_files(folder: Path, kept: Mapping[str, KeptFile]) -> list[DamagedFile]:
    """Hash the files of a package anew, and return those that are not as they were, in order of their names."""
    there = files_in(folder)
    damaged = [DamagedFile(name, Damage.UNKNOWN) for name in there.keys() - kept.keys() - {RECORD_NAME}]
    for name, file in kept.items():
        path = there.get(name)
        if path is None:
            damaged.append(DamagedFile(name, Damage.MISSING))
            continue
        try:
            same = not path.is_symlink() and path.stat().st_size == file.size and sha256_of(path) == file.sha256
        except OSError:
            damaged.append(DamagedFile(name, Damage.UNREADABLE))
            continue
        if not same:
            damaged.append(DamagedFile(name, Damage.CHANGED))
    return sorted(damaged, key=lambda file: file.path)


def files_as_json(files: Mapping[str, KeptFile]) -> dict[str, dict[str, str | int]]:
    """Return a list of files as it stands in a record or a bundle."""
    return {name: {"size": file.size, "sha256": file.sha256} for name, file in sorted(files.items())}


def files_from_json(told: object) -> dict[str, KeptFile]:
    """Return the files that a record or a bundle lists.

    Raises:
        ValueError: it is no such list.
        BrokenPackage: a name in it is not allowed.
    """
    if not isinstance(told, dict):
        raise ValueError("no list of files")  # noqa: TRY004 - one error for whatever is wrong with a file's content
    files = {}
    for name, file in told.items():
        if not isinstance(file, dict):
            raise ValueError("no file")  # noqa: TRY004 - the same
        size, checksum = file.get("size"), file.get("sha256")
        if not isinstance(size, int) or size < 0 or not is_sha256(checksum):
            raise ValueError("no size or checksum")
        files[str(safe_path(name))] = KeptFile(size, checksum)
    return files


def is_sha256(value: object) -> TypeGuard[str]:
    """Tell whether this is a SHA-256 in small hexadecimal letters."""
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")
