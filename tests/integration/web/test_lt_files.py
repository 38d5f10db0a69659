import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from linkbridge.container import Container
from linkbridge.kernel.clock import FrozenClock
from tests.support.lt_door import Door
from tests.support.pages import Page

BOUNDARY = "line"
MULTIPART = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def door(container: Container, tmp_path: Path) -> Door:
    return Door(container, tmp_path)


def _send(door: Door, name: str = "note.txt", content: bytes = b"Where is the doctor?", **fields: str) -> Page:
    values = {"source": "en", "target": "pt", **fields}
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{values[key]}\r\n' for key in values]
    file = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = "".join(parts).encode() + file.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    return door.client.ask("POST", "/lt/translate_file", body, **MULTIPART)


def _path(page: Page) -> str:
    assert page.status == 200
    return urlsplit(str(page.response.json()["translatedFileUrl"])).path


def _error(page: Page) -> tuple[int, str]:
    return page.status, page.response.json()["error"]


def test_a_document_is_translated_and_fetched(door: Door) -> None:
    path = _path(_send(door))
    page = door.client.get(path)
    assert page.status == 200
    assert "pt: Where is the doctor?" in page.response.text
    assert "Machine translation, not official." in page.response.text
    assert page.response.headers["content-type"] == "text/plain; charset=utf-8"
    assert page.response.headers["content-disposition"].startswith('attachment; filename="note')
    assert page.response.headers["cache-control"] == "no-store"


def test_its_name_may_be_in_any_script(door: Door) -> None:
    headers = door.client.get(_path(_send(door, name="ማስታወሻ.txt"))).response.headers
    assert "ማስታወሻ" in unquote(headers["content-disposition"].split("filename*=UTF-8''")[1])


def test_its_name_cannot_leave_its_place_in_the_header(door: Door) -> None:
    headers = door.client.get(_path(_send(door, name="my\x01;\t\x7f%0d%0a note.txt"))).response.headers
    plain = headers["content-disposition"].split(";")[1].strip()
    assert plain == 'filename="my0d0a note.pt.txt"'


def test_document_is_never_written_to_the_disk_as_it_was_sent(
    container: Container, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form's parser writes large files to a temporary one, unless it is told not to."""
    rolled: list[int] = []
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", lambda _file: rolled.append(1))
    door = Door(container, tmp_path, document_bytes=3_000_000, per_minute=1000)
    page = _send(door, content=b"Where is the doctor?\n" * 100_000)
    assert (page.status, rolled) == (200, [])


def test_on_the_disk_lies_what_nobody_can_read(door: Door) -> None:
    path = _path(_send(door))
    [file] = door.folder.iterdir()
    assert b"doctor" not in file.read_bytes()
    assert file.stem not in path
    assert (file.stat().st_mode & 0o777, door.folder.stat().st_mode & 0o777) == (0o600, 0o700)


def test_after_half_an_hour_it_is_gone(door: Door, clock: FrozenClock) -> None:
    path = _path(_send(door))
    clock.advance(timedelta(minutes=29))
    assert door.client.get(path).status == 200
    clock.advance(timedelta(minutes=1))
    assert _error(door.client.get(path)) == (404, "File not found")
    _send(door, content=b"Another.")
    assert len(list(door.folder.iterdir())) == 1


def test_what_was_never_kept_is_not_found(door: Door) -> None:
    for name in ("nothing", "nothing.txt", "%2e%2e%2fkeys", "a" * 43 + ".txt", "%00.txt"):
        assert door.get(f"download_file/{name}").status == 404


def test_a_changed_file_is_not_sent(door: Door) -> None:
    path = _path(_send(door))
    [file] = door.folder.iterdir()
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert door.client.get(path).status == 404


PROBLEMS: list[tuple[dict[str, Any], int, str]] = [
    ({"source": ""}, 400, "Invalid request: missing source parameter"),
    ({"target": ""}, 400, "Invalid request: missing target parameter"),
    ({"target": "zz"}, 400, "zz is not supported"),
    ({"target": "ja"}, 400, "ja is not supported"),
    ({"content": b""}, 400, "Invalid request: empty file"),
    ({"content": b"a" * 1001}, 413, "Invalid request: the file is larger than 1000 bytes"),
    ({"name": "tool.exe", "content": b"MZ\x00\x01"}, 400, "Invalid request: "),
]


def test_what_cannot_be_translated_is_refused(door: Door) -> None:
    for changes, status, error in PROBLEMS:
        found = _error(_send(door, **changes))
        assert (found[0], found[1][: len(error)]) == (status, error)
    assert not door.folder.exists()


def test_a_text_is_no_file(door: Door) -> None:
    page = door.client.post("/lt/translate_file", {"file": "words", "source": "en", "target": "pt"})
    assert _error(page) == (400, "Invalid request: missing file parameter")


def test_documents_need_a_key_where_texts_do(container: Container, tmp_path: Path) -> None:
    closed = Door(container, tmp_path, is_open=False)
    assert _send(closed).status == 400
    assert _send(closed, api_key=closed.key()).status == 200
