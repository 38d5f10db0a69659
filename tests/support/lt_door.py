"""`/lt` in this process, in front of a translator that a test controls."""

import dataclasses
import json
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.translation.document_translator import DocumentTranslator
from linkbridge.translation.documents.values import Limits
from linkbridge.translation.limits import DoorLimits
from linkbridge.translation.service import Translator
from tests.support.accounts import SETUP
from tests.support.apps import app_for
from tests.support.pages import Page, PageClient
from tests.support.translator import FakeTranslator

LIMITS = DoorLimits(
    is_open=True,
    characters=200,
    characters_with_key=400,
    per_minute=20,
    per_minute_with_key=40,
    document_bytes=1000,
    seconds=5.0,
    folder=Path("unused"),
)


class Door:
    """The application with this translator, and programs that ask it."""

    def __init__(self, container: Container, folder: Path, **limits: Any) -> None:
        self.translator = FakeTranslator()
        self.folder = folder / "translated"
        changed = dataclasses.replace(LIMITS, folder=self.folder, **limits)
        translator = cast("Translator", self.translator)
        documents = DocumentTranslator(translator, container.catalogue, limits=Limits())
        self.container = dataclasses.replace(container, translator=translator, documents=documents, lt=changed)
        self.app = app_for(self.container)
        self.client = PageClient(self.app)

    def key(self, role: Role = Role.COORDINATOR, organisation_id: str | None = None) -> str:
        """Make an API key."""
        with self.container.sessions.transaction() as session:
            made = self.container.accounts.tokens.create(
                session,
                organisation_id=organisation_id,
                role=role,
                label="Test",
                lifetime=timedelta(days=1),
                by=SETUP,
            )
        return made.secret

    def post(self, operation: str, content: object, *, peer: str = "192.0.2.1", **headers: str) -> Page:
        """Send JSON."""
        client = PageClient(self.app, peer=peer)
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return client.ask("POST", f"/lt/{operation}", body, **{"content-type": "application/json", **headers})

    def translate(self, q: object, source: str = "en", target: str = "pt", **more: object) -> Page:
        """Ask for a translation."""
        return self.post("translate", {"q": q, "source": source, "target": target, **more})

    def get(self, operation: str, **headers: str) -> Page:
        """Ask for something that needs no body."""
        return self.client.ask("GET", f"/lt/{operation}", **headers)
