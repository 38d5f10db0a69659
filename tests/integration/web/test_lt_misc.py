from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.kernel.clock import FrozenClock
from linkbridge.phrasebook.models import MemoryUnit
from linkbridge.translation.errors import EngineFailed
from tests.support.lt_door import Door

PAIR = {"q": "Sign this paper.", "s": "Assine este documento.", "source": "en", "target": "pt"}


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def door(container: Container, tmp_path: Path) -> Door:
    return Door(container, tmp_path)


def test_languages_are_listed_with_what_they_can_become(door: Door) -> None:
    assert door.get("languages").response.json() == [
        {"code": "en", "name": "English", "targets": ["en", "fr", "pt"]},
        {"code": "fr", "name": "French", "targets": ["fr"]},
        {"code": "pt", "name": "Portuguese", "targets": ["pt"]},
        {"code": "pt-BR", "name": "Portuguese (Brazil)", "targets": ["en", "pt-BR"]},
        {"code": "es", "name": "Spanish", "targets": ["en", "es", "fr", "pt"]},
    ]


def test_languages_are_only_read(door: Door) -> None:
    assert door.post("languages", {}).status == 405


def test_the_likeliest_languages_of_a_text_are_named(door: Door) -> None:
    assert door.post("detect", {"q": "Hola"}).response.json() == [
        {"confidence": 91.3, "language": "es"},
        {"confidence": 8.0, "language": "pt"},
    ]


def test_a_text_without_words_is_english_with_no_confidence(door: Door) -> None:
    assert door.post("detect", {"q": "!?"}).response.json() == [{"confidence": 0.0, "language": "en"}]


def test_what_cannot_be_identified_is_refused(door: Door) -> None:
    long = "Invalid request: request (201) exceeds text limit (200)"
    for q, error in (("", "Invalid request: missing q parameter"), ("a" * 201, long)):
        page = door.post("detect", {"q": q})
        assert (page.status, page.response.json()) == (400, {"error": error})


def test_health_translates_really_but_not_for_everybody_anew(door: Door, clock: FrozenClock) -> None:
    assert door.get("health").response.json() == {"status": "ok"}
    assert door.get("health").status == 200
    assert door.translator.tests == 1
    door.translator.problem = "the model en-pt fails its own sentences"
    clock.advance(timedelta(seconds=5))
    page = door.get("health")
    assert (page.status, page.response.json()) == (503, {"error": "the model en-pt fails its own sentences"})


def test_health_fails_when_no_engine_works(door: Door) -> None:
    door.translator.error = EngineFailed("no engine runs here")
    assert door.get("health").status == 503


def test_settings_tell_pages_what_they_may(door: Door) -> None:
    found = door.get("frontend/settings").response.json()
    assert (found["charLimit"], found["apiKeys"], found["keyRequired"]) == (200, True, False)
    assert found["language"]["source"] == {"code": "auto", "name": "Auto Detect"}
    assert ".docx" in found["supportedFilesFormat"]


def test_settings_say_that_a_key_is_needed(container: Container, tmp_path: Path) -> None:
    closed = Door(container, tmp_path, is_open=False)
    assert closed.get("frontend/settings").response.json()["keyRequired"] is True


def test_the_description_holds_every_operation_and_no_other(door: Door) -> None:
    found = door.get("spec").response.json()
    operations = ("translate", "detect", "languages", "translate_file", "suggest", "health", "spec", "metrics")
    paths = {f"/lt/{each}" for each in (*operations, "frontend/settings", "download_file/{filename}")}
    assert set(found["paths"]) == paths
    body = found["paths"]["/lt/translate"]["post"]["requestBody"]["content"]
    assert set(body) == {"application/json", "application/x-www-form-urlencoded"}
    assert door.client.get("/api/v1/openapi.json").response.json()["paths"].keys().isdisjoint(paths)


def test_metrics_are_for_this_machine(door: Door) -> None:
    page = door.get("metrics")
    assert (page.status, page.response.json()) == (401, {"error": "Unauthorized"})


def test_metrics_hold_no_key_and_no_address(container: Container, tmp_path: Path) -> None:
    door = Door(container, tmp_path)
    key = door.key()
    door.post("translate", {"q": "One", "source": "en", "target": "pt", "api_key": key}, peer="192.0.2.77")
    door.client.peer = "127.0.0.1"
    page = door.get("metrics")
    assert page.status == 200
    assert 'route="/lt/translate"' in page.response.text
    assert key not in page.response.text
    assert "192.0.2.77" not in page.response.text


def test_a_reviewers_suggestion_waits_in_the_memory(door: Door) -> None:
    page = door.post("suggest", {**PAIR, "api_key": door.key(Role.REVIEWER)})
    assert (page.status, page.response.json()) == (200, {"success": True})
    with door.container.sessions.reading() as session:
        [row] = session.exec(select(MemoryUnit)).all()
        assert (row.source_text, row.target_text) == (PAIR["q"], PAIR["s"])
        assert (row.collection, row.reviewed) == ("suggestions", False)


def test_others_suggest_nothing(door: Door) -> None:
    for values in (PAIR, {**PAIR, "api_key": door.key(Role.COORDINATOR)}):
        page = door.post("suggest", values)
        error = {"error": "Suggestions need an API key of a reviewer on this server."}
        assert (page.status, page.response.json()) == (403, error)


def test_a_suggestion_that_lacks_something_is_refused(door: Door) -> None:
    for name in PAIR:
        page = door.post("suggest", {key: value for key, value in PAIR.items() if key != name})
        assert (page.status, page.response.json()) == (400, {"error": f"Invalid request: missing {name} parameter"})
