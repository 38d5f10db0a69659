"""The officials' languages: gettext catalogues, read straight from their PO files."""

import io
from collections.abc import Mapping
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from linkbridge.kernel.languages import OFFICIAL_TAGS

DEFAULT_LANGUAGE = "es"
_LOCALES = Path(__file__).parent.parent / "locales"


def templates_directory() -> Path:
    """Return the folder of templates: the checkout's, or the copy inside an installed package."""
    packaged = Path(__file__).parent.parent / "_templates"
    return packaged if packaged.exists() else Path(__file__).parents[3] / "templates"


def load_translations(directory: Path = _LOCALES) -> Mapping[str, NullTranslations]:
    """Return the translations of the officials' pages by language; English is the source and needs none."""
    loaded: dict[str, NullTranslations] = {}
    for tag in OFFICIAL_TAGS:
        path = directory / f"{tag}.po"
        loaded[tag] = _compile(path) if path.exists() else NullTranslations()
    return loaded


def _compile(path: Path) -> Translations:
    with path.open("rb") as file:
        catalogue = read_po(file)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def choose_official_language(wanted: str | None, accepted: str | None = None) -> str:
    """Return the official language to use: the wanted one, else the first one that the browser accepts."""
    if wanted in OFFICIAL_TAGS:
        return wanted
    for part in (accepted or "").split(","):
        base = part.split(";")[0].strip().split("-")[0].lower()
        if base in OFFICIAL_TAGS:
            return base
    return DEFAULT_LANGUAGE
