"""The API's reference: the OpenAPI document as one page without scripts."""

from fastapi import APIRouter, Request, Response

from linkbridge.web.api_reference import read_reference
from linkbridge.web.deps import ContainerDep
from linkbridge.web.pages import PagesDep
from linkbridge.web.templating import official_language, render_text

router = APIRouter(prefix="/api/v1", include_in_schema=False)


@router.get("/docs")
async def api_page(request: Request, container: ContainerDep, pages: PagesDep) -> Response:
    """Show every operation with its parameters, bodies, answers and examples."""
    ui = official_language(request)

    def build() -> str:
        reference = read_reference(request.app.openapi())
        return render_text(container, ui, "api.html", {"reference": reference})

    return pages.cache.get(("api", ui), build).response(request, "private, max-age=300")
