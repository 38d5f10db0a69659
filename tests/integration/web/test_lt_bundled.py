"""The models that come with LinkBridge, through the door that other programs use."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from linkbridge.container import Container
from linkbridge.settings import Settings
from linkbridge.web.app import create_app
from tests.support.pages import Page, PageClient

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", database_url=database_url, lt_open=True, translation_processes=1)


@pytest.fixture
def app(container: Container) -> Iterator[FastAPI]:
    yield create_app(container)
    container.runner.close()


def _ask(app: FastAPI, **values: str) -> dict[str, Any]:
    page: Page = PageClient(app).post("/lt/translate", {"source": "en", "target": "pt", **values})
    assert page.status == 200
    found: dict[str, Any] = page.response.json()
    return found


def test_real_models_translate_for_other_programs(app: FastAPI) -> None:
    found = _ask(app, q="The doctor will see you tomorrow. Write to help@example.org.")
    assert "médico" in found["translatedText"]
    assert "help@example.org" in found["translatedText"]
    assert found["linkbridge"]["quality"] == "ok"
    assert found["linkbridge"]["route"]["engines"] == ["firefox"]
    assert [span["kind"] for span in found["linkbridge"]["protected"]] == ["email"]

    found = _ask(app, q="O médico vem amanhã de manhã.", source="auto", target="en")
    assert "doctor" in found["translatedText"]
    assert found["detectedLanguage"]["language"] == "pt"

    found = _ask(app, q="<p>The doctor is <b>here</b>.</p>", format="html")
    assert found["translatedText"].startswith("<p>")
    assert "<b>" in found["translatedText"]

    client = PageClient(app)
    assert client.get("/lt/health").response.json() == {"status": "ok"}
    rows = {row["code"]: set(row["targets"]) for row in client.get("/lt/languages").response.json()}
    assert rows["en"] >= {"en", "pt"}
    assert rows["pt"] >= {"en", "pt"}
