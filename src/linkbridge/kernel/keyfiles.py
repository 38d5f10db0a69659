"""Secret files: made once, whole or not at all, readable by their owner alone."""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from linkbridge.kernel.errors import Unavailable

_OTHERS = 0o077


def read_or_create(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return the bytes of ``path``, which is filled with ``make()`` if it does not exist yet.

    Several processes may do this at once: all of them return what the first one wrote.

    Raises:
        Unavailable: the file can be read by others than its owner, or not by us.
    """
    if not path.exists():
        create(path, make())
    return read(path)


def read(path: Path) -> bytes:
    """Return the bytes of a secret file.

    Raises:
        Unavailable: the file can be read by others than its owner, or not by us.
    """
    try:
        if path.stat().st_mode & _OTHERS:
            raise Unavailable(f"{path} can be read by others: run chmod 600 on it", component="keys")
        return path.read_bytes()
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}", component="keys") from error


def create(path: Path, content: bytes) -> bool:
    """Write ``path`` with mode 0600 unless it exists; return whether this call wrote it.

    The content is flushed to the disk under another name and then linked into place, so that nobody
    ever reads half a key and a key that was handed out survives a power cut.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _write_draft(path, content)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    sync_folder(path.parent)
    return True


def replace(path: Path, content: bytes) -> None:
    """Replace the content of a secret file as a whole: a crash leaves the old or the new one."""
    _write_draft(path, content).replace(path)
    sync_folder(path.parent)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep others who ask for the same out of a folder, for changes that depend on what was read before."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write_draft(path: Path, content: bytes) -> Path:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def sync_folder(path: Path) -> None:
    """Write a folder's names through to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
