"""Jinja2 pages: one environment, translated per official's language, with the design's helpers."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from babel.support import NullTranslations
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from linkbridge.container import Container
from linkbridge.kernel.i18n import choose_official_language, templates_directory
from linkbridge.kernel.languages import LANGUAGES, OFFICIAL_TAGS
from linkbridge.web.assets import asset_url, pictogram_url

LANGUAGE_COOKIE = "lb_ui"


@lru_cache(maxsize=32)
def environment(translations: NullTranslations) -> Environment:
    """Return the template environment of one language.

    Each language has its own: overlays of one environment share their globals, so that two pages rendered at once
    would mix their languages, and compile every template anew.
    """
    environment = Environment(
        loader=FileSystemLoader(templates_directory()),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.globals.update(
        asset=asset_url,
        pictogram=pictogram_url,
        languages=LANGUAGES,
        official_tags=OFFICIAL_TAGS,
        Markup=Markup,
    )
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    return environment


def official_language(request: Request) -> str:
    """Return the language in which this official's pages are shown: path, then cookie, then browser."""
    wanted = request.path_params.get("ui") or request.cookies.get(LANGUAGE_COOKIE)
    return choose_official_language(wanted, request.headers.get("accept-language"))


def render_text(container: Container, ui: str, template: str, context: Mapping[str, Any]) -> str:
    """Return the filled template; ``_`` translates into the official's language ``ui``."""
    page = environment(container.translations[ui])
    return page.get_template(template).render({"ui": ui, "web": container.web, "fonts": container.fonts, **context})


def render(request: Request, template: str, context: Mapping[str, Any], status_code: int = 200) -> HTMLResponse:
    """Return the filled template as a page in the official's language that the request asks for."""
    return render_in(request, official_language(request), template, context, status_code)


def render_in(
    request: Request, ui: str, template: str, context: Mapping[str, Any], status_code: int = 200
) -> HTMLResponse:
    """Return the filled template as a page in this language, whatever the request asks for."""
    text = render_text(request.app.state.container, ui, template, {"request": request, **context})
    return HTMLResponse(text, status_code, headers={"Cache-Control": "no-store"})
