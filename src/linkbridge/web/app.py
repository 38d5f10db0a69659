"""Builds the web application from a container."""

import sys

from fastapi import FastAPI
from starlette.formparsers import MultiPartParser

from linkbridge import __version__
from linkbridge.container import Container
from linkbridge.web import assets
from linkbridge.web.auth import install_sign_in_redirect
from linkbridge.web.errors import install_error_handlers
from linkbridge.web.lifespan import Lifespan, nothing_to_start
from linkbridge.web.middleware import BodyLimit, RequestLog, SecurityHeaders
from linkbridge.web.pages import install_pages
from linkbridge.web.routes import all_routers
from linkbridge.web.translation_metrics import RunnerMetrics

LARGER_BODIES = {"/staff/voices/": 4 * 1024 * 1024, "/staff/interpreters/table": 2 * 1024 * 1024}
"""Where files are sent that may be larger than forms. A recording that is too large still gets a page that says so."""
DOCUMENT_PATHS = ("/tablet/*/documents", "/api/v1/documents", "/lt/translate_file")
_AROUND_A_DOCUMENT = 64 * 1024
"""What a form adds to the document in it, in bytes."""
# Its own limit is one megabyte: what is larger it would write to the disk, unencrypted. `BodyLimit` bounds all bodies.
MultiPartParser.spool_max_size = sys.maxsize


def create_app(container: Container, *, lifespan: Lifespan = nothing_to_start) -> FastAPI:
    """Return the application that serves pages, tablet, staff and API from ``container``.

    ``lifespan`` starts and stops what runs beside the pages in this process, such as the worker.
    """
    app = FastAPI(
        title="LinkBridge API",
        version=__version__,
        description="Phrases, notices and encounters for other programs. See `docs/api.md`.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    attach_container(app, container)
    install_error_handlers(app)
    install_sign_in_redirect(app)
    app.include_router(assets.router)
    for router in all_routers():
        app.include_router(router)
    documents = dict.fromkeys(DOCUMENT_PATHS, container.lt.document_bytes + _AROUND_A_DOCUMENT)
    app.add_middleware(BodyLimit, limit=container.web.max_body_bytes, larger={**LARGER_BODIES, **documents})
    app.add_middleware(SecurityHeaders, secure=container.web.secure_cookies)
    app.add_middleware(RequestLog)
    return app


def attach_container(app: FastAPI, container: Container) -> None:
    """Let the application answer from ``container``: whatever a request meets is found from there."""
    app.state.container = container
    app.state.translation_metrics = RunnerMetrics(container.runner)
    install_pages(app, container)
