"""What matching is given and what it answers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from linkbridge.interpreting.ports import Hours
from linkbridge.interpreting.values import (
    BlockKind,
    Confidentiality,
    Credential,
    Domain,
    Gender,
    Modality,
    OrganisationTier,
    Seat,
    TimeSpan,
    WorkingLanguages,
)


@dataclass(frozen=True, slots=True)
class Need:
    """What a request needs of an interpreter.

    ``avoid`` holds coded conflicts; ``asked`` are interpreters who were asked already and are not asked again;
    ``country`` is the site's, where an interpreter on site must be.
    """

    person_language: str
    official_language: str
    domain: Domain
    modality: Modality
    span: TimeSpan
    is_on_demand: bool
    organisation_id: str
    site_id: str
    country: str
    gender: Gender | None = None
    credential: Credential | None = None
    confidentiality: Confidentiality = Confidentiality.STANDARD
    avoid: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Profile:
    """An interpreter as matching sees one. ``minutes_lately`` and ``offers_lately`` are of the last 28 days."""

    id: str
    organisation_id: str
    country: str
    time_zone: str
    pairs: tuple[WorkingLanguages, ...]
    domains: frozenset[Domain]
    modalities: frozenset[Modality]
    gender: Gender | None
    credentials: Mapping[Credential, date | None]
    blocks: frozenset[tuple[BlockKind, str]]
    cost_per_hour: int
    minutes_lately: int
    offers_lately: int
    hours: Hours
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a score: a fixed code, and the points that it gives or takes."""

    code: str
    points: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """An interpreter who can take a seat. ``score`` is the sum of the reasons' points."""

    interpreter_id: str
    organisation_id: str
    seat: Seat
    tier: OrganisationTier
    step: int
    score: int
    reasons: tuple[Reason, ...]
    is_on_call: bool = False


@dataclass(frozen=True, slots=True)
class Relay:
    """A third language through which two interpreters can serve: candidates for each of the two seats."""

    language: str
    first: tuple[Candidate, ...]
    second: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an interpreter is not listed: at least one fixed code."""

    interpreter_id: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """All answers. Candidates come in the order in which they are asked; relays best first."""

    candidates: tuple[Candidate, ...] = ()
    relays: tuple[Relay, ...] = ()
    rejected: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each thing counts: points at most. 0 leaves it out."""

    level: int = 30
    own_organisation: int = 10
    gender: int = 15
    credential: int = 10
    on_call: int = 40
    cost: int = 20
    fairness: int = 25
    waking_hours: int = 10


@dataclass(frozen=True, slots=True)
class Policy:
    """How an organisation's requests are dispatched.

    Waves: ``wave_size`` people are asked at once and have ``wave_minutes`` to answer; on demand ``ring_size`` people
    ring for ``ring_seconds``. After ``most_waves`` waves a request is unfilled. ``partners`` is the agreed order of
    organisations; empty, the own organisation is asked first and then all others.
    """

    wave_size: int = 3
    wave_minutes: int = 30
    ring_size: int = 5
    ring_seconds: int = 60
    most_waves: int = 12
    relay_allowed: bool = True
    late_hours: int = 24
    weights: Weights = field(default_factory=Weights)
    partners: tuple[str, ...] = ()
