"""Countries and the languages that people from there are likely to speak, from Unicode CLDR through babel."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from babel.languages import get_territory_language_info

from linkbridge.kernel.languages import LANGUAGES, OFFICIAL_TAGS, babel_locale

_CLDR_NAMES = {"zh": "zh-Hans", "ku": "kmr"}
_LOCAL_NAMES = {("AF", "fa"): "prs"}
_PARTS_OF_OTHERS = frozenset(
    {
        "AC",
        "AI",
        "AS",
        "AW",
        "AX",
        "BL",
        "BM",
        "BQ",
        "BV",
        "CC",
        "CK",
        "CP",
        "CQ",
        "CW",
        "CX",
        "DG",
        "EA",
        "EU",
        "EZ",
        "FK",
        "FO",
        "GF",
        "GG",
        "GI",
        "GL",
        "GP",
        "GS",
        "GU",
        "HM",
        "IC",
        "IM",
        "IO",
        "JE",
        "KY",
        "MF",
        "MP",
        "MQ",
        "MS",
        "NC",
        "NF",
        "NU",
        "PF",
        "PM",
        "PN",
        "PR",
        "QO",
        "RE",
        "SH",
        "SJ",
        "SX",
        "TA",
        "TC",
        "TF",
        "TK",
        "UM",
        "UN",
        "VG",
        "VI",
        "WF",
        "XA",
        "XB",
        "YT",
        "ZZ",
    }
)
"""Codes that are no country of their own, or parts of one: nobody looks for them in a list of countries."""
_LEAST_PERCENT = 2.0
_MOST_LANGUAGES = 4


@dataclass(frozen=True, slots=True)
class Country:
    """A country as a person finds it: its own name, the official's name, and its languages, likeliest first."""

    code: str
    own: str
    name: str
    languages: tuple[str, ...]

    @property
    def label(self) -> str:
        """Both names, for a list."""
        return self.own if self.own == self.name else f"{self.own} · {self.name}"

    @property
    def query(self) -> str:
        """The part of an address that suggests this country's languages."""
        return "suggest=" + "+".join(self.languages)


@cache
def _spoken(code: str) -> tuple[tuple[str, float], ...]:
    """Return our languages spoken in a country with their share of its people, in percent, largest first."""
    shares: dict[str, float] = {}
    for name, facts in get_territory_language_info(code).items():
        tag = _LOCAL_NAMES.get((code, name)) or _CLDR_NAMES.get(name, name)
        share = float(facts["population_percent"] or 0)
        # Spanish or English is spoken by some nearly everywhere; that says nothing about where a person is from.
        least = _LEAST_PERCENT if tag not in OFFICIAL_TAGS else 100.0
        if tag in LANGUAGES and (share >= least or facts["official_status"]):
            shares[tag] = max(share, shares.get(tag, 0.0))
    return tuple(sorted(shares.items(), key=lambda item: (-item[1], item[0])))


@cache
def countries(ui: str, available: Collection[str]) -> tuple[Country, ...]:
    """Return the countries in which one of the ``available`` languages is spoken, by their name in ``ui``."""
    found = []
    for code, name in babel_locale(ui).territories.items():
        if len(code) != 2 or not code.isalpha() or code in _PARTS_OF_OTHERS:
            continue
        tags = tuple(tag for tag, _ in _spoken(code) if tag in available)[:_MOST_LANGUAGES]
        if tags:
            own = babel_locale(tags[0]).territories.get(code, name)
            found.append(Country(code, own, name, tags))
    return tuple(sorted(found, key=lambda country: country.name))


def country_name(code: str, tag: str) -> str:
    """Return a country's name in a language, in English where the language's names are not known."""
    for locale in (babel_locale(tag), babel_locale("en")):
        name = locale.territories.get(code)
        if name:
            return str(name)
    return code
