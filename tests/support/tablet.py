"""An enrolled tablet that sends what it sealed, in this process."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.support.encounters import FakeTablet, Sealed
from tests.support.pages import Page, PageClient

JSON = "application/json"


@dataclass
class TabletClient(PageClient):
    """A browser that became a device, with the sender that seals its events."""

    sender: FakeTablet = field(init=False)

    @property
    def csrf(self) -> str:
        """The token that the tablet's scripts read from their cookie."""
        return str(self.cookies.get("lb_device_csrf"))

    def sync_body(self, *events: Sealed, **other: Any) -> bytes:
        sent = [{"id": event_id, "envelope": envelope} for event_id, envelope in events]
        return json.dumps({"sent_at": self.sender.clock.now().isoformat(), "events": sent, **other}).encode()

    def sync(self, *events: Sealed, **headers: str) -> Page:
        """Send events as the tablet's script does; ``headers`` replace its own."""
        return self.post_sync(self.sync_body(*events), **headers)

    def post_sync(self, body: bytes, **headers: str) -> Page:
        own = {"content_type": JSON, "accept": JSON, "x_csrf_token": self.csrf, "origin": self.base_url}
        return self.ask("POST", "/tablet/sync", body, **{**own, **headers})
