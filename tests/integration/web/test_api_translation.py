"""`/api/v1/translations`, documents and identifications: for programs with a token, each text with its label."""

import json
from pathlib import Path
from typing import Any

import pytest

from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.translation.errors import EngineFailed, TranslationBusy
from linkbridge.web import lt_route
from tests.support.lt_door import Door
from tests.support.pages import Page

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def door(container: Container, tmp_path: Path) -> Door:
    return Door(container, tmp_path)


def ask(door: Door, path: str, body: object, key: str | None = None) -> Page:
    headers = {"authorization": f"Bearer {key or door.key()}"}
    content = json.dumps(body).encode()
    return door.client.ask("POST", f"/api/v1/{path}", content, **{"content-type": "application/json", **headers})


def send_document(door: Door, content: bytes, **fields: str) -> Page:
    boundary = "3d1f"
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="letter.txt"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    headers = {"authorization": f"Bearer {door.key()}", "content-type": f"multipart/form-data; boundary={boundary}"}
    return door.client.ask("POST", "/api/v1/documents", body, **headers)


def error(page: Page) -> tuple[int, str, dict[str, Any]]:
    found = page.response.json()["error"]
    return page.status, found["code"], found["params"]


def test_texts_are_translated_in_their_order_with_labels(door: Door) -> None:
    page = ask(door, "translations", {"texts": ["One", "refuse two"], "source": "en", "target": "pt"})
    assert page.status == 200
    assert page.response.headers["cache-control"] == "no-store"
    first, second = page.response.json()["items"]
    assert (first["text"], first["source"], first["quality"]) == ("pt: One", "machine", "ok")
    assert first["route"]["legs"] == [
        {"source": "en", "target": "pt", "engine": "fake", "model_id": "fake-1", "model_version": "7"}
    ]
    assert (second["text"], second["quality"], second["reasons"]) == ("", "refused", ["numbers"])
    assert door.translator.patience is not None
    assert door.translator.patience.client.startswith("token:")


def test_language_is_found_out_where_none_is_named(door: Door) -> None:
    [found] = ask(door, "translations", {"texts": ["Qué"], "target": "en"}).response.json()["items"]
    assert (found["source_language"], found["confidence"]) == ("es", 91.26)


def test_wishes_reach_the_translator(door: Door) -> None:
    wishes = {"html": True, "alternatives": 2, "domain": "asylum", "use_phrases": False}
    ask(door, "translations", {"texts": ["One"], "source": "en", "target": "pt", **wishes})
    [asked] = door.translator.asked
    assert (asked.html, asked.alternatives, asked.domain, asked.use_phrases) == (True, 2, "asylum", False)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"texts": ["One"], "source": "en", "target": "so"}, (404, "no_route", {"source": "en", "target": "so"})),
        ({"texts": ["x" * 401], "source": "en", "target": "pt"}, (413, "too_large", {"limit": 400})),
        ({"texts": [], "target": "pt"}, (422, "malformed", {"fields": "body.texts"})),
        ({"texts": ["One"], "target": "pt", "alternatives": 9}, (422, "malformed", {"fields": "body.alternatives"})),
        ({"texts": ["One"], "target": "pt", "colour": 1}, (422, "malformed", {"fields": "body.colour"})),
    ],
)
def test_what_cannot_be_translated_is_told(door: Door, body: object, expected: tuple[int, str, dict[str, Any]]) -> None:
    assert error(ask(door, "translations", body)) == expected


def test_busy_says_when_to_come_back(door: Door) -> None:
    door.translator.error = TranslationBusy("full", retry_after=7)
    page = ask(door, "translations", {"texts": ["One"], "source": "en", "target": "pt"})
    assert error(page) == (503, "translation_busy", {"retry_after": 7})
    assert page.response.headers["retry-after"] == "7"


def test_programs_take_no_thread_from_tablets(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lt_route, "MOST_WAITING", 0)
    body = {"texts": ["One"], "source": "en", "target": "pt"}
    assert error(ask(door, "translations", body))[:2] == (503, "translation_busy")
    assert error(send_document(door, b"Good morning.", target="pt"))[:2] == (503, "translation_busy")


def test_broken_engine_is_told_without_a_word_of_the_text(door: Door) -> None:
    door.translator.error = EngineFailed("the engine failed", model="fake-1")
    page = ask(door, "translations", {"texts": ["Secret words"], "source": "en", "target": "pt"})
    assert error(page) == (503, "engine_failed", {"model": "fake-1"})
    assert "Secret" not in page.text


def test_token_and_role_are_needed(door: Door) -> None:
    body = {"texts": ["One"], "source": "en", "target": "pt"}
    assert ask(door, "translations", body, "lbt_nonsense").status == 401
    assert ask(door, "translations", body, door.key(Role.ANALYST)).status == 403


def test_requests_of_a_minute_are_counted(door: Door) -> None:
    key = door.key()
    body = {"texts": ["One"], "source": "en", "target": "pt"}
    statuses = [ask(door, "translations", body, key).status for _ in range(41)]
    assert statuses == [200] * 40 + [429]


def test_each_text_counts_towards_the_limit_of_a_minute(door: Door) -> None:
    key = door.key()
    body = {"texts": ["One"] * 30, "source": "en", "target": "pt"}
    assert [ask(door, "translations", body, key).status for _ in range(2)] == [200, 429]


def test_document_comes_back_in_its_kind(door: Door) -> None:
    page = send_document(door, b"Good morning.\n", target="pt", source="en")
    assert page.status == 200
    assert page.response.headers["content-disposition"] == "attachment; filename*=UTF-8''letter.pt.txt"
    assert page.response.headers["x-linkbridge-refused"] == "0"
    assert "pt: Good morning." in page.text
    assert "not official" in page.text


def test_document_that_is_too_large_is_refused(door: Door) -> None:
    assert error(send_document(door, b"x" * 1001, target="pt")) == (413, "too_large", {"limit": 1000})


def test_language_of_a_text_is_guessed(door: Door) -> None:
    page = ask(door, "identifications", {"text": "Qué"})
    assert page.response.json() == {
        "items": [{"language": "es", "confidence": 91.26}, {"language": "pt", "confidence": 8.0}]
    }


def test_directions_are_listed(door: Door) -> None:
    page = door.client.ask("GET", "/api/v1/translations/languages?source=en", authorization=f"Bearer {door.key()}")
    assert page.response.json() == {"items": [{"language": "en", "targets": ["fr", "pt"]}]}
