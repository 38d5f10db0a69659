"""Runs what needs an event loop of its own from a test, also beside a browser, whose loop runs in the tests' thread."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def call_apart(function: Callable[[], Result]) -> Result:
    """Call ``function`` in a thread of its own, and return or raise what it does."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function).result()


def run_apart(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run ``coroutine`` to its end in a thread and a loop of its own, and return or raise what it does."""
    return call_apart(lambda: asyncio.run(coroutine))
