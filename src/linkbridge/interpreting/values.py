"""The fixed words of interpreting, and the values that its parts hand to each other. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Domain(StrEnum):
    """What the talk is about, as far as it decides who can interpret it."""

    ASYLUM_INTERVIEW = "asylum-interview"
    DETENTION = "detention"
    MEDICAL = "medical"
    HEARING = "hearing"
    SCREENING = "screening"
    CHILD_PROTECTION = "child-protection"


class Modality(StrEnum):
    """How the interpreter takes part."""

    PHONE = "phone"
    VIDEO = "video"
    ON_SITE = "on-site"


class Gender(StrEnum):
    """An interpreter's gender, as a person may ask for it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Level(StrEnum):
    """How well an interpreter works between two languages, from least to most."""

    WORKING = "working"
    PROFESSIONAL = "professional"
    EXPERT = "expert"

    @property
    def rank(self) -> int:
        """The level as a number, 0 for the least."""
        return list(Level).index(self)


class Confidentiality(StrEnum):
    """``strict``: only interpreters who hold a training in confidentiality, of organisations in the agreed order."""

    STANDARD = "standard"
    STRICT = "strict"


class Credential(StrEnum):
    """What an interpreter can prove, by the standards of the field (ISO 18841:2018 and those below it)."""

    COMMUNITY = "iso-13611"
    GENERAL = "iso-18841"
    LEGAL = "iso-20228"
    HEALTHCARE = "iso-21998"
    SWORN = "sworn"
    CHILD_PROTECTION = "training-child-protection"
    TRAUMA = "training-trauma"
    CONFIDENTIALITY = "training-confidentiality"


class ContactKind(StrEnum):
    """A way to reach an interpreter, in the order that the interpreter prefers."""

    MAIL = "mail"
    TELEGRAM = "telegram"
    PUSH = "push"


class BlockKind(StrEnum):
    """Why an interpreter and a request do not go together.

    ``conflict``: a coded trait (``nationality:ER``, ``group:…``, ``case:…``) that a request's ``avoid`` may name.
    ``declines`` and ``unwanted`` are the do-not-send lists of the two sides: their code is ``organisation:<id>`` or
    ``site:<id>``.
    """

    CONFLICT = "conflict"
    DECLINES = "declines"
    UNWANTED = "unwanted"


class RequestState(StrEnum):
    """Where a request stands. The last three are ends; an unfilled one can be searched for again."""

    NEW = "new"
    OFFERED = "offered"
    BOOKED = "booked"
    IN_SESSION = "in-session"
    DONE = "done"
    UNFILLED = "unfilled"
    CANCELLED = "cancelled"


class OfferState(StrEnum):
    """What became of an offer. ``taken``: others were faster. ``withdrawn``: the request is gone or was changed."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"


class AssignmentState(StrEnum):
    """An accepted offer (ISO 18841: assignment).

    ``held``: accepted, while a partner of the same booking is still sought. ``released``: that search failed.
    ``withdrawn``: the interpreter stepped back or was replaced. ``cancelled``: the request was.
    """

    HELD = "held"
    BOOKED = "booked"
    IN_SESSION = "in-session"
    ENDED = "ended"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


OCCUPYING = frozenset({AssignmentState.HELD, AssignmentState.BOOKED, AssignmentState.IN_SESSION})
"""States in which an interpreter's time is taken: the database refuses two of them that overlap."""


class Outcome(StrEnum):
    """How an assignment ended."""

    COMPLETED = "completed"
    CUT_SHORT = "cut-short"
    NO_SHOW = "no-show"
    CANCELLED_LATE = "cancelled-late"


class Party(StrEnum):
    """A side of a session."""

    OFFICIAL = "official"
    INTERPRETER = "interpreter"
    PERSON = "person"


class Source(StrEnum):
    """Through which door a request came."""

    BOARD = "board"
    TABLET = "tablet"
    CHAT = "chat"
    API = "api"


class OrganisationTier(StrEnum):
    """How an organisation stands in the escalation: it is the requester's own, agreed upon, or neither."""

    OWN = "own"
    AGREED = "agreed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class WorkingLanguages:
    """Two languages that an interpreter works between. ``both_ways``: also from ``target`` into ``source``."""

    source: str
    target: str
    level: Level
    both_ways: bool = True


@dataclass(frozen=True, slots=True)
class Seat:
    """One interpreter's part of a booking. ``source`` is the language on the person's side of it.

    A direct booking for n interpreters has n seats between the same two languages; a relay has two: from the person's
    language to the relay language, and from there to the official's.
    """

    number: int
    source: str
    target: str


def seats_of(person_language: str, official_language: str, interpreters: int, relay: str | None) -> tuple[Seat, ...]:
    """Return the seats of a request, numbered from 1."""
    if relay is not None:
        return (Seat(1, person_language, relay), Seat(2, relay, official_language))
    return tuple(Seat(number, person_language, official_language) for number in range(1, interpreters + 1))


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """From ``start`` until before ``end``, both in UTC."""

    start: datetime
    end: datetime

    @property
    def minutes(self) -> int:
        """How long it lasts, in whole minutes."""
        return int((self.end - self.start).total_seconds() // 60)

    def overlaps(self, other: "TimeSpan") -> bool:
        """Whether the two share any moment."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "TimeSpan") -> bool:
        """Whether all of ``other`` lies within."""
        return self.start <= other.start and other.end <= self.end
