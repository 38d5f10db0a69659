"""Backups: one encrypted file with the database and the erasures, checked before it counts.

The keys of the installation are not inside: see ``docs/operations/backup.md``.
"""

import hashlib
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from linkbridge import __version__, migrations
from linkbridge.kernel import keyfiles
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.db import create_engine, is_full
from linkbridge.kernel.encoding import b64url, from_b64url
from linkbridge.kernel.errors import Conflict, InvalidInput, StorageFull, Unavailable
from linkbridge.kernel.filecrypt import KEY_BYTES, DecryptingReader, EncryptingWriter
from linkbridge.worker.databases import database_at

FORMAT = 1
SUFFIX = ".lbbackup"
DATABASE, ERASURES, MANIFEST = "database", "erasures.log", "manifest.json"
_NAME = re.compile(r"linkbridge-(\d{8}T\d{6}Z)[a-z-]*\.lbbackup\Z")
_UNFINISHED = ".unfinished-"
_UNFINISHED_AFTER = timedelta(days=1)
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. ``files`` has the SHA-256 of each file in it, ``revision`` its schema.

    ``keys`` has the names of the keys without which its fields cannot be read nor its erasures be replayed.
    """

    format: int
    version: str
    revision: str
    kind: str
    created_at: str
    files: dict[str, str]
    keys: dict[str, str]


def backup_key(path: Path) -> bytes:
    """Return the key in ``path``, made now if the file does not exist: 32 bytes in base64url.

    Raises:
        InvalidInput: the file holds something else.
        Unavailable: the file can be read by others, or not by us.
    """
    keyfiles.read_or_create(path, lambda: b64url(os.urandom(KEY_BYTES)).encode() + b"\n")
    return read_backup_key(path)


def read_backup_key(path: Path) -> bytes:
    """Return the key in ``path``.

    Raises:
        InvalidInput: the file holds something else.
        Unavailable: there is no such file, it can be read by others, or not by us.
    """
    text = keyfiles.read(path)
    try:
        key = from_b64url(text.decode("ascii").strip())
    except ValueError as error:
        raise InvalidInput(f"{path} holds no backup key", field="key") from error
    if len(key) != KEY_BYTES:
        raise InvalidInput(f"{path} holds no backup key", field="key")
    return key


class Backups:
    """The backups in a folder."""

    def __init__(self, *, url: str, folder: Path, erasures: Path, cipher: FieldCipher, clock: Clock) -> None:
        self._url = url
        self._folder = folder
        self._database = database_at(url)
        self._erasures = erasures
        self._cipher = cipher
        self._clock = clock

    def create(self, key: bytes, *, folder: Path | None = None, label: str = "") -> Path:
        """Write a backup, read it back to check it, and return its path.

        It appears under its name only when all of that went well.

        Raises:
            StorageFull: there is no room; nothing was left behind.
            Unavailable: the database cannot be copied, or there is nothing in it yet.
            Conflict: there is a backup of this second already.
        """
        folder = folder or self._folder
        now = self._clock.now()
        with _room(), _workplace(folder) as place:
            self._database.snapshot(place / DATABASE)
            erasures = self._erasures.read_bytes() if self._erasures.exists() else b""
            (place / ERASURES).write_bytes(erasures)
            manifest = Manifest(
                format=FORMAT,
                version=__version__,
                revision=_revision(self._url),
                kind=self._database.kind,
                created_at=now.isoformat(),
                files={name: _digest(place / name) for name in (DATABASE, ERASURES)},
                keys=self._cipher.names(),
            )
            draft = place / "draft"
            _write(draft, place, manifest, key)
            extract(draft, key)
            target = folder / f"linkbridge-{now:%Y%m%dT%H%M%SZ}{label}{SUFFIX}"
            try:
                os.link(draft, target)
            except FileExistsError as error:
                raise Conflict(f"{target} exists already") from error
        keyfiles.sync_folder(folder)
        return target

    def delete_expired(self, before: datetime, dry_run: bool = False) -> int:
        """Delete the folder's backups from before that moment, or only count them; return how many.

        With them goes what a backup or a restore that was killed left behind.
        """
        old = [path for path in self._folder.glob(f"*{SUFFIX}") if (made := made_at(path)) and made < before]
        if not dry_run:
            for path in old:
                path.unlink()
            unfinished_before = self._clock.now() - _UNFINISHED_AFTER
            for left in self._folder.glob(f"{_UNFINISHED}*"):
                if left.stat().st_mtime < unfinished_before.timestamp():
                    shutil.rmtree(left)
            self._database.delete_leftovers(unfinished_before=unfinished_before, replaced_before=before)
        return len(old)


def made_at(path: Path) -> datetime | None:
    """Return when a backup was made, by its name; ``None`` for a file of another name."""
    match = _NAME.match(path.name)
    return datetime.strptime(match[1], "%Y%m%dT%H%M%S%z") if match else None


def extract(path: Path, key: bytes, folder: Path | None = None) -> Manifest:
    """Check the whole backup and return its manifest; with ``folder``, write its files there.

    Raises:
        InvalidInput: it is no backup, made with another key, changed, cut short, or of a later format.
    """
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    try:
        with path.open("rb") as file:
            reader = DecryptingReader(file, key)
            with tarfile.open(fileobj=cast("IO[bytes]", reader), mode="r|") as archive:
                for member in archive:
                    content = archive.extractfile(member)
                    if content is None:
                        raise InvalidInput("this backup holds something unknown", field="file")
                    if member.name == MANIFEST:
                        manifest = _parse_manifest(content.read(_PIECE))
                    elif member.name in {DATABASE, ERASURES}:
                        found[member.name] = _copy(content, folder / member.name if folder else None)
            while reader.read(_PIECE):
                pass
    except tarfile.TarError as error:
        raise InvalidInput("this backup cannot be unpacked", field="file") from error
    except OSError as error:
        if is_full(error):
            raise StorageFull("there is no room to unpack the backup") from error
        raise InvalidInput(f"{path} cannot be read: {error.strerror}", field="file") from error
    if manifest is None or manifest.files != found:
        raise InvalidInput("this backup is not whole", field="file")
    return manifest


def _revision(url: str) -> str:
    engine = create_engine(url)
    try:
        revision = migrations.current_revision(engine)
    finally:
        engine.dispose()
    if revision is None:
        raise Unavailable("there is nothing of LinkBridge in this database yet", component="database")
    return revision


def _parse_manifest(text: bytes) -> Manifest:
    try:
        values: dict[str, Any] = json.loads(text)
        if values["format"] == FORMAT:
            return Manifest(**values)
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidInput("this backup's manifest cannot be read", field="file") from error
    raise InvalidInput("this backup was made by a later LinkBridge: update this one first", field="file")


def _write(draft: Path, place: Path, manifest: Manifest, key: bytes) -> None:
    with _create(draft) as file:
        writer = EncryptingWriter(file, key)
        with tarfile.open(fileobj=cast("IO[bytes]", writer), mode="w|") as archive:
            text = json.dumps(asdict(manifest)).encode()
            info = tarfile.TarInfo(MANIFEST)
            info.size = len(text)
            archive.addfile(info, BytesIO(text))
            for name in (DATABASE, ERASURES):
                archive.add(place / name, arcname=name, recursive=False)
        writer.close()
        file.flush()
        os.fsync(file.fileno())


def _copy(content: IO[bytes], target: Path | None) -> str:
    digest = hashlib.sha256()
    file = _create(target) if target else None
    try:
        while piece := content.read(_PIECE):
            digest.update(piece)
            if file:
                file.write(piece)
    finally:
        if file:
            file.close()
    return digest.hexdigest()


def _create(path: Path) -> BinaryIO:
    """Open a new file that its owner alone can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise StorageFull("there is no room for the backup; nothing was left behind") from error
        raise


@contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """Make a folder for the unfinished beside the finished, so that finishing is one rename on one disk."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=folder))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
