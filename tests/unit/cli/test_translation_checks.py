"""What `linkbridge doctor` finds of translation: models, a sentence, damage, and other servers."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from linkbridge.cli import translation_checks
from linkbridge.cli.findings import Finding, Level
from linkbridge.cli.translation_checks import translation_findings
from linkbridge.settings import Settings
from linkbridge.translation.engines import ENGINES
from linkbridge.translation.engines.argos import ENGINE as ARGOS
from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.ports import Engine
from tests.support.fake_runner import FakeRunner
from tests.support.fixture_models import install_argos

CLOSED = "http://somebody:secret@127.0.0.1:1"


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> FakeRunner:
    """What runs the models, so that no process has to."""
    found = FakeRunner()
    monkeypatch.setattr(translation_checks, "ModelRunner", lambda _options: found)
    return found


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No model but those that a test installs."""
    engines: dict[str, Engine] = {"argos": ARGOS, "libretranslate": ENGINES["libretranslate"]}
    monkeypatch.setattr(translation_checks, "ENGINES", engines)


def found(folder: Path, servers: str = "") -> list[Finding]:
    return list(translation_findings(Settings(data_dir=folder, translation_servers=servers)))


def test_models_that_come_with_linkbridge_translate(tmp_path: Path) -> None:
    directions, translated = found(tmp_path / "data")
    assert (directions.level, translated.level) == (Level.OK, Level.OK)
    assert "en-pt" in directions.found
    assert translated.found == "a sentence was translated by firefox-en-pt-bundled, firefox-pt-en-bundled"
    assert list(tmp_path.iterdir()) == []


def test_model_that_comes_with_linkbridge_and_fails_must_be_mended(tmp_path: Path, runner: FakeRunner) -> None:
    runner.error = EngineFailed("it broke")
    failed = [finding for finding in found(tmp_path) if finding.level is Level.FAIL]
    assert [(finding.found, finding.todo) for finding in failed] == [
        ("firefox-en-pt-bundled does not translate", "Install LinkBridge again."),
        ("firefox-pt-en-bundled does not translate", "Install LinkBridge again."),
    ]
    assert runner.closed == 1


def test_model_that_answers_nothing_fails(tmp_path: Path, runner: FakeRunner) -> None:
    runner.answers = dict.fromkeys(["I strongly disagree.", "Não concordo."], " ")
    assert [finding.level for finding in found(tmp_path)].count(Level.FAIL) == 2


@pytest.mark.usefixtures("alone")
def test_no_model_is_no_fault_and_says_what_to_do(tmp_path: Path, runner: FakeRunner) -> None:
    [finding] = found(tmp_path)
    assert (finding.level, finding.found) == (Level.OFF, "no model is installed")
    assert finding.todo.startswith("linkbridge models install ")
    assert runner.asked == []


@pytest.mark.usefixtures("alone")
def test_directions_are_counted_with_and_without_others_in_between(tmp_path: Path, runner: FakeRunner) -> None:
    install_argos(tmp_path / "models", "en_fr", "en_pt", "es_en")
    directions, translated = found(tmp_path)
    assert directions.found == "3 directions (en-fr en-pt es-en) by argos; 5 with others in between"
    assert translated.found == "a sentence was translated by argos-en-fr"
    assert runner.asked == [("argos-en-fr", "en-fr")]


@pytest.mark.usefixtures("alone")
def test_installed_model_that_fails_is_to_be_verified(tmp_path: Path, runner: FakeRunner) -> None:
    install_argos(tmp_path / "models", "es_en")
    runner.error = EngineFailed("it broke")
    assert [finding.todo for finding in found(tmp_path)] == ["", "linkbridge models verify argos-es-en"]


@pytest.mark.usefixtures("alone", "runner")
def test_damaged_package_is_named_with_what_to_do(tmp_path: Path) -> None:
    install_argos(tmp_path / "models", "es_en")
    (tmp_path / "models/argos/translate-xx").mkdir()
    damaged = found(tmp_path)[-1]
    assert damaged.level is Level.FAIL
    assert damaged.found.startswith("argos/translate-xx cannot be used")
    assert damaged.todo == "linkbridge models remove translate-xx, then install it again."


@pytest.mark.usefixtures("alone", "runner")
def test_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    finding = found(tmp_path, CLOSED)[-1]
    assert (finding.level, finding.found) == (Level.FAIL, "the server 127.0.0.1 does not answer")
    assert "LINKBRIDGE_TRANSLATION_SERVERS" in finding.todo
    assert "secret" not in f"{finding.found}{finding.todo}"


@pytest.mark.usefixtures("alone", "runner")
def test_server_that_answers_is_told_with_what_it_offers(tmp_path: Path) -> None:
    with listening([{"code": "en", "targets": ["fr", "es"]}]) as address:
        finding = found(tmp_path, address)[-1]
    assert (finding.level, finding.found) == (
        Level.OK,
        "the server 127.0.0.1 offers 2 directions; texts are sent there",
    )


@contextmanager
def listening(languages: object) -> Iterator[str]:
    """Listen as another server that has these languages."""
    body = json.dumps(languages).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
