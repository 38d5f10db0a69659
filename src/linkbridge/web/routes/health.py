"""What monitoring asks: is the process alive, can it work, and what did it count."""

import hmac
import ipaddress
import os

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from linkbridge import __version__
from linkbridge.kernel.errors import NotAllowed
from linkbridge.web.deps import ContainerDep
from linkbridge.web.translation_metrics import RunnerMetrics

router = APIRouter(include_in_schema=False)

_NO_STORE = {"Cache-Control": "no-store"}


@router.get("/healthz")
async def healthz() -> PlainTextResponse:
    """Answer as long as the process answers at all. Nothing else is looked at."""
    return PlainTextResponse("ok\n", headers=_NO_STORE)


@router.get("/readyz")
def readyz(container: ContainerDep) -> JSONResponse:
    """Answer 200 if every component works that the rest needs, 503 if one does not, with the state of each.

    Without translation, texts and interpreters still work: that is called degraded.
    """
    states = container.readiness.components()
    ready = all(state.ready or state.optional for state in states)
    body = {
        "ready": ready,
        "degraded": ready and not all(state.ready for state in states),
        "version": __version__,
        "components": {
            state.name: {"ready": state.ready, "problem": state.problem, "milliseconds": state.milliseconds}
            for state in states
        },
    }
    return JSONResponse(body, 200 if ready else 503, headers=_NO_STORE)


@router.get("/metrics")
def metrics(request: Request, container: ContainerDep) -> Response:
    """Return what was counted, in Prometheus' text format.

    Several processes on one machine count together through files (``PROMETHEUS_MULTIPROC_DIR``, which
    ``serve --workers`` sets); several machines are scraped one by one.
    """
    if not (_is_this_machine(request) or _knows_token(request, container.web.metrics_token)):
        raise NotAllowed("metrics are for this machine alone, or for callers with the metrics token")
    counted: RunnerMetrics = request.app.state.translation_metrics
    counted.update()
    registry: CollectorRegistry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST, headers=_NO_STORE)


def _is_this_machine(request: Request) -> bool:
    """Whether the caller is a program here. A request that a proxy passed on comes from elsewhere."""
    if request.client is None or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _knows_token(request: Request, token: str) -> bool:
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())
