"""Fetches one file so that a broken connection costs little: the next try goes on from what has arrived."""

import hashlib
import http.client
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from linkbridge.kernel.errors import DomainError, Unavailable
from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.packages.disk import check_space, settle, sha256_of, write_file, writing
from linkbridge.translation.packages.http import Refused, Web, is_address, length_of, missing, shown, unreachable
from linkbridge.translation.packages.values import OfferedFile, Watch

_BLOCK = 262_144
_LARGEST = 64 * 1024**3
_TRIES = 5
_STALL_SECONDS = 60.0
_STALL_BYTES = 60 * 1_024
"""What must arrive in that time: a kilobyte a second, the slowest line on which a model still comes within a day."""
_CONTENT_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15}|\*)")


@dataclass(frozen=True, slots=True)
class Downloader:
    """Fetches files into a folder of its own, in which parts wait for another try."""

    folder: Path
    web: Web
    watch: Watch = field(default_factory=Watch)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def fetch(self, file: OfferedFile) -> Path:
        """Return the path of a file, which is here now with the promised size and checksum.

        A file that is on this machine already is checked where it is.

        Raises:
            BrokenPackage: its size or checksum is another than promised. Nothing of it is kept.
            Unavailable: none of its addresses answers, or the connection breaks again and again.
            StorageFull: it does not fit.
        """
        failure: DomainError = BrokenPackage(f"{file.path} has no address from which it may be fetched")
        for place in file.addresses:
            try:
                return self._download(place, file) if is_address(place) else _found(Path(place), file)
            except Unavailable as error:
                failure = error
        raise failure

    def forget(self, file: OfferedFile) -> None:
        """Delete what was downloaded of a file: it is installed now, or no good."""
        for place in file.addresses:
            if is_address(place):
                for path in self._paths(place):
                    path.unlink(missing_ok=True)

    def _paths(self, address: str) -> tuple[Path, Path]:
        name = hashlib.sha256(address.encode()).hexdigest()[:32]
        return self.folder / f"{name}.part", self.folder / f"{name}.json"

    def _download(self, address: str, file: OfferedFile) -> Path:
        part, notes = self._paths(address)
        with writing():
            self.folder.mkdir(parents=True, exist_ok=True)
            self._complete(address, file, part, notes)
            try:
                check(part, file)
            except BrokenPackage:
                self.forget(file)
                raise
        return part

    def _complete(self, address: str, file: OfferedFile, part: Path, notes: Path) -> None:
        """Ask again and again, until the file is whole."""
        for again in range(_TRIES):
            before = _size(part)
            try:
                self._continue(address, file, part, notes)
            except _BrokeOff as error:
                if again + 1 == _TRIES:
                    raise _interrupted(address, part, error) from error
                self.sleep(0.0 if _size(part) > before else float(2**again))
            else:
                return

    def _continue(self, address: str, file: OfferedFile, part: Path, notes: Path) -> None:
        """Ask for what is still missing, and append it."""
        have = _size(part)
        if have and have == file.size:
            return
        headers = _range(have, _validator(notes)) if file.size is None or have < file.size else {}
        try:
            answer = self.web.open(address, headers)
        except Refused as error:
            if error.status == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and headers:
                if error.content_range == f"bytes */{have}":
                    return
                part.unlink()
                raise _BrokeOff("the server has another file now") from None
            raise missing(address, error) from None
        with answer:
            start, total = _place(answer, have if headers else 0)
            _compare(address, file, total)
            check_space(self.folder, max(0, (total or file.size or 0) - start))
            write_file(notes, json.dumps({"validator": _new_validator(answer)}).encode())
            self._receive(answer, part, start, total, file)

    def _receive(
        self, answer: http.client.HTTPResponse, part: Path, start: int, total: int | None, file: OfferedFile
    ) -> None:
        done, most = start, file.size if file.size is not None else (total or _LARGEST)
        checkpoint = (self.monotonic(), done)
        with part.open("r+b" if start else "wb") as target:
            target.seek(start)
            for block in _blocks(answer):
                done += len(block)
                if done > most:
                    target.truncate(0)
                    raise BrokenPackage(f"{shown(answer.url)} sends more than the {most} bytes that were promised")
                target.write(block)
                self.watch.on_bytes(file.path, done, file.size or total)
                checkpoint = self._keep_pace(checkpoint, done)
            target.flush()
            settle(target.fileno())
        wanted = file.size if file.size is not None else total
        if wanted is not None and done < wanted:
            raise _BrokeOff("it sent less than it announced")

    def _keep_pace(self, checkpoint: tuple[float, int], done: int) -> tuple[float, int]:
        """Give a connection up that trickles: it may never end, and never be silent long enough to time out."""
        since, before = checkpoint
        now = self.monotonic()
        if now - since < _STALL_SECONDS:
            return checkpoint
        if done - before < _STALL_BYTES:
            raise _BrokeOff("almost nothing arrives")
        return now, done


class _BrokeOff(Exception):
    """The file is not whole, but may be with another try."""


def _blocks(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    try:
        while block := answer.read1(_BLOCK):
            yield block
    except TimeoutError as error:
        raise _BrokeOff("no answer in time") from error
    except (OSError, http.client.HTTPException) as error:
        raise _BrokeOff("it was cut") from error


def _found(path: Path, file: OfferedFile) -> Path:
    if not path.is_file():
        raise Unavailable(f"{path} is not there, though its index names it", component="models")
    check(path, file)
    return path


def check(path: Path, file: OfferedFile) -> None:
    """See that a file is what its index promises.

    Raises:
        BrokenPackage: its size or checksum is another.
    """
    wrong = ""
    if file.size is not None and path.stat().st_size != file.size:
        wrong = "size"
    elif file.sha256 and sha256_of(path) != file.sha256:
        wrong = "checksum"
    if wrong:
        raise BrokenPackage(f"{file.path} has another {wrong} than its index promises; it was damaged or replaced")


def _compare(address: str, file: OfferedFile, total: int | None) -> None:
    """Refuse a file of another size before it is fetched."""
    if total is None:
        return
    if file.size is not None and total != file.size:
        raise BrokenPackage(f"{shown(address)} has {total} bytes; its index promises {file.size}")
    if total > _LARGEST:
        raise BrokenPackage(f"{shown(address)} has {total} bytes, more than any model")


def _range(have: int, validator: str) -> dict[str, str]:
    """Ask for the rest, if the server can tell that it is still the same file."""
    return {"Range": f"bytes={have}-", "If-Range": validator} if have and validator else {}


def _place(answer: http.client.HTTPResponse, have: int) -> tuple[int, int | None]:
    """Return at which byte the answer starts, and how many the whole file has, if that is known."""
    if answer.status != http.client.PARTIAL_CONTENT:
        return 0, length_of(answer.headers)
    told = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    if told is None or int(told[1]) != have:
        raise _BrokeOff("the server answers with another part than asked for")
    return have, None if told[3] == "*" else int(told[3])


def _new_validator(answer: http.client.HTTPResponse) -> str:
    tag = answer.headers.get("ETag", "")
    return tag if tag.startswith('"') else answer.headers.get("Last-Modified", "")


def _validator(notes: Path) -> str:
    try:
        told = json.loads(notes.read_bytes())["validator"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return told if isinstance(told, str) and told.isprintable() else ""


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except OSError:
        return 0


def _interrupted(address: str, part: Path, error: Exception) -> Unavailable:
    if not _size(part):
        return unreachable(address, error)
    return Unavailable(
        f"the connection to {shown(address)} broke off after {_size(part)} bytes: {error}."
        " They are kept, and the same command goes on from there",
        component="models",
    )
