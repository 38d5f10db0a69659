"""Opens a zip file that somebody else made: nothing is written to disk, and nothing passes its limits."""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from linkbridge.kernel.errors import InvalidInput, TooLarge

MAX_ARCHIVE_BYTES = 256 * 1_048_576
MAX_TOTAL_BYTES = 256 * 1_048_576
MAX_MEMBERS = 20_000
_MAX_DIRECTORY_BYTES = 4 * 1_048_576
_END = b"PK\x05\x06"
_END_BYTES = 22
_ZIP64 = b"PK\x06\x07"
_ZIP64_BYTES = 20
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


@dataclass
class Archive:
    """An open zip file whose members have been looked at, not yet read."""

    _zip: zipfile.ZipFile
    _members: dict[str, zipfile.ZipInfo]
    _left: int = MAX_TOTAL_BYTES

    @property
    def names(self) -> frozenset[str]:
        """The names of all members."""
        return frozenset(self._members)

    def read(self, name: str, *, limit: int) -> bytes:
        """Return a member, whatever size the file claims it has.

        Raises:
            InvalidInput: there is no such member, or it is damaged.
            TooLarge: it has more bytes than ``limit``, or all members together have too many.
        """
        if name not in self._members:
            raise InvalidInput(f"the archive has no {name}")
        most = min(limit, self._left)
        try:
            with self._zip.open(self._members[name]) as member:
                data = member.read(most + 1)
        except _DAMAGED as error:
            raise InvalidInput(f"{name} in the archive is damaged") from error
        if len(data) > most:
            raise TooLarge(f"{name} in the archive is larger than {most} bytes", limit=most)
        self._left -= len(data)
        return data


@contextmanager
def open_archive(stream: BinaryIO) -> Iterator[Archive]:
    """Yield the archive in ``stream``, once its list of members is sound.

    Raises:
        InvalidInput: it is no zip file, is cut off, or has members with unsafe or doubled names, links, or passwords.
        TooLarge: it is too large, or has too many members.
    """
    _look_at_end(stream)
    try:
        opened = zipfile.ZipFile(stream)
    except _DAMAGED as error:
        raise InvalidInput("this is no zip file, or it is damaged") from error
    with opened:
        infos = opened.infolist()
        if len(infos) > MAX_MEMBERS:
            raise TooLarge(f"the archive has more than {MAX_MEMBERS} members", limit=MAX_MEMBERS)
        members: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            _refuse_unsafe(info)
            if info.filename in members:
                raise InvalidInput("the archive has two members of the same name")
            members[info.filename] = info
        yield Archive(opened, members)


def _look_at_end(stream: BinaryIO) -> None:
    """Look at the archive's last bytes before the library does, which reads as long a list as they claim."""
    size = stream.seek(0, 2)
    if size > MAX_ARCHIVE_BYTES:
        raise TooLarge(f"the archive is larger than {MAX_ARCHIVE_BYTES} bytes", limit=MAX_ARCHIVE_BYTES)
    stream.seek(max(0, size - _END_BYTES - _ZIP64_BYTES))
    tail = stream.read()
    end = tail[-_END_BYTES:]
    if len(end) < _END_BYTES or not end.startswith(_END) or end[-2:] != b"\0\0":
        raise InvalidInput("this is no bundle, or its end is missing")
    if int.from_bytes(end[12:16], "little") > _MAX_DIRECTORY_BYTES or tail.startswith(_ZIP64):
        raise TooLarge(f"the archive has more than {MAX_MEMBERS} members", limit=MAX_MEMBERS)
    stream.seek(0)


def _refuse_unsafe(info: zipfile.ZipInfo) -> None:
    mode = info.external_attr >> 16
    if not _PLAIN_NAME.fullmatch(info.filename) or info.orig_filename != info.filename:
        raise InvalidInput("the archive has a member whose name could lead out of it")
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        raise InvalidInput("the archive has a member that is a link or a folder")
    if info.flag_bits & 0x1 or info.compress_type not in _METHODS:
        raise InvalidInput("the archive has a member with a password or an unusual compression")
