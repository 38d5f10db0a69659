"""A server on this machine that hands out packages, and misbehaves where a test tells it to."""

import hashlib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

_RANGE = re.compile(r"bytes=(\d+)-")


@dataclass
class Served:
    """A file on the server.

    ``broken_at`` are the places where the next answers break off, in turn. ``length`` lies about the size; ``moved_to``
    redirects. ``silent`` waits for ``go_on`` in the middle of the file. ``ranges`` and ``tagged`` say what it offers.
    """

    content: bytes
    broken_at: list[int] = field(default_factory=list)
    length: int | None = None
    moved_to: str = ""
    status: int = 200
    ranges: bool = True
    tagged: bool = True
    silent: bool = False
    go_on: Event = field(default_factory=Event)
    half_sent: Event = field(default_factory=Event)

    @property
    def tag(self) -> str:
        return '"' + hashlib.sha256(self.content).hexdigest()[:16] + '"'


@dataclass
class PackageServer:
    """What is served, and which requests came: method, path, and what was asked of it."""

    address: str
    files: dict[str, Served]
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def serve(self, path: str, content: bytes, **behaviour: Any) -> Served:
        """Serve a file, and return it."""
        self.files[path] = Served(content, **behaviour)
        return self.files[path]

    def ranges_of(self, path: str) -> list[str]:
        """Return what was asked of a file, in turn."""
        return [asked for method, one, asked in self.asked if (method, one) == ("GET", path)]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up are what the tests are about."""


@contextmanager
def started_server(tls: ssl.SSLContext | None = None) -> Iterator[PackageServer]:
    """Yield a server that runs; its files may change at any time."""

    class _Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, state, body=True)

        def do_HEAD(self) -> None:
            _answer(self, state, body=False)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    server = _Server(("127.0.0.1", 0), _Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    state = PackageServer(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}", {})
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        for file in state.files.values():
            file.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(handler: BaseHTTPRequestHandler, state: PackageServer, *, body: bool) -> None:
    path = handler.path.partition("?")[0]
    asked = handler.headers.get("Range", "")
    state.asked.append((handler.command, path, asked))
    file = state.files.get(path)
    if file is None or file.status >= 400:
        handler.send_error(file.status if file else 404)
        return
    if file.moved_to:
        handler.send_response(302)
        handler.send_header("Location", file.moved_to)
        handler.end_headers()
        return
    start = _start(handler, file, asked)
    if start >= len(file.content) and start:
        handler.send_response(416)
        handler.send_header("Content-Range", f"bytes */{len(file.content)}")
        handler.end_headers()
        return
    _head(handler, file, start)
    if body:
        _send(handler, file, start)


def _start(handler: BaseHTTPRequestHandler, file: Served, asked: str) -> int:
    found = _RANGE.fullmatch(asked)
    if not file.ranges or found is None or handler.headers.get("If-Range", file.tag) != file.tag:
        return 0
    return int(found[1])


def _head(handler: BaseHTTPRequestHandler, file: Served, start: int) -> None:
    size = len(file.content)
    handler.send_response(206 if start else 200)
    if file.tagged:
        handler.send_header("ETag", file.tag)
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
    if file.length != -1:
        handler.send_header("Content-Length", str((size if file.length is None else file.length) - start))
    handler.end_headers()


def _send(handler: BaseHTTPRequestHandler, file: Served, start: int) -> None:
    stop = file.broken_at.pop(0) if file.broken_at else len(file.content)
    if file.silent:
        half = len(file.content) // 2
        handler.wfile.write(file.content[start:half])
        handler.wfile.flush()
        file.half_sent.set()
        file.go_on.wait(30)
        start = half
    try:
        handler.wfile.write(file.content[start:stop])
    except OSError:
        return
    handler.close_connection = True
