from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from linkbridge.kernel import keyfiles
from linkbridge.kernel.errors import Unavailable


def test_read_or_create_makes_the_file_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "one"
    assert keyfiles.read_or_create(path, lambda: b"first") == b"first"
    assert keyfiles.read_or_create(path, lambda: b"second") == b"first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["one"]


def test_read_or_create_at_once_gives_all_the_same(tmp_path: Path) -> None:
    numbers = count()
    with ThreadPoolExecutor(8) as pool:
        found = set(
            pool.map(lambda _: keyfiles.read_or_create(tmp_path / "one", lambda: b"%d" % next(numbers)), range(64))
        )
    assert len(found) == 1


def test_read_refuses_a_file_that_others_can_read(tmp_path: Path) -> None:
    path = tmp_path / "one"
    keyfiles.create(path, b"secret")
    path.chmod(0o640)
    with pytest.raises(Unavailable, match="chmod 600"):
        keyfiles.read(path)


def test_read_of_a_missing_file_names_it(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="none cannot be read"):
        keyfiles.read(tmp_path / "none")
