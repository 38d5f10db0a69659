"""The public face: every notice in every language, readable without a script, a name or an account."""

from collections.abc import Callable
from typing import Any

from linkbridge.container import Container
from linkbridge.kernel.i18n import choose_official_language
from linkbridge.web.assets import StaticFile
from linkbridge.web.pagecache import PageCache
from linkbridge.web.templating import render_text
from linkbridge.web.views import Views


class PublicPages:
    """Renders each page once and keeps it."""

    def __init__(self, container: Container, views: Views, cache: PageCache) -> None:
        self._container = container
        self._views = views
        self._cache = cache

    def languages(self, ui: str) -> StaticFile:
        """Return the page on which one chooses a language; ``ui`` names the languages a second time."""
        tiles = self._views.languages(ui, self._container.public_policy)
        return self._page("languages.html", ui, ui, lambda: {"tiles": tiles})

    def notices(self, tag: str) -> StaticFile:
        """Return the list of notices in a language.

        Raises:
            NotFound: the pages do not exist in this language.
        """
        self._views.texts(tag)
        ui = choose_official_language(tag)
        policy = self._container.public_policy
        return self._page("notices.html", ui, tag, lambda: {"tiles": self._views.notices(tag, ui, policy)})

    def notice(self, notice_id: str, tag: str) -> StaticFile:
        """Return a notice in a language.

        Raises:
            NotFound: there is no such notice in this language, or it may not be shown to the public.
        """
        catalogue = self._container.catalogue
        ui = choose_official_language(tag)
        policy = self._container.public_policy

        def context() -> dict[str, Any]:
            others = [other for other in catalogue.languages_of(notice_id) if other != tag]
            allowed = [other for other in others if policy.allows(catalogue.notice(notice_id, other))]
            return {
                "view": self._views.notice(notice_id, tag, ui, policy),
                "others": allowed,
                "tiles": [tile for tile in self._views.notices(tag, ui, policy) if tile.id != notice_id],
            }

        return self._page("notice.html", ui, tag, context, notice_id)

    def _page(self, template: str, ui: str, tag: str, context: Callable[[], dict[str, Any]], *more: str) -> StaticFile:
        def build() -> str:
            texts = self._container.catalogue.interface(tag)
            shared = {"page_lang": tag, "tag": tag, "texts": texts, "demo": self._container.web.demo}
            return render_text(self._container, ui, f"public/{template}", {**shared, **context()})

        # The list of languages is the one page with voices of all of them.
        voices = self._container.speech.fingerprint(None if template == "languages.html" else tag)
        version = (self._container.catalogue.version, voices)
        return self._cache.get(("public", version, template, ui, tag, more), build)
