"""Runs what vendors offer as coroutines alone from the worker, whose jobs are plain functions."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_apart(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run ``coroutine`` to its end in a thread and a loop of its own, and return or raise what it does.

    The caller's thread may have a loop that is running already.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
