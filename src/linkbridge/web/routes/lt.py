"""LibreTranslate's API under `/lt`, so that its clients work unchanged. See `docs/lt-api.md`."""

from functools import cache
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from linkbridge import __version__
from linkbridge.kernel.errors import NotAllowed
from linkbridge.web import lt_schemas as wire
from linkbridge.web.deps import ContainerDep
from linkbridge.web.lt_calls import Call
from linkbridge.web.lt_documents import fetch, formats, translate_file
from linkbridge.web.lt_health import problem_of
from linkbridge.web.lt_route import CROSS_ORIGIN, LtRoute, in_threads, refused
from linkbridge.web.lt_suggestions import suggest
from linkbridge.web.lt_translation import AUTO, detect, languages, translate
from linkbridge.web.routes.health import metrics

JSON, FORM, PARTS = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
_TIMEOUT_MS = 500
"""How long LibreTranslate's own page waits after a key press; its clients expect the field."""
ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": wire.ErrorAnswer, "description": "The request lacks something, or asks for what there is not."},
    403: {"model": wire.ErrorAnswer, "description": "The API key does not work, or may not do this."},
    429: {"model": wire.ErrorAnswer, "description": "Too many requests; `Retry-After` says how many seconds to wait."},
    503: {"model": wire.ErrorAnswer, "description": "Translation does not work now, or too much waits."},
}
operations = APIRouter(prefix="/lt", route_class=LtRoute)


@operations.post(
    "/translate",
    tags=["translate"],
    summary="Translate text",
    responses={200: {"model": wire.TranslateAnswer}, **ERRORS},
    openapi_extra=wire.body(wire.TranslateAsked, JSON, FORM),
)
async def lt_translate(container: ContainerDep, call: Call) -> Response:
    """Translate a text or several. A form has one text; JSON may have a list."""
    return JSONResponse(await in_threads(translate, container, call))


@operations.post(
    "/detect",
    tags=["translate"],
    summary="Identify the language of a text",
    responses={200: {"model": list[wire.Detected]}, **ERRORS},
    openapi_extra=wire.body(wire.DetectAsked, JSON, FORM),
)
async def lt_detect(container: ContainerDep, call: Call) -> Response:
    """Say in which languages a text may be written."""
    return JSONResponse(await in_threads(detect, container, call))


@operations.get(
    "/languages",
    tags=["translate"],
    summary="List languages",
    responses={200: {"model": list[wire.LanguageRow]}},
)
async def lt_languages(container: ContainerDep) -> Response:
    """List every language, with those into which it can be translated."""
    return JSONResponse(await in_threads(languages, container))


@operations.post(
    "/translate_file",
    tags=["translate"],
    summary="Translate a document",
    responses={200: {"model": wire.FileAnswer}, **ERRORS},
    openapi_extra=wire.body(wire.FileAsked, PARTS),
)
async def lt_translate_file(request: Request, container: ContainerDep, call: Call) -> Response:
    """Translate a document and answer with the address where it can be fetched."""
    name = await in_threads(translate_file, container, call)
    address = request.url_for("lt_download_file", filename=name)
    return JSONResponse({"translatedFileUrl": str(address)})


@operations.get(
    "/download_file/{filename}",
    tags=["translate"],
    summary="Fetch a translated document",
    responses={200: {"content": {"application/octet-stream": {}}}, **ERRORS},
)
async def lt_download_file(container: ContainerDep, filename: str) -> Response:
    """Send a translated document to whoever knows its address."""
    document = await in_threads(fetch, container, filename)
    headers = {
        "Content-Disposition": document.disposition,
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(document.content, media_type=document.media_type, headers=headers)


@operations.post(
    "/suggest",
    tags=["misc"],
    summary="Suggest a better translation",
    responses={200: {"model": wire.SuggestAnswer}, **ERRORS},
    openapi_extra=wire.body(wire.SuggestAsked, JSON, FORM),
)
async def lt_suggest(container: ContainerDep, call: Call) -> Response:
    """Put a pair of texts into the translation memory, as not reviewed."""
    await in_threads(suggest, container, call)
    return JSONResponse({"success": True})


@operations.get(
    "/health",
    tags=["misc"],
    summary="Ask whether translation works",
    responses={200: {"model": wire.HealthAnswer}, 503: ERRORS[503]},
)
async def lt_health(container: ContainerDep) -> Response:
    """Translate a sentence. Answers of the last seconds are given again."""
    problem = await in_threads(problem_of, container)
    return JSONResponse({"status": "ok"}) if problem is None else refused(503, problem)


@operations.get("/frontend/settings", tags=["misc"], summary="Read what pages must know")
async def lt_frontend_settings(container: ContainerDep) -> Response:
    """Send the limits and possibilities of a caller without a key."""
    rows = await in_threads(languages, container)
    target = next((row for row in rows if row["code"] != "en"), {"code": "en", "name": "English"})
    return JSONResponse(
        {
            "charLimit": container.lt.characters,
            "frontendTimeout": _TIMEOUT_MS,
            "apiKeys": True,
            "keyRequired": not container.lt.is_open,
            "suggestions": True,
            "filesTranslation": True,
            "supportedFilesFormat": formats(),
            "language": {
                "source": {"code": AUTO, "name": "Auto Detect"},
                "target": {"code": target["code"], "name": target["name"]},
            },
        }
    )


@operations.get("/spec", tags=["misc"], summary="Read this description")
async def lt_spec() -> Response:
    """Send the description of this API, in OpenAPI's format."""
    return JSONResponse(_spec())


@operations.get(
    "/metrics", tags=["misc"], summary="Read what was counted", responses={401: {"model": wire.ErrorAnswer}}
)
def lt_metrics(request: Request, container: ContainerDep) -> Response:
    """Send the same as `/metrics`, to the same callers. No label holds a key or an address."""
    try:
        return metrics(request, container)
    except NotAllowed:
        raise HTTPException(401, "Unauthorized") from None


@cache
def _spec() -> dict[str, Any]:
    return get_openapi(
        title="LibreTranslate's API, by LinkBridge",
        version=__version__,
        description="What LibreTranslate's clients ask, with LinkBridge's labels beside the translations.",
        routes=operations.routes,
    )


router = APIRouter(include_in_schema=False)
router.include_router(operations)


async def lt_preflight() -> Response:
    """Tell a browser that pages of other sites may ask."""
    return Response(status_code=204, headers=CROSS_ORIGIN)


for _path in sorted({route.path for route in operations.routes if isinstance(route, LtRoute)}):
    router.add_api_route(_path, lt_preflight, methods=["OPTIONS"])
