"""Opening phrasebooks once for the same content."""

from pathlib import Path

import pytest

from linkbridge.phrasebook.files import PhrasebookFileError
from linkbridge.phrasebook.service import load_catalogue
from tests.unit.phrasebook.conftest import Bend


def test_same_content_is_read_once(books: Path) -> None:
    assert load_catalogue(books) is load_catalogue(books)


def test_changed_content_is_read_anew(books: Path, bend: Bend) -> None:
    before = load_catalogue(books)
    bend("rights/es.po", "Sus derechos", "Tus derechos")
    after = load_catalogue(books)
    assert after.version != before.version
    title = after.title("rights", "es")
    assert title is not None
    assert title.text == "Tus derechos"


def test_file_that_moves_is_another_content(books: Path) -> None:
    before = load_catalogue(books)
    (books / "rights" / "es.po").unlink()
    assert load_catalogue(books) is not before


def test_broken_file_is_named(books: Path, bend: Bend) -> None:
    bend("rights/book.yaml", "kind: notice", "kind: novel")
    with pytest.raises(PhrasebookFileError, match=r"rights/book\.yaml"):
        load_catalogue(books)
