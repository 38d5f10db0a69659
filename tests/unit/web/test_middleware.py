from collections.abc import Iterable

import pytest
from starlette.types import Message, Receive, Scope, Send

from linkbridge.web.middleware import LATENCY, REQUESTS, BodyLimit, RequestLog, SecurityHeaders, security_headers
from tests.support.coroutines import run_apart

LIMIT = 10


async def _echo(_scope: Scope, receive: Receive, send: Send) -> None:
    size = 0
    while True:
        message = await receive()
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


async def _early(_scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await receive()
    await receive()


def _ask(app: object, chunks: Iterable[bytes], *, method: str = "POST", declared: str | None = None) -> list[Message]:
    sent: list[Message] = []
    left = list(chunks)

    async def receive() -> Message:
        body = left.pop(0) if left else b""
        return {"type": "http.request", "body": body, "more_body": bool(left)}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-length", declared.encode())] if declared is not None else []
    scope = {"type": "http", "method": method, "path": "/somebody's/secret", "headers": headers, "query_string": b"q=1"}
    run_apart(app(scope, receive, send))  # type: ignore[operator]
    return sent


def test_body_within_the_limit_passes() -> None:
    sent = _ask(BodyLimit(_echo, limit=LIMIT), [b"12345", b"67890"], declared="10")
    assert (sent[0]["status"], sent[1]["body"]) == (200, b"10")


@pytest.mark.parametrize("declared", ["11", None, "x", "-1"])
def test_body_over_the_limit_is_refused_declared_or_not(declared: str | None) -> None:
    sent = _ask(BodyLimit(_echo, limit=LIMIT), [b"123456", b"78901"], declared=declared)
    assert sent[0]["status"] == 413
    assert b'"code":"too_large"' in sent[1]["body"]
    assert len(sent) == 2


def test_body_may_be_larger_where_files_are_sent() -> None:
    files = BodyLimit(_echo, limit=1, larger={"/": LIMIT})
    assert _ask(files, [b"12345", b"67890"])[0]["status"] == 200
    assert _ask(files, [b"123456", b"78901"])[0]["status"] == 413
    elsewhere = BodyLimit(_echo, limit=1, larger={"/files/": LIMIT})
    assert _ask(elsewhere, [b"12345"])[0]["status"] == 413


@pytest.mark.parametrize(
    ("path", "is_larger"),
    [("/*/secret", True), ("/*/", True), ("/somebody's/secret", True), ("/*/secr", False), ("/*/secret/more", False)],
)
def test_paths_of_files_are_whole_or_beginnings_and_may_leave_a_part_open(path: str, *, is_larger: bool) -> None:
    sent = _ask(BodyLimit(_echo, limit=1, larger={path: LIMIT, "/*": LIMIT}), [b"12345"])
    assert (sent[0]["status"] == 200) is is_larger


def test_body_over_the_limit_after_the_answer_began_ends_it() -> None:
    sent = _ask(BodyLimit(_early, limit=LIMIT), [b"123456", b"78901"])
    assert [message["type"] for message in sent] == ["http.response.start"]


def test_security_headers_with_and_without_tls() -> None:
    for secure in (True, False):
        headers = dict(_ask(SecurityHeaders(_echo, secure=secure), [b""])[0]["headers"])
        assert headers == dict(security_headers(secure=secure))
        assert (b"strict-transport-security" in headers) is secure
        assert b"unsafe" not in headers[b"content-security-policy"]


def test_request_log_counts_the_pattern_and_never_the_address() -> None:
    before = REQUESTS.labels("unmatched", "POST", "200")._value.get()
    _ask(RequestLog(_echo), [b""])
    assert REQUESTS.labels("unmatched", "POST", "200")._value.get() == before + 1
    for metric in (REQUESTS, LATENCY):
        assert not any("secret" in str(sample.labels) for family in metric.collect() for sample in family.samples)


def test_request_log_counts_a_crash_as_500() -> None:
    async def crash(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ZeroDivisionError

    before = REQUESTS.labels("unmatched", "POST", "500")._value.get()
    with pytest.raises(ZeroDivisionError):
        _ask(RequestLog(crash), [b""])
    assert REQUESTS.labels("unmatched", "POST", "500")._value.get() == before + 1
