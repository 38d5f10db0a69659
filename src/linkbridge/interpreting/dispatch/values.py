"""What dispatch takes and tells: wishes, previews, cards of the board. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from linkbridge.interpreting.matching.values import Reason, Rejection
from linkbridge.interpreting.reads import AssignmentRead, RequestRead
from linkbridge.interpreting.values import OfferState, RequestState, Source

WAVE_JOB = "interpreting.wave"
REMINDER_JOB = "interpreting.reminder"
CLOSE_JOB = "interpreting.close"
CLEAR_JOB = "interpreting.clear"
REMINDER_MINUTES = (24 * 60, 60, 10)
"""How long before the start reminders come, in minutes, the earliest first."""
CLOSE_AFTER_MINUTES = 60
"""How long after its planned end a booking is closed, if nobody said how it went."""


class UnfilledReason(StrEnum):
    """Why a search ended without a booking."""

    NOBODY_MATCHES = "nobody-matches"
    NOBODY_ACCEPTED = "nobody-accepted"
    PARTNER_MISSING = "partner-missing"
    START_PASSED = "start-passed"


class CancelReason(StrEnum):
    """Why a request is called off; nothing that a person wrote."""

    NOT_NEEDED = "not-needed"
    PERSON_LEFT = "person-left"
    OTHER_TIME = "other-time"
    MISTAKE = "mistake"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class RequestWish:
    """What somebody asks for, as it was sent: nothing in it has been checked.

    ``starts_at`` absent means now. With an offset it is a moment; without one it is local time in ``time_zone``, which
    is the site's own when empty. ``ends_at``, by the same rule, counts instead of ``duration_minutes`` where it is
    given. ``official_language`` is the site's when empty. ``avoid`` are coded conflicts
    (``nationality:ER``), never shown again; ``note`` and ``place`` are encrypted and shown to those who accepted.
    """

    person_language: str
    domain: str
    modality: str
    site_id: str
    official_language: str = ""
    duration_minutes: int = 30
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    time_zone: str = ""
    gender_preference: str = ""
    credential: str = ""
    interpreters: int = 1
    confidentiality: str = "standard"
    avoid: tuple[str, ...] = ()
    note: str = field(default="", repr=False)
    place: str = field(default="", repr=False)
    source: str = Source.BOARD
    encounter_id: str | None = None
    is_training: bool = False


@dataclass(frozen=True, slots=True)
class RequestSecrets:
    """What is shown to the requesting side, and to interpreters who accepted."""

    note: str = field(repr=False)
    place: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests to list; what is absent does not narrow."""

    states: frozenset[RequestState] = frozenset()
    site_id: str | None = None
    language: str | None = None
    domain: str | None = None
    starts_from: datetime | None = None
    starts_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class PreviewCandidate:
    """Somebody who could be asked, best first. ``asked`` is what became of their offer in this search."""

    interpreter_id: str
    organisation_id: str
    seat: int
    score: int
    reasons: tuple[Reason, ...]
    asked: OfferState | None


@dataclass(frozen=True, slots=True)
class Replacements:
    """Who could take over a seat that somebody has: those who fit, best first, and who could be booked all the same."""

    fits: tuple[str, ...]
    others: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """Who was and who would be asked: why a request is stuck.

    ``relay_language`` is the one that the candidates go through, if there is nobody direct. ``next_ids`` are asked
    next, at ``next_at`` at the latest, and belong to ``next_organisation_id``; none are left when it is absent.
    ``replacements`` are those for each seat that can be given to somebody else, by its number.
    """

    request: RequestRead
    candidates: tuple[PreviewCandidate, ...]
    rejected: tuple[Rejection, ...]
    relay_language: str | None
    next_ids: tuple[str, ...]
    next_organisation_id: str | None
    next_at: datetime | None
    replacements: Mapping[int, Replacements] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class BoardCard:
    """A request as the board shows it. ``asked_ids`` are the interpreters whose offers are open.

    ``next_expiry`` is when the first of these offers expires, ``next_sent`` when that one was sent.
    """

    request: RequestRead
    open_offers: int
    next_expiry: datetime | None
    next_sent: datetime | None
    asked_ids: tuple[str, ...]
    assignments: tuple[AssignmentRead, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The first cards of each column, and how many requests each column holds in all."""

    cards: tuple[BoardCard, ...]
    counts: Mapping[RequestState, int] = field(hash=False)
