"""Where the databases of tests lie, and their engines: one for each address, which keeps what it has compiled."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa

from linkbridge.kernel.db import create_engine

_MEMORY = Path("/dev/shm")  # noqa: S108 - only folders with a name of their own are made there
_ENOUGH_BYTES = 2 * 1024**3


@contextmanager
def database_folder(name: str) -> Iterator[Path]:
    """Yield an empty folder that dies with the block: in memory where there is room, since tests make thousands."""
    in_memory = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ENOUGH_BYTES
    with tempfile.TemporaryDirectory(prefix=f"linkbridge-{name}-", dir=_MEMORY if in_memory else None) as folder:
        yield Path(folder)


@lru_cache
def engine_of(url: str) -> sa.Engine:
    """Return the engine for ``url``. Whoever replaces the database behind it disposes its connections first."""
    return create_engine(url)
