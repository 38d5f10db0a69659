"""`linkbridge health` against servers that are well, ill, or somebody else's; and which proxies are believed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import StreamRequestHandler, TCPServer

import pytest
from pydantic import ValidationError

from linkbridge.cli.health import ask
from linkbridge.cli.serve import server_options
from linkbridge.kernel.errors import Unavailable
from linkbridge.settings import Settings
from tests.support.server import free_port


@contextmanager
def serving(server: TCPServer) -> Iterator[Settings]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Settings(host="0.0.0.0", port=server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answering(status: int, body: bytes) -> HTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/healthz"
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return HTTPServer(("127.0.0.1", 0), Handler)


def test_health_is_content_with_a_server_that_listens_everywhere() -> None:
    with serving(answering(200, b"ok\n")) as settings:
        ask(settings)


@pytest.mark.parametrize(("status", "body"), [(500, b"ok\n"), (200, b"another program"), (302, b"")])
def test_health_is_not_content_with_another_answer(status: int, body: bytes) -> None:
    with serving(answering(status, body)) as settings, pytest.raises(Unavailable, match=f"answers {status}"):
        ask(settings)


def test_health_is_not_content_with_a_server_that_speaks_no_http() -> None:
    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(b"220 mail.example.org\r\n")

    with serving(TCPServer(("127.0.0.1", 0), Handler)) as settings, pytest.raises(Unavailable, match="no answer from"):
        ask(settings)


def test_health_names_where_nobody_listens() -> None:
    port = free_port()
    with pytest.raises(Unavailable, match=rf"no answer from 127\.0\.0\.1, port {port}: .*refused"):
        ask(Settings(host="", port=port))


@pytest.mark.parametrize("given", ["127.0.0.1", "10.0.0.2, 10.1.0.0/16", "fd00::/8"])
def test_addresses_and_networks_of_proxies_are_believed(given: str) -> None:
    assert server_options(Settings(trusted_proxies=given))["forwarded_allow_ips"] == given


@pytest.mark.parametrize("given", ["*", "proxy", "10.0.0.1/24", "10.0.0.1,", "10.0.0.300"])
def test_proxies_that_would_match_nobody_or_anybody_are_refused(given: str) -> None:
    with pytest.raises(ValidationError, match="must be addresses or networks"):
        Settings(trusted_proxies=given)
