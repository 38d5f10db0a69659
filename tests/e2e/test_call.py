"""A call between two real browsers over a real relay: the tone that one plays is heard in the other."""

import math
import shutil
import struct
import subprocess
import wave
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect
from sqlmodel import select

from linkbridge.accounts.first import OPERATOR
from linkbridge.interpreting.models import Assignment, Attendance, Interpreter, InterpreterRequest
from linkbridge.interpreting.values import Party
from tests.support.browser import launched, wait_until
from tests.support.server import Server, free_port

SECRET = "a word for tests"
TONES = {Party.OFFICIAL: 440, Party.INTERPRETER: 1000}
HEARD = """async () => {
  const player = document.querySelector("audio[data-peer]");
  const context = new AudioContext({ sampleRate: 48000 });
  await context.resume();
  const analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  analyser.smoothingTimeConstant = 0;
  context.createMediaStreamSource(player.srcObject).connect(analyser);
  await new Promise((resolve) => setTimeout(resolve, 700));
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  const loudest = bins.indexOf(Math.max(...bins));
  await context.close();
  return { hertz: loudest * 48000 / 8192, decibels: bins[loudest] };
}"""
NOTE_CONNECTIONS = """
window.connections = [];
const Original = RTCPeerConnection;
window.RTCPeerConnection = class extends Original {
  constructor(...rest) { super(...rest); window.connections.push(this); }
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
    """Debian's coturn on loopback, which real ones never relay to."""
    program = shutil.which("turnserver")
    if program is None:
        pytest.skip("coturn is not installed: apt-get install coturn")
    port = free_port()
    options = [
        "-n", f"--listening-port={port}", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--realm=test",
        "--use-auth-secret", f"--static-auth-secret={SECRET}", "--allow-loopback-peers", "--no-tls", "--no-dtls",
        "--no-cli", "--log-file=stdout", "--simple-log",
        f"--userdb={tmp_path / 'turn.db'}", f"--pidfile={tmp_path / 'pid'}",
    ]  # fmt: skip
    with (tmp_path / "relay.log").open("wb") as log:
        process = subprocess.Popen([program, *options], stdout=log, stderr=log)
    yield f"turn:127.0.0.1:{port}?transport=udp"
    process.terminate()
    process.wait()


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


def book(server: Server) -> tuple[str, str, str]:
    """Book an interpreter for now; return the request and the paths of both sides."""
    container = server.container
    with container.sessions.transaction() as session:
        now = container.clock.now()
        site = container.accounts.directory.site(session, server.demo_site, by=OPERATOR)
        interpreter = Interpreter(
            organisation_id=site.organisation_id,
            name_encrypted=container.cipher.encrypt("Ines Interprete"),
            country="PA",
            time_zone="America/Panama",
            language="es",
            created_at=now,
            changed_at=now,
        )
        request = InterpreterRequest(
            organisation_id=site.organisation_id,
            site_id=site.id,
            source="board",
            person_language="am",
            official_language="es",
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
        session.add_all([interpreter, request])
        session.flush()
        given = Assignment(
            request_id=request.id,
            interpreter_id=interpreter.id,
            seat=1,
            source_tag="am",
            target_tag="es",
            state="booked",
            starts_at=request.starts_at,
            ends_at=request.ends_at,
            accepted_at=now,
            accepted_by="system:test",
        )
        session.add(given)
        session.flush()
        calls = container.interpreting.calls
        official = calls.join_path(session, request.id, party=Party.OFFICIAL)
        return (
            request.id,
            official,
            calls.join_path(session, request.id, party=Party.INTERPRETER, assignment_id=given.id),
        )


def test_call_over_a_relay_carries_sound_both_ways(playwright: Playwright, call_server: Server, tmp_path: Path) -> None:
    request_id, *paths = book(call_server)
    pages: list[Page] = []
    with ExitStack() as stack:
        for party, path in zip(TONES, paths, strict=True):
            tone = write_tone(tmp_path / f"{party.value}.wav", TONES[party])
            flags = (
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={tone}",
            )
            browser: Browser = stack.enter_context(
                launched(playwright, tmp_path / party.value, call_server.authority, call_server.certificate, more=flags)
            )
            page = browser.new_page(viewport={"width": 360, "height": 740}, locale="en")
            page.add_init_script(NOTE_CONNECTIONS)
            pages.append(page)
            page.goto(call_server.url + path)
            page.locator('[data-do="join"]').click()
        for page in pages:
            expect(page.locator("[data-call]")).to_have_attribute("data-state", "connected")
        for page, hertz in zip(pages, reversed(TONES.values()), strict=True):
            heard = page.evaluate(HEARD)
            assert heard["hertz"] == pytest.approx(hertz, abs=12)
            assert heard["decibels"] > -60
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


def attendance(server: Server, request_id: str) -> list[tuple[str, bool]]:
    """Return who was there, and whether they left."""
    with server.container.sessions.reading() as session:
        rows = session.exec(select(Attendance).where(Attendance.request_id == request_id)).all()
        return sorted((row.party, row.left_at is not None) for row in rows)
