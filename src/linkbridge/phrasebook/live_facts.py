"""The confirmed facts of countries in memory, so that a page costs no query for them."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from sqlmodel import Session

from linkbridge.phrasebook.confirmations import confirmed_hashes
from linkbridge.phrasebook.facts import Fact, FactKey, Jurisdictions
from linkbridge.phrasebook.schema import digest

TOLD = (
    FactKey.EMERGENCY_NUMBER,
    FactKey.ASYLUM_AUTHORITY,
    FactKey.OMBUDSPERSON,
    FactKey.IOM,
    FactKey.UNHCR,
)
"""What a person is told of a country, in this order; laws are for officials."""


class LiveFacts:
    """What may be told of each country now."""

    def __init__(self, jurisdictions: Jurisdictions) -> None:
        self._jurisdictions = jurisdictions
        self._confirmed: frozenset[str] = frozenset()

    def refresh(self, open_session: Callable[[], AbstractContextManager[Session]]) -> None:
        """Ask which facts administrators have confirmed."""
        with open_session() as session:
            self._confirmed = confirmed_hashes(session)

    def of(self, country: str) -> Mapping[FactKey, tuple[Fact, ...]]:
        """Return the confirmed facts of every key that a person is told; none where nothing is known."""
        found = self._jurisdictions.facts_for(country, self._confirmed)
        return {key: tuple(found.get(key, ())) for key in TOLD}

    def fingerprint(self, country: str) -> str:
        """Return a short hash that changes whenever what is told of the country does."""
        return digest(f"{fact.hash} {fact.checked_on}" for facts in self.of(country).values() for fact in facts)
