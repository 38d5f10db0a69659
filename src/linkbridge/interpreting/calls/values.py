"""What a call is made of. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from linkbridge.interpreting.values import OCCUPYING, AssignmentState, Modality, Party, RequestState

EARLY = timedelta(minutes=15)
LATE = timedelta(hours=1)
"""How long before the start and after the end a link opens its session."""


class MeetingKind(StrEnum):
    """Where a session takes place. ``none``: nothing is set up for it."""

    BROWSER = "browser"
    JITSI = "jitsi"
    PHONE = "phone"
    ADDRESS = "address"
    NONE = "none"


class Gate(StrEnum):
    """Whether a session can be entered now."""

    OPEN = "open"
    EARLY = "early"
    NOT_BOOKED = "not-booked"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class CallLink:
    """What a link says: which side of which session."""

    request_id: str
    party: Party
    assignment_id: str | None = None


@dataclass(frozen=True, slots=True)
class CallSetup:
    """How calls are held here. ``direct``: browsers connect without a relay, and see each other's address."""

    turn_urls: tuple[str, ...] = ()
    turn_secret: str = ""
    jitsi_url: str = ""
    direct: bool = False

    @property
    def has_browser_calls(self) -> bool:
        """Whether two browsers can find each other."""
        return self.direct or bool(self.turn_urls and self.turn_secret)


@dataclass(frozen=True, slots=True)
class CallRead:
    """A session as one side of it sees it. ``place`` is the number or address; ``room`` the address of a Jitsi room."""

    link: CallLink
    kind: MeetingKind
    gate: Gate
    modality: Modality
    person_language: str
    official_language: str
    opens_at: datetime
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    time_zone: str
    place: str = ""
    room: str = ""


@dataclass(frozen=True, slots=True)
class Peer:
    """Somebody in a call: the id of the attendance, and the side."""

    id: str
    party: Party


def choose_meeting(modality: Modality, place: str, setup: CallSetup) -> MeetingKind:
    """Return where a session takes place."""
    if modality is Modality.ON_SITE:
        return MeetingKind.ADDRESS
    if modality is Modality.PHONE and place:
        return MeetingKind.PHONE
    if setup.has_browser_calls:
        return MeetingKind.BROWSER
    if setup.jitsi_url:
        return MeetingKind.JITSI
    return MeetingKind.PHONE if place else MeetingKind.NONE


def gate_of(
    state: RequestState,
    assignment: AssignmentState | None,
    *,
    opens_at: datetime,
    closes_at: datetime,
    now: datetime,
) -> Gate:
    """Return whether a session can be entered; ``assignment`` is the interpreter's own."""
    if now >= closes_at or state in (RequestState.DONE, RequestState.CANCELLED):
        return Gate.ENDED
    if assignment is not None and assignment not in OCCUPYING:
        return Gate.ENDED
    if state not in (RequestState.BOOKED, RequestState.IN_SESSION) or assignment is AssignmentState.HELD:
        return Gate.NOT_BOOKED
    return Gate.EARLY if now < opens_at else Gate.OPEN
