"""What runs beside the pages in a web process: translation gets warm, is measured and cleared up after, and ends."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress

import structlog
from fastapi import FastAPI

from linkbridge.container import Container
from linkbridge.web.lt_files import KeptFiles
from linkbridge.web.lt_health import problem_of
from linkbridge.web.translation_metrics import RunnerMetrics

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
MEASURE_SECONDS = 5.0
"""How old what other processes of this server count may be when one of them is asked."""
CLEAR_SECONDS = 60.0
"""How often documents that are past their time are deleted, whether anybody asks for documents or not."""
WARM_UP_AFTER_SECONDS = 2.0
"""How long the warm-up waits after the start: what it loads would slow down the first page, which fills caches too."""
_WARM_UP = "Where can I find a doctor?"
_log = structlog.get_logger("linkbridge.web")


@asynccontextmanager
async def nothing_to_start(_app: FastAPI) -> AsyncIterator[None]:
    """Start nothing."""
    yield


def together(*lifespans: Lifespan) -> Lifespan:
    """Return one lifespan of several: they start in their order, and end in the opposite one."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for each in lifespans:
                await stack.enter_async_context(each(app))
            yield

    return lifespan


def translation_lifespan(
    container: Container,
    *,
    measure_seconds: float = MEASURE_SECONDS,
    clear_seconds: float = CLEAR_SECONDS,
    warm_up_after_seconds: float = WARM_UP_AFTER_SECONDS,
) -> Lifespan:
    """Return a lifespan that loads what translation needs while the server answers already, and closes the runner.

    Between the two it measures, and deletes translated documents that are past their time.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        metrics: RunnerMetrics = app.state.translation_metrics
        ending = threading.Event()
        warm_up = threading.Thread(
            target=_warm_up, args=(container, ending, warm_up_after_seconds), name="warm-up", daemon=True
        )
        warm_up.start()
        kept = KeptFiles(container.lt.folder, container.clock)
        tasks = [
            asyncio.create_task(_measure(metrics, measure_seconds)),
            asyncio.create_task(_clear(kept, clear_seconds)),
        ]
        try:
            yield
        finally:
            ending.set()
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await asyncio.to_thread(_close, container, metrics)

    return lifespan


def _warm_up(container: Container, ending: threading.Event, after_seconds: float) -> None:
    """Load what finds out languages, and the models of a test sentence."""
    if ending.wait(after_seconds):
        return
    try:
        container.translator.identify(_WARM_UP)
        problem = None if ending.is_set() else problem_of(container)
    except Exception as error:  # noqa: BLE001 - without translation, the server does the rest of its work
        problem = type(error).__name__
    if problem is not None and not ending.is_set():
        _log.warning("translation_does_not_work", problem=problem)


async def _measure(metrics: RunnerMetrics, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        await asyncio.to_thread(metrics.update)


async def _clear(kept: KeptFiles, seconds: float) -> None:
    while True:
        try:
            await asyncio.to_thread(kept.forget_old)
        except OSError as error:
            _log.warning("translated_documents_not_deleted", problem=error.strerror)
        await asyncio.sleep(seconds)


def _close(container: Container, metrics: RunnerMetrics) -> None:
    metrics.update()
    container.runner.close()
    metrics.clear()
