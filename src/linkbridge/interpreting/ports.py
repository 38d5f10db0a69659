"""What dispatch needs of others: hours to book in, and someone who tells people what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sqlmodel import Session

from linkbridge.interpreting.values import TimeSpan


class Hours(Protocol):
    """When one interpreter can work. Listing and booking ask the same object: there is one rule."""

    def problem(self, span: TimeSpan) -> str:
        """Return why the whole of ``span`` cannot be worked: ``outside-hours``, ``away``, ``busy`` or ``booked``.

        Empty when it can.
        """
        ...

    def is_on_call(self, span: TimeSpan) -> bool:
        """Whether ``span`` begins in an on-call shift."""
        ...


class News(StrEnum):
    """What somebody is told of. The first ten go to an interpreter, the others to those who asked for one."""

    OFFERED = "offered"
    OFFER_TAKEN = "offer-taken"
    OFFER_WITHDRAWN = "offer-withdrawn"
    HELD = "held"
    BOOKED = "booked"
    CHANGED = "changed"
    RELEASED = "released"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    REMINDER = "reminder"
    FILLED = "filled"
    UNFILLED = "unfilled"
    STEPPED_BACK = "stepped-back"
    OUTCOME_MISSING = "outcome-missing"


TO_REQUESTER = frozenset({News.FILLED, News.UNFILLED, News.STEPPED_BACK, News.OUTCOME_MISSING})


@dataclass(frozen=True, slots=True)
class Announcement:
    """One thing to tell one party. ``key`` makes a repeat harmless; it holds opaque ids and fixed words only.

    ``minutes`` is how long before the start a reminder comes.
    """

    news: News
    request_id: str
    key: str
    offer_id: str | None = None
    assignment_id: str | None = None
    minutes: int = 0


class Announcer(Protocol):
    """Tells people, through the outbox, in the caller's transaction."""

    def announce(self, session: Session, announcement: Announcement) -> None:
        """Write what is to be sent over each channel of each recipient. A repeat of the same key writes nothing."""
        ...


class Announcers:
    """Tells through several announcers, in their order."""

    def __init__(self, announcers: Sequence[Announcer]) -> None:
        self._announcers = tuple(announcers)

    def announce(self, session: Session, announcement: Announcement) -> None:
        """Let each of them tell."""
        for announcer in self._announcers:
            announcer.announce(session, announcement)


class NullAnnouncer:
    """Tells nobody: for tests and tools."""

    def announce(self, session: Session, announcement: Announcement) -> None:
        """Say nothing."""
