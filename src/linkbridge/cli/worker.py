"""``linkbridge worker``: background jobs in a process of their own."""

import signal
import threading
from types import FrameType

import typer

from linkbridge.bootstrap import build_container, build_worker
from linkbridge.cli.environment import load_settings
from linkbridge.kernel.errors import Conflict

app = typer.Typer()

_LOOK_EVERY_SECONDS = 0.5


@app.command()
def worker() -> None:
    """Run background jobs beside the server until told to stop. On SQLite the server runs them itself."""
    settings = load_settings()
    if settings.resolved_database_url.startswith("sqlite"):
        raise Conflict("on SQLite the server runs the background jobs itself: there is nothing to start")
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    running = build_worker(settings, build_container(settings))
    running.start()
    replaced = False
    try:
        while not stop.is_set() and not replaced:
            replaced = running.wait(_LOOK_EVERY_SECONDS)
    finally:
        running.stop()
    if replaced:
        raise Conflict("the database was away, and another worker has taken this one's place")
