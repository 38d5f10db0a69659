"""Unpacks a zip or tar file that somebody else made: no name leads out of the folder, and nothing passes its limits."""

import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

import zstandard

from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.packages.disk import CHUNK, check_space
from linkbridge.translation.packages.names import safe_path

_DAMAGES = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zstandard.ZstdError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_WINDOW_BYTES = 256 * 1_048_576


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may hold. ``ratio`` is of unpacked to packed bytes, beyond the first ``free`` ones."""

    entries: int = 5_000
    total: int = 64 * 1024**3
    ratio: int = 100
    free: int = 16 * 1_048_576


LIMITS = Limits()


def is_archive(path: Path) -> bool:
    """Tell whether a file is a zip or tar file, by its content."""
    if zipfile.is_zipfile(path):
        return True
    try:
        with _tar(path):
            return True
    except (*_DAMAGES, OSError):
        return False


def unpack(archive: Path, into: Path, limits: Limits = LIMITS) -> None:
    """Unpack an archive into an empty folder.

    Raises:
        BrokenPackage: it is damaged or encrypted, or holds links, devices, names that are not allowed or doubled, or
            more than its limits.
        StorageFull: what it says that it holds does not fit.
    """
    budget = _Budget(limits, archive.stat().st_size)
    try:
        if zipfile.is_zipfile(archive):
            _unpack_zip(archive, into, budget)
        else:
            _unpack_tar(archive, into, budget)
    except _DAMAGES as error:
        raise BrokenPackage(f"{archive.name} is damaged, or no zip or tar file") from error


def unpack_zstd(packed: Path, into: Path, size: int | None, limits: Limits = LIMITS) -> None:
    """Unpack one file that is compressed by itself. ``size`` is what comes out, if it was promised.

    Raises:
        BrokenPackage: it is damaged, or something else comes out.
    """
    budget = _Budget(limits, packed.stat().st_size)
    try:
        with packed.open("rb") as source, _zstd(source) as stream:
            _write(stream, into, budget)
    except _DAMAGES as error:
        raise BrokenPackage(f"{packed.name} is damaged") from error
    if size is not None and into.stat().st_size != size:
        raise BrokenPackage(f"{into.name} has another size than its index promised")


class _Budget:
    """What may still be written, and which names are taken."""

    def __init__(self, limits: Limits, packed: int) -> None:
        self._entries = limits.entries
        self._bytes = min(limits.total, limits.free + packed * limits.ratio)
        self._names: set[str] = set()

    def spend(self, amount: int) -> None:
        self._bytes -= amount
        if self._bytes < 0:
            raise BrokenPackage("the archive holds more than its size allows; it may be made to fill the disk")

    def enter(self) -> None:
        self._entries -= 1
        if self._entries < 0:
            raise BrokenPackage("the archive holds too many files")

    def place(self, name: str, into: Path) -> Path:
        """Return where a file goes. Two names that differ in capitals alone are one file on some disks."""
        path = safe_path(name)
        if str(path).lower() in self._names:
            raise BrokenPackage("the archive holds two files of one name")
        self._names.add(str(path).lower())
        target = into / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise BrokenPackage("the archive holds a file and a folder of one name") from None
        return target


def _unpack_zip(archive: Path, into: Path, budget: _Budget) -> None:
    with zipfile.ZipFile(archive) as opened:
        infos = opened.infolist()
        for info in infos:
            budget.enter()
            _refuse_unsafe(info)
        check_space(into, sum(info.file_size for info in infos))
        for info in infos:
            if not info.is_dir():
                with opened.open(info) as member:
                    _write(member, budget.place(info.filename, into), budget)


def _refuse_unsafe(info: zipfile.ZipInfo) -> None:
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise BrokenPackage("the archive holds a link or a device")
    if info.flag_bits & 0x1:
        raise BrokenPackage("the archive is encrypted")
    if info.orig_filename != info.filename:
        raise BrokenPackage("the archive holds a file whose name is not allowed")
    safe_path(info.filename.rstrip("/"))


def _unpack_tar(archive: Path, into: Path, budget: _Budget) -> None:
    with _tar(archive) as opened:
        for member in opened:
            budget.enter()
            name = member.name.removeprefix("./")
            if member.isdir():
                if name not in {"", "."}:
                    safe_path(name)
                continue
            if not member.isfile():
                raise BrokenPackage("the archive holds a link or a device")
            check_space(into, member.size)
            target = budget.place(name, into)
            stream = opened.extractfile(member)
            if stream is None:
                raise BrokenPackage("the archive holds a file that cannot be read")
            _write(stream, target, budget)
            if target.stat().st_size != member.size:
                raise BrokenPackage("the archive is cut off")


@contextmanager
def _tar(path: Path) -> Iterator[tarfile.TarFile]:
    """Open a tar file, compressed or not, to be read from its begin to its end."""
    with path.open("rb") as file:
        packed = file.read(4) == _ZSTD_MAGIC
        file.seek(0)
        if not packed:
            with tarfile.open(fileobj=file, mode="r:*") as opened:
                yield opened
            return
        with _zstd(file) as stream, tarfile.open(fileobj=stream, mode="r|") as opened:
            yield opened


def _zstd(source: BinaryIO) -> zstandard.ZstdDecompressionReader:
    return zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES).stream_reader(source, read_across_frames=True)


def _write(source: IO[bytes] | zstandard.ZstdDecompressionReader, target: Path, budget: _Budget) -> None:
    with target.open("xb") as file:
        while chunk := source.read(CHUNK):
            budget.spend(len(chunk))
            file.write(chunk)
