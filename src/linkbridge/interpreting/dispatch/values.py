"""What dispatch is asked for and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from linkbridge.interpreting.matching.values import Candidate, Rejection
from linkbridge.interpreting.reads import AssignmentRead, RequestRead
from linkbridge.interpreting.values import Confidentiality, Credential, Domain, Gender, Modality, RequestState, Source


@dataclass(frozen=True, slots=True)
class RequestWish:
    """What somebody asks for. ``starts_at`` absent means now.

    ``avoid`` (coded conflicts), ``note`` and ``place`` (a number to call or an address) are kept encrypted.
    """

    site_id: str
    person_language: str
    official_language: str
    domain: Domain
    modality: Modality
    time_zone: str
    duration_minutes: int = 30
    starts_at: datetime | None = None
    gender_preference: Gender | None = None
    credential: Credential | None = None
    interpreters: int = 1
    confidentiality: Confidentiality = Confidentiality.STANDARD
    avoid: tuple[str, ...] = ()
    note: str = field(default="", repr=False)
    place: str = field(default="", repr=False)
    source: Source = Source.BOARD
    encounter_id: str | None = None
    is_training: bool = False


@dataclass(frozen=True, slots=True)
class RequestSecrets:
    """What only those who meet may read."""

    note: str = field(repr=False)
    place: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests to list; what is empty filters nothing."""

    states: frozenset[RequestState] = frozenset()
    site_id: str | None = None
    language: str | None = None
    domain: Domain | None = None
    modality: Modality | None = None
    starts_from: datetime | None = None
    starts_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class BoardCard:
    """A request on the board: who is asked now, until when, and who has accepted."""

    request: RequestRead
    asked: tuple[str, ...]
    asked_until: datetime | None
    assignments: tuple[AssignmentRead, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The cards of each state, newest or soonest first, with how many there are in all."""

    cards: Mapping[RequestState, tuple[BoardCard, ...]]
    counts: Mapping[RequestState, int]


@dataclass(frozen=True, slots=True)
class Preview:
    """Why a request stands where it stands: who could come, in the order of asking, and why others cannot.

    ``following`` are the next to be asked; ``relay`` is the language through which they would work, if any.
    """

    candidates: tuple[Candidate, ...]
    following: tuple[Candidate, ...]
    relay: str | None
    rejected: tuple[Rejection, ...]
