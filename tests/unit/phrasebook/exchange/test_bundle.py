"""Bundles: what was changed, cut off, smuggled in or made by another version is refused, with the reason."""

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linkbridge.kernel.errors import Conflict, InvalidInput, TooLarge
from linkbridge.kernel.signing import Signer
from linkbridge.phrasebook.exchange import archive
from linkbridge.phrasebook.exchange import bundle as bundle_module
from linkbridge.phrasebook.exchange.bundle import MAX_MANIFEST_BYTES, Bundle, VoiceFile, read_bundle, write_bundle
from linkbridge.phrasebook.exchange.imported import Imported, refuse_older
from linkbridge.phrasebook.exchange.units import TextUnit
from linkbridge.phrasebook.files import MAX_FILE_BYTES, PhrasebookFileError
from tests.support.exchange import SIGNER, library, unit

NOW = datetime(2026, 12, 24, 12, tzinfo=UTC)
VOICE = VoiceFile("rights", "es", "lawyer", "0123456789ab", "ogg", b"OggS a voice")
BOOKS = {"rights": b"id: rights\n"}
UNIT = unit("Puede pedir un abogado.")
PO, BOOK, MANIFEST = "books/rights/es.po", "books/rights/book.yaml", "manifest.json"
SOUND = f"books/{VOICE.path}"

Manifest = dict[str, Any]


def written(*units: TextUnit, signer: Signer = SIGNER, now: datetime = NOW, sender: str = "Panama") -> bytes:
    return write_bundle(library(), units or (UNIT,), signer=signer, sender=sender, now=now, books=BOOKS, voices=[VOICE])


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {info.filename: opened.read(info) for info in opened.infolist()}


def zipped(files: Mapping[str, bytes], *more: zipfile.ZipInfo) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, body in files.items():
            opened.writestr(name, body)
        for info in more:
            opened.writestr(info, b"/etc/passwd")
    return target.getvalue()


def read(data: bytes) -> Bundle:
    return read_bundle(io.BytesIO(data))


def signed_again(change: Callable[[Manifest], object], **more: bytes) -> bytes:
    """A bundle whose sender itself made it wrong: the signature fits."""
    files = members(written())
    manifest = json.loads(files[MANIFEST])
    del manifest["signature"]
    change(manifest)
    manifest["signature"] = SIGNER.sign_json(manifest)
    return zipped({**files, MANIFEST: json.dumps(manifest).encode(), **more})


def test_bundle_holds_texts_books_and_voices() -> None:
    bundle = read(written())
    assert bundle.incoming.units == (UNIT,)
    assert (bundle.books, bundle.voices) == (BOOKS, (VOICE,))
    assert (bundle.version, bundle.sequence, bundle.sender) == (1, int(NOW.timestamp()), "Panama")


def test_bundle_of_the_same_second_has_the_same_bytes() -> None:
    assert written() == written()
    assert written() != written(now=NOW + timedelta(seconds=1))


@pytest.mark.parametrize("name", [PO, BOOK, SOUND])
def test_bundle_changed_at_a_member_is_refused(name: str) -> None:
    files = members(written())
    assert name in files
    with pytest.raises(InvalidInput, match=f"{name} in the bundle was changed after it was signed"):
        read(zipped({**files, name: files[name] + b" "}))


@pytest.mark.parametrize("field", ["sequence", "created", "sender", "members", "public_key"])
def test_bundle_changed_in_its_manifest_is_refused(field: str) -> None:
    files = members(written())
    manifest = json.loads(files[MANIFEST])
    other = Signer(Ed25519PrivateKey.generate()).public_key_b64
    changed = {"sequence": 1, "created": "2030-01-01", "sender": "x", "members": {}, "public_key": other}
    manifest[field] = changed[field]
    with pytest.raises(InvalidInput, match="signature does not fit"):
        read(zipped({**files, MANIFEST: json.dumps(manifest).encode()}))


def test_bundle_without_a_member_or_with_one_more_is_refused() -> None:
    files = members(written())
    for changed in ({**files, "books/rights/fr.po": b""}, {name: files[name] for name in files if name != PO}):
        with pytest.raises(InvalidInput, match="does not hold exactly what"):
            read(zipped(changed))


def test_bundle_cut_off_anywhere_is_refused() -> None:
    data = written()
    for end in range(0, len(data), 7):
        with pytest.raises(InvalidInput, match="its end is missing"):
            read(data[:end])


def test_bundle_with_any_byte_changed_is_refused_or_says_the_same() -> None:
    data = written()
    whole = read(data)
    for place in range(0, len(data), 5):
        broken = bytearray(data)
        broken[place] ^= 0x41
        try:
            found = read(bytes(broken))
        except (InvalidInput, TooLarge):
            continue
        assert found == whole  # such as the time that zip notes of a member, which means nothing here


@pytest.mark.parametrize("version", [0, 2, "1", None, True])
def test_bundle_of_another_version_is_refused_with_what_to_do(version: object) -> None:
    with pytest.raises(InvalidInput, match=f"of version {version}, LinkBridge reads version 1: ask the sender"):
        read(signed_again(lambda manifest: manifest.update(version=version)))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda manifest: manifest.update(format="other"), "no bundle of LinkBridge"),
        (lambda manifest: manifest.update(more=1), "lacks something, or holds what it should not"),
        (lambda manifest: manifest.pop("sender"), "lacks something"),
        (lambda manifest: manifest.update(sequence="1"), "lacks something"),
        (lambda manifest: manifest.update(sender="a\u202eb"), "a sender's label"),
        (lambda manifest: manifest["members"].update({"books/rights/x.sh": "0"}), "does not hold exactly"),
    ],
)
def test_manifest_of_another_form_is_refused(change: Callable[[Manifest], object], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        read(signed_again(change))


def test_member_that_is_no_part_of_a_phrasebook_is_refused() -> None:
    change = {"books/rights/run.sh": "0" * 64}
    data = signed_again(lambda manifest: manifest["members"].update(change), **{"books/rights/run.sh": b""})
    with pytest.raises(InvalidInput, match="no part of a phrasebook"):
        read(data)


@pytest.mark.parametrize("text", ["[]", "{", '{"format": "a", "format": "b"}', "[" * 100_000, "\xff"])
def test_manifest_that_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"manifest.json cannot be read|no bundle of LinkBridge"):
        read(zipped({MANIFEST: text.encode("latin-1")}))


@pytest.mark.parametrize(
    "name",
    [
        "../evil.po",
        "/etc/evil",
        "books/../../evil",
        "books\\evil",
        "C:/evil",
        "books//evil",
        "books/a\nb",
        ".hidden",
        "a/",
    ],
)
def test_name_that_leads_out_of_the_archive_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="could lead out of it"):
        read(zipped({**members(written()), name: b""}))


def test_link_in_the_archive_is_refused() -> None:
    link = zipfile.ZipInfo("books/rights/fr.po")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(InvalidInput, match="a link or a folder"):
        read(zipped(members(written()), link))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused() -> None:
    target = io.BytesIO(written())
    with zipfile.ZipFile(target, "a") as opened:
        opened.writestr(PO, b"other")
    with pytest.raises(InvalidInput, match="two members of the same name"):
        read(target.getvalue())


def test_member_that_unpacks_to_too_much_is_refused() -> None:
    files = members(written())
    with pytest.raises(TooLarge, match=f"larger than {MAX_FILE_BYTES} bytes"):
        read(zipped({**files, PO: b" " * (MAX_FILE_BYTES + 1)}))


def test_all_members_together_have_a_limit() -> None:
    with archive.open_archive(io.BytesIO(written())) as opened:
        opened._left = 100
        with pytest.raises(TooLarge):
            opened.read(MANIFEST, limit=10_000)


def test_archive_with_too_many_members_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    with pytest.raises(TooLarge, match="more than 3 members"):
        read(written())


def test_archive_that_claims_an_endless_list_is_refused_unread() -> None:
    data = bytearray(written())
    data[-10:-6] = (0xFFFFFFF0).to_bytes(4, "little")
    with pytest.raises(TooLarge):
        read(bytes(data))


@pytest.mark.parametrize("data", [b"", b"PK", b"%PDF-1.7", b"x" * 1_000])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="no bundle"):
        read(data)


def test_bundle_with_a_broken_po_names_the_line() -> None:
    files = members(written())
    broken = files[PO].replace(b'msgstr "Puede', b"msgstr Puede")
    digest = hashlib.sha256(broken).hexdigest()
    data = signed_again(lambda manifest: manifest["members"].update({PO: digest}), **{PO: broken})
    with pytest.raises(PhrasebookFileError, match=f"{PO}:"):
        read(data)


@pytest.mark.parametrize("sender", ["", " ", "x" * 101, "a\nb"])
def test_bundle_needs_a_label_of_its_sender(sender: str) -> None:
    with pytest.raises(InvalidInput, match="a sender's label"):
        written(sender=sender)


def test_older_bundle_of_a_key_is_refused_and_the_same_may_come_again() -> None:
    bundle = read(written())
    last = Imported(bundle.version, bundle.sequence, bundle.digest)
    refuse_older(bundle, None)
    refuse_older(bundle, last)
    refuse_older(read(written(now=NOW + timedelta(seconds=1))), last)
    with pytest.raises(Conflict, match="a newer bundle was taken over"):
        refuse_older(read(written(now=NOW - timedelta(seconds=1))), last)
    with pytest.raises(Conflict, match="another bundle with the number"):
        refuse_older(read(written(unit("Puede tener uno."))), last)
    with pytest.raises(Conflict, match="a bundle of version 2 was taken over"):
        refuse_older(bundle, replace(last, version=2))


def test_bundle_that_nobody_could_read_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [body for name, body in members(written()).items() if name != MANIFEST]
    fits = {"MAX_MEMBERS": len(bodies) + 1, "MAX_TOTAL_BYTES": MAX_MANIFEST_BYTES + sum(map(len, bodies))}
    for name, most in fits.items():
        monkeypatch.setattr(bundle_module, name, most)
        assert read(written()).voices == (VOICE,)
        monkeypatch.setattr(bundle_module, name, most - 1)
        with pytest.raises(TooLarge, match="choose books or languages"):
            written()
        monkeypatch.undo()
