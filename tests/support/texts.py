"""The delivered phrasebooks, read once a run, and copies of them in which readers have checked some notices."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.files import default_directory, load_library
from linkbridge.phrasebook.glossary import Glossary
from linkbridge.phrasebook.glossary_files import load_glossary
from linkbridge.phrasebook.jurisdictions import Jurisdictions, load_jurisdictions
from linkbridge.phrasebook.question_files import MatchingFiles, load_matching
from linkbridge.phrasebook.schema import Library, Origin, Review, Status, Translation

READERS = (Review("reader-1", date(2026, 11, 1)), Review("reader-2", date(2026, 11, 2)))


FEW_LANGUAGES = frozenset({"es", "pt", "fr", "nl", "am", "ar", "so", "ti"})
"""Enough for a story: a tablet that keeps these needs a fifth of the time that it needs for all."""


def few_languages(folder: Path) -> Path:
    """Copy the delivered phrasebooks in a few languages into ``folder``, which must not exist, and return it."""

    def left_out(_folder: str, names: list[str]) -> list[str]:
        return [name for name in names if name.endswith(".po") and name.removesuffix(".po") not in FEW_LANGUAGES]

    return Path(shutil.copytree(default_directory(), folder, ignore=left_out))


@cache
def delivered_library() -> Library:
    return load_library(default_directory())


@cache
def delivered_glossary() -> Glossary:
    return load_glossary(default_directory())


@cache
def delivered_jurisdictions() -> Jurisdictions:
    return load_jurisdictions(default_directory())


@cache
def delivered_catalogue() -> Catalogue:
    return Catalogue(delivered_library())


def checked_library(statuses: Mapping[tuple[str, str], Status]) -> Library:
    """The delivered library with another status for each (book, language) named; never for English."""
    library = delivered_library()
    changed = {
        place: _checked(texts, statuses[place]) if place in statuses else texts
        for place, texts in library.translations.items()
    }
    return replace(library, translations=MappingProxyType(changed))


@cache
def checked_catalogue() -> Catalogue:
    """Rights in detention are verified in Amharic and reviewed in Spanish; all else is a draft, as delivered."""
    statuses = {("detention-rights", "am"): Status.VERIFIED, ("detention-rights", "es"): Status.REVIEWED}
    return Catalogue(checked_library(statuses))


def _checked(texts: Mapping[str, Translation], status: Status) -> Mapping[str, Translation]:
    readers = READERS if status is Status.VERIFIED else READERS[:1]
    return {
        phrase_id: replace(text, status=status, reviewers=readers, origin=Origin.HUMAN)
        for phrase_id, text in texts.items()
    }


@cache
def delivered_matching() -> MatchingFiles:
    return load_matching(default_directory(), delivered_library().phrase_keys)
