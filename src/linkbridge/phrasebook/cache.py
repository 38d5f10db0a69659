"""Keeps a catalogue in the data folder by the hash of its content: reading it back takes a fraction of the time.

The file is only read where its owner alone can write to it, which is as safe as the keys beside it. Whatever is wrong
with it, the phrasebooks are read instead.
"""

import contextlib
import copyreg
import os
import pickle
import stat
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from linkbridge import __version__
from linkbridge.phrasebook.catalogue import Catalogue

_PREFIX = "catalogue-"


def read_cached(folder: Path, content: str) -> Catalogue | None:
    """Return the catalogue that was kept for this content by this release, or ``None``."""
    path = _path(folder, content)
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return None
            found = pickle.load(file)  # noqa: S301 - written by this user alone, into a folder that holds the keys
    except Exception:  # noqa: BLE001 - a broken file may raise anything; the phrasebooks themselves are at hand
        return None
    return found if isinstance(found, Catalogue) else None


def keep(folder: Path, content: str, catalogue: Catalogue) -> None:
    """Keep a catalogue for the next start, in place of those of other contents. Without room nothing is kept."""
    path = _path(folder, content)
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".", delete=False) as file:
            try:
                pickle.dump(catalogue, file, protocol=pickle.HIGHEST_PROTOCOL)
            except BaseException:
                Path(file.name).unlink()
                raise
        Path(file.name).replace(path)
        for other in folder.glob(f"{_PREFIX}*"):
            if other != path:
                other.unlink(missing_ok=True)


def _path(folder: Path, content: str) -> Path:
    python = f"{sys.version_info.major}{sys.version_info.minor}"
    return folder / f"{_PREFIX}{__version__}-py{python}-{content[:32]}"


def _proxy(content: Mapping[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(content)


copyreg.pickle(MappingProxyType, lambda proxy: (_proxy, (dict(proxy),)))
