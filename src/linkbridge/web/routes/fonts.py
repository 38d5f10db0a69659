"""Serves the web fonts that this deployment made for its scripts."""

from fastapi import APIRouter, Response

from linkbridge.kernel.errors import NotFound
from linkbridge.web.assets import IMMUTABLE
from linkbridge.web.deps import ContainerDep

router = APIRouter(include_in_schema=False)


@router.get("/fonts/{fingerprint}/{name}")
def font(container: ContainerDep, fingerprint: str, name: str) -> Response:
    """Serve a font or its style sheet; an outdated fingerprint gets the current file, uncached."""
    file = container.fonts.find(name)
    if file is None:
        raise NotFound("there is no such font")
    cache = IMMUTABLE if fingerprint == container.fonts.fingerprint else "no-cache"
    return Response(file.body, media_type=file.media_type, headers={"Cache-Control": cache})
