"""How every operation of `/lt` answers: LibreTranslate's shape of errors, its cross-origin headers, threads of its own.

Waiting translations must not take the threads that serve tablets, so programs have their own, here and at the API, and
are turned away when too many wait.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

import anyio
import anyio.to_thread
from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from linkbridge.kernel.errors import DomainError
from linkbridge.translation.errors import TranslationBusy
from linkbridge.web.errors import STATUS

THREADS = 32
MOST_WAITING = 128
CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-API-Key",
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Max-Age": "1728000",
}
"""Any page may ask, as with LibreTranslate. Its ``Allow-Credentials`` is left out: no cookie counts here."""
NO_STORE = {"Cache-Control": "no-store"}
_threads = anyio.CapacityLimiter(THREADS)
P = ParamSpec("P")
T = TypeVar("T")


async def in_threads(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking work in one of the threads for programs.

    Raises:
        TranslationBusy: too many callers wait for a thread.
    """
    if _threads.statistics().tasks_waiting >= MOST_WAITING:
        raise TranslationBusy("too many requests wait already", retry_after=1)
    return await anyio.to_thread.run_sync(lambda: work(*args, **kwargs), limiter=_threads)


class LtRoute(APIRoute):
    """Turns every error into ``{"error": "…"}`` and adds the headers that let pages of other sites ask."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of one operation."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            answer = await _answered(handler, request)
            answer.headers.update(CROSS_ORIGIN)
            answer.headers.setdefault("Cache-Control", "no-store")
            return answer

        return handle


async def _answered(handler: Callable[[Request], Awaitable[Response]], request: Request) -> Response:
    try:
        return await handler(request)
    except DomainError as error:
        status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
        headers = {"Retry-After": str(error.params["retry_after"])} if "retry_after" in error.params else {}
        return refused(status, error.message, headers)
    except RequestValidationError:
        return refused(400, "Invalid request")
    except HTTPException as error:
        return refused(error.status_code, str(error.detail), dict(error.headers or {}))


def refused(status: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return LibreTranslate's one shape of errors."""
    return JSONResponse({"error": message}, status, headers=headers)
