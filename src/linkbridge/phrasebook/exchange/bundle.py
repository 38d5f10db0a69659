"""Bundles: one signed file of books, translations and voices, which one country hands to another.

A zip file with ``manifest.json``, which lists every member with its SHA-256 and carries an Ed25519 signature over the
canonical JSON (RFC 8785) of all else in it. ``sequence`` grows with each bundle of a key, so that an old one cannot
come back in the place of a newer one.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, BinaryIO

from linkbridge.kernel.encoding import canonical_json
from linkbridge.kernel.errors import InvalidInput, TooLarge
from linkbridge.kernel.signing import Signer, verify
from linkbridge.kernel.text_checks import bidi_controls, forbidden_characters
from linkbridge.phrasebook.exchange.archive import MAX_MEMBERS, MAX_TOTAL_BYTES, Archive, open_archive
from linkbridge.phrasebook.exchange.po_files import read_units, write_units
from linkbridge.phrasebook.exchange.units import Incoming, TextUnit
from linkbridge.phrasebook.files import MAX_FILE_BYTES
from linkbridge.phrasebook.schema import SOURCE_TAG, Library

FORMAT = "linkbridge-bundle"
VERSION = 1
MANIFEST = "manifest.json"
MAX_MANIFEST_BYTES = 4 * 1_048_576
MAX_VOICE_BYTES = 3 * 1_048_576
LONGEST_SENDER = 100
_ID = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_TEXTS = re.compile(rf"books/({_ID})/([A-Za-z0-9-]+)\.po")
_BOOK = re.compile(rf"books/({_ID})/book\.yaml")
_VOICE = re.compile(rf"books/({_ID})/voices/([A-Za-z0-9-]+)/({_ID})\.([0-9a-f]{{12}})\.(mp3|ogg|opus)")
_FIELDS = {
    "format": str,
    "version": int,
    "sequence": int,
    "created": str,
    "sender": str,
    "public_key": str,
    "members": dict,
    "signature": str,
}
_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a zip file can tell: the manifest says when the bundle was made."""


@dataclass(frozen=True, slots=True)
class VoiceFile:
    """A recording in a bundle: of which words (their hash) and in which file."""

    book: str
    tag: str
    phrase: str
    text_hash: str
    suffix: str
    body: bytes = field(repr=False)

    @property
    def path(self) -> str:
        """Where it lies in a folder of phrasebooks."""
        return f"{self.book}/voices/{self.tag}/{self.phrase}.{self.text_hash}.{self.suffix}"


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle holds, its signature checked. Whether its key is trusted is another question.

    ``digest`` names this very bundle. ``books`` are the ``book.yaml`` files by book.
    """

    version: int
    sequence: int
    created: str
    sender: str
    public_key: str
    digest: str
    incoming: Incoming
    books: Mapping[str, bytes] = field(repr=False)
    voices: tuple[VoiceFile, ...] = ()


def write_bundle(
    library: Library,
    units: Iterable[TextUnit],
    *,
    signer: Signer,
    sender: str,
    now: datetime,
    books: Mapping[str, bytes] | None = None,
    voices: Iterable[VoiceFile] = (),
) -> bytes:
    """Return a signed bundle. The same content, key and second always give the same bytes.

    ``now`` gives the sequence, so a key must not sign two bundles in one second. ``books`` are ``book.yaml`` files.

    Raises:
        InvalidInput: the sender's label or a text cannot be used, or a unit is of no book of the library.
        TooLarge: no receiver would read so large a bundle.
    """
    members = {f"books/{book_id}/book.yaml": body for book_id, body in (books or {}).items()}
    translated = [unit for unit in units if unit.tag != SOURCE_TAG]
    place = {book.id: number for number, book in enumerate(library.books)}
    if any(unit.book not in place for unit in translated):
        raise InvalidInput("a text is of no book that is known here", field="book")
    translated.sort(key=lambda unit: (place[unit.book], unit.tag))
    for (book_id, tag), group in groupby(translated, key=lambda unit: (unit.book, unit.tag)):
        body = write_units(library.books[place[book_id]], tag, group).encode()
        members[f"books/{book_id}/{tag}.po"] = body
    members.update({f"books/{voice.path}": voice.body for voice in voices})
    if len(members) >= MAX_MEMBERS or sum(map(len, members.values())) > MAX_TOTAL_BYTES - MAX_MANIFEST_BYTES:
        raise TooLarge("a bundle of all this is too large to be read; choose books or languages", limit=MAX_TOTAL_BYTES)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "sequence": int(now.timestamp()),
        "created": now.date().isoformat(),
        "sender": _label(sender),
        "public_key": signer.public_key_b64,
        "members": {name: hashlib.sha256(body).hexdigest() for name, body in members.items()},
    }
    manifest["signature"] = signer.sign_json(manifest)
    written = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    return _zipped({MANIFEST: written, **members})


def _zipped(members: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(zipfile.ZipInfo(name, _NO_TIME), body, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def read_bundle(stream: BinaryIO) -> Bundle:
    """Return what a bundle holds, once its signature and every member have been checked.

    Raises:
        InvalidInput: it is no bundle, of a version that is unknown here, damaged, incomplete, or was changed.
        TooLarge: it passes a limit.
        PhrasebookFileError: a file of translations in it is not in the format.
    """
    with open_archive(stream) as archive:
        manifest = _read_manifest(archive)
        bodies = _read_members(archive, manifest["members"])
    incoming = Incoming(())
    voices: list[VoiceFile] = []
    for name, body in bodies.items():
        if match := _TEXTS.fullmatch(name):
            incoming += read_units(_utf8(name, body), file=name, book=match[1], tag=match[2])
        elif match := _VOICE.fullmatch(name):
            voices.append(VoiceFile(match[1], match[2], match[3], match[4], match[5], body))
    return Bundle(
        version=manifest["version"],
        sequence=manifest["sequence"],
        created=manifest["created"],
        sender=_label(manifest["sender"]),
        public_key=manifest["public_key"],
        digest=hashlib.sha256(canonical_json(manifest)).hexdigest(),
        incoming=incoming,
        books={match[1]: body for name, body in bodies.items() if (match := _BOOK.fullmatch(name))},
        voices=tuple(voices),
    )


def _read_manifest(archive: Archive) -> dict[str, Any]:
    data = archive.read(MANIFEST, limit=MAX_MANIFEST_BYTES)
    try:
        manifest = json.loads(data.decode("utf-8"), object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("the bundle's manifest.json cannot be read") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InvalidInput("this is a zip file, but no bundle of LinkBridge")
    if manifest.get("version") != VERSION or isinstance(manifest.get("version"), bool):
        raise InvalidInput(
            f"this bundle is of version {str(manifest.get('version'))[:10]}, LinkBridge reads version {VERSION}: "
            "ask the sender for that, or update LinkBridge"
        )
    if manifest.keys() != _FIELDS.keys() or any(type(manifest[name]) is not kind for name, kind in _FIELDS.items()):
        raise InvalidInput("the bundle's manifest.json lacks something, or holds what it should not")
    signed = {name: value for name, value in manifest.items() if name != "signature"}
    try:
        is_signed = verify(manifest["public_key"], canonical_json(signed), manifest["signature"])
    except (ValueError, RecursionError):
        is_signed = False
    if not is_signed:
        raise InvalidInput("the bundle's signature does not fit: it was changed after it was signed")
    return manifest


def _read_members(archive: Archive, listed: Mapping[str, object]) -> dict[str, bytes]:
    if archive.names - {MANIFEST} != listed.keys():
        raise InvalidInput("the bundle does not hold exactly what its manifest.json lists: it was changed")
    bodies: dict[str, bytes] = {}
    for name, expected in sorted(listed.items()):
        if not any(pattern.fullmatch(name) for pattern in (_TEXTS, _BOOK, _VOICE)):
            raise InvalidInput(f"the bundle holds {name[:100]}, which is no part of a phrasebook")
        limit = MAX_VOICE_BYTES if _VOICE.fullmatch(name) else MAX_FILE_BYTES
        body = archive.read(name, limit=limit)
        if hashlib.sha256(body).hexdigest() != expected:
            raise InvalidInput(f"{name} in the bundle was changed after it was signed")
        bodies[name] = body
    return bodies


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _utf8(name: str, body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name} in the bundle is not in UTF-8") from error


def _label(sender: str) -> str:
    label = sender.strip()
    if not label or len(label) > LONGEST_SENDER or forbidden_characters(label) or bidi_controls(label):
        raise InvalidInput(f"a sender's label has up to {LONGEST_SENDER} letters in one line", field="sender")
    return label
