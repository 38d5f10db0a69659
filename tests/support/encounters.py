"""A tablet as the server meets it: it makes events, seals them, and sends some of them twice."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linkbridge.kernel.clock import Clock
from linkbridge.kernel.ids import new_encounter_code
from linkbridge.kernel.sealing import Unsealer, seal

Sealed = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class FakeTablet:
    """Seals events to the server's key. Its clock is right unless told otherwise."""

    unsealer: Unsealer
    clock: Clock

    def seal(self, event: dict[str, Any] | bytes, event_id: str | None = None) -> Sealed:
        event_id = event_id or uuid.uuid4().hex
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        return event_id, dict(seal(self.unsealer.public_key_jwk, self.unsealer.key_id, event_id, body))

    def head(self, code: str, **other: Any) -> dict[str, Any]:
        return {
            "code": code,
            "started_at": self.clock.now().isoformat(),
            "language": "am",
            "official_language": "es",
            **other,
        }

    def acknowledgement(
        self, code: str | None = None, *, head: dict[str, Any] | None = None, at: datetime | None = None, **other: Any
    ) -> dict[str, Any]:
        return {
            "kind": "acknowledgement",
            "encounter": self.head(code or new_encounter_code(), **(head or {})),
            "at": (at or self.clock.now()).isoformat(),
            "answer": "understood",
            "notice": "detention-rights",
            "version": "",
            "status": "draft",
            "shown": ["lawyer"],
            "played": [],
            **other,
        }

    def consent(self, code: str, **other: Any) -> dict[str, Any]:
        return {
            "kind": "consent",
            "encounter": self.head(code),
            "at": self.clock.now().isoformat(),
            "purpose": "survey",
            "given": True,
            "phrase_key": "interface.survey",
            **other,
        }

    def finish(self, code: str, **other: Any) -> dict[str, Any]:
        return {
            "kind": "finish",
            "encounter": self.head(code),
            "at": self.clock.now().isoformat(),
            "reason": "finished",
            **other,
        }
