"""How long matching takes over ten thousand interpreters."""

import random
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from linkbridge.interpreting.matching.finding import find_matches
from linkbridge.interpreting.matching.values import Need, Policy, Profile
from linkbridge.interpreting.values import Credential, Domain, Gender, Level, Modality, TimeSpan, WorkingLanguages

INTERPRETERS = 10_000
REPEATS = 15
_PERSONS = ("am", "ti", "ar", "so", "bn", "hi", "ur", "fa", "prs", "zh-Hans", "ht", "sw", "fr", "ne", "ps", "wo")
_OFFICIALS = ("es", "pt", "en", "fr", "nl")
_ZONES = ("America/Panama", "America/Bogota", "Africa/Addis_Ababa", "Asia/Kathmandu", "Europe/Lisbon", "Asia/Dhaka")


@dataclass(frozen=True, slots=True)
class Always:
    """Hours that always fit: what they cost is measured with availability."""

    def problem(self, span: TimeSpan) -> str:  # noqa: ARG002 - the port's signature
        """Find none."""
        return ""

    def is_on_call(self, span: TimeSpan) -> bool:  # noqa: ARG002 - the same
        """Be off."""
        return False


@dataclass(frozen=True, slots=True)
class MatchingFigures:
    """Median times in milliseconds, with how many candidates there were."""

    direct_ms: float
    direct_candidates: int
    relay_ms: float
    relays: int


def measure_matching() -> MatchingFigures:
    """Return how long a direct match and a search for relays take over all interpreters."""
    people = _people()
    start = datetime(2026, 12, 1, 15, tzinfo=UTC)
    need = Need(
        person_language="am",
        official_language="es",
        domain=Domain.SCREENING,
        modality=Modality.VIDEO,
        span=TimeSpan(start, start + timedelta(hours=1)),
        is_on_demand=False,
        organisation_id="o0",
        site_id="s",
        country="PA",
    )
    rare = Need(**{**{name: getattr(need, name) for name in Need.__slots__}, "person_language": "ln"})
    bridge = [*people, *(_bridge(number) for number in range(20))]
    direct_ms, direct = _timed(need, people)
    relay_ms, relayed = _timed(rare, bridge)
    return MatchingFigures(direct_ms, direct[0], relay_ms, relayed[1])


def _timed(need: Need, people: list[Profile]) -> tuple[float, tuple[int, int]]:
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        found = find_matches(need, people, Policy())
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), (len(found.candidates), len(found.relays))


def _people() -> list[Profile]:
    rng = random.Random(4)
    return [_person(rng, number) for number in range(INTERPRETERS)]


def _person(rng: random.Random, number: int) -> Profile:
    pairs = tuple(
        WorkingLanguages(person, rng.choice(_OFFICIALS), rng.choice(list(Level)), rng.random() < 0.9)
        for person in rng.sample(_PERSONS, rng.randint(1, 3))
    )
    return Profile(
        id=f"i{number:05}",
        organisation_id=f"o{rng.randrange(40)}",
        country="PA",
        time_zone=rng.choice(_ZONES),
        pairs=pairs,
        domains=frozenset(rng.sample(list(Domain), rng.randint(2, 6))),
        modalities=frozenset(rng.sample(list(Modality), rng.randint(1, 3))),
        gender=rng.choice([Gender.FEMALE, Gender.MALE, None]),
        credentials=dict.fromkeys(rng.sample(list(Credential), rng.randint(0, 3))),
        blocks=frozenset(),
        cost_per_hour=rng.randrange(0, 9_000),
        minutes_lately=rng.randrange(0, 2_000),
        offers_lately=rng.randrange(0, 40),
        hours=Always(),
    )


def _bridge(number: int) -> Profile:
    """Return one of the few who connect a rare language with a third one."""
    rng = random.Random(number)
    person = _person(rng, INTERPRETERS + number)
    pairs = (WorkingLanguages("ln", "fr", Level.PROFESSIONAL, both_ways=True),)
    return Profile(**{**{name: getattr(person, name) for name in Profile.__slots__}, "pairs": pairs})


if __name__ == "__main__":
    print(measure_matching())
