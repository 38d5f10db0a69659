"""Calls between real browsers over a real relay: the tone that one plays is heard in the others."""

import math
import struct
import wave
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect
from sqlmodel import select

from linkbridge.accounts.first import OPERATOR
from linkbridge.interpreting.models import Assignment, Attendance, Interpreter, InterpreterRequest
from linkbridge.interpreting.values import Party, seats_of
from tests.support.browser import launched, wait_until
from tests.support.relay import SECRET, started_relay
from tests.support.server import Server

TONES = (440, 1000, 1700)
HEARD = """async () => {
  const context = new AudioContext({ sampleRate: 48000 });
  await context.resume();
  const analysers = [...document.querySelectorAll("audio[data-peer]")].map((player) => {
    const analyser = context.createAnalyser();
    analyser.fftSize = 8192;
    analyser.smoothingTimeConstant = 0;
    context.createMediaStreamSource(player.srcObject).connect(analyser);
    return analyser;
  });
  await new Promise((resolve) => setTimeout(resolve, 700));
  const heard = analysers.map((analyser) => {
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const loudest = bins.indexOf(Math.max(...bins));
    return { hertz: loudest * 48000 / 8192, decibels: bins[loudest] };
  });
  await context.close();
  return heard;
}"""
SEEN = """async () => Promise.all([...document.querySelectorAll("video[data-peer]")].map(async (player) => {
  const before = player.currentTime;
  await new Promise((resolve) => setTimeout(resolve, 300));
  return !player.hidden && player.videoWidth > 0 && player.currentTime > before;
}))"""
NOTE_CONNECTIONS = """
window.connections = [];
const Original = RTCPeerConnection;
window.RTCPeerConnection = class extends Original {
  constructor(...rest) { super(...rest); window.connections.push(this); }
};
window.sockets = [];
const Socket = WebSocket;
window.WebSocket = class extends Socket {
  constructor(...rest) { super(...rest); window.sockets.push(this); }
};
"""
CANDIDATES = """async () => {
  const found = [];
  for (const connection of window.connections) {
    const stats = await connection.getStats();
    for (const transport of [...stats.values()].filter((one) => one.type === "transport")) {
      const pair = stats.get(transport.selectedCandidatePairId);
      for (const id of [pair.localCandidateId, pair.remoteCandidateId]) found.push(stats.get(id).candidateType);
    }
  }
  return found;
}"""


def write_tone(path: Path, hertz: int) -> Path:
    """Write two seconds of a tone, which Chromium plays again and again as its microphone."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        samples = (int(12_000 * math.sin(2 * math.pi * hertz * step / 48_000)) for step in range(96_000))
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return path


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[str]:
    with started_relay(tmp_path) as port:
        yield f"turn:127.0.0.1:{port}?transport=udp"


@pytest.fixture
def call_server(tmp_path: Path, relay: str, server: Server, cache_folder: Path, few_books: Path) -> Iterator[Server]:
    own = Server(
        tmp_path / "server",
        like=server,
        phrasebooks=few_books,
        environment={
            "LINKBRIDGE_TURN_URLS": relay,
            "LINKBRIDGE_TURN_SECRET": SECRET,
            "LINKBRIDGE_LOG_LEVEL": "debug",
        },
    )
    own.use_cache(cache_folder)
    own.seed()
    own.start()
    yield own
    own.close()


def book(server: Server, relay_language: str | None = None) -> tuple[str, list[str]]:
    """Book interpreters for now, two where there is a relay language; return the request and the paths of all sides."""
    container = server.container
    with container.sessions.transaction() as session:
        now = container.clock.now()
        site = container.accounts.directory.site(session, server.demo_site, by=OPERATOR)
        request = InterpreterRequest(
            organisation_id=site.organisation_id,
            site_id=site.id,
            source="board",
            person_language="am",
            official_language="es",
            relay_language=relay_language,
            domain="screening",
            modality="video",
            is_on_demand=True,
            starts_at=now,
            ends_at=now + timedelta(hours=1),
            time_zone="America/Panama",
            state="booked",
            created_by="system:test",
            created_at=now,
        )
        session.add(request)
        session.flush()
        calls = container.interpreting.calls
        paths = [calls.join_path(session, request.id, party=Party.OFFICIAL)]
        for seat in seats_of("am", "es", 1, relay_language):
            interpreter = Interpreter(
                organisation_id=site.organisation_id,
                name_encrypted=container.cipher.encrypt("Ines Interprete"),
                country="PA",
                time_zone="America/Panama",
                language="es",
                created_at=now,
                changed_at=now,
            )
            session.add(interpreter)
            session.flush()
            given = Assignment(
                request_id=request.id,
                interpreter_id=interpreter.id,
                seat=seat.number,
                source_tag=seat.source,
                target_tag=seat.target,
                state="booked",
                starts_at=request.starts_at,
                ends_at=request.ends_at,
                accepted_at=now,
                accepted_by="system:test",
            )
            session.add(given)
            session.flush()
            paths.append(calls.join_path(session, request.id, party=Party.INTERPRETER, assignment_id=given.id))
        return request.id, paths


@contextmanager
def entered(playwright: Playwright, folder: Path, server: Server, paths: list[str]) -> Iterator[list[Page]]:
    """Yield a page for each path, in a browser of its own that plays a tone of its own, when all are connected."""
    pages: list[Page] = []
    with ExitStack() as stack:
        for number, (hertz, path) in enumerate(zip(TONES, paths, strict=False)):
            tone = write_tone(folder / f"{number}.wav", hertz)
            flags = (
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={tone}",
            )
            browser: Browser = stack.enter_context(
                launched(playwright, folder / str(number), server.authority, server.certificate, more=flags)
            )
            page = browser.new_page(viewport={"width": 360, "height": 740}, locale="en")
            page.add_init_script(NOTE_CONNECTIONS)
            pages.append(page)
            page.goto(server.url + path)
            page.locator('[data-do="join"]').click()
        expect_connected(pages)
        yield pages


def expect_connected(pages: list[Page]) -> None:
    for page in pages:
        expect(page.locator("[data-call]")).to_have_attribute("data-state", "connected", timeout=60_000)


def wait_until_seen(page: Page, expected: list[bool]) -> None:
    """Wait until a page shows so many pictures, and whether each plays."""
    wait_until(page, lambda: page.evaluate(SEEN) == expected)


def expect_others_heard(pages: list[Page]) -> None:
    """Each page hears the tone of every other, and each over the relay."""
    own = TONES[: len(pages)]
    for page, mine in zip(pages, own, strict=True):
        heard = sorted(page.evaluate(HEARD), key=lambda one: one["hertz"])
        assert [one["hertz"] for one in heard] == [pytest.approx(hertz, abs=12) for hertz in own if hertz != mine]
        assert all(one["decibels"] > -60 for one in heard)


def test_call_over_a_relay_carries_sound_both_ways(playwright: Playwright, call_server: Server, tmp_path: Path) -> None:
    request_id, paths = book(call_server)
    with entered(playwright, tmp_path, call_server, paths) as pages:
        expect_others_heard(pages)
        for page in pages:
            assert page.evaluate(CANDIDATES) == ["relay", "relay"]
        assert attendance(call_server, request_id) == [("interpreter", False), ("official", False)]
        for page in pages:
            page.locator('[data-do="leave"]').click()
        everybody_left = [("interpreter", True), ("official", True)]
        wait_until(pages[0], lambda: attendance(call_server, request_id) == everybody_left)
    with call_server.container.sessions.reading() as session:
        assert session.get_one(InterpreterRequest, request_id).state == "done"
    assert paths[0] not in call_server.log
    assert "candidate:" not in call_server.log


def test_three_sides_of_a_relay_hear_and_see_each_other_and_come_back_after_a_lost_line(
    playwright: Playwright, call_server: Server, tmp_path: Path
) -> None:
    _request_id, paths = book(call_server, "en")
    with entered(playwright, tmp_path, call_server, paths) as pages:
        expect_others_heard(pages)
        official, first, second = pages
        official.locator('[data-do="camera"]').click()
        for page in (first, second):
            wait_until_seen(page, [True])
        assert official.evaluate(SEEN) == []
        first.evaluate("() => window.sockets.at(-1).close()")
        first.wait_for_function("() => window.sockets.length === 2 && window.sockets[1].readyState === 1")
        for page in pages:
            page.wait_for_function("() => document.querySelectorAll('audio[data-peer]').length === 2")
        expect_connected(pages)
        expect_others_heard(pages)
        wait_until_seen(first, [True])
        official.locator('[data-do="camera"]').click()
        for page in (first, second):
            wait_until_seen(page, [])
        official.locator('[data-do="camera"]').click()
        wait_until_seen(second, [True])


def attendance(server: Server, request_id: str) -> list[tuple[str, bool]]:
    """Return who was there, and whether they left."""
    with server.container.sessions.reading() as session:
        rows = session.exec(select(Attendance).where(Attendance.request_id == request_id)).all()
        return sorted((row.party, row.left_at is not None) for row in rows)
