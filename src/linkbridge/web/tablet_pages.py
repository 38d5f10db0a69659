"""The tablet's pages: the same bytes for everyone at a site, so that they can be kept, hashed and signed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from linkbridge.container import Container
from linkbridge.kernel.languages import LANGUAGES, OFFICIAL_TAGS
from linkbridge.kernel.pdf import pdf_available
from linkbridge.phrasebook.policy import PublicationPolicy
from linkbridge.web.assets import StaticFile
from linkbridge.web.conversation_pages import Conversations
from linkbridge.web.countries import countries, country_name
from linkbridge.web.document_pages import Documents
from linkbridge.web.pagecache import PageCache
from linkbridge.web.templating import render_text
from linkbridge.web.views import NoticeTile, Views

_GREETINGS = 5
_ANSWERS = {"understood": "understand", "not_understood": "not-understand", "wants_interpreter": "want-interpreter"}


@dataclass(frozen=True, slots=True)
class TabletSite:
    """What the pages say of the site they are at."""

    id: str
    name: str
    interpreter_phone: str | None
    is_demo: bool
    policy: PublicationPolicy
    country: str = ""

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """Everything of the site that a page shows or depends on."""
        overrides = tuple(sorted((key, status.value) for key, status in self.policy.notice_overrides.items()))
        policy = (self.policy.required.value, self.policy.show_drafts, overrides)
        return (self.id, self.name, self.interpreter_phone, self.is_demo, self.country, *policy)


class TabletPages:
    """Renders each page once and keeps it."""

    def __init__(self, container: Container, views: Views, cache: PageCache) -> None:
        self._container = container
        self._views = views
        self._cache = cache
        self.conversations = Conversations(container, views)
        """What official and person can say to each other."""

    def languages(self, site: TabletSite, ui: str) -> StaticFile:
        """Return the page on which a person chooses a language."""
        return self._page(site, ui, None, "languages.html", lambda: self._languages_context(site, ui))

    def other(self, site: TabletSite, ui: str) -> StaticFile:
        """Return the page for a person whose language is not there."""
        return self._page(site, ui, None, "other.html", lambda: self._other_context(ui))

    def settings(self, site: TabletSite, ui: str) -> StaticFile:
        """Return the tablet's settings for the official."""
        return self._page(site, ui, None, "settings.html", self._settings_context)

    def documents(self, site: TabletSite, ui: str) -> StaticFile:
        """Return the page on which the official translates documents."""
        return self._page(site, ui, None, "documents.html", Documents(self._container).page)

    def notices(self, site: TabletSite, ui: str, tag: str) -> StaticFile:
        """Return the list of notices in a language.

        Raises:
            NotFound: the person's pages do not exist in this language.
        """
        self._views.texts(tag)
        return self._page(site, ui, tag, "notices.html", lambda: {"tiles": self._tiles(site, ui, tag)})

    def notice(self, site: TabletSite, ui: str, tag: str, notice_id: str) -> StaticFile:
        """Return a notice.

        Raises:
            NotFound: there is no such notice in this language, or it may not be shown at this site.
        """
        return self._page(
            site, ui, tag, "notice.html", lambda: self._notice_context(site, ui, tag, notice_id), notice_id
        )

    def country(self, site: TabletSite, ui: str, tag: str) -> StaticFile:
        """Return the numbers and offices of the site's country, as far as an administrator has confirmed them.

        Raises:
            NotFound: the person's pages do not exist in this language.
        """
        self._views.texts(tag)
        known = self._container.facts.fingerprint(site.country)
        return self._page(site, ui, tag, "country.html", lambda: self._country_context(site, ui, tag), known)

    def conversation(self, site: TabletSite, ui: str, tag: str) -> StaticFile:
        """Return the page on which official and person write to each other.

        Raises:
            NotFound: the person's pages do not exist in this language, or it is the official's own.
        """
        return self._page(site, ui, tag, "conversation.html", lambda: self.conversations.page(ui, tag, site.policy))

    def everything(self, site: TabletSite, ui: str) -> Iterator[tuple[str, StaticFile]]:
        """Yield the address and page of all that a tablet keeps for use without a connection."""
        yield f"/tablet/{ui}/", self.languages(site, ui)
        yield f"/tablet/{ui}/other", self.other(site, ui)
        yield f"/tablet/{ui}/settings", self.settings(site, ui)
        yield f"/tablet/{ui}/documents", self.documents(site, ui)
        for tag in self._container.catalogue.languages:
            yield f"/tablet/{ui}/{tag}", self.notices(site, ui, tag)
            yield f"/tablet/{ui}/{tag}/country", self.country(site, ui, tag)
            if tag != ui:
                yield f"/tablet/{ui}/{tag}/conversation", self.conversation(site, ui, tag)
            for tile in self._tiles(site, ui, tag):
                yield f"/tablet/{ui}/{tag}/{tile.id}", self.notice(site, ui, tag, tile.id)

    def _page(
        self,
        site: TabletSite,
        ui: str,
        tag: str | None,
        template: str,
        context: Callable[[], dict[str, Any]],
        *more: str,
    ) -> StaticFile:
        def build() -> str:
            return render_text(
                self._container, ui, f"tablet/{template}", {**self._shared_context(site, ui, tag), **context()}
            )

        version = (
            self._container.catalogue.version,
            self._container.speech.fingerprint(tag),
            self._container.interpreter_desk.is_configured,
        )
        return self._cache.get(("tablet", version, template, ui, tag, more, site.fingerprint), build)

    def _shared_context(self, site: TabletSite, ui: str, tag: str | None) -> dict[str, Any]:
        container = self._container
        return {
            "site": site,
            "tag": tag,
            "texts": container.catalogue.interface(tag or ui),
            "seal_key": json.dumps(container.unsealer.public_key_jwk),
            "seal_kid": container.unsealer.key_id,
            "sign_key": container.signer.public_key_b64,
            "interpreter_configured": container.interpreter_desk.is_configured,
        }

    def _languages_context(self, site: TabletSite, ui: str) -> dict[str, Any]:
        catalogue = self._container.catalogue
        others = [tag for tag in catalogue.languages if tag not in OFFICIAL_TAGS][:_GREETINGS]
        return {
            "tiles": self._views.languages(ui, site.policy),
            "countries": countries(ui, catalogue.languages),
            "greetings": [catalogue.interface(tag).phrase("choose-language") for tag in others],
        }

    def _other_context(self, ui: str) -> dict[str, Any]:
        catalogue = self._container.catalogue
        return {
            "helps": [catalogue.interface(tag).phrase("language-missing-help") for tag in catalogue.languages],
            "countries": countries(ui, catalogue.languages),
        }

    def _settings_context(self) -> dict[str, Any]:
        catalogue = self._container.catalogue
        dates = [catalogue.notice(n, tag).date for n in catalogue.notice_ids for tag in catalogue.languages_of(n)]
        return {"content_date": max(dates).isoformat() if dates else "—", "version": catalogue.version}

    def _tiles(self, site: TabletSite, ui: str, tag: str) -> tuple[NoticeTile, ...]:
        return self._views.notices(tag, ui, site.policy)

    def _country_context(self, site: TabletSite, ui: str, tag: str) -> dict[str, Any]:
        label = self._views.texts(tag).phrase("country-facts")
        return {
            "facts": {key.value: found for key, found in self._container.facts.of(site.country).items()},
            "country_of_person": country_name(site.country, tag),
            "country_name": country_name(site.country, ui),
            "screen_mark": self._views.mark(label.status, label.origin, tag),
        }

    def _notice_context(self, site: TabletSite, ui: str, tag: str, notice_id: str) -> dict[str, Any]:
        texts = self._views.texts(tag)
        return {
            "view": self._views.notice(notice_id, tag, ui, site.policy),
            "pdf": pdf_available() is None,
            "answer_voices": {name: self._views.voice(texts.phrase(key)) for name, key in _ANSWERS.items()},
            "direction": LANGUAGES[tag].direction,
        }
