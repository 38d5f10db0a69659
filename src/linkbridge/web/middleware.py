"""Plain ASGI middleware: security headers, the limit of a body, and the log line and metrics of a request."""

import re
import time
from collections.abc import Iterable, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUESTS = Counter("linkbridge_http_requests", "Requests answered", ["route", "method", "status"])
LATENCY = Histogram("linkbridge_http_request_seconds", "Seconds to the first byte of the answer", ["route"])

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_EVERYWHERE = [
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_HEADERS = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    # Under "no-referrer" browsers send "Origin: null" with our own forms (Fetch, section 3.2.5), which csrf.py refuses.
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), microphone=(self), geolocation=(), interest-cohort=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    *_EVERYWHERE,
]
_PARTS_OF_PAGES = (b"image/", b"font/", b"audio/", b"text/css")
_HEADERS_OF_PARTS = [(b"content-security-policy", b"default-src 'none'; sandbox"), *_EVERYWHERE]
"""A page loads dozens of pictures: what only documents and workers obey is left out of each, and nothing in it runs."""
_log = structlog.get_logger("linkbridge.web")


def security_headers(*, secure: bool) -> list[tuple[bytes, bytes]]:
    """Return the headers that every page carries; ``secure`` adds HSTS where TLS is on."""
    return [*_HEADERS, (b"strict-transport-security", b"max-age=31536000")] if secure else list(_HEADERS)


class SecurityHeaders:
    """Adds the headers that every page carries, and their short form to pictures, fonts, voices and style sheets."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = security_headers(secure=secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message.get("headers", [])
                message["headers"] = [*own, *(_HEADERS_OF_PARTS if _is_part_of_page(own) else self._headers)]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _is_part_of_page(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"content-type" and value.startswith(_PARTS_OF_PAGES) for name, value in headers)


class BodyLimit:
    """Answers 413 as soon as a body grows over ``limit`` bytes, declared or not.

    ``larger`` names the paths to which files are sent, each with what may be sent there at least. A path that ends in
    ``/`` is the beginning of others, and ``*`` stands for one part.
    """

    def __init__(self, app: ASGIApp, *, limit: int, larger: Mapping[str, int] = MappingProxyType({})) -> None:
        self._app = app
        self._limit = limit
        self._larger = [(_pattern_of(path), most) for path, most in larger.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        limit = max([self._limit, *(most for path, most in self._larger if path.match(scope["path"]))])
        headers: MutableMapping[bytes, bytes] = dict(scope["headers"])
        declared = headers.get(b"content-length", b"")
        if declared.isdigit() and int(declared) > limit:
            await _answer_too_large(send, limit)
            return
        received = 0
        started = False

        async def counted_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _OverLimit
            return message

        async def noted_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, counted_receive, noted_send)
        except _OverLimit:
            if not started:
                await _answer_too_large(send, limit)


def _pattern_of(path: str) -> re.Pattern[str]:
    return re.compile(re.escape(path).replace(r"\*", "[^/]+") + ("" if path.endswith("/") else r"\Z"))


class _OverLimit(Exception):
    """Raised inside ``receive`` and caught by the same middleware."""


async def _answer_too_large(send: Send, limit: int) -> None:
    body = b'{"error":{"code":"too_large","message":"the request is larger than %d bytes","params":{"limit":%d}}}' % (
        limit,
        limit,
    )
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class RequestLog:
    """Writes one line and one measurement a request: the route's pattern, never the address or the query."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def noted_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted_send)
        finally:
            seconds = time.perf_counter() - started
            route = _pattern(scope)
            REQUESTS.labels(route, scope["method"], str(status)).inc()
            LATENCY.labels(route).observe(seconds)
            _log.debug("request", route=route, method=scope["method"], status=status, ms=round(seconds * 1000, 1))


def _pattern(scope: MutableMapping[str, Any]) -> str:
    route = scope.get("route")
    return getattr(route, "path", None) or "unmatched"
