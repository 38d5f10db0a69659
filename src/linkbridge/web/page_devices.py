"""The tablet behind a page. Reading a notice must cost no query, so who a tablet is may be two seconds old here.

Whatever changes something, or answers with more than texts that anyone may read, asks the database
(``auth.CurrentDevice``).
"""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from linkbridge.accounts.devices import DeviceRead
from linkbridge.web.auth import DEVICE_COOKIE, cookie_name, current_device, optional_device
from linkbridge.web.deps import ContainerDep

FRESH_FOR = timedelta(seconds=2)
CAPACITY = 1_000


class PageDevices:
    """Remembers for two seconds which tablet a cookie belongs to, by the cookie's digest."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, tuple[datetime, DeviceRead]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, token: str, now: datetime) -> DeviceRead | None:
        """Return the tablet if it was looked up within the last two seconds."""
        with self._lock:
            found = self._known.get(sha256(token.encode()).digest())
        if found is None or not timedelta(0) <= now - found[0] < FRESH_FOR:
            return None
        return found[1]

    def keep(self, token: str, device: DeviceRead, now: datetime) -> None:
        """Remember a tablet that was just looked up."""
        with self._lock:
            self._known[sha256(token.encode()).digest()] = (now, device)
            while len(self._known) > CAPACITY:
                self._known.popitem(last=False)


async def page_device(request: Request, container: ContainerDep) -> DeviceRead:
    """Return the enrolled tablet that asks for a page.

    Raises:
        NotSignedIn: there is none.
    """
    devices: PageDevices = request.app.state.page_devices
    token = request.cookies.get(cookie_name(container, DEVICE_COOKIE), "")
    now = container.clock.now()
    device = devices.find(token, now)
    if device is None:
        device = await current_device(await run_in_threadpool(optional_device, request, container))
        devices.keep(token, device, now)
    return device


PageDevice = Annotated[DeviceRead, Depends(page_device)]
