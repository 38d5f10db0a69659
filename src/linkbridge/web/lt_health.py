"""Whether translation works: a sentence really translated, at most once in a few seconds."""

import threading
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from linkbridge.container import Container
from linkbridge.kernel.errors import DomainError
from linkbridge.translation.service import Translator

FRESH = timedelta(seconds=5)
_lock = threading.Lock()
_found: WeakKeyDictionary[Translator, tuple[datetime, str | None]] = WeakKeyDictionary()


def problem_of(container: Container) -> str | None:
    """Return what is wrong with translation, or ``None``. Callers at once wait for one and the same test."""
    with _lock:
        now = container.clock.now()
        last = _found.get(container.translator)
        if last is not None and now - last[0] < FRESH:
            return last[1]
        try:
            problem = container.translator.self_test()
        except DomainError as error:
            problem = error.message
        _found[container.translator] = (container.clock.now(), problem)
        return problem
