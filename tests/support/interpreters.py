"""Made-up interpreters and needs for tests of matching."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from linkbridge.interpreting.matching.values import Need, Policy, Profile
from linkbridge.interpreting.values import Domain, Level, Modality, TimeSpan, WorkingLanguages

START = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
SPAN = TimeSpan(START, START + timedelta(minutes=60))


@dataclass(frozen=True)
class SetHours:
    """Hours that answer what the test says."""

    answer: str = ""
    on_call: bool = False

    def problem(self, span: TimeSpan) -> str:  # noqa: ARG002 - the port's signature
        return self.answer

    def is_on_call(self, span: TimeSpan) -> bool:  # noqa: ARG002 - the same
        return self.on_call


def need(**changes: Any) -> Need:
    asked = Need(
        person_language="am",
        official_language="es",
        domain=Domain.SCREENING,
        modality=Modality.VIDEO,
        span=SPAN,
        is_on_demand=False,
        organisation_id="border",
        site_id="post",
        country="PA",
    )
    return replace(asked, **changes)


def pair(source: str, target: str, level: Level = Level.PROFESSIONAL, *, both_ways: bool = True) -> WorkingLanguages:
    return WorkingLanguages(source, target, level, both_ways)


def profile(name: str = "i1", *pairs: WorkingLanguages, **changes: Any) -> Profile:
    made = Profile(
        id=name,
        organisation_id="partner",
        country="PA",
        time_zone="America/Panama",
        pairs=pairs or (pair("am", "es"),),
        domains=frozenset(Domain),
        modalities=frozenset(Modality),
        gender=None,
        credentials={},
        blocks=frozenset(),
        cost_per_hour=0,
        minutes_lately=0,
        offers_lately=0,
        hours=SetHours(),
    )
    return replace(made, **changes)


DEFAULTS = Policy()
