from pathlib import Path

import pytest

from linkbridge.cli.translating import save
from linkbridge.kernel.errors import StorageFull, Unavailable


def test_translation_is_written_in_place_of_an_older_one(tmp_path: Path) -> None:
    place = tmp_path / "new" / "letter.txt"
    save(place, b"Uma carta.\n")
    save(place, b"Outra.\n")
    assert place.read_bytes() == b"Outra.\n"
    assert [path.name for path in place.parent.iterdir()] == ["letter.txt"]


def test_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path, tmp_path / "file" / "letter.txt"):
        with pytest.raises(Unavailable, match=str(place)):
            save(place, b"Uma carta.\n")


def test_device_is_written_to_and_stays_one() -> None:
    save(Path("/dev/null"), b"Uma carta.\n")
    assert Path("/dev/null").is_char_device()
    with pytest.raises(StorageFull):
        save(Path("/dev/full"), b"Uma carta.\n")
