"""A catalogue that is kept between starts: the same texts, and never in the way when something is wrong with it."""

import pickle
from pathlib import Path

import pytest

from linkbridge.phrasebook import service
from linkbridge.phrasebook.cache import keep, read_cached
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.files import load_library
from tests.unit.phrasebook.conftest import Bend


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def kept_files(cache: Path) -> list[Path]:
    return sorted(cache.iterdir())


def test_kept_catalogue_says_the_same(books: Path, cache: Path) -> None:
    catalogue = Catalogue(load_library(books))
    keep(cache, "content", catalogue)
    found = read_cached(cache, "content")
    assert found is not None
    assert (found.version, found.library, found.notice("rights", "es")) == (
        catalogue.version,
        catalogue.library,
        catalogue.notice("rights", "es"),
    )
    assert [path.stat().st_mode & 0o077 for path in kept_files(cache)] == [0]


def test_next_process_reads_no_phrasebook(books: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = service.load_catalogue(books, cache=cache)
    service._catalogue_of.cache_clear()
    monkeypatch.setattr(service, "load_library", lambda _directory: pytest.fail("the phrasebooks were read again"))
    assert service.load_catalogue(books, cache=cache).version == first.version


def test_changed_phrasebooks_replace_what_was_kept(books: Path, cache: Path, bend: Bend) -> None:
    before = service.load_catalogue(books, cache=cache)
    bend("rights/es.po", "Sus derechos", "Tus derechos")
    assert service.load_catalogue(books, cache=cache).version != before.version
    assert len(kept_files(cache)) == 1


@pytest.mark.parametrize("damage", [b"", b"no pickle", pickle.dumps("something else")])
def test_damaged_file_is_passed_over(books: Path, cache: Path, damage: bytes) -> None:
    before = service.load_catalogue(books, cache=cache)
    service._catalogue_of.cache_clear()
    [path] = kept_files(cache)
    path.write_bytes(damage)
    assert service.load_catalogue(books, cache=cache).version == before.version


def test_file_that_others_can_write_is_not_read(books: Path, cache: Path) -> None:
    keep(cache, "content", Catalogue(load_library(books)))
    [path] = kept_files(cache)
    path.chmod(0o620)
    assert read_cached(cache, "content") is None


def test_cache_that_cannot_be_written_is_no_hindrance(books: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert service.load_catalogue(books, cache=blocked / "cache").languages
