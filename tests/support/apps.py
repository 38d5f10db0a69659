"""Applications for tests. Their routes are made once in a process: making them takes longer than most tests."""

from fastapi import FastAPI

from linkbridge.container import Container
from linkbridge.web.app import attach_container, create_app

_made: dict[tuple[object, ...], FastAPI] = {}


def app_for(container: Container) -> FastAPI:
    """Return the application as ``create_app`` makes it for ``container``; it serves one container at a time."""
    limits = (container.web, container.lt.document_bytes)
    app = _made.get(limits)
    if app is None:
        app = _made[limits] = create_app(container)
    else:
        attach_container(app, container)
    return app
