"""Documents on the tablet: sent, translated with progress, fetched and forgotten; nothing readable is ever stored."""

import asyncio
import io
import json
import logging
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, unquote

import pypdf
import pytest
from starlette.types import Message, Scope
from structlog.testing import capture_logs

from linkbridge.bootstrap import build_container
from linkbridge.container import Container
from linkbridge.kernel.clock import FrozenClock
from linkbridge.settings import Settings
from linkbridge.translation.document_translator import DocumentTranslator
from linkbridge.translation.documents.values import DocumentKind, Limits
from linkbridge.translation.errors import EngineFailed, TranslationBusy, TranslationLate
from linkbridge.translation.ports import Patience
from linkbridge.translation.service import Translator
from linkbridge.web.app import create_app
from linkbridge.web.lt_files import LIFETIME, KeptFiles
from linkbridge.web.routes import documents
from tests.integration.web.conftest import enrol
from tests.support.accounts import World
from tests.support.coroutines import run_apart
from tests.support.pages import Page
from tests.support.tablet import JSON, TabletClient
from tests.support.translator import OFFERS, FakeTranslator

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE = "/tablet/en/documents"
MOST = 2 * 1024 * 1024
SECRET = b"Zacatecoluca sends 40 unmistakable umbrellas."
_WORDS = re.compile(r'<script type="application/json" data-document-words>(.*?)</script>', re.DOTALL)
FORM = "application/x-www-form-urlencoded"


class _Translator(FakeTranslator):
    def can_translate(self, source: str, target: str) -> bool:
        return any(offer.tag == source and target in offer.targets for offer in OFFERS)


@dataclass
class Desk:
    """A tablet in front of a translator that a test controls."""

    container: Container
    translator: _Translator
    tablet: TabletClient

    @property
    def files(self) -> list[Path]:
        folder = self.container.lt.folder
        return sorted(folder.iterdir()) if folder.exists() else []

    def send(self, content: bytes = SECRET, name: str = "note.txt", query: str = "target=pt", **headers: str) -> Page:
        own = {"accept": JSON, "x_csrf_token": self.tablet.csrf, "origin": self.tablet.base_url}
        own["x_document_name"] = quote(name)
        return self.tablet.ask("POST", f"{PAGE}?{query}", content, **{**own, **headers})

    def lines(self, *asked: Any, **more: Any) -> list[dict[str, Any]]:
        """Send a document and return what the page is told, line by line."""
        page = self.send(*asked, **more)
        assert (page.status, page.response.headers["content-type"]) == (200, "application/x-ndjson")
        return [json.loads(line) for line in page.response.text.splitlines()]

    def done(self, *asked: Any, **more: Any) -> dict[str, Any]:
        last = self.lines(*asked, **more)[-1]
        assert last["state"] == "done"
        return last

    def post(self, what: str, token: str, **fields: str) -> Page:
        values = {"csrf_token": self.tablet.csrf, "token": token, **fields}
        body = "&".join(f"{name}={quote(value)}" for name, value in values.items()).encode()
        headers = {"content_type": FORM, "accept": JSON, "origin": self.tablet.base_url}
        return self.tablet.ask("POST", f"{PAGE}/{what}", body, **headers)


def _desk(container: Container, world: World, **limits: Any) -> Desk:
    translator = _Translator()
    known = cast("Translator", translator)
    changed = replace(
        container,
        translator=known,
        documents=DocumentTranslator(known, container.catalogue, limits=Limits(characters=500, pages=2)),
        lt=replace(container.lt, document_bytes=MOST, **limits),
    )
    return Desk(changed, translator, enrol(changed, create_app(changed), world.site))


@pytest.fixture
def desk(container: Container, world: World) -> Desk:
    return _desk(container, world)


def _words(desk: Desk) -> dict[str, Any]:
    found = _WORDS.search(desk.tablet.get(PAGE).response.text)
    assert found is not None
    words: dict[str, Any] = json.loads(found.group(1))
    return words


def test_page_says_what_is_accepted_and_that_nothing_is_official(desk: Desk) -> None:
    page = desk.tablet.get(PAGE)
    assert (page.status, page.response.headers["cache-control"]) == (200, "private, no-cache")
    assert "Machine translation, not official" in page.text
    assert 'accept=".txt,.html,.docx,.odt,.pdf,.srt,.po,.htm"' in page.text
    words = _words(desk)
    assert (words["mostBytes"], words["keptMinutes"]) == (MOST, 30)
    assert words["endings"].split() == [f".{kind}" for kind in DocumentKind]
    assert f'href="{PAGE}"' in desk.tablet.get("/tablet/en/").text


def test_page_is_kept_for_use_without_a_connection(desk: Desk) -> None:
    desk.container.speech.is_available = False
    manifest = desk.tablet.get("/tablet/offline/en.json").response.json()
    assert PAGE in {entry["url"] for entry in manifest["entries"]}


def test_languages_are_those_of_the_directions_that_exist_now(desk: Desk) -> None:
    page = desk.tablet.get("/tablet/en/documents.json")
    assert page.response.headers["cache-control"] == "no-store"
    assert page.response.json()["languages"] == [
        {"tag": "en", "name": "English", "targets": ["fr", "pt"]},
        {"tag": "fr", "name": "French", "targets": []},
        {"tag": "pt", "name": "Portuguese", "targets": []},
        {"tag": "pt-BR", "name": "Portuguese (Brazil)", "targets": ["en"]},
        {"tag": "es", "name": "Spanish", "targets": ["en", "fr", "pt"]},
    ]
    assert "inglés" in {
        one["name"] for one in desk.tablet.get("/tablet/es/documents.json").response.json()["languages"]
    }


def test_languages_are_none_without_models(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Translator, "languages", lambda _self: ())
    assert desk.tablet.get("/tablet/en/documents.json").response.json() == {"languages": []}


def test_document_is_translated_with_progress_and_fetched(desk: Desk) -> None:
    text = b"Where is the doctor?\n\nPlease refuse this.\n\nWait here."
    lines = desk.lines(text, "Nota para Maria ማስታወሻ.txt", query="source=en&target=pt")
    assert lines[:-1] == [
        {"state": "working", "done": 0, "total": 3},
        {"state": "working", "done": 3, "total": 3},
    ]
    last = lines[-1]
    found = {name: last[name] for name in ("state", "name", "texts", "suspect", "refused", "opens")}
    assert found == {
        "state": "done",
        "name": "Nota para Maria ማስታወሻ.pt.txt",
        "texts": 3,
        "suspect": 0,
        "refused": 1,
        "opens": True,
    }
    assert {(request.source, request.target) for request in desk.translator.asked} == {("en", "pt")}
    assert desk.translator.patience is not None
    assert re.fullmatch(r"documents:[0-9a-f]{32}", desk.translator.patience.client)

    saved = desk.post("result", last["token"])
    assert saved.status == 200
    assert "pt: Where is the doctor?" in saved.response.text
    assert "⛔" in saved.response.text
    assert "Machine translation, not official." in saved.response.text
    headers = saved.response.headers
    assert (headers["cache-control"], headers["content-type"]) == ("no-store", "text/plain; charset=utf-8")
    kind, _, name = headers["content-disposition"].partition("; filename*=UTF-8''")
    assert (kind, unquote(name)) == ("attachment", last["name"])


def test_language_is_found_out_when_none_is_given(desk: Desk) -> None:
    desk.done("¿Dónde está el médico?".encode())
    assert [request.source for request in desk.translator.asked] == [None]


def test_progress_is_told_after_each_part(desk: Desk) -> None:
    text = "\n\n".join(f"Text {number}" for number in range(70)).encode()
    found = [(line["done"], line["total"]) for line in desk.lines(text) if line["state"] == "working"]
    assert found == [(0, 70), (64, 70), (70, 70)]


def test_what_is_open_in_the_browser_can_do_nothing_there(desk: Desk) -> None:
    page = b"<html><body><p>Wait here.</p><script>alert(1)</script></body></html>"
    shown = desk.post("result", desk.done(page, "page.html")["token"], show="open").response
    assert shown.headers["content-disposition"].startswith("inline;")
    assert "default-src 'none'; img-src data:; sandbox" in shown.headers["content-security-policy"]
    assert "pt: Wait here." in shown.text
    subtitles = desk.done(b"1\n00:00:01,000 --> 00:00:02,000\nWait here.\n", "film.srt")
    assert subtitles["opens"] is False
    assert desk.post("result", subtitles["token"], show="open").status == 404
    assert desk.post("result", subtitles["token"]).status == 200


def _scanned_pdf(pages: int = 1) -> bytes:
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _locked_pdf() -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(_scanned_pdf()))
    writer.encrypt("secret", algorithm="RC4-40")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


UNUSABLE = {
    "tool.exe": (b"MZ\x90\x00", "unsupported"),
    "letter.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more", "encrypted"),
    "locked.pdf": (_locked_pdf(), "encrypted"),
    "scan.pdf": (_scanned_pdf(), "scanned"),
    "many.pdf": (_scanned_pdf(3), "too_large"),
    "letter.docx": (b"PK\x03\x04 and nothing", "damaged"),
    "film.srt": (b"Only words.", "damaged"),
    "blank.txt": (b"  \n", "empty"),
    "none.txt": (b"", "empty"),
    "long.txt": (b"word " * 200, "too_large"),
}


def test_what_cannot_be_translated_is_named_and_leaves_nothing(desk: Desk) -> None:
    words = _words(desk)["problems"]
    for name, (content, problem) in UNUSABLE.items():
        assert (name, desk.lines(content, name)) == (name, [{"state": "failed", "problem": problem}])
        assert problem in words
    assert desk.files == []


def test_what_the_translator_cannot_do_is_named(desk: Desk) -> None:
    words = _words(desk)["problems"]
    for error in (TranslationBusy("wait", retry_after=3), TranslationLate("late"), EngineFailed("broken")):
        desk.translator.error = error
        assert desk.lines()[-1] == {"state": "failed", "problem": error.code}
        assert error.code in words


def test_direction_that_does_not_exist_is_named(desk: Desk) -> None:
    assert desk.lines(query="source=en&target=ja")[-1] == {"state": "failed", "problem": "no_route"}
    assert desk.lines(query="target=zz")[-1] == {"state": "failed", "problem": "invalid_input"}
    assert "no_route" in _words(desk)["problems"]


def test_full_disk_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_parts: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(KeptFiles, "keep", full)
    assert desk.lines()[-1] == {"state": "failed", "problem": "storage_full"}
    assert "storage_full" in _words(desk)["problems"]


def test_document_over_the_limit_is_refused_and_one_within_it_is_not(desk: Desk) -> None:
    assert desk.container.web.max_body_bytes < MOST
    for size in (MOST + 1, MOST + 64 * 1024 + 1):
        answer = desk.send(bytes(size))
        assert (answer.status, answer.response.json()["error"]["code"]) == (413, "too_large")
    assert desk.lines(b"a" * MOST, "tool.exe")[-1] == {"state": "failed", "problem": "unsupported"}
    assert desk.tablet.ask("POST", f"{PAGE}/result", bytes(MOST), content_type=FORM).status == 413


@pytest.mark.parametrize("path", ["/api/v1/documents", "/lt/translate_file"])
def test_documents_of_programs_may_be_as_large(desk: Desk, path: str) -> None:
    headers = {"content_type": "multipart/form-data; boundary=line"}
    head = b'--line\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    assert desk.tablet.ask("POST", path, head + bytes(MOST) + b"\r\n--line--\r\n", **headers).status in {400, 401}
    assert desk.tablet.ask("POST", path, bytes(MOST + 64 * 1024 + 1), **headers).status == 413


def test_only_this_tablets_own_page_may_ask(desk: Desk) -> None:
    stranger = replace(desk, tablet=TabletClient(desk.tablet.app))
    assert desk.send(x_csrf_token="0" * 64).status == 403
    assert desk.send(origin="https://elsewhere.example").status == 403
    assert stranger.send(x_csrf_token=desk.tablet.csrf).status == 401
    assert desk.translator.asked == []
    assert stranger.tablet.get("/tablet/en/documents.json", accept=JSON).status == 401
    token = desk.done()["token"]
    for what in ("result", "forget"):
        assert desk.post(what, token, csrf_token="0" * 64).status == 403
        assert stranger.post(what, token, csrf_token=desk.tablet.csrf).status == 401
    assert desk.post("result", token).status == 200


def test_malformed_question_is_refused(desk: Desk) -> None:
    for query in ("", "target=p", "target=pt&more=1", "target=pt&source=" + "a" * 17):
        answer = desk.send(query=query)
        assert (answer.status, answer.response.json()["error"]["code"]) == (422, "malformed")


def test_name_cannot_do_harm(desk: Desk) -> None:
    for name in ("../../etc/passwd.txt", 'a"\r\nSet-Cookie: x=1.txt', "x" * 300 + ".txt", "%ff%fe.txt"):
        done = desk.done(SECRET, name)
        assert len(done["name"]) <= 120
        assert "/" not in done["name"]
        headers = desk.post("result", done["token"]).response.headers
        assert "set-cookie" not in headers
        assert unquote(headers["content-disposition"].partition("''")[2]) == done["name"]


def test_result_is_unreadable_on_the_disk_and_goes_when_the_tablet_has_it(desk: Desk) -> None:
    token = desk.done()["token"]
    [file] = desk.files
    assert b"umbrellas" not in file.read_bytes()
    assert token not in file.name
    assert desk.post("forget", token).status == 204
    assert desk.files == []
    assert desk.post("result", token).response.json()["error"]["code"] == "not_found"
    assert desk.post("forget", token).status == 204


def test_result_is_gone_after_half_an_hour(desk: Desk, clock: FrozenClock) -> None:
    token = desk.done()["token"]
    clock.advance(LIFETIME - timedelta(seconds=1))
    assert desk.post("result", token).status == 200
    clock.advance(timedelta(seconds=1))
    assert desk.post("result", token).status == 404
    desk.tablet.get("/tablet/en/documents.json")
    assert desk.files == []


def test_result_is_swept_though_nobody_asks_again(
    desk: Desk, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "LIFETIME", timedelta(seconds=-1))
    kept = KeptFiles(desk.container.lt.folder, clock)
    kept.keep("note.txt", SECRET)
    clock.advance(LIFETIME)

    async def until_swept() -> None:
        async for _ in documents._told(lambda _progress, _gone: {"state": "done"}, kept):
            pass
        for _ in range(2):  # until what is due has begun
            await asyncio.sleep(0)
        await asyncio.get_running_loop().shutdown_default_executor()

    run_apart(until_swept())
    assert desk.files == []


def test_another_process_sends_what_one_has_translated(
    desk: Desk, settings: Settings, clock: FrozenClock, world: World
) -> None:
    other = build_container(settings, clock=clock)
    second = Desk(other, desk.translator, enrol(other, create_app(other), world.site))
    token = desk.done()["token"]
    assert second.post("result", token).response.text.endswith("pt: Zacatecoluca sends 40 unmistakable umbrellas.")
    assert second.post("forget", token).status == 204
    assert desk.post("result", token).status == 404
    other.sessions.engine.dispose()


def test_nothing_of_a_document_is_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with capture_logs() as logs, caplog.at_level(logging.DEBUG):
        token = desk.done(SECRET, "Zacatecoluca.txt")["token"]
        desk.post("result", token)
        desk.translator.error = TranslationLate("late")
        desk.send(SECRET, "Zacatecoluca.txt")
    written = str(logs) + caplog.text
    assert "Zacatecoluca" not in written
    assert token not in written


def test_more_documents_than_it_can_are_turned_away(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Taken:
        available_tokens = 0

    monkeypatch.setattr(documents, "_threads", Taken())
    answer = desk.send()
    assert (answer.status, answer.response.json()["error"]["code"]) == (503, "translation_busy")
    assert answer.response.headers["retry-after"] == "10"


def test_slow_work_is_heard_of(desk: Desk, monkeypatch: pytest.MonkeyPatch, clock: FrozenClock) -> None:
    monkeypatch.setattr(documents, "HEARTBEAT_SECONDS", 0.001)
    heard = threading.Event()

    def work(_progress: object, _gone: object) -> dict[str, Any]:
        assert heard.wait(5)
        return {"state": "done"}

    async def lines() -> list[bytes]:
        found = []
        async for line in documents._told(work, KeptFiles(desk.container.lt.folder, clock)):
            found.append(line)
            heard.set()
        return found

    found = run_apart(lines())
    assert (found[0], found[-1]) == (b"\n", b'{"state": "done"}\n')


class Caller:
    """A tablet at the level of the connection: sends a document, and hangs up when told."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._hang_up = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.got: list[Message] = []

    def hang_up(self) -> None:
        self._loop.call_soon_threadsafe(self._hang_up.set)

    async def call(self, *, whole: bool = True) -> None:
        messages: Iterator[Message] = iter([{"type": "http.request", "body": SECRET, "more_body": not whole}])

        async def receive() -> Message:
            message = next(messages, None)
            if message is not None:
                return message
            await self._hang_up.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            self.got.append(message)

        tablet = self._desk.tablet
        cookies = "; ".join(f"{name}={value}" for name, value in tablet.cookies.items())
        headers = {"host": "testserver", "cookie": cookies, "x-csrf-token": tablet.csrf, "accept": JSON}
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "POST",
            "path": PAGE,
            "raw_path": PAGE.encode(),
            "query_string": b"target=pt",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("192.0.2.1", 50_000),
            "scheme": "http",
            "server": ("testserver", 80),
            "root_path": "",
        }
        await tablet.app(scope, receive, send)


def test_tablet_that_hangs_up_ends_the_work(desk: Desk) -> None:
    ended = threading.Event()

    async def story() -> None:
        caller = Caller(desk)

        def before(patience: Patience) -> None:
            caller.hang_up()
            while not patience.is_cancelled():
                ended.wait(0.001)
            ended.set()

        desk.translator.before = before
        await caller.call()
        assert await asyncio.to_thread(ended.wait, 5)
        assert caller.got[0]["status"] == 200
        assert not any(
            b"done" in message.get("body", b"") and b"token" in message["body"] for message in caller.got[1:]
        )

    run_apart(story())
    assert desk.files == []


def test_tablet_that_hangs_up_while_sending_is_no_fault(desk: Desk) -> None:
    async def story() -> None:
        caller = Caller(desk)
        caller.hang_up()
        await caller.call(whole=False)
        assert caller.got[0]["status"] == 409

    run_apart(story())
    assert desk.translator.asked == []
