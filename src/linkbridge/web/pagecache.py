"""Pages that are the same for everybody are rendered once a process and kept compressed."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from linkbridge.web.assets import StaticFile, make_file

CAPACITY = 2_000


class PageCache:
    """Keeps the most recently used pages. Everything in it can be made again, so two processes never disagree."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._pages: OrderedDict[Hashable, StaticFile] = OrderedDict()
        self._lock = threading.Lock()

    def get(
        self, key: Hashable, build: Callable[[], str | bytes], media_type: str = "text/html; charset=utf-8"
    ) -> StaticFile:
        """Return the page for ``key``, rendering it with ``build`` the first time."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
                return page
        built = build()
        page = make_file(built if isinstance(built, bytes) else built.encode(), media_type)
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > self._capacity:
                self._pages.popitem(last=False)
        return page
