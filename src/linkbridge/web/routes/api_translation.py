"""The API's translation: texts with their labels, documents, and which language a text is in. Needs a token."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Query, Response, UploadFile

from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.container import Container
from linkbridge.kernel.errors import TooLarge, TooManyAttempts
from linkbridge.translation.ports import Patience
from linkbridge.translation.requests import TranslationRequest
from linkbridge.translation.results import Translation
from linkbridge.web import api_schemas as wire
from linkbridge.web import translation_schemas as schemas
from linkbridge.web.api_route import KEYED, ApiRoute
from linkbridge.web.auth import BearerActor
from linkbridge.web.deps import ContainerDep
from linkbridge.web.lt_access import document_cost, key_name, key_rate
from linkbridge.web.lt_route import in_threads
from linkbridge.web.routes.api import ApiTag
from linkbridge.web.translation_metrics import count_results

router = APIRouter(prefix="/api/v1", tags=[ApiTag.TRANSLATION], route_class=ApiRoute)
_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": wire.ErrorRead, "description": "A language is unknown, a text too long, or a document unusable."},
    401: {"model": wire.ErrorRead, "description": "There is no token, or it does not work."},
    403: {"model": wire.ErrorRead, "description": "The token's role does not allow this."},
    404: {"model": wire.ErrorRead, "description": "No installed model leads to the language, and no phrase fits."},
    413: {"model": wire.ErrorRead, "description": "The texts or the document are too large."},
    422: {"model": wire.ErrorRead, "description": "The request is malformed, or its key was used for another one."},
    429: {"model": wire.ErrorRead, "description": "Too many requests in this minute; see `Retry-After`."},
    503: {"model": wire.ErrorRead, "description": "Too much waits, the time was up, or the engine does not work."},
}


@router.post(
    "/translations",
    summary="Translate texts",
    response_model=schemas.TranslationList,
    responses=_ERRORS,
    dependencies=KEYED,
)
async def translations(
    container: ContainerDep, actor: BearerActor, asked: schemas.TranslationRequestWrite, response: Response
) -> schemas.TranslationList:
    """Verified phrases first, then the machine, checked. The label of each must be shown with it. Nothing is kept."""
    response.headers["Cache-Control"] = "no-store"
    return await in_threads(_translated, container, actor, asked)


def _translated(container: Container, actor: Actor, asked: schemas.TranslationRequestWrite) -> schemas.TranslationList:
    _admit(container, actor, cost=len(asked.texts))
    if sum(map(len, asked.texts)) > container.lt.characters_with_key:
        raise TooLarge("the texts are too long together", limit=container.lt.characters_with_key)
    requests = [
        TranslationRequest(
            text,
            asked.source,
            asked.target,
            html=asked.html,
            alternatives=asked.alternatives,
            domain=asked.domain,
            use_phrases=asked.use_phrases,
        )
        for text in asked.texts
    ]
    found = container.translator.translate_many(requests, _patience(container, actor))
    count_results(found)
    return schemas.TranslationList(items=[_read(one) for one in found])


@router.post(
    "/documents",
    summary="Translate a document",
    dependencies=KEYED,
    response_class=Response,
    responses={**_ERRORS, 200: {"description": "A document of the same kind.", "content": {"application/*": {}}}},
)
async def documents(
    container: ContainerDep,
    actor: BearerActor,
    file: Annotated[UploadFile, File(description="A .txt, .html, .docx, .odt, .pdf, .srt or .po file.")],
    target: Annotated[str, Form(description="BCP 47 tag of the language to translate into.")],
    source: Annotated[str | None, Form(description="BCP 47 tag of the document. Without: found out.")] = None,
) -> Response:
    """Its layout stays. It says in itself that a machine translated it, and marks what must be checked."""
    return await in_threads(_translated_document, container, actor, file, source, target)


def _translated_document(
    container: Container, actor: Actor, file: UploadFile, source: str | None, target: str
) -> Response:
    content = file.file.read(container.lt.document_bytes + 1)
    _admit(container, actor, cost=document_cost(len(content)))
    if len(content) > container.lt.document_bytes:
        raise TooLarge("the document is too large", limit=container.lt.document_bytes)
    done = container.documents.translate(
        file.filename or "document", content, source=source, target=target, patience=_patience(container, actor)
    )
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(done.name)}",
        "X-LinkBridge-Texts": str(done.units),
        "X-LinkBridge-Suspect": str(done.suspect),
        "X-LinkBridge-Refused": str(done.refused),
    }
    return Response(done.content, media_type=done.media_type, headers=headers)


@router.post(
    "/identifications",
    summary="Say which language a text is in",
    dependencies=KEYED,
    response_model=schemas.GuessList,
    responses=_ERRORS,
)
def identifications(
    container: ContainerDep, actor: BearerActor, asked: schemas.IdentificationRequestWrite, response: Response
) -> schemas.GuessList:
    """A guess, never sure for a word or two. Let a person confirm it."""
    _admit(container, actor)
    response.headers["Cache-Control"] = "no-store"
    guesses = container.translator.identify(asked.text)
    return schemas.GuessList(
        items=[schemas.GuessRead(language=guess.tag, confidence=guess.confidence) for guess in guesses]
    )


@router.get(
    "/translations/languages",
    summary="List what can be translated",
    response_model=schemas.OfferList,
    responses=_ERRORS,
)
def offers(
    container: ContainerDep,
    actor: BearerActor,
    response: Response,
    source: Annotated[str | None, Query(max_length=16, description="Only this language.")] = None,
) -> schemas.OfferList:
    """The directions of the installed models, also through other languages."""
    require(actor, Permission.TRANSLATE)
    response.headers["Cache-Control"] = "no-store"
    found = [offer for offer in container.translator.languages() if source in {None, offer.tag}]
    return schemas.OfferList(
        items=[schemas.OfferRead(language=offer.tag, targets=list(offer.targets)) for offer in found]
    )


def _admit(container: Container, actor: Actor, *, cost: int = 1) -> None:
    """Count what a program asks for, as many texts as it is worth: the same count as that of ``/lt``.

    Raises:
        NotAllowed: its role may not translate.
        TooManyAttempts: it sent too many in this minute.
    """
    require(actor, Permission.TRANSLATE)
    wait = container.quota.take(key_rate(container), key_name(actor), cost=cost)
    if wait:
        raise TooManyAttempts("too many requests in this minute", retry_after=wait)


def _patience(container: Container, actor: Actor) -> Patience:
    return Patience(client=key_name(actor), seconds=container.lt.seconds)


def _read(found: Translation) -> schemas.TranslationRead:
    route = None
    if found.route is not None:
        legs = [
            schemas.LegRead(
                source=leg.pair.source,
                target=leg.pair.target,
                engine=leg.engine,
                model_id=leg.model_id,
                model_version=leg.model_version,
            )
            for leg in found.route.legs
        ]
        route = schemas.RouteRead(
            legs=legs, stand_ins=[schemas.StandInRead.model_validate(each) for each in found.route.stand_ins]
        )
    return schemas.TranslationRead(
        text=found.text,
        source_language=found.pair.source,
        target_language=found.pair.target,
        confidence=found.confidence,
        source=found.source,
        quality=found.quality,
        reasons=list(found.reasons),
        route=route,
        protected=[schemas.SpanRead.model_validate(span) for span in found.protected],
        terms=[
            schemas.TermRead(
                id=term.term_id, source=term.source, target=term.target, found=term.found, replaced=term.replaced
            )
            for term in found.terms
        ],
        segments=[schemas.SegmentRead.model_validate(segment) for segment in found.segments],
        alternatives=list(found.alternatives),
    )
