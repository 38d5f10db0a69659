"""The languages LinkBridge knows, as BCP 47 tags, with what a screen needs to show each of them."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import langcodes
from babel import Locale, UnknownLocaleError

Direction = Literal["ltr", "rtl"]

OFFICIAL_TAGS = ("es", "pt", "en", "fr", "nl")
"""The languages in which officials use LinkBridge, in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language as people meet it.

    ``autonym`` is its name in itself; ``script`` an ISO 15924 code; ``voice`` the espeak-ng voice
    or ``None``; ``speakers`` a rough order of magnitude in millions, used only to sort;
    ``locale`` the CLDR locale used to format dates and numbers (a close relative where CLDR has none);
    ``babel`` the tag used for names of countries.
    """

    tag: str
    autonym: str
    english_name: str
    script: str
    direction: Direction
    voice: str | None
    speakers: int
    locale: str


_RTL_SCRIPTS = frozenset({"Arab", "Hebr", "Nkoo", "Thaa", "Adlm", "Syrc"})

# tag: (autonym, English name, script, espeak-ng 1.51 voice, speakers in millions, CLDR locale)
_TABLE: dict[str, tuple[str, str, str, str | None, int, str]] = {
    "am": ("አማርኛ", "Amharic", "Ethi", "am", 60, "am"),
    "ar": ("العربية", "Arabic", "Arab", "ar", 380, "ar"),
    "bn": ("বাংলা", "Bengali", "Beng", "bn", 270, "bn"),
    "ckb": ("کوردیی ناوەندی", "Central Kurdish (Sorani)", "Arab", None, 9, "ckb"),
    "en": ("English", "English", "Latn", "en", 1500, "en"),
    "es": ("Español", "Spanish", "Latn", "es-419", 560, "es"),
    "fa": ("فارسی", "Persian", "Arab", "fa", 80, "fa"),
    "ff": ("Pulaar", "Fulah", "Latn", None, 37, "ff"),
    "fr": ("Français", "French", "Latn", "fr-fr", 310, "fr"),
    "gu": ("ગુજરાતી", "Gujarati", "Gujr", "gu", 62, "gu"),
    "ha": ("Hausa", "Hausa", "Latn", None, 88, "ha"),
    "hi": ("हिन्दी", "Hindi", "Deva", "hi", 610, "hi"),
    "ht": ("Kreyòl ayisyen", "Haitian Creole", "Latn", "ht", 13, "fr"),
    "kmr": ("Kurmancî", "Northern Kurdish (Kurmanji)", "Latn", "ku", 16, "ku"),
    "ln": ("Lingála", "Lingala", "Latn", None, 40, "ln"),
    "ne": ("नेपाली", "Nepali", "Deva", "ne", 32, "ne"),
    "nl": ("Nederlands", "Dutch", "Latn", "nl", 25, "nl"),
    "om": ("Afaan Oromoo", "Oromo", "Latn", "om", 45, "om"),
    "pa": ("ਪੰਜਾਬੀ", "Punjabi", "Guru", "pa", 120, "pa"),
    "prs": ("دری", "Dari", "Arab", "fa", 35, "fa_AF"),
    "ps": ("پښتو", "Pashto", "Arab", None, 58, "ps"),
    "pt": ("Português", "Portuguese", "Latn", "pt-br", 260, "pt"),
    "ru": ("Русский", "Russian", "Cyrl", "ru", 255, "ru"),
    "si": ("සිංහල", "Sinhala", "Sinh", "si", 17, "si"),
    "so": ("Soomaali", "Somali", "Latn", None, 24, "so"),
    "sw": ("Kiswahili", "Swahili", "Latn", "sw", 87, "sw"),
    "ta": ("தமிழ்", "Tamil", "Taml", "ta", 86, "ta"),
    "ti": ("ትግርኛ", "Tigrinya", "Ethi", None, 10, "ti"),
    "tr": ("Türkçe", "Turkish", "Latn", "tr", 90, "tr"),
    "ur": ("اردو", "Urdu", "Arab", "ur", 240, "ur"),
    "uz": ("Oʻzbekcha", "Uzbek", "Latn", "uz", 35, "uz"),
    "vi": ("Tiếng Việt", "Vietnamese", "Latn", "vi", 97, "vi"),
    "wo": ("Wolof", "Wolof", "Latn", None, 12, "wo"),
    "yo": ("Yorùbá", "Yoruba", "Latn", None, 46, "yo"),
    "zh-Hans": ("简体中文", "Chinese (Simplified)", "Hans", "cmn-latn-pinyin", 1140, "zh_Hans"),
}

LANGUAGES: dict[str, Language] = {
    tag: Language(tag, autonym, english, script, "rtl" if script in _RTL_SCRIPTS else "ltr", voice, speakers, locale)
    for tag, (autonym, english, script, voice, speakers, locale) in _TABLE.items()
}


def find_language(tag: str) -> Language | None:
    """Return the language that ``tag`` names, falling back from a regional tag (``pt-BR``) to its base.

    Returns ``None`` for an unknown or malformed tag.
    """
    known = LANGUAGES.get(tag)
    if known is not None:
        return known
    if not 1 < len(tag) <= 35 or not langcodes.tag_is_valid(tag):
        return None
    match = langcodes.closest_supported_match(tag, list(LANGUAGES), max_distance=9)
    return LANGUAGES[match] if match else None


@cache
def babel_locale(tag: str) -> Locale:
    """Return the CLDR locale in which dates, numbers and country names of ``tag`` are written."""
    language = LANGUAGES.get(tag)
    try:
        return Locale.parse(language.locale if language else tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def language_name_in(tag: str, ui: str) -> str:
    """Return the name of a language in the official's language ``ui``."""
    from langcodes import Language as Tag  # noqa: PLC0415 - loading its data costs start-up time

    return str(Tag.get(tag).display_name(ui))
