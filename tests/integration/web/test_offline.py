import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from linkbridge.accounts.sites import SitePolicy
from linkbridge.container import Container
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.encoding import canonical_json
from linkbridge.kernel.signing import verify
from linkbridge.phrasebook.speech import Speakable, Speech
from linkbridge.web import offline
from tests.integration.web.conftest import enrol, set_policy
from tests.support.accounts import World
from tests.support.tablet import TabletClient

MANIFEST = "/tablet/offline/es.json"


@pytest.fixture(params=["sqlite"])
def database_url(database_url: str) -> str:  # nothing here depends on the kind of database
    return database_url


@pytest.fixture(autouse=True)
def quick_voices(container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand voices take minutes; these are made at once, and their bytes are those of their words."""
    container.speech.is_available = True

    def render(speech: Speech, phrase: Speakable) -> Path:
        found = speech.find_delivered(phrase)
        assert found is not None
        assert found.path is not None
        if not found.path.exists():
            found.path.parent.mkdir(parents=True, exist_ok=True)
            found.path.write_bytes(phrase.text.encode())
        return found.path

    monkeypatch.setattr(Speech, "render", render)


def _manifest(tablet: TabletClient) -> dict[str, object]:
    # Each call makes voices for two seconds at most; as the service worker does, ask until all are there.
    while (page := tablet.get(MANIFEST)).status == 202:
        pass
    assert (page.status, page.response.headers["cache-control"]) == (200, "no-store")
    body: dict[str, object] = page.response.json()
    return body


def _entries(manifest: dict[str, object]) -> list[dict[str, object]]:
    found = manifest["entries"]
    assert isinstance(found, list)
    return found


def test_every_entry_is_what_the_server_sends(tablet: TabletClient, container: Container) -> None:
    manifest = _manifest(tablet)
    entries = _entries(manifest)
    addresses = [str(entry["url"]) for entry in entries]
    assert len(addresses) == len(set(addresses))
    for entry in entries:
        answer = tablet.ask("GET", str(entry["url"]), accept_encoding="identity")
        body = answer.response.content
        assert answer.status == 200, entry["url"]
        assert (hashlib.sha256(body).hexdigest(), len(body)) == (entry["sha256"], entry["bytes"]), entry["url"]
    for tag in container.catalogue.languages:
        assert f"/tablet/es/{tag}" in addresses
        for notice_id in container.catalogue.notice_ids:
            assert f"/tablet/es/{tag}/{notice_id}" in addresses
    assert any(address.startswith("/audio/am/detention-rights.") for address in addresses)
    # What the kept pages load is kept too.
    page = tablet.get("/tablet/es/am/detention-rights").response.text
    for address in ("css/tablet.css", "js/tablet.js", "js/early.js"):
        assert any(entry.endswith(address) and entry in page for entry in addresses)
    assert not any("/css/staff" in address or "/css/api" in address for address in addresses)


def test_manifest_is_signed(tablet: TabletClient, container: Container) -> None:
    manifest = _manifest(tablet)
    signature = str(manifest.pop("signature"))
    key = container.signer.public_key_b64
    assert f'data-sign-key="{key}"' in tablet.get("/tablet/es/").response.text
    assert verify(key, canonical_json(manifest), signature)
    assert not verify(key, canonical_json({**manifest, "content_date": "2030-01-01"}), signature)
    assert (manifest["ui"], manifest["content"]) == ("es", container.catalogue.version)


def test_manifest_changes_with_the_sites_policy_and_with_nothing_else(
    tablet: TabletClient, container: Container, world: World, clock: FrozenClock
) -> None:
    before = _manifest(tablet)
    assert _manifest(tablet) == before
    set_policy(container, world.site, SitePolicy(show_drafts=True, notice_rules={"interpreters": "verified"}))
    clock.advance(timedelta(seconds=2))
    after = _manifest(tablet)
    assert after["version"] != before["version"]
    assert not any("/interpreters" in str(entry["url"]) for entry in _entries(after))


def test_manifest_of_a_strict_site_holds_no_draft(container: Container, world: World, app: FastAPI) -> None:
    strict = enrol(container, app, world.site)
    addresses = [str(entry["url"]) for entry in _entries(_manifest(strict))]
    assert "/tablet/es/am" in addresses
    assert "/tablet/es/am/detention-rights" not in addresses


def test_manifest_tells_how_far_the_voices_are(tablet: TabletClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "SECONDS_PER_CALL", 0.0)
    first = tablet.get(MANIFEST)
    assert first.status == 202
    assert first.response.json()["prepared"] == 0
    assert first.response.json()["total"] > 500
    monkeypatch.setattr(offline, "SECONDS_PER_CALL", 60.0)
    assert tablet.get(MANIFEST).status == 200


def test_manifest_without_voices_lists_the_rest(tablet: TabletClient, container: Container) -> None:
    container.speech.is_available = False
    addresses = [str(entry["url"]) for entry in _entries(_manifest(tablet))]
    assert "/tablet/es/am/detention-rights" in addresses
    assert not any(address.startswith("/audio/") for address in addresses)
