"""Archives that somebody else made: what they may hold, and what is refused before it does harm."""

import io
import stat
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest
import zstandard

from linkbridge.kernel.errors import StorageFull
from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.packages import disk
from linkbridge.translation.packages.disk import files_in
from linkbridge.translation.packages.unpacking import Limits, is_archive, unpack, unpack_zstd
from tests.support.packages import zipped

FILES = {"model/model.bin": b"weights", "README.md": b"read me"}


class Usage(NamedTuple):
    """What a disk has, in bytes."""

    total: int
    used: int
    free: int


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def write(folder: Path, content: bytes, name: str = "package.zip") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def tarred(mode: str = "w", **members: tarfile.TarInfo) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in FILES.items():
            info = tarfile.TarInfo(f"./{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for member in members.values():
            archive.addfile(member)
    return target.getvalue()


def contents(folder: Path) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in files_in(folder).items()}


def test_zip_is_unpacked(tmp_path: Path, into: Path) -> None:
    unpack(write(tmp_path, zipped(FILES)), into)
    assert contents(into) == FILES


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_is_unpacked_however_it_is_compressed(tmp_path: Path, into: Path, mode: str) -> None:
    path = write(tmp_path, tarred(mode), "package.tar")
    assert is_archive(path)
    unpack(path, into)
    assert contents(into) == FILES


def test_tar_with_zstd_is_unpacked(tmp_path: Path, into: Path) -> None:
    unpack(write(tmp_path, zstandard.compress(tarred())), into)
    assert contents(into) == FILES


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "model/../../evil",
        "/etc/evil",
        "model//evil",
        "./../evil",
        "C:\\evil",
        "..\\evil",
        "model/evil\n",
        "-rf",
        "a/b/c/d/e/f/g/h/i",
        "x" * 121,
        "mod\u00e8le.bin",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, into: Path, name: str) -> None:
    with pytest.raises(BrokenPackage, match="name is not allowed"):
        unpack(write(tmp_path, zipped({"good": b"1", name: b"2"})), into)
    assert contents(into) == {}
    assert [path.name for path in tmp_path.iterdir() if path != into] == ["package.zip"]


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "model/../../evil"])
def test_a_name_in_a_tar_that_leads_elsewhere_is_refused(tmp_path: Path, into: Path, name: str) -> None:
    with pytest.raises(BrokenPackage, match="name is not allowed"):
        unpack(write(tmp_path, tarred(evil=tarfile.TarInfo(name))), into)
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_a_tar_with_a_link_or_device_is_refused(tmp_path: Path, into: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("link")
    member.type, member.linkname = kind, "/etc/passwd"
    with pytest.raises(BrokenPackage, match="link or a device"):
        unpack(write(tmp_path, tarred(link=member)), into)


def test_a_zip_with_a_link_is_refused(tmp_path: Path, into: Path) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "package.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(BrokenPackage, match="link or a device"):
        unpack(tmp_path / "package.zip", into)


def test_an_encrypted_zip_is_refused(tmp_path: Path, into: Path) -> None:
    content = bytearray(zipped(FILES))
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    with pytest.raises(BrokenPackage, match="encrypted"):
        unpack(write(tmp_path, bytes(content)), into)


def test_two_files_of_one_name_are_refused(tmp_path: Path, into: Path) -> None:
    with pytest.raises(BrokenPackage, match="two files of one name"):
        unpack(write(tmp_path, zipped({"model.bin": b"1", "MODEL.BIN": b"2"})), into)


def test_a_file_and_a_folder_of_one_name_are_refused(tmp_path: Path, into: Path) -> None:
    with pytest.raises(BrokenPackage, match="a file and a folder"):
        unpack(write(tmp_path, zipped({"model": b"1", "model/model.bin": b"2"})), into)


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_bomb_is_refused_before_it_fills_the_disk(tmp_path: Path, into: Path, kind: str) -> None:
    content = zipped({"zeros": bytes(3_000_000)}) if kind == "zip" else zstandard.compress(zeros())
    limits = Limits(ratio=10, free=1_000_000)
    with pytest.raises(BrokenPackage, match="made to fill the disk"):
        unpack(write(tmp_path, content), into, limits)
    assert sum(path.stat().st_size for path in into.rglob("*")) <= 1_000_000 + 10 * len(content)


def zeros() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        info = tarfile.TarInfo("zeros")
        info.size = 3_000_000
        archive.addfile(info, io.BytesIO(bytes(info.size)))
    return target.getvalue()


def test_too_many_files_are_refused(tmp_path: Path, into: Path) -> None:
    content = zipped({f"file-{number}": b"" for number in range(11)})
    with pytest.raises(BrokenPackage, match="too many files"):
        unpack(write(tmp_path, content), into, Limits(entries=10))
    assert contents(into) == {}


def test_an_archive_that_does_not_fit_is_refused_before_anything_is_written(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _folder: Usage(10**9, 10**9, 64 * 1_048_576 + 13))
    with pytest.raises(StorageFull, match="bytes free"):
        unpack(write(tmp_path, zipped(FILES)), into)
    assert contents(into) == {}


@pytest.mark.parametrize(("kind", "cut"), [("zip", 0.3), ("zip", 0.9), ("tar", 0.3), ("gz", 0.45), ("zst", 0.45)])
def test_an_archive_that_is_cut_off_is_refused(tmp_path: Path, into: Path, kind: str, cut: float) -> None:
    whole = {
        "zip": lambda: zipped({"model.bin": bytes(range(256)) * 40}, zipfile.ZIP_STORED),
        "tar": lambda: tarred()[:3000],
        "gz": lambda: tarred("w:gz"),
        "zst": lambda: zstandard.compress(tarred()),
    }[kind]()
    with pytest.raises(BrokenPackage, match=r"damaged|cut off"):
        unpack(write(tmp_path, whole[: int(len(whole) * cut)]), into)


def test_a_zip_whose_content_is_damaged_is_refused(tmp_path: Path, into: Path) -> None:
    content = bytearray(zipped({"model.bin": bytes(1000)}, zipfile.ZIP_STORED))
    content[500] ^= 0xFF
    with pytest.raises(BrokenPackage, match="damaged"):
        unpack(write(tmp_path, bytes(content)), into)


def test_what_is_no_archive_is_told(tmp_path: Path, into: Path) -> None:
    path = write(tmp_path, b"hello")
    assert not is_archive(path)
    with pytest.raises(BrokenPackage, match="no zip or tar file"):
        unpack(path, into)


def test_one_compressed_file_is_unpacked(tmp_path: Path) -> None:
    packed = write(tmp_path, zstandard.compress(b"weights" * 1000))
    unpack_zstd(packed, tmp_path / "model.bin", 7000)
    assert (tmp_path / "model.bin").read_bytes() == b"weights" * 1000


def test_one_compressed_file_of_another_size_than_promised_is_refused(tmp_path: Path) -> None:
    packed = write(tmp_path, zstandard.compress(b"weights"))
    with pytest.raises(BrokenPackage, match="another size"):
        unpack_zstd(packed, tmp_path / "model.bin", 8)


def test_one_compressed_file_that_is_damaged_is_refused(tmp_path: Path) -> None:
    packed = write(tmp_path, b"\x28\xb5\x2f\xfd" + b"nonsense")
    with pytest.raises(BrokenPackage, match="damaged"):
        unpack_zstd(packed, tmp_path / "model.bin", None)
