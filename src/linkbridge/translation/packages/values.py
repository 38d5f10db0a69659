"""What an index offers, and what is installed: plain values. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from linkbridge.translation.folders import version_order
from linkbridge.translation.ports import LanguagePair, Model

INSTALLABLE = ("firefox", "argos", "ctranslate2")
"""The engines whose models are packages, in the order in which they are preferred."""

_ARCHITECTURES = ("base-memory", "base", "", "tiny")


class Packing(StrEnum):
    """How a file arrives."""

    PLAIN = "plain"
    ZSTD = "zstd"
    """Compressed by itself; ``unpacked_size`` and ``unpacked_sha256`` are of what comes out."""
    ARCHIVE = "archive"
    """A zip or tar file that holds the package's folder."""


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file that an index promises.

    ``path`` is where it belongs in the package, ``addresses`` where it may be had: http, https, or a path of this
    machine. ``size`` (bytes, ``None`` if unpromised) and ``sha256`` (empty if unpublished) are of what is transferred.
    """

    path: str
    addresses: tuple[str, ...]
    size: int | None = None
    sha256: str = ""
    packing: Packing = Packing.PLAIN
    unpacked_size: int | None = None
    unpacked_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A package that can be had. ``description`` becomes the package's ``metadata.json`` where it brings none."""

    engine: str
    pairs: tuple[LanguagePair, ...]
    version: str
    licence: str
    source: str
    files: tuple[OfferedFile, ...]
    architecture: str = ""
    folder: str = ""
    description: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int | None:
        """How many bytes must be fetched, or ``None`` where the index does not say."""
        sizes = [file.size for file in self.files]
        return None if None in sizes else sum(size or 0 for size in sizes)

    @property
    def checked(self) -> bool:
        """Whether the index publishes a checksum of every file."""
        return all(file.sha256 for file in self.files)

    @property
    def rank(self) -> tuple[int, tuple[int, ...], int]:
        """What sorts offers of one direction: the preferred engine, then the newest, then the best architecture."""
        engine = INSTALLABLE.index(self.engine)
        number = tuple(-part for part in version_order(self.version)[0])
        known = self.architecture in _ARCHITECTURES
        return engine, number, _ARCHITECTURES.index(self.architecture) if known else len(_ARCHITECTURES)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of an installed package, as it was when it was installed."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Record:
    """What ``linkbridge-package.json`` says of an installed package.

    ``checksum_published`` tells whether an index vouched for the files, or they are merely recorded as they came.
    """

    engine: str
    version: str
    licence: str
    source: str
    installed_at: str
    checksum_published: bool
    files: dict[str, KeptFile]

    @property
    def size(self) -> int:
        """The size of all files, in bytes."""
        return sum(file.size for file in self.files.values())


@dataclass(frozen=True, slots=True)
class Installed:
    """A model that is there. ``record`` is absent where it comes with LinkBridge, or somebody put it there by hand."""

    model: Model
    record: Record | None = None


class Damage(StrEnum):
    """What is wrong with a file of an installed package."""

    MISSING = "missing"
    CHANGED = "changed"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"
    """It was not there when the package was installed."""


@dataclass(frozen=True, slots=True)
class DamagedFile:
    """A file that is not as it was installed."""

    path: str
    damage: Damage


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told how far a download is: its name, the bytes that are there, and how many there will be, if known."""

    on_bytes: Callable[[str, int, int | None], None] = field(default=lambda _name, _done, _total: None)
