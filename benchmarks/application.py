"""The real server with one more route that does nothing: what any request costs here, whatever it asks for."""

import os

from fastapi import FastAPI, Response

from linkbridge.bootstrap import build_web
from linkbridge.cli.environment import load_settings
from linkbridge.cli.serve import bind, server_options

EMPTY = "/benchmark/empty"


def add_empty_route(app: FastAPI) -> None:
    """Add a route that answers 200 with nothing, through the same middleware as every other."""

    @app.get(EMPTY)
    async def empty() -> Response:
        return Response()


def main() -> None:
    """Serve on the host and port of the settings until stopped."""
    import uvicorn  # noqa: PLC0415 - as in `linkbridge serve`

    settings = load_settings()
    app = build_web(settings)
    add_empty_route(app)
    listener = bind(settings.host, settings.port)
    uvicorn.Server(uvicorn.Config(app, **server_options(settings))).run(sockets=[listener])


if __name__ == "__main__":
    os.environ.setdefault("LINKBRIDGE_LOG_LEVEL", "warning")
    main()
