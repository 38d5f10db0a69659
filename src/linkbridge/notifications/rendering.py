"""Fills the texts of notifications in the recipient's language. The first line of a template is the subject."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from babel.support import NullTranslations
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from linkbridge.kernel.i18n import DEFAULT_LANGUAGE, templates_directory

FOLDER = "notifications"


class NoticeWriter:
    """Writes plain texts from ``templates/notifications``."""

    def __init__(self, translations: Mapping[str, NullTranslations]) -> None:
        self._translations = translations

    def write(self, language: str, template: str, context: Mapping[str, Any]) -> tuple[str, str]:
        """Return the subject and the text of a message, in a language of officials or else the default one."""
        known = language if language in self._translations else DEFAULT_LANGUAGE
        text = self._environments[known].get_template(f"{FOLDER}/{template}").render(context)
        subject, _, rest = text.strip().partition("\n")
        lines = [line.rstrip() for line in rest.strip().splitlines()]
        return subject.strip(), "\n".join(lines) + "\n"

    @cached_property
    def _environments(self) -> Mapping[str, Environment]:
        return {language: _environment(texts) for language, texts in self._translations.items()}


def _environment(translations: NullTranslations) -> Environment:
    environment = Environment(  # noqa: S701 - plain text: escaping would show as &amp; in a mail
        loader=FileSystemLoader(templates_directory()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    return environment
