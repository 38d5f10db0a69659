"""Maps the domains' errors to HTTP, once: JSON for programs, a page with the next step for people."""

from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from linkbridge.accounts.idempotency import KeyReused
from linkbridge.kernel import errors
from linkbridge.translation import errors as translation
from linkbridge.web.middleware import security_headers
from linkbridge.web.templating import render

STATUS: dict[type[errors.DomainError], int] = {
    errors.InvalidInput: 400,
    errors.NotSignedIn: 401,
    errors.WrongCredentials: 401,
    errors.NotAllowed: 403,
    errors.ForgedRequest: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Expired: 410,
    errors.TooLarge: 413,
    KeyReused: 422,
    errors.TooManyAttempts: 429,
    errors.Unavailable: 503,
    errors.StorageFull: 507,
    translation.NoRoute: 404,
    translation.TranslationCancelled: 409,
    translation.EngineFailed: 503,
    translation.TranslationBusy: 503,
    translation.TranslationLate: 503,
    translation.BrokenPackage: 400,
}
_log = structlog.get_logger("linkbridge.web")


def install_error_handlers(app: FastAPI) -> None:
    """Register one handler for each family of errors."""
    app.add_exception_handler(errors.DomainError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_malformed)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_crash)


def wants_json(request: Request) -> bool:
    """Whether the caller is a program: the API, or a script that asked for JSON."""
    path = request.url.path
    return path.startswith("/api/") or "application/json" in request.headers.get("accept", "")


def error_body(code: str, message: str, **params: str | int) -> dict[str, Any]:
    """Return the one JSON shape of all errors."""
    return {"error": {"code": code, "message": message, "params": params}}


def _answer(request: Request, status: int, code: str, message: str, **params: str | int) -> Response:
    headers = {"Retry-After": str(params["retry_after"])} if "retry_after" in params else {}
    if status == 401 and request.url.path.startswith("/api/"):
        headers["WWW-Authenticate"] = "Bearer"
    if wants_json(request):
        return JSONResponse(error_body(code, message, **params), status, headers=headers)
    page = render(request, "error.html", {"code": code, "status": status, "message": message, "params": params})
    page.status_code = status
    page.headers.update(headers)
    return page


async def _on_domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.DomainError)  # noqa: S101 - registered for this type only
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return _answer(request, status, error.code, error.message, **error.params)


async def _on_malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only
    places = [problem["loc"] for problem in error.errors()]
    if any(place[0] == "path" for place in places):
        # An address that cannot be is an address that is not there.
        return _answer(request, 404, "not_found", "there is nothing at this address")
    fields = [".".join(str(part) for part in place) for place in places]
    return _answer(request, 422, "malformed", "the request is malformed", fields=", ".join(fields))


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
    code = {400: "malformed", 404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    return _answer(request, error.status_code, code, str(error.detail))


async def _on_crash(request: Request, error: Exception) -> Response:
    _log.error("crash", exc_info=error)
    answer = _answer(request, 500, "crash", "something went wrong on the server; nothing was changed")
    # This handler runs outside our middleware, so the headers of every answer are added here.
    secure = request.app.state.container.web.secure_cookies
    answer.headers.update({name.decode(): value.decode() for name, value in security_headers(secure=secure)})
    return answer
