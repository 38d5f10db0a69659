import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message

from linkbridge.container import Container
from linkbridge.kernel.errors import InvalidInput
from linkbridge.translation.errors import EngineFailed, TranslationBusy, TranslationCancelled, TranslationLate
from linkbridge.translation.ports import Patience
from tests.support.lt_door import Door
from tests.support.pages import Page

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def door(container: Container, tmp_path: Path) -> Door:
    return Door(container, tmp_path)


def _json(page: Page) -> Any:
    return page.response.json()


def _error(page: Page) -> tuple[int, str]:
    assert set(_json(page)) == {"error"}
    return page.status, _json(page)["error"]


def test_a_text_is_translated_and_labelled(door: Door) -> None:
    page = door.translate("Where is the doctor?")
    assert page.status == 200
    found = _json(page)
    label = found.pop("linkbridge")
    assert found == {"translatedText": "pt: Where is the doctor?"}
    assert (label["source"], label["quality"], label["reasons"]) == ("machine", "ok", [])
    assert label["route"]["engines"] == ["fake"]
    assert label["route"]["models"] == [{"id": "fake-1", "version": "7"}]
    assert page.response.headers["cache-control"] == "no-store"


def test_a_refused_text_is_empty_and_says_why(door: Door) -> None:
    found = _json(door.translate("refuse this"))
    assert found["translatedText"] == ""
    assert (found["linkbridge"]["quality"], found["linkbridge"]["reasons"]) == ("refused", ["numbers"])


def test_a_form_does_the_same(door: Door) -> None:
    page = door.client.post("/lt/translate", {"q": "One\r\nTwo", "source": "en", "target": "pt", "format": "text"})
    assert _json(page)["translatedText"] == "pt: One\nTwo"


def test_parameters_in_the_address_of_a_post_count(door: Door) -> None:
    page = door.client.ask("POST", "/lt/translate?q=Hello&source=en&target=pt")
    assert _json(page)["translatedText"] == "pt: Hello"


def test_a_batch_is_answered_in_lists(door: Door) -> None:
    found = _json(door.translate(["One", "refuse"], alternatives=1))
    assert found["translatedText"] == ["pt: One", ""]
    assert found["alternatives"] == [["pt: One 0"], ["pt: refuse", "pt: refuse 0"]]
    assert [label["quality"] for label in found["linkbridge"]] == ["ok", "refused"]
    assert "detectedLanguage" not in found


def test_auto_identifies_each_text_by_itself(door: Door) -> None:
    found = _json(door.translate(["One", "café"], source="auto", target="fr"))
    assert found["detectedLanguage"] == [
        {"confidence": 91.3, "language": "en"},
        {"confidence": 91.3, "language": "es"},
    ]
    assert [request.source for request in door.translator.asked] == [None, None]


def test_auto_of_one_text_is_no_list(door: Door) -> None:
    assert _json(door.translate("café", source="AUTO"))["detectedLanguage"] == {"confidence": 91.3, "language": "es"}


def test_html_keeps_its_alternatives(door: Door) -> None:
    found = _json(door.translate("<b>One</b>", format="html", alternatives=2))
    assert found["alternatives"] == ["pt: <b>One</b> 0", "pt: <b>One</b> 1"]
    assert door.translator.asked[0].html is True


def test_the_codes_of_other_programs_are_understood(door: Door) -> None:
    for written in ("pb", "pt-br", "zh", "zt", "nb"):
        door.translate("One", target=written)
    assert [request.target for request in door.translator.asked] == ["pt-BR", "pt-BR", "zh-Hans", "zh-Hant", "nb"]


PROBLEMS: list[tuple[dict[str, object], str]] = [
    ({"source": "en", "target": "pt"}, "Invalid request: missing q parameter"),
    ({"q": "", "source": "en", "target": "pt"}, "Invalid request: missing q parameter"),
    ({"q": [], "source": "en", "target": "pt"}, "Invalid request: missing q parameter"),
    ({"q": "a", "target": "pt"}, "Invalid request: missing source parameter"),
    ({"q": "a", "source": "en"}, "Invalid request: missing target parameter"),
    ({"q": 7, "source": "en", "target": "pt"}, "Invalid request: q parameter is not a text or a list of texts"),
    (
        {"q": ["a", 7], "source": "en", "target": "pt"},
        "Invalid request: q parameter is not a text or a list of texts",
    ),
    ({"q": "a", "source": ["en"], "target": "pt"}, "Invalid request: source parameter is not a text"),
    ({"q": "a", "source": "en", "target": "zz"}, "zz is not supported"),
    ({"q": "a", "source": "zz", "target": "pt"}, "zz is not supported"),
    ({"q": "a", "source": "en", "target": "ja"}, "ja is not supported"),
    ({"q": "a", "source": "ja", "target": "pt"}, "ja is not supported"),
    ({"q": "a", "source": "pt-BR", "target": "fr"}, "French (fr) is not available as a target language from "),
    ({"q": "a", "source": "en", "target": "pt", "format": "pdf"}, "pdf format is not supported"),
    ({"q": "a", "source": "en", "target": "pt", "alternatives": "x"}, "Invalid request: alternatives parameter is"),
    (
        {"q": "a", "source": "en", "target": "pt", "alternatives": 99},
        "Invalid request: alternatives parameter must",
    ),
    ({"q": "a" * 201, "source": "en", "target": "pt"}, "Invalid request: request (201) exceeds text limit (200)"),
    ({"q": ["a", "a" * 201], "source": "en", "target": "pt"}, "Invalid request: request (201) exceeds text limit"),
    ({"q": ["a"] * 1001, "source": "en", "target": "pt"}, "Invalid request: request (1001) exceeds text limit"),
]


def test_what_cannot_be_translated_is_said_in_the_words_of_the_peer(door: Door) -> None:
    for values, message in PROBLEMS:
        status, error = _error(door.post("translate", values))
        assert (status, error[: len(message)]) == (400, message)


def test_a_body_that_is_not_json_is_refused(door: Door) -> None:
    for body in (b"", b"{", b"[]", b"\xff", b'"q"', b"[" * 100_000):
        assert _error(door.post("translate", body)) == (400, "Invalid JSON format")


def test_no_words_of_the_caller_come_back_in_an_error(door: Door) -> None:
    for words in ("\ud800 and more", "I crossed at night", "<script>", "a" * 36):
        assert _error(door.translate("a", target=words)) == (400, "this is not supported")
        assert _error(door.translate("a", format=words)) == (400, "this format is not supported")


FAILURES = (
    (TranslationBusy("too much waits", retry_after=3), 503),
    (TranslationLate("too late"), 503),
    (EngineFailed("the engine does not work"), 503),
    (TranslationCancelled("nobody waits"), 409),
)


def test_what_the_translator_cannot_do_is_said_in_one_shape(door: Door) -> None:
    for error, status in FAILURES:
        door.translator.error = error
        page = door.translate("One")
        assert _error(page) == (status, error.message)
        assert page.response.headers.get("retry-after") == ("3" if isinstance(error, TranslationBusy) else None)


def test_a_language_that_the_translator_does_not_know_is_named(door: Door) -> None:
    door.translator.error = InvalidInput("this is no language", field="target")
    assert _error(door.translate("One", target="nb")) == (400, "nb is not supported")


def test_the_translator_is_told_who_waits_and_how_long(door: Door) -> None:
    door.translate("One")
    patience = door.translator.patience
    assert patience is not None
    assert (patience.client, patience.seconds, patience.is_cancelled()) == ("peer:192.0.2.1", 5.0, False)


def test_only_post_translates(door: Door) -> None:
    assert door.get("translate").status == 405


def test_pages_of_other_sites_may_ask_without_cookies(door: Door) -> None:
    for page in (door.translate("One"), door.translate("One", target="zz")):
        assert page.response.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in page.response.headers


def test_a_browser_is_told_before_it_asks(door: Door) -> None:
    page = door.client.ask("OPTIONS", "/lt/translate", origin="https://example.org")
    assert page.status == 204
    assert page.response.headers["access-control-allow-methods"] == "GET, POST"
    assert "Authorization" in page.response.headers["access-control-allow-headers"]


def test_a_caller_who_hangs_up_is_no_longer_waited_for(door: Door) -> None:
    seen = threading.Event()

    def wait(patience: Patience) -> None:
        while not patience.is_cancelled():
            assert not seen.wait(0.01)
        seen.set()

    door.translator.before = wait
    messages: list[Message] = [
        {"type": "http.request", "body": b'{"q": "a", "source": "en", "target": "pt"}', "more_body": False},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        if not messages:
            await asyncio.sleep(60)
        return messages.pop(0)

    async def send(_message: Message) -> None:
        pass

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/lt/translate",
        "raw_path": b"/lt/translate",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
        "client": ("192.0.2.1", 1),
        "server": ("testserver", 80),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }
    asyncio.run(asyncio.wait_for(door.app(scope, receive, send), 10))
    assert seen.is_set()
