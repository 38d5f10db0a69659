"""Other servers: their languages, their answers, and the many ways in which they fail."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from linkbridge.translation.engines.libretranslate import LibreTranslate
from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.ports import EngineOptions, LanguagePair, LoadedModel, Places

EN_FR = LanguagePair("en", "fr")
LANGUAGES = [
    {"code": "en", "name": "English", "targets": ["en", "fr", "zh", "pb"]},
    {"code": "zh", "name": "Chinese", "targets": ["en"]},
]


class Server:
    """A server that answers what the test wants, and remembers what it was asked."""

    def __init__(self) -> None:
        self.languages: Any = LANGUAGES
        self.answer: Callable[[dict[str, Any]], Any] = self.translated
        self.status = 200
        self.asked: list[tuple[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, None))
                self._send(outer.languages)

            def do_POST(self) -> None:
                question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append((self.path, question))
                self._send(outer.answer(question))

            def _send(self, value: Any) -> None:
                body = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.port = self._server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}"

    @staticmethod
    def translated(question: dict[str, Any]) -> dict[str, Any]:
        others = [[f"{text}?"] * question["alternatives"] for text in question["q"]]
        return {"translatedText": [text.upper() for text in question["q"]], "alternatives": others}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    started = Server()
    yield started
    started.close()


def places(*addresses: str) -> Places:
    return Places(Path("/nonexistent"), addresses)


def load(server: Server, **options: Any) -> LoadedModel:
    engine = LibreTranslate()
    [model] = engine.find(places(server.address))
    return engine.load(model, EngineOptions(**options))


def test_find_asks_no_one_unless_a_server_is_named() -> None:
    assert LibreTranslate().find(places()) == ()


def test_find_names_a_server_and_its_directions(server: Server) -> None:
    [model] = LibreTranslate().find(places(server.address + "/lt/"))
    assert server.asked == [("/lt/languages", None)]
    assert (model.id, model.location) == (f"libretranslate-127.0.0.1-{server.port}-lt", server.address + "/lt")
    assert [str(pair) for pair in model.pairs] == ["en-fr", "en-pt-BR", "en-zh-Hans", "zh-Hans-en"]
    assert (model.code("zh-Hans"), model.code("pt-BR"), model.code("fr")) == ("zh", "pb", "fr")


def test_find_asks_a_server_once_a_minute(server: Server) -> None:
    times = iter([0.0, 1.0, 60.9, 62.0, 63.0])
    engine = LibreTranslate(now=lambda: next(times))
    for _ in range(2):
        assert len(engine.find(places(server.address))) == 1
    assert len(server.asked) == 1
    server.languages = []
    assert engine.find(places(server.address)) == ()
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "languages", [b"<html>", {"error": "no"}, ["en"], [{"code": 1}], [{"code": "en", "targets": [1]}], b"[" * 100_000]
)
def test_find_leaves_out_and_names_a_server_that_answers_nonsense(server: Server, languages: object) -> None:
    server.languages = languages
    with capture_logs() as logs:
        assert LibreTranslate().find(places(server.address)) == ()
    assert [(entry["event"], entry["server"]) for entry in logs] == [
        ("server cannot be used", f"127.0.0.1-{server.port}")
    ]


@pytest.mark.parametrize("address", ["http://user:hidden@127.0.0.1:1", "file:///etc/passwd", "nonsense", "http://[::1"])
def test_find_leaves_out_and_names_an_address_without_a_server(address: str) -> None:
    with capture_logs() as logs:
        assert LibreTranslate().find(places(address)) == ()
    assert len(logs) == 1
    assert "hidden" not in str(logs)


def test_sentences_are_asked_at_once_and_keep_their_order(server: Server) -> None:
    loaded = load(server, server_keys={server.address: "a key"})
    assert loaded.translate(["one", "", "two", "\x00"], EN_FR) == [("ONE",), ("",), ("TWO",), ("",)]
    assert server.asked[1:] == [
        (
            "/translate",
            {
                "q": ["one", "two"],
                "source": "en",
                "target": "fr",
                "format": "text",
                "alternatives": 0,
                "api_key": "a key",
            },
        )
    ]
    loaded.close()


def test_codes_and_alternatives_are_the_servers(server: Server) -> None:
    answers = load(server).translate(["one"], LanguagePair("en", "zh-Hans"), alternatives=2)
    assert answers == [("ONE", "one?", "one?")]
    assert server.asked[1][1]["target"] == "zh"
    assert "api_key" not in server.asked[1][1]


def test_nothing_is_asked_about_nothing(server: Server) -> None:
    assert load(server).translate(["", " "], EN_FR) == [("",), ("",)]
    assert len(server.asked) == 1


def test_odd_text_arrives_whole(server: Server) -> None:
    assert load(server).translate(["مرحبا 😀 a\ud800"], EN_FR) == [("مرحبا 😀 A\ufffd",)]


@pytest.mark.parametrize("alternatives", [None, "none", [["a"]], [["a"], [1]]])
def test_alternatives_that_do_not_fit_are_left_out(server: Server, alternatives: object) -> None:
    server.answer = lambda question: {"translatedText": question["q"], "alternatives": alternatives}
    assert load(server).translate(["one", "two"], EN_FR, alternatives=1) == [("one",), ("two",)]


@pytest.mark.parametrize(
    "answer",
    [b"", b"{", b"[]", {}, {"translatedText": "one"}, {"translatedText": ["one", "two"]}, {"translatedText": [1]}],
)
def test_an_answer_that_does_not_fit_is_a_failure(server: Server, answer: Any) -> None:
    server.answer = lambda _question: answer
    with pytest.raises(EngineFailed) as failed:
        load(server).translate(["a secret"], EN_FR)
    assert "secret" not in f"{failed.value} {failed.value.params}"


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 403, 429, 500])
def test_no_other_status_than_success_is_taken(server: Server, status: int) -> None:
    loaded = load(server)
    server.status = status
    with pytest.raises(EngineFailed) as failed:
        loaded.translate(["a secret"], EN_FR)
    assert failed.value.params == {"engine": "libretranslate", "model": f"libretranslate-127.0.0.1-{server.port}"}
    assert "secret" not in str(failed.value)


def test_a_server_that_went_away_is_a_failure(server: Server) -> None:
    loaded = load(server)
    server._server.server_close()
    with pytest.raises(EngineFailed):
        loaded.translate(["a"], EN_FR)
