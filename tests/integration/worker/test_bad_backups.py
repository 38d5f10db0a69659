"""Files that are no whole backup of this installation: a clear refusal, and nothing is changed."""

import io
import secrets
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from linkbridge import migrations
from linkbridge.accounts.erasure_log import ErasureEntry
from linkbridge.bootstrap import build_restore, erasure_log
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.errors import InvalidInput, Unavailable
from linkbridge.kernel.filecrypt import CHUNK, EncryptingWriter
from linkbridge.worker.backup import extract
from tests.support.installation import Installation

HEADER = len(b"LBCRYPT1\n") + 8 + 32
CUT = "changed or cut short"
NO_FILE_OF_OURS = "not an encrypted file of LinkBridge"
POSTGRES_ALONE = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


def everything(installation: Installation) -> dict[str, object]:
    """What there is on the disk and in the database: what a refused restore must leave as it was."""
    files = {
        str(path.relative_to(installation.data)): path.read_bytes()
        for path in installation.data.rglob("*")
        if path.is_file() and not path.name.endswith("lock")
    }
    return {"database": installation.content(), "files": files}


def refuse(installation: Installation, path: Path, reason: str, *, key: bytes | None = None) -> None:
    before = everything(installation)
    neighbours = sorted(path.parent.iterdir())
    with pytest.raises(InvalidInput, match=reason):
        installation.restore(path, key=key)
    assert everything(installation) == before
    left = [each.name for each in path.parent.iterdir() if each not in neighbours]
    assert [name for name in left if not name.endswith("lock")] == []


@pytest.fixture
def path(installation: Installation, tmp_path: Path) -> Path:
    """A backup of one encounter; another came after it, so that a restore would be noticed."""
    installation.meet()
    # Nothing makes these smaller: the file has several chunks.
    entries = (ErasureEntry("test", secrets.token_hex(32), installation.clock.now()) for _ in range(1500))
    erasure_log(installation.settings).add_missing(entries)
    made = installation.back_up().rename(tmp_path / "backup")
    installation.meet()
    return made


def test_backup_cut_short_anywhere_is_refused(installation: Installation, path: Path) -> None:
    whole = path.read_bytes()
    chunk = CHUNK + 16
    assert len(whole) > HEADER + 2 * chunk
    for length in (0, 1, HEADER - 1):
        path.write_bytes(whole[:length])
        refuse(installation, path, NO_FILE_OF_OURS)
    for length in (HEADER, HEADER + 5, HEADER + chunk - 1, HEADER + chunk, HEADER + chunk + 1, len(whole) - 1):
        path.write_bytes(whole[:length])
        refuse(installation, path, CUT)


def test_backup_with_one_changed_bit_is_refused(installation: Installation, path: Path) -> None:
    whole = path.read_bytes()
    reasons = {0: NO_FILE_OF_OURS, 10: "with another key", 20: CUT}
    for place in (0, 10, 20, HEADER, HEADER + 700, HEADER + CHUNK, len(whole) // 2, len(whole) - 1):
        changed = bytearray(whole)
        changed[place] ^= 1
        path.write_bytes(changed)
        refuse(installation, path, reasons.get(place, CUT))


def test_backup_with_swapped_doubled_or_added_parts_is_refused(installation: Installation, path: Path) -> None:
    whole = path.read_bytes()
    size = CHUNK + 16
    head, first, second, rest = whole[:HEADER], whole[HEADER:][:size], whole[HEADER + size :][:size], b""
    rest = whole[HEADER + 2 * size :]
    for changed in (head + second + first + rest, head + first + first + second + rest, whole + b"x", whole + whole):
        path.write_bytes(changed)
        refuse(installation, path, CUT)


def test_other_files_are_refused(installation: Installation, path: Path) -> None:
    with tarfile.open(path, "w") as archive:
        archive.addfile(tarfile.TarInfo("database"))
    refuse(installation, path, NO_FILE_OF_OURS)
    path.write_text("Dear administrator,\n" * 1000)
    refuse(installation, path, NO_FILE_OF_OURS)


def test_wrong_key_is_told_from_a_damaged_file(installation: Installation, path: Path) -> None:
    refuse(installation, path, "encrypted with another key", key=b"k" * 32)


def archive(installation: Installation, target: Path, members: dict[str, bytes], kind: bytes = tarfile.REGTYPE) -> None:
    """Write a genuine encrypted file whose inside is not as it should be."""
    with target.open("wb") as file:
        writer = EncryptingWriter(file, installation.key)
        with tarfile.open(fileobj=writer, mode="w|") as made:  # type: ignore[call-overload]
            for name, content in members.items():
                info = tarfile.TarInfo(name)
                info.type, info.size = kind, len(content)
                made.addfile(info, io.BytesIO(content))
        writer.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_genuine_file_with_something_else_inside_is_refused(installation: Installation, path: Path) -> None:
    inside = path.parent / "inside"
    inside.mkdir()
    extract(path, installation.key, inside)
    database, erasures = ((inside / name).read_bytes() for name in ("database", "erasures.log"))
    cases: list[tuple[dict[str, bytes], bytes, str]] = [
        ({}, tarfile.REGTYPE, "is not whole"),
        ({"database": database, "erasures.log": erasures}, tarfile.REGTYPE, "is not whole"),
        ({"manifest.json": b"{"}, tarfile.REGTYPE, "manifest cannot be read"),
        ({"manifest.json": b"[]"}, tarfile.REGTYPE, "manifest cannot be read"),
        ({"manifest.json": b'{"format": 1}'}, tarfile.REGTYPE, "manifest cannot be read"),
        ({"manifest.json": b'{"format": 2, "news": true}'}, tarfile.REGTYPE, "made by a later LinkBridge"),
        ({"../evil": b"x"}, tarfile.REGTYPE, "is not whole"),
        ({"database": b""}, tarfile.DIRTYPE, "something unknown"),
        ({"database": b""}, tarfile.FIFOTYPE, "something unknown"),
    ]
    for members, kind, reason in cases:
        archive(installation, path, members, kind)
        refuse(installation, path, reason)
    assert not (installation.data / "evil").exists()
    with path.open("wb") as file:
        writer = EncryptingWriter(file, installation.key)
        writer.write(b"no archive at all " * 100)
        writer.close()
    refuse(installation, path, "cannot be unpacked")


def test_backup_of_a_later_release_is_refused(
    installation: Installation, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "known_revisions", lambda: frozenset({"0000"}))
    refuse(installation, path, "made by a later LinkBridge: update this one first")


@POSTGRES_ALONE
def test_backup_of_the_other_kind_of_database_is_refused(
    installation: Installation, path: Path, sqlite_template: Path, clock: FrozenClock, tmp_path: Path
) -> None:
    file = tmp_path / "small" / "test.db"
    file.parent.mkdir()
    shutil.copyfile(sqlite_template, file)
    shutil.copytree(installation.data / "keys", tmp_path / "small" / "data" / "keys")
    small = Installation(tmp_path / "small" / "data", f"sqlite:///{file}", clock)
    small.meet()
    refuse(small, path, "this backup is of postgresql, but the database here is sqlite")
    refuse(installation, small.back_up(), "this backup is of sqlite, but the database here is postgresql")
    small.let_go()


def remove(name: str) -> Callable[[Path], object]:
    return lambda keys: (keys / name).unlink()


def replace(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda keys: (keys / name).write_bytes(content)


@pytest.mark.parametrize(
    ("change", "error", "reason"),
    [
        (remove("lookup"), Unavailable, r"keys are missing .*\(lookup\): put the keys folder"),
        (remove("fields"), Unavailable, r"keys are missing .*\(fields\): put the keys folder"),
        (replace("lookup", b"x" * 32), InvalidInput, "made with other keys: put the keys folder"),
        (
            replace("fields", b"Zm9yIHRlc3RzIG9ubHksIG5ldmVyIGVsc2V3aGVyZSE=\n"),
            InvalidInput,
            "made with other keys: put the keys folder",
        ),
        (replace("fields", b"no key\n"), InvalidInput, "a field key is not 32 bytes"),
    ],
    ids=["no-lookup", "no-fields", "other-lookup", "other-fields", "bad-fields"],
)
def test_restore_without_the_keys_of_the_backup_is_refused(
    installation: Installation,
    path: Path,
    change: Callable[[Path], object],
    error: type[Exception],
    reason: str,
) -> None:
    change(installation.data / "keys")
    before = everything(installation)
    with pytest.raises(error, match=reason):
        build_restore(installation.settings, installation.clock).run(path, installation.key)
    assert everything(installation) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_file_that_cannot_be_read_is_refused(installation: Installation, path: Path) -> None:
    path.unlink()
    refuse(installation, path, "cannot be read: No such file or directory")
    path.mkdir()
    refuse(installation, path, "cannot be read: Is a directory")


def test_genuine_backup_is_taken_after_all_of_this(installation: Installation, path: Path) -> None:
    assert len(installation.codes()) == 2
    restored = installation.restore(path)
    assert len(installation.codes()) == 1
    assert sa.make_url(installation.url).get_backend_name() == restored.manifest.kind
