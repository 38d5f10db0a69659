"""What a tablet keeps for use without a connection: a signed list of addresses with the hash of each."""

import hashlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from linkbridge.container import Container
from linkbridge.kernel.encoding import canonical_json
from linkbridge.kernel.errors import NotFound, Unavailable
from linkbridge.phrasebook.speech import Speakable, language_name
from linkbridge.phrasebook.voice_coverage import SPOKEN_ANSWERS
from linkbridge.web.assets import asset_url, pictogram_file, pictogram_url, static_files
from linkbridge.web.tablet_pages import TabletPages, TabletSite
from linkbridge.web.views import Views

SECONDS_PER_CALL = 2.0
_NOT_FOR_TABLETS = (
    *("css/api", "css/staff", "css/public", "css/hours", "css/interpreting"),
    *("js/staff", "js/enrol", "js/voice", "js/sw.js", "js/alerts", "js/countdown", "js/hours", "js/interpreting"),
)
_SCREEN_PICTOGRAMS = (
    *("1F310", "1F30D", "1F5E3", "1F50A", "1F4DE"),
    *("1F198", "1F6E1", "2696", "1F91D", "1F46E", "1F691", "1F692"),  # of the page on the country
    *("1F4AC", "2705", "274C", "2753", "1F92B"),  # of the conversation
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to keep: its address, the SHA-256 of its bytes, its size in bytes, and ``page`` or ``file``."""

    url: str
    sha256: str
    bytes: int
    kind: str


@dataclass(frozen=True, slots=True)
class Preparing:
    """The voices are still being made: how many are ready, of how many."""

    prepared: int
    total: int


class OfflineManifests:
    """Builds the manifest of a site. Voices are made on the way, a little at each call."""

    def __init__(self, container: Container, views: Views, pages: TabletPages) -> None:
        self._container = container
        self._views = views
        self._pages = pages
        self._audio: dict[str, Entry] = {}
        self._lock = threading.Lock()

    def build(self, site: TabletSite, ui: str) -> dict[str, Any] | Preparing:
        """Return the signed manifest, or how far the making of voices has come after at most two seconds.

        Texts and recordings may change while it is made: it is then to be asked for again, because pages and voices
        of two moments do not fit together.
        """
        made_of = self._version()
        wanted = dict(self._utterances(site, ui))
        deadline = time.monotonic() + SECONDS_PER_CALL
        audio: list[Entry] = []
        for url, phrase in wanted.items():
            entry = self._audio_entry(url, phrase, render=time.monotonic() < deadline)
            if entry is None:
                return Preparing(len(audio), len(wanted))
            audio.append(entry)
        pages = [Entry(url, page.sha256, len(page.body), "page") for url, page in self._pages.everything(site, ui)]
        if self._version() != made_of:
            return Preparing(len(wanted), len(wanted))
        return self._signed(site, ui, [*pages, *self._files(site, ui), *(entry for entry in audio if entry.bytes)])

    def _version(self) -> tuple[str, str]:
        return self._container.catalogue.version, self._container.speech.fingerprint(None)

    def _signed(self, site: TabletSite, ui: str, entries: list[Entry]) -> dict[str, Any]:
        catalogue = self._container.catalogue
        listed = [
            {"url": entry.url, "sha256": entry.sha256, "bytes": entry.bytes, "kind": entry.kind} for entry in entries
        ]
        version = hashlib.sha256("\n".join(f"{item['url']} {item['sha256']}" for item in listed).encode()).hexdigest()
        dates = [catalogue.notice(n, tag).date for n in catalogue.notice_ids for tag in catalogue.languages_of(n)]
        body: dict[str, Any] = {
            "version": version[:16],
            "content": catalogue.version,
            "content_date": max(dates).isoformat() if dates else "",
            "site": site.id,
            "ui": ui,
            "entries": listed,
        }
        return {**body, "signature": self._container.signer.sign(canonical_json(body))}

    def _audio_entry(self, url: str, phrase: Speakable, *, render: bool) -> Entry | None:
        """Return the entry of a voice; ``None`` while it is not made; one of no size where it cannot be made."""
        with self._lock:
            known = self._audio.get(url)
        if known is not None:
            return known
        found = self._container.speech.find(phrase)
        if found is None or not (render or found.is_made):
            return None if found is not None else Entry(url, "", 0, "file")
        try:
            body = self._container.speech.read(phrase)
        except (NotFound, Unavailable):
            return Entry(url, "", 0, "file")
        entry = Entry(url, hashlib.sha256(body).hexdigest(), len(body), "file")
        with self._lock:
            self._audio[url] = entry
        return entry

    def _utterances(self, site: TabletSite, ui: str) -> Iterator[tuple[str, Speakable]]:
        catalogue = self._container.catalogue
        for tag in catalogue.languages:
            texts = catalogue.interface(tag)
            spoken: list[Speakable] = [language_name(tag), *(texts.phrase(name) for name in SPOKEN_ANSWERS)]
            for tile in self._views.notices(tag, ui, site.policy):
                notice = catalogue.notice(tile.id, tag)
                spoken += [notice.title, *notice.phrases]
            for phrase in spoken:
                voice = self._views.voice(phrase)
                if voice is not None:
                    yield voice.url, phrase

    def _files(self, site: TabletSite, ui: str) -> Iterator[Entry]:
        for name, file in static_files().items():
            if not name.startswith(_NOT_FOR_TABLETS):
                yield Entry(asset_url(name), file.sha256, len(file.body), "file")
        for code in dict.fromkeys(self._pictograms(site, ui)):
            file = pictogram_file(code)
            yield Entry(pictogram_url(code), file.sha256, len(file.body), "file")
        for url, font in self._container.fonts.files(self._container.catalogue.languages):
            yield Entry(url, font.sha256, len(font.body), "file")

    def _pictograms(self, site: TabletSite, ui: str) -> Iterator[str]:
        catalogue = self._container.catalogue
        yield from _SCREEN_PICTOGRAMS
        for tag in catalogue.languages:
            for tile in self._views.notices(tag, ui, site.policy):
                notice = catalogue.notice(tile.id, tag)
                yield from (code for code in (notice.pictogram, *(p.pictogram for p in notice.phrases)) if code)
