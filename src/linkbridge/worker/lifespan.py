"""Runs a worker inside the web server, as SQLite needs it: there, one process does everything."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from linkbridge.worker.engine import Worker


def worker_lifespan(worker: Worker) -> Callable[[object], AbstractAsyncContextManager[None]]:
    """Return a lifespan that starts the worker with the application and stops it with it."""

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        await asyncio.to_thread(worker.start)
        try:
            yield
        finally:
            await asyncio.to_thread(worker.stop)

    return lifespan
