"""A real Chromium that trusts the tests' own authority, and a watch on everything that goes wrong in it."""

import base64
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--autoplay-policy=no-user-gesture-required",
)


NOTE_PLAYERS = """
const players = new Set();
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function (...rest) { players.add(this); return play.apply(this, rest); };
window.heardSeconds = () => Math.max(0, ...[...players].map((player) => player.currentTime));
window.heardAddress = () => [...players].map((player) => player.currentSrc).pop() ?? "";
"""
"""A script for pages: keeps hold of the players that are in no document, so that a test can see them advance."""


def find_chromium() -> str | None:
    """Return the path of Debian's Chromium, or ``None``."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def launched(
    playwright: Playwright, folder: Path, authority: Path, certificate: Path, *, more: Sequence[str] = ()
) -> Iterator[Browser]:
    """Yield a browser that trusts ``authority``, with ``more`` flags of its command line.

    It is trusted for real where ``certutil`` (Debian: libnss3-tools) can say so in a home of the browser's own.
    Elsewhere the one key of ``certificate`` is excepted, which leaves everything else of TLS as it is.
    """
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    flags = [*FLAGS, *more]
    if not trust(home, authority):
        flags.append(f"--ignore-certificate-errors-spki-list={key_hash(certificate)}")
    environment: dict[str, str | float | bool] = {**os.environ, "HOME": str(home)}
    browser = playwright.chromium.launch(executable_path=find_chromium(), args=flags, env=environment)
    try:
        yield browser
    finally:
        browser.close()


def trust(home: Path, authority: Path) -> bool:
    """Make the authority trusted for browsers that live in ``home``; return whether that was possible."""
    program = shutil.which("certutil")
    if program is None:
        return False
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True, exist_ok=True)
    database = f"sql:{store}"
    for command in (
        ["-N", "-d", database, "--empty-password"],
        ["-A", "-d", database, "-t", "C,,", "-n", "LinkBridge tests", "-i", str(authority)],
    ):
        subprocess.run([program, *command], check=True, capture_output=True)
    return True


def key_hash(certificate: Path) -> str:
    """Return the hash by which Chromium knows a certificate's key."""
    loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    key = loaded.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


@dataclass
class Watch:
    """Collects what must not happen on any page: errors, refused content, requests to other hosts."""

    host: str
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    _allowed: list[str] = field(default_factory=list)

    def allow(self, *parts: str) -> None:
        """Let pass, in this test, problems that contain one of these texts: the test causes them itself."""
        self._allowed += parts

    def follow(self, context: BrowserContext) -> None:
        """Watch every page and service worker of a context."""
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"error in a page: {error.error}"))

    @property
    def unexpected(self) -> list[str]:
        """The problems that the test did not allow."""
        return [problem for problem in self.problems if not any(part in problem for part in self._allowed)]

    def since(self, mark: int) -> list[str]:
        """Return the requests made after there were ``mark`` of them."""
        return self.requests[mark:]

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"http", "https", "ws", "wss"}:
            return
        self.requests.append(request.url)
        if parts.netloc != self.host:
            self.problems.append(f"request to another host: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        ours = "blocked by Playwright" not in message.text and not message.location.get("url", "").startswith("chrome-")
        if message.type in {"error", "warning"} and ours:
            self.problems.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")


def stored_offline(page: Page) -> list[dict[str, Any]]:
    """Return everything that waits in the page's IndexedDB, as the tablet itself could read it."""
    found: list[dict[str, Any]] = page.evaluate(
        """() => new Promise((resolve, reject) => {
          const request = indexedDB.open("linkbridge");
          request.onerror = () => reject(request.error);
          request.onsuccess = () => {
            const db = request.result;
            const names = [...db.objectStoreNames];
            if (names.length === 0) { db.close(); resolve([]); return; }
            const all = [];
            const transaction = db.transaction(names, "readonly");
            for (const name of names) {
              transaction.objectStore(name).getAll().onsuccess = (event) => {
                for (const value of event.target.result) all.push({ store: name, ...value });
              };
            }
            transaction.oncomplete = () => { db.close(); resolve(all); };
          };
        })"""
    )
    return found


def wait_until(page: Page, holds: Callable[[], bool], seconds: float = 15.0) -> None:
    """Wait until something holds that no selector tells."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)
