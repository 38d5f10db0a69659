"""The API's texts: languages, notices, phrases and coverage. Nobody's identity is needed to read rights."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from linkbridge.kernel.errors import NotFound
from linkbridge.phrasebook.schema import Status
from linkbridge.web import api_schemas as wire
from linkbridge.web.api_texts import PhraseFilter
from linkbridge.web.pages import PagesDep

CACHE = "public, max-age=300"
MOST_ITEMS = 200


class ApiTag(StrEnum):
    """The groups in which operations are described."""

    TEXTS = "Texts"
    ENCOUNTERS = "Encounters"
    TRANSLATION = "Translation"
    INTERPRETING = "Interpreting"
    TOKEN = "Token"  # noqa: S105 - the name of a group


ERRORS: dict[int | str, dict[str, Any]] = {
    404: {"model": wire.ErrorRead, "description": "There is no such thing, or it may not be shown."},
    422: {"model": wire.ErrorRead, "description": "The request is malformed; `params.fields` names the places."},
}
_PAGED: dict[int | str, dict[str, Any]] = {
    **ERRORS,
    400: {"model": wire.ErrorRead, "description": "The cursor is none of this list."},
    410: {"model": wire.ErrorRead, "description": "The texts have changed since the cursor was sent: begin again."},
}
_NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "What `If-None-Match` names is still current. There is no body."}
}


def answers(model: type[wire.Wire], description: str) -> dict[int | str, dict[str, Any]]:
    """Return how a successful answer is described, with the entity tag that can be sent back."""
    etag = {"description": "Send it as `If-None-Match` to be told 304 while nothing has changed."}
    headers = {"ETag": {**etag, "schema": {"type": "string"}}}
    return {200: {"model": model, "description": description, "headers": headers}, **_NOT_MODIFIED}


router = APIRouter(prefix="/api/v1", tags=[ApiTag.TEXTS])
LanguageFilter = Annotated[str | None, Query(max_length=35, description="BCP 47 tag. Without it: every language.")]
Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS, description="The most items to send.")]
Cursor = Annotated[str | None, Query(max_length=100, description="`next` of the page before.")]


@router.get(
    "/languages", summary="List languages", responses=answers(wire.LanguageList, "All languages, most speakers first.")
)
async def languages(request: Request, pages: PagesDep) -> Response:
    """Every language that any book exists in, and which notices anyone may read in it on this server."""
    return pages.api.languages().response(request, CACHE)


@router.get(
    "/notices", summary="List notices", responses={**answers(wire.NoticeList, "One page of notices."), **_PAGED}
)
async def notices(
    request: Request, pages: PagesDep, language: LanguageFilter = None, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """The notices that this server shows to anyone. Drafts are among them only where an administrator decided so."""
    return pages.api.notices(language, limit=limit, cursor=cursor).response(request, CACHE)


@router.get(
    "/notices/{notice_id}/{language}",
    summary="Read a notice",
    responses={**answers(wire.NoticeRead, "The notice with all its phrases."), **ERRORS},
)
async def notice(
    request: Request,
    pages: PagesDep,
    notice_id: Annotated[str, Path(description="The notice's id.", examples=["detention-rights"])],
    language: Annotated[str, Path(description="BCP 47 tag.", examples=["am"])],
) -> Response:
    """A notice in one language. Show each phrase with its mark: nobody must take a draft for verified words."""
    return pages.api.notice(notice_id, language).response(request, CACHE)


@router.get(
    "/phrases", summary="List phrases", responses={**answers(wire.PhraseList, "One page of phrases."), **_PAGED}
)
async def phrases(
    request: Request,
    pages: PagesDep,
    language: LanguageFilter = None,
    book: Annotated[str | None, Query(max_length=64, description="The book's id.")] = None,
    status: Annotated[Status | None, Query(description="Only phrases of this status.")] = None,
    q: Annotated[str, Query(max_length=100, description="Words of the text or of its English source.")] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Phrases of every status, each with the mark that must be shown with it, in the order of the books."""
    wanted = PhraseFilter(language, book, status, q.strip())
    return pages.api.phrases(wanted, limit=limit, cursor=cursor).response(request, CACHE)


@router.get("/coverage", summary="Count what exists", responses=answers(wire.CoverageList, "All books and languages."))
async def coverage(request: Request, pages: PagesDep) -> Response:
    """How many phrases of each book exist in each language, by status."""
    return pages.api.coverage().response(request, CACHE)


fallback = APIRouter(include_in_schema=False)


@fallback.get("/api/{path:path}")
async def no_such_operation(path: str) -> Response:  # noqa: ARG001 - the route's pattern
    """Answer in the API's own shape where there is nothing."""
    raise NotFound("there is no such operation; see /api/v1/docs")
