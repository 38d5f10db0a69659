"""Writes files and folders so that a power cut leaves the old or the new, and nothing between."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linkbridge.kernel.errors import StorageFull, Unavailable

CHUNK = 1_048_576
_SPARE_BYTES = 64 * 1_048_576
"""Stays free for the database and logs, which may share the disk."""


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_space(folder: Path, needed: int) -> None:
    """See that so many bytes fit on the disk of a folder.

    Raises:
        StorageFull: they do not; nothing was written.
    """
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE_BYTES:
        raise StorageFull(
            f"{folder} has {free} bytes free, and {needed + _SPARE_BYTES} are needed; nothing was changed"
        )


@contextmanager
def writing() -> Iterator[None]:
    """Turn what the system says of a disk into words.

    Raises:
        StorageFull: the disk is full, or a quota is used up.
        Unavailable: it cannot be written for another reason.
    """
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise StorageFull("the disk is full; nothing was changed") from error
        place = error.filename if isinstance(error.filename, str) else "the folder of models"
        raise Unavailable(f"{place} cannot be used: {error.strerror}", component="models") from error


def write_file(path: Path, content: bytes) -> None:
    """Write a small file and see it on the disk."""
    with path.open("wb") as file:
        file.write(content)
        settle(file.fileno())


def replace_file(path: Path, content: bytes, draft: Path) -> None:
    """Put new content in a file's place in one step; ``draft`` is on the same disk."""
    write_file(draft, content)
    draft.replace(path)
    settle_folder(path.parent)


def settle(descriptor: int) -> None:
    """Wait until an open file is on the disk."""
    os.fsync(descriptor)


def settle_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def settle_tree(folder: Path) -> None:
    """Wait until everything in a folder is on the disk. Files are readable for all, and none can be run."""
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            path = Path(place, name)
            path.chmod(0o644)
            with path.open("rb") as file:
                settle(file.fileno())
        Path(place).chmod(0o755)
        settle_folder(Path(place))


def files_in(folder: Path) -> dict[str, Path]:
    """Return the files in a folder by their names inside it, in order. Links are followed nowhere, but listed."""
    found = {}
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if Path(place, name).is_symlink()]
        for name in (*names, *links):
            path = Path(place, name)
            found[path.relative_to(folder).as_posix()] = path
    return dict(sorted(found.items()))
