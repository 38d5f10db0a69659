"""What pages show of requests, offers and assignments: names of languages, and times in the zones of both sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linkbridge.interpreting.announcements.facts import languages_of, moment_of, times_of
from linkbridge.interpreting.reads import AssignmentRead, OfferRead
from linkbridge.interpreting.values import OCCUPYING, OfferState, Outcome, TimeSpan


@dataclass(frozen=True, slots=True)
class BookingView:
    """An offer or an assignment as its interpreter sees it.

    ``times`` are the interpreter's own first. ``expires`` is when an open offer ends: in words and as RFC 3339.
    ``can_step_back``, ``can_say_outcome`` and ``can_rate`` say which of the buttons make sense.
    """

    id: str
    request_id: str
    state: str
    languages: str
    domain: str
    modality: str
    is_relay: bool
    is_on_demand: bool
    times: tuple[str, ...]
    minutes: int
    expires: str = ""
    expires_at: str = ""
    can_answer: bool = False
    can_step_back: bool = False
    can_say_outcome: bool = False
    can_rate: bool = False
    outcome: str = ""


def offer_view(offer: OfferRead, *, zone: str, ui: str, now: datetime) -> BookingView:
    """Return an offer in the interpreter's zone and language."""
    span = TimeSpan(offer.starts_at, offer.ends_at)
    is_open = offer.state is OfferState.OPEN
    return BookingView(
        id=offer.id,
        request_id=offer.request_id,
        state=OfferState.EXPIRED if is_open and offer.expires_at <= now else offer.state,
        languages=languages_of(offer.seat, ui),
        domain=offer.domain,
        modality=offer.modality,
        is_relay=offer.is_relay,
        is_on_demand=offer.is_on_demand,
        times=times_of(span, (zone, offer.time_zone), ui),
        minutes=span.minutes,
        expires=moment_of(offer.expires_at, zone, ui),
        expires_at=offer.expires_at.isoformat(),
        can_answer=is_open and offer.expires_at > now,
    )


def assignment_view(given: AssignmentRead, *, zone: str, ui: str, now: datetime) -> BookingView:
    """Return an assignment in the interpreter's zone and language."""
    span = TimeSpan(given.starts_at, given.ends_at)
    has_begun = span.start <= now
    is_taken = given.state in OCCUPYING
    return BookingView(
        id=given.id,
        request_id=given.request_id,
        state=given.state,
        languages=languages_of(given.seat, ui),
        domain=given.domain,
        modality=given.modality,
        is_relay=given.is_relay,
        is_on_demand=given.is_on_demand,
        times=times_of(span, (zone, given.time_zone), ui),
        minutes=span.minutes,
        can_step_back=is_taken and not has_begun,
        can_say_outcome=given.outcome is None and has_begun and (is_taken or given.state == "ended"),
        can_rate=given.state == "ended" and given.rating_by_interpreter is None,
        outcome=outcome_word(given),
    )


def outcome_word(given: AssignmentRead) -> str:
    """Return the word for how an assignment ended, with who did not come; empty where nothing was said."""
    if given.outcome is None:
        return ""
    if given.outcome is Outcome.NO_SHOW and given.no_show_by:
        return f"{given.outcome.value}-{given.no_show_by.value}"
    return given.outcome.value


def split_by_end(found: Sequence[AssignmentRead], now: datetime) -> tuple[list[AssignmentRead], list[AssignmentRead]]:
    """Return what lies ahead or runs now, the next first, and what is over, the latest first."""
    ahead = [each for each in found if each.state in OCCUPYING and each.ends_at > now]
    over = [each for each in found if each not in ahead]
    return sorted(ahead, key=lambda each: (each.starts_at, each.id)), over
