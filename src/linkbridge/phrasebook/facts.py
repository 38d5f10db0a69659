"""What is known of a country: authorities, numbers and laws, each from a page that somebody read. Pure.

A fact is shown to a person only once an administrator has confirmed it. Until then, and where nothing is known, the
person's screen says to ask the officer in charge: absent is a value.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from linkbridge.phrasebook.schema import digest


class FactKey(StrEnum):
    """What a fact is about."""

    EMERGENCY_NUMBER = "emergency_number"
    ASYLUM_AUTHORITY = "asylum_authority"
    OMBUDSPERSON = "ombudsperson"
    IOM = "iom"
    UNHCR = "unhcr"
    CONSULAR_LAW = "consular_law"
    ASYLUM_LAW = "asylum_law"


class EmergencyKind(StrEnum):
    """Whom an emergency number reaches; ``all``: police, ambulance and fire service."""

    ALL = "all"
    POLICE = "police"
    AMBULANCE = "ambulance"
    FIRE = "fire"


class PresenceKind(StrEnum):
    """How an organisation is present in a country."""

    COUNTRY_OFFICE = "country-office"
    REGIONAL_OFFICE = "regional-office"
    MULTI_COUNTRY_OFFICE = "multi-country-office"
    PRESENCE = "presence"


KINDS: Mapping[FactKey, type[EmergencyKind] | type[PresenceKind]] = MappingProxyType(
    {
        FactKey.EMERGENCY_NUMBER: EmergencyKind,
        FactKey.IOM: PresenceKind,
        FactKey.UNHCR: PresenceKind,
    }
)
"""The kinds that facts of a key are divided into; facts of the other keys have none."""


class SourceKind(StrEnum):
    """Who published the page on which a fact was read."""

    GOVERNMENT = "government"
    INTERNATIONAL = "international"
    LEGAL_TEXT = "legal-text"
    PRESS = "press"
    OTHER = "other"


class FactStatus(StrEnum):
    """What a file may claim of a fact. Confirming is an administrator's act and is kept in the database."""

    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact with the page on which it was read.

    ``kind`` is one of ``KINDS`` for its key, else empty; ``label`` says where or for whom it holds. ``page_date`` is
    the page's own date as far as it says one (a year, a month or a day), ``checked_on`` when it was read.
    """

    country: str
    key: FactKey
    value: str
    source: str
    source_title: str
    source_kind: SourceKind
    checked_on: date
    kind: str = ""
    label: str = ""
    page_date: str = ""
    valid_from: date | None = None
    line: int = field(default=0, compare=False)

    @property
    def hash(self) -> str:
        """The hash by which a confirmation knows whether the fact still says the same, from the same page."""
        since = self.valid_from.isoformat() if self.valid_from else ""
        return digest([self.country, self.key, self.kind, self.value, self.label, self.source, since])

    def age_on(self, day: date) -> int:
        """Return how many days before ``day`` the page was read."""
        return (day - self.checked_on).days


@dataclass(frozen=True, slots=True)
class Jurisdictions:
    """What is known of each country, by its ISO 3166 code."""

    countries: Mapping[str, tuple[Fact, ...]] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def __iter__(self) -> Iterator[Fact]:
        return (fact for facts in self.countries.values() for fact in facts)

    def facts(self, country: str, key: FactKey) -> tuple[Fact, ...]:
        """Return the facts of a key, in the order of the file, confirmed or not."""
        return tuple(fact for fact in self.countries.get(country, ()) if fact.key is key)

    def find(self, country: str, fact_hash: str) -> Fact | None:
        """Return the fact with that hash, or ``None``."""
        return next((fact for fact in self.countries.get(country, ()) if fact.hash == fact_hash), None)

    def facts_for(self, country: str, confirmed: Collection[str]) -> Mapping[FactKey, tuple[Fact, ...]]:
        """Return what a person in a country may be told: under every key its confirmed facts, none where it is absent.

        ``confirmed`` are the hashes of confirmed facts. Where a key has none, say to ask the officer in charge.
        """
        return MappingProxyType(
            {key: tuple(fact for fact in self.facts(country, key) if fact.hash in confirmed) for key in FactKey}
        )
