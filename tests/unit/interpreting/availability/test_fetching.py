import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from linkbridge.interpreting.availability.fetching import Fetched, WebFetcher, check_address, is_public
from linkbridge.kernel.errors import InvalidInput

BODY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        getattr(self, "_" + self.path.strip("/").partition("?")[0])()

    def _good(self) -> None:
        if self.headers.get("If-None-Match") == '"v1"':
            self._send(304)
        else:
            self._send(200, BODY, ETag='"v1"')

    def _moved(self) -> None:
        self._send(302, Location="/good")

    def _loop(self) -> None:
        self._send(302, Location="/loop")

    def _elsewhere(self) -> None:
        self._send(302, Location="http://example.org/x.ics")

    def _file(self) -> None:
        self._send(302, Location="file:///etc/passwd")

    def _missing(self) -> None:
        self._send(404)

    def _large(self) -> None:
        self._send(200, b"x" * 6_000_000)

    def _slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)

    def _send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    def handle_error(self, *_arguments: object) -> None:
        """A client that breaks off is what some tests are about."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


FETCHER = WebFetcher(allow_private=True, connect_seconds=2, read_seconds=2)


def problem_at(address: str, fetcher: WebFetcher = FETCHER) -> object:
    with pytest.raises(InvalidInput) as refused:
        fetcher.fetch(address, "")
    return refused.value.params["problem"]


def test_file_is_fetched_once_until_it_changes(server: str) -> None:
    assert FETCHER.fetch(f"{server}/good", "") == Fetched(BODY, '"v1"')
    assert FETCHER.fetch(f"{server}/moved", "") == Fetched(BODY, '"v1"')
    assert FETCHER.fetch(f"{server}/good", '"v1"') == Fetched(None, '"v1"')


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("missing", "calendar-refused"),
        ("large", "calendar-large"),
        ("loop", "calendar-unreachable"),
        ("elsewhere", "calendar-address"),
        ("file", "calendar-address"),
    ],
)
def test_what_a_server_must_not_do_is_refused_by_name(server: str, path: str, problem: str) -> None:
    assert problem_at(f"{server}/{path}") == problem


def test_server_that_drips_is_left_in_time(server: str) -> None:
    started = time.perf_counter()
    assert problem_at(f"{server}/slow", WebFetcher(True, 2, 0.3)) == "calendar-unreachable"
    assert time.perf_counter() - started < 2


def test_nobody_listening_is_unreachable() -> None:
    assert problem_at("http://127.0.0.1:1/x.ics") == "calendar-unreachable"


def test_own_network_is_not_asked_unless_the_operator_allows_it(server: str) -> None:
    assert problem_at(f"{server}/good", WebFetcher()) == "calendar-private"


def test_name_that_also_means_a_private_address_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_given, **_named: both)
    assert problem_at("https://calendar.example/x.ics", WebFetcher()) == "calendar-private"


def test_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([[(2, 1, 6, "", ("93.184.216.34", 443))], [(2, 1, 6, "", ("127.0.0.1", 443))]])
    asked: list[object] = []

    def refuse(address: object, _timeout: float) -> None:
        asked.append(address)
        raise OSError

    monkeypatch.setattr("socket.getaddrinfo", lambda *_given, **_named: next(answers))
    monkeypatch.setattr("socket.create_connection", refuse)
    assert problem_at("https://rebinding.example/x.ics", WebFetcher()) == "calendar-unreachable"
    assert asked == [("93.184.216.34", 443)]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "ff02::1",
    ],
)  # fmt: skip
def test_address_of_no_public_network_is_known_as_such(address: str) -> None:
    assert not is_public(address)


def test_public_address_is_known_as_such() -> None:
    assert is_public("93.184.216.34")
    assert is_public("2606:2800:220:1::1")


@pytest.mark.parametrize(
    "address",
    ["http://example.org/x.ics", "ftp://example.org/x", "https://u:p@example.org/x", "https:///x", "x", "https://a b/",
     "https://example.org/" + "x" * 3000, "https://exa\nmple.org/"],
)  # fmt: skip
def test_address_that_is_none_of_a_calendar_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_address(address)
    assert refused.value.params == {"field": "calendar", "problem": "calendar-address"}
