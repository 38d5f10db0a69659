"""Opens a folder of phrasebooks as a catalogue, and does so once for the same content."""

import hashlib
from functools import lru_cache
from pathlib import Path

from linkbridge.phrasebook.cache import keep, read_cached
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.files import load_library

_KEPT = 2
_READ = ("*.yaml", "*/*.yaml", "*/*.po")


def load_catalogue(directory: Path, *, cache: Path | None = None) -> Catalogue:
    """Return the catalogue of the phrasebooks in ``directory``; a process reads the same content once.

    In ``cache`` it is kept for the next process too.

    Raises:
        PhrasebookFileError: a file is not readable or not in the format; all problems of all files are named.
    """
    return _catalogue_of(directory, _content_hash(directory), cache)


@lru_cache(maxsize=_KEPT)
def _catalogue_of(directory: Path, content: str, cache: Path | None) -> Catalogue:
    if cache is not None and (kept := read_cached(cache, content)) is not None:
        return kept
    catalogue = Catalogue(load_library(directory))
    if cache is not None:
        keep(cache, content, catalogue)
    return catalogue


def _content_hash(directory: Path) -> str:
    """Return a hash of all files that a catalogue is made of; one that cannot be read is reported by the loader.

    The code that reads them counts too: what is kept on disk must not outlive a change of it.
    """
    digest = hashlib.sha256()
    code = sorted(Path(__file__).parent.glob("*.py"))
    texts = sorted(path for pattern in _READ for path in directory.glob(pattern))
    named = [*((path.name, path) for path in code), *((str(path.relative_to(directory)), path) for path in texts)]
    for name, path in named:
        digest.update(f"{name}\0".encode())
        try:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        except OSError:
            digest.update(b"unreadable")
    return digest.hexdigest()
